"""A Discord of our own, over TCP: strict where Discord is strict.

test ──► Person.says / commands / presses ──► gateway event ──► the bot's real process
test ◄── Discord.messages, calls, problems ◄── REST, checked against Discord's contract ◄──┘
"""

from __future__ import annotations

import asyncio
import re
import time
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.servers.discord import world
from tests.servers.discord.calls import Call, Fault, Refused, answer, read
from tests.servers.discord.gateway import TOKEN, Gateway
from tests.servers.discord.world import Channel, Interaction, Message, User

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.servers.discord.contract import Contract

Json = dict[str, Any]
FILES_A_MESSAGE = 10
TEXT_OF_A_CARD = 4000
ACKNOWLEDGE_S = 3.0


class Discord(Gateway):
    """The gateway, and REST behind it; every request is looked at."""

    def __init__(self, contract: Contract | None) -> None:
        """Check every request against this contract; what breaks it lands in `problems`."""
        super().__init__()
        self.contract = contract
        self.calls: list[Call] = []
        self.problems: list[str] = []
        self.faults: list[Fault] = []
        self._nonces: dict[tuple[int, str], Message] = {}

    def routes(self) -> dict[str, Callable[[web.Request], Awaitable[web.StreamResponse]]]:
        """REST under the address that Discord has it under."""
        return {"/api/v10/{path:.*}": self._rest}

    async def _rest(self, request: web.Request) -> web.Response:
        path = "/" + request.match_info["path"]
        body, files = await read(request)
        call = Call(request.method, path, body, files)
        self.calls.append(call)
        if self.contract is not None:
            self.problems += self.contract.problems(call.method, path, body)
        if request.headers.get("Authorization") != f"Bot {TOKEN}" and not path.startswith(
            ("/webhooks", "/interactions")
        ):
            return answer({"code": 0, "message": "401: Unauthorized"}, 401)
        fault = self._fault(call)
        if fault is not None:
            await asyncio.sleep(fault.stall_s)
        if fault is not None and not fault.after:
            return answer(fault.body, fault.status)
        try:
            payload = await self._dispatch(call)
        except Refused as refused:
            return answer({"code": refused.code, "message": refused.message}, refused.status)
        if fault is not None:
            return answer(fault.body, fault.status)
        return web.Response(status=204) if payload is None else answer(payload)

    def _fault(self, call: Call) -> Fault | None:
        for fault in self.faults:
            if fault.times and fault.method == call.method and fault.path.search(call.path):
                fault.times -= 1
                return fault
        return None

    def fail(self, method: str, path: str, status: int, body: Json | None = None, **options: Any) -> None:
        """Answer the next requests like these with an error."""
        self.faults.append(Fault(method, re.compile(path), status, body or {}, **options))

    async def _dispatch(self, call: Call) -> Json | list[Json] | None:
        for method, pattern, handler in self._routes:
            match = re.fullmatch(pattern, call.path)
            if match and method == call.method:
                return await handler(self, call, *match.groups())
        self.problems.append(f"{call.method} {call.path}: not built into this server")
        raise Refused(404, 0, "404: Not Found")

    async def _me(self, _: Call) -> Json:
        return self.bot.wire()

    async def _application(self, _: Call) -> Json:
        return {
            "id": str(self.bot.id),
            "name": "stembot",
            "icon": None,
            "description": "",
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": "0" * 64,
            "flags": 0,
            "owner": self.bot.wire(),
            "summary": "",
        }

    async def _where_gateway(self, _: Call) -> Json:
        limits = {"total": 1000, "remaining": 999, "reset_after": 1, "max_concurrency": 1}
        url = f"{self.root.replace('http', 'ws')}/gateway"
        return {"url": url, "shards": 1, "session_start_limit": limits}

    async def _put_commands(self, call: Call, _: str) -> list[Json]:
        payload = [
            {"id": str(world.snowflake()), "version": "1", "application_id": str(self.bot.id), **each}
            for each in call.body
        ]
        for each in payload:
            each.setdefault("type", 1)
            each.setdefault("description", "")
            each.setdefault("default_member_permissions", None)
        self.commands = payload
        return payload

    async def _open_dm(self, call: Call) -> Json:
        person = int(call.body["recipient_id"])
        for channel in self.channels.values():
            if channel.recipient is not None and channel.recipient.id == person:
                return channel.wire(self.bot)
        raise Refused(403, 50_278, "Cannot send messages to this user")

    async def _send(self, call: Call, channel_id: str) -> Json:
        channel = self._open_channel(channel_id, "send_messages")
        again = (channel.id, str(call.body.get("nonce")))
        if call.body.get("enforce_nonce") and again in self._nonces:
            return self._nonces[again].wire()
        message = self._keep(channel, call)
        if call.body.get("enforce_nonce"):
            self._nonces[again] = message
        return message.wire()

    async def _edit(self, call: Call, channel_id: str, message_id: str) -> Json:
        self._open_channel(channel_id, "view_channel")
        message = self._message(message_id)
        if message.author is not self.bot:
            raise Refused(403, 50_005, "Cannot edit a message authored by another user")
        return self._change(message, call)

    def _open_channel(self, channel_id: str, *needed: str) -> Channel:
        channel = self.channels.get(int(channel_id))
        if channel is None:
            raise Refused(404, 10_003, "Unknown Channel")
        if channel.guild is not None and not self.present:
            raise Refused(403, 50_001, "Missing Access")
        if any(channel.denied & world.PERMISSIONS[each] for each in needed):
            raise Refused(403, 50_013, "Missing Permissions")
        return channel

    def _message(self, message_id: str) -> Message:
        message = self.messages.get(int(message_id))
        if message is None or message.deleted:
            raise Refused(404, 10_008, "Unknown Message")
        return message

    def _keep(self, channel: Channel, call: Call, ephemeral_for: User | None = None) -> Message:
        self._check(channel, call.body, call.files)
        reference = (call.body.get("message_reference") or {}).get("message_id")
        if reference is not None and int(reference) not in self.messages:
            self.problems.append(f"{call.path}: replies to a message that never was")
        message = Message(
            channel,
            self.bot,
            dict(call.body),
            attachments=self._store(call.files),
            reference=self.messages.get(int(reference or 0)),
            ephemeral_for=ephemeral_for,
        )
        self.messages[message.id] = message
        return message

    def _change(self, message: Message, call: Call) -> Json:
        self._check(message.channel, call.body, call.files, flags=message.fields.get("flags") or 0)
        ephemeral = (message.fields.get("flags") or 0) & world.EPHEMERAL  # it stays as it was first sent
        message.fields |= call.body
        flags = (message.fields.get("flags") or 0) & ~(world.LOADING | world.EPHEMERAL)
        message.fields["flags"] = flags | ephemeral
        message.edits.append(time.monotonic())
        if call.files:
            message.attachments = self._store(call.files)
        return message.wire()

    def _check(self, channel: Channel, body: Json, files: dict[str, bytes], flags: int = 0) -> None:
        """What the contract cannot say."""
        flags |= body.get("flags") or 0
        v2 = bool(flags & world.COMPONENTS_V2)
        text = Message(channel, self.bot, body).text
        rules = {
            "content beside Components V2": v2 and body.get("content"),
            "more than 4000 characters": len(text) > TEXT_OF_A_CARD,
            "more than 2000 characters": not v2 and len(text) > TEXT_OF_A_CARD // 2,
            "more than 40 components": world.count_of(body.get("components") or []) > 40,
            "more than 10 files": len(files) > FILES_A_MESSAGE,
            "a mention that pings": bool((body.get("allowed_mentions") or {}).get("parse")),
        }
        for rule, broken in rules.items():
            if broken:
                self.problems.append(f"channel {channel.id}: {rule}")
                raise Refused(400, 50_035, f"Invalid Form Body: {rule}")
        if any(len(data) > channel.limit_bytes for data in files.values()):
            raise Refused(413, 40_005, "Request entity too large")
        if files and channel.denied & world.PERMISSIONS["attach_files"]:
            raise Refused(403, 50_013, "Missing Permissions")

    def _store(self, files: dict[str, bytes]) -> list[Json]:
        return [self.attach(name, data) for name, data in files.items()]

    async def _callback(self, call: Call, interaction_id: str, token: str) -> Json:
        interaction = self._interaction(token)
        took = time.monotonic() - interaction.asked
        if str(interaction.id) != interaction_id or took > ACKNOWLEDGE_S:
            raise Refused(404, 10_062, "Unknown interaction")
        if interaction.acknowledged_s is not None:
            raise Refused(400, 40_060, "Interaction has already been acknowledged.")
        interaction.acknowledged_s, interaction.kind = took, call.body["type"]
        if interaction.kind == 5:
            flags = (call.body.get("data") or {}).get("flags") or 0
            private = interaction.user if flags & world.EPHEMERAL else None
            interaction.response = Message(
                interaction.channel, self.bot, {"flags": flags | world.LOADING}, ephemeral_for=private
            )
            self.messages[interaction.response.id] = interaction.response
        elif interaction.kind == 4:
            data = call.body["data"]
            private = interaction.user if (data.get("flags") or 0) & world.EPHEMERAL else None
            interaction.response = self._keep(
                interaction.channel, Call(call.method, call.path, data, call.files), ephemeral_for=private
            )
        elif interaction.kind == 6:
            interaction.response = interaction.source
        elif interaction.kind == 8:
            choices = call.body["data"]["choices"]
            interaction.suggested = [each["name"] for each in choices]
            interaction.values = {each["name"]: each["value"] for each in choices}
        elif interaction.kind == 9:
            interaction.form = call.body["data"]
        payload = {"id": interaction_id, "type": 2, "response_message_loading": interaction.kind == 5}
        return {"interaction": payload}

    def _interaction(self, token: str) -> Interaction:
        interaction = self.interactions.get(token)
        if interaction is None:
            raise Refused(404, 10_015, "Unknown Webhook")
        if interaction.ended:
            raise Refused(401, 50_027, "Invalid Webhook Token")
        return interaction

    def _of_interaction(self, token: str, message_id: str) -> Message:
        interaction = self._interaction(token)
        message = interaction.response if message_id == "@original" else self.messages.get(int(message_id))
        if message is None or message.deleted:
            raise Refused(404, 10_008, "Unknown Message")
        return message

    async def _edit_by_token(self, call: Call, _: str, token: str, message_id: str) -> Json:
        return self._change(self._of_interaction(token, message_id), call)

    async def _delete_by_token(self, _: Call, __: str, token: str, message_id: str) -> None:
        self._of_interaction(token, message_id).deleted = True

    async def _follow_up(self, call: Call, _: str, token: str) -> Json:
        interaction = self._interaction(token)
        waiting = interaction.response
        if waiting and waiting.fields.get("flags", 0) & world.LOADING and not waiting.deleted:
            return self._change(waiting, call)  # Discord: the first follow-up is the deferred response
        private = interaction.user if (call.body.get("flags") or 0) & world.EPHEMERAL else None
        message = self._keep(interaction.channel, call, ephemeral_for=private)
        interaction.followups.append(message)
        return message.wire()

    _routes: list[tuple[str, str, Callable[..., Awaitable[Any]]]] = [  # noqa: RUF012 - a table, never changed
        ("GET", "/users/@me", _me),
        ("GET", "/oauth2/applications/@me", _application),
        ("GET", "/applications/@me", _application),
        ("GET", "/gateway/bot", _where_gateway),
        ("PUT", r"/applications/(\d+)/commands", _put_commands),
        ("POST", "/users/@me/channels", _open_dm),
        ("POST", r"/channels/(\d+)/messages", _send),
        ("PATCH", r"/channels/(\d+)/messages/(\d+)", _edit),
        ("POST", r"/interactions/(\d+)/([^/]+)/callback", _callback),
        ("POST", r"/webhooks/(\d+)/([^/]+)", _follow_up),
        ("PATCH", r"/webhooks/(\d+)/([^/]+)/messages/([^/]+)", _edit_by_token),
        ("DELETE", r"/webhooks/(\d+)/([^/]+)/messages/([^/]+)", _delete_by_token),
    ]
