"""The server: chats, messages, files, updates by polling and by webhook, and faults on demand."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import defaultdict, deque
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp import web

from tests.servers.telegram.contract import Broken, Contract
from tests.servers.telegram.methods import Methods, Refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

Json = dict[str, Any]
MAX_UPLOAD_BYTES = 50 * 2**20 + 2**16  #: the official server's limit on an upload, and the form around it
WAIT_S = 30.0  #: a test that waits this long for something has failed


@dataclass
class Call:
    """One request as it came in."""

    method: str
    params: Json
    at: float  #: monotonic seconds
    files: dict[str, bytes] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)  #: form part -> file name
    ok: bool = False


@dataclass
class Fault:
    """What goes wrong with the next call of a method."""

    status: int = 500
    description: str = "Internal Server Error"
    retry_after: int = 0  #: seconds, for 429
    late: bool = False  #: the call is carried out first, and only its answer is lost
    drop: bool = False  #: the connection is cut without an answer
    hang_s: float = 0.0  #: before answering
    parameters: Json = field(default_factory=dict)  #: such as `migrate_to_chat_id`
    cut_at: int = -1  #: of a file: so many bytes, then the connection is closed


class BotApi(Methods):
    """One bot's Bot API server; `root` is what `STEMBOT_TELEGRAM_API_URL` is set to."""

    def __init__(self, contract: Contract, token: str = "42:TEST-token_of-a-bot") -> None:
        """`running()` opens the port."""
        self.contract, self.token, self.root = contract, token, ""
        self.me: Json = {
            "id": 42,
            "is_bot": True,
            "first_name": "Stembot",
            "username": "stembot_test_bot",
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": True,
        }
        self.calls: list[Call] = []
        self.problems: list[str] = []
        self.faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self.messages: dict[tuple[int, int], Json] = {}
        self.files: dict[str, bytes] = {}
        self.commands: dict[str, list[Json]] = {}
        self.blocked: set[int] = set()  #: chats that the bot may not write to (403)
        self.missing_chats: set[int] = set()  #: chats that do not exist (400)
        self.forbidden: set[tuple[int, str]] = set()  #: (chat, kind of message that may not be sent)
        self.closed_topics: set[tuple[int, int]] = set()  #: (chat, thread; 0 is General)
        self.admins: set[tuple[int, int]] = set()
        self.answered: dict[str, Json] = {}  #: callback or inline query -> how it was answered
        self.queries: dict[str, float] = {}  #: callback or inline query -> when it was sent, monotonic
        self.webhook: Json = {}
        self.local: Path | None = None  #: run as `--local`: files are given as paths in this folder
        self.slow_files_s = 0.0  #: how long `getFile` takes
        self.updates: dict[int, Json] = {}
        self.allowed: set[str] = set()  #: kinds of updates that the bot asked for; empty: not known yet
        self._ids = itertools.count(1)
        self._changed = asyncio.Condition()
        self._poll = 0
        self._pushing: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[BotApi]:
        """Listen on a free port of 127.0.0.1."""
        app = web.Application(client_max_size=MAX_UPLOAD_BYTES)
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        app.router.add_get("/file/bot{token}/{path:.*}", self._file)
        runner = web.AppRunner(app, shutdown_timeout=0.5)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.root = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            for task in self._pushing:
                task.cancel()
            await asyncio.gather(*self._pushing, return_exceptions=True)
            await runner.cleanup()

    # what tests do and see

    def next_id(self) -> int:
        """A number that was never used here."""
        return next(self._ids)

    def add_file(self, data: bytes, facts: Json) -> Json:
        """Store a file that a user sent; returns it as the contract's Audio, Voice, or Document."""
        file_id = f"file{self.next_id()}"
        self.files[file_id] = data
        return {"file_id": file_id, "file_unique_id": f"u{file_id}", "file_size": len(data), **facts}

    def write(self, chat: Json, body: Json) -> Json:
        """Put a message into a chat."""
        message = {"message_id": self.next_id(), "date": int(time.time()), "chat": chat, **body}
        self.messages[chat["id"], message["message_id"]] = message
        return message

    def fail(self, method: str, *faults: Fault) -> None:
        """Let the next calls of a method go wrong, one fault a call."""
        self.faults[method].extend(faults)

    def of(self, method: str) -> list[Call]:
        """The calls of one method so far."""
        return [call for call in self.calls if call.method == method]

    def by_bot(self, chat: int) -> list[Json]:
        """What the bot wrote in a chat, as it stands now, oldest first."""
        return [
            message
            for (where, _), message in sorted(self.messages.items())
            if where == chat and message.get("from", {}).get("id") == self.me["id"]
        ]

    async def until(self, claim: Callable[[], Any], within_s: float = WAIT_S) -> Any:
        """Wait until a claim holds; looks after every call. Returns what the claim returned."""
        async with asyncio.timeout(within_s), self._changed:
            while not (held := claim()):
                await self._changed.wait()
            return held

    async def send_update(self, kind: str, thing: Json) -> None:
        """Send an update to the bot: by webhook where one is set, else with the next poll."""
        if kind in {"callback_query", "inline_query"}:
            self.queries[thing["id"]] = time.monotonic()
        update = {"update_id": self.next_id(), kind: thing}
        self._check(lambda: self.contract.thing("Update", update))
        self.updates[update["update_id"]] = update
        self._drop_unwanted()
        if self.webhook.get("url"):
            self._push(update)
        await self.notify()

    async def notify(self) -> None:
        """Wake everything that waits for a change."""
        async with self._changed:
            self._changed.notify_all()

    def stored(self, path: Path, file_id: str) -> Path:
        """Write a file that was sent to disk, to be decoded."""
        path.write_bytes(self.files[file_id])
        return path

    # HTTP

    def _check(self, check: Callable[[], None]) -> str:
        try:
            check()
        except Broken as broken:
            self.problems.append(str(broken))
            return str(broken)
        return ""

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.match_info["token"] != self.token:
            return _refused(401, "Unauthorized")
        try:
            call = await self._read(request, method)
        except web.HTTPRequestEntityTooLarge:
            return _refused(413, "Request Entity Too Large")
        fault = self.faults[method].popleft() if self.faults[method] else None
        if fault and not fault.late:
            return await self._break(request, fault)
        answer = await self._answer(call)
        await self.notify()
        return await self._break(request, fault) if fault else answer

    async def _read(self, request: web.Request, method: str) -> Call:
        form: dict[str, str] = dict(request.query)
        call = Call(method, {}, time.monotonic())
        if request.content_type == "application/json":
            form |= await request.json()
        else:
            for name, value in (await request.post()).items():
                if isinstance(value, web.FileField):
                    with value.file:
                        call.files[name], call.names[name] = value.file.read(), value.filename
                else:
                    form[name] = str(value)
        call.params = self.contract.read_form(method, form)
        fields = {field["name"] for field in self.contract.methods.get(method, {}).get("fields", [])}
        call.params |= {name: {"upload": name} for name in call.files if name in fields}
        self.calls.append(call)
        return call

    async def _answer(self, call: Call) -> web.Response:
        if wrong := self._check(lambda: self.contract.call(call.method, call.params)):
            return _refused(400, f"Bad Request: {wrong}")
        try:
            result = await self.handle(call)
        except Refusal as refusal:
            return _refused(refusal.status, refusal.description, refusal.parameters)
        if call.method != "getUpdates":  # each update was checked when it was sent
            self._check(lambda: self.contract.result(call.method, result))
        call.ok = True
        return web.json_response({"ok": True, "result": result})

    @staticmethod
    async def _break(request: web.Request, fault: Fault) -> web.StreamResponse:
        await asyncio.sleep(fault.hang_s)
        if fault.drop:
            if request.transport:
                request.transport.close()
            return web.Response()
        parameters = {"retry_after": fault.retry_after} if fault.retry_after else fault.parameters
        return _refused(fault.status, fault.description, parameters)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        fault = self.faults["file"].popleft() if self.faults["file"] else None
        data = self.files.get(request.match_info["path"].rpartition("/")[2])
        if fault and fault.cut_at >= 0 and data is not None:
            return await _cut(request, data, fault.cut_at)
        if fault:
            return await self._break(request, fault)
        if request.match_info["token"] != self.token or data is None:
            return web.Response(status=404)
        self.calls.append(Call("file", {"path": request.match_info["path"]}, time.monotonic(), ok=True))
        return web.Response(body=data)

    # updates

    async def get_updates(self, params: Json) -> list[Json]:
        """Long polling: an offset confirms all updates below it; a newer poll ends an older one."""
        if self.webhook.get("url"):
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active")
        self._poll += 1
        mine = self._poll
        for number in [number for number in self.updates if number < params.get("offset", 0)]:
            del self.updates[number]
        self.allowed = set(params.get("allowed_updates") or ()) or self.allowed
        self._drop_unwanted()
        await self.notify()
        try:
            async with asyncio.timeout(params.get("timeout", 0)), self._changed:
                while not self.updates and mine == self._poll:
                    await self._changed.wait()
        except TimeoutError:
            return []
        if mine != self._poll:
            raise Refusal(409, "Conflict: terminated by other getUpdates request")
        return [self.updates[number] for number in sorted(self.updates)][: params.get("limit", 100)]

    def _drop_unwanted(self) -> None:
        """Updates of a kind that the bot did not ask for are never sent."""
        for number, update in list(self.updates.items()):
            if self.allowed and not self.allowed & update.keys():
                del self.updates[number]

    def _push(self, update: Json) -> None:
        task = asyncio.create_task(self._deliver(update))
        self._pushing.add(task)
        task.add_done_callback(self._pushing.discard)

    async def _deliver(self, update: Json) -> None:
        """Post an update to the webhook until it is taken (2xx), as Telegram does, only quicker."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook.get("secret_token", "")}
        pause_s = 0.1
        async with aiohttp.ClientSession(headers=headers) as session:
            while update["update_id"] in self.updates and self.webhook.get("url"):
                try:
                    async with session.post(self.webhook["url"], json=update) as answer:
                        if answer.ok:
                            self.updates.pop(update["update_id"], None)
                            await self.notify()
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(pause_s)
                pause_s = min(2 * pause_s, 2.0)

    def set_webhook(self, params: Json) -> bool:
        """Remember where updates go; what waits goes there."""
        self.webhook = params
        self.allowed = set(params.get("allowed_updates") or ()) or self.allowed
        self._drop_unwanted()
        for update in list(self.updates.values()):
            self._push(update)
        return True


async def _cut(request: web.Request, data: bytes, at: int) -> web.StreamResponse:
    """Begin to send a file, then close the connection."""
    answer = web.StreamResponse(headers={"Content-Length": str(len(data))})
    await answer.prepare(request)
    await answer.write(data[:at])
    if request.transport:
        request.transport.close()
    return answer


def _refused(status: int, description: str, parameters: Json | None = None) -> web.Response:
    body: Json = {"ok": False, "error_code": status, "description": description}
    if parameters:
        body["parameters"] = parameters
    return web.json_response(body, status=status)
