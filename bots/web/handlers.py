"""The room's requests, translated for the desk and back.

    GET  /                              the page
    POST /api/orders?id&name&want       a song (body) with a wish in words        → one order
         …&send=<token>                 the same for a chat that could not take it → answered there
    POST /api/telegram                  what Telegram signed for its Mini App (body)  → a cookie
    GET  /api/orders                    one's own orders, newest first
    GET  /api/orders/<n>                one of them                               → text, share, files, mixer
    GET  /api/orders/<n>/events         the same as it changes (server-sent events)
    POST /api/orders/<n>/press?code     a button: cancel, another wish            → that order, or the new one
    GET  /api/orders/<n>/files/<k>      a finished file
    DELETE /api/orders/<n>              forget its song: all one's orders of it, files, stems, links

Whose orders they are is known by a cookie; those of others are as if they were not there.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import web

from bots.chat.messages import ButtonClick, SongLost
from bots.i18n.translate import duration, error_message, size, translate
from bots.web import upload_links
from bots.web.i18n import phrases
from bots.web.identity import PLATFORM, AddressRateLimiter, person_of, remember
from bots.web.miniapp import person_in, remember_telegram, telegram_person
from bots.web.mixer import pick_language, render_page, send_object
from bots.web.render import render, reply_facts
from bots.web.uploads import read_request
from separator import Blocked, Busy
from storage import LinkError, NotStored, StembotError

if TYPE_CHECKING:
    from bots.chat.messages import Person, Reply, Request
    from bots.chat.service import ChatService
    from bots.settings import BotSettings
    from bots.web.client_ip import ClientIp
    from separator import Order
    from storage import Links, ObjectStore

log = structlog.get_logger()

STATIC = Path(__file__).parent / "static"
MOST_TOLD = 8192  # bytes of what Telegram signed
MINE = 20  # orders that the page lists
LOOK_EVERY_S = 0.5  # how often a watched order is read
QUIET_S = 15.0  # a stream that says nothing for so long is closed by some proxies
_STATUS = {NotStored: 404, LinkError: 410, Blocked: 403}
UPLOADS, UPLOADS_S = 20, 600.0  # uploads from one address, and in how many seconds as many again


class WebHandlers:
    """Answers the requests of `web_app`."""

    def __init__(
        self, service: ChatService, store: ObjectStore, links: Links, settings: BotSettings, gate: ClientIp
    ) -> None:
        """Take the desk to ask, what to read, and what tells who calls."""
        self._service, self._store, self._links, self._gate = service, store, links, gate
        self._settings = settings
        self._rate = AddressRateLimiter(UPLOADS, UPLOADS_S)

    def _person(self, request: web.Request) -> tuple[Person, str]:
        language = pick_language(request, phrases())
        person, cookie = person_of(request, language)
        return telegram_person(request, self._links, language) or person, cookie

    async def page(self, request: web.Request) -> web.Response:
        """The page where a song is dropped."""
        person, cookie = self._person(request)
        limits = {
            "limit_bytes": size(self._settings.upload_limit_bytes, person.language),
            "limit_s": duration(self._settings.song_limit_s, person.language),
        }
        chat = await upload_links.visit(self._service.downloads, request, person.language)
        answer = render_page(
            "room.html",
            phrases(),
            person.language,
            folder=STATIC,
            limits=translate("web.app.limits", person.language, **limits),
            too_big=translate("web.app.too-big", person.language, limit_bytes=limits["limit_bytes"]),
            upload_limit_bytes=str(self._settings.upload_limit_bytes),
            lead=chat.lead,
            send=chat.send,
            wished=chat.wished,
        )
        remember(request, answer, cookie)
        return answer

    async def order(self, request: web.Request) -> web.Response:
        """Take a song in."""
        person, cookie = self._person(request)
        try:
            self._rate.take(self._gate.address(request))
            await self._service.queue.admit(person.id, self._gate.listed(request))
            asked = await read_request(request, person, self._settings.upload_limit_bytes)
        except (Blocked, Busy) as refused:
            status = 403 if isinstance(refused, Blocked) else 429
            return self._told(self._service.commands.failed(person, refused), status)
        except SongLost:
            return web.json_response(
                {"text": translate("web.app.interrupted", person.language), "final": True}, status=400
            )
        if chats := await upload_links.invitation(self._service.downloads, request):
            return await self._for_a_chat(upload_links.answered_there(asked, chats))
        order, last = await self._served(replace(asked, chat=self._gate.place(request)))
        if order is not None:
            answer = web.json_response(await self._facts(order), status=201)
        elif last is None:
            answer = self._told(self._service.commands.failed(person), 500)
        else:
            answer = self._told(last, 413 if self._too_big(request) else 422)
        remember(request, answer, cookie)
        return answer

    async def _served(self, asked: Request) -> tuple[Order | None, Reply | None]:
        """Let the desk take a song in; its order if one came of it, and the last thing it said."""
        last = None
        async for reply in self._service.songs.serve(asked):
            last = reply
        return await self._service.queue.orders.find_order(asked.id), last

    async def _for_a_chat(self, asked: Request) -> web.Response:
        """Take a song in that a chat waits for; what becomes of it is told there."""
        facts, status = upload_links.told(*await self._served(asked), asked.person.language)
        return web.json_response(facts, status=status)

    async def telegram(self, request: web.Request) -> web.Response:
        """Who it is, in a page that Telegram opened."""
        told = (await request.content.read(MOST_TOLD)).decode(errors="replace")
        who = person_in(told, self._settings.telegram_token.get_secret_value())
        if not who:
            raise web.HTTPForbidden
        answer = web.json_response({"person": who})
        remember_telegram(request, answer, self._links, who)
        return answer

    async def orders(self, request: web.Request) -> web.Response:
        """One's own orders."""
        person, _ = self._person(request)
        mine = await self._service.queue.orders.recent(person.id, MINE)
        return web.json_response([await self._facts(order) for order in mine])

    async def standing(self, request: web.Request) -> web.Response:
        """Where one order stands."""
        return web.json_response(await self._facts(await self._own(request)))

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Where one order stands, told whenever that changes, until it is final."""
        order = await self._own(request)
        answer = web.StreamResponse(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        answer.content_type = "text/event-stream"
        await answer.prepare(request)
        told, quiet_s = "", 0.0
        try:
            while True:
                facts = await self._facts(order)
                if (line := json.dumps(facts)) != told:
                    await answer.write(f"data: {line}\n\n".encode())
                    told, quiet_s = line, 0.0
                    if facts["final"]:
                        return answer
                elif quiet_s > QUIET_S:
                    await answer.write(b": still here\n\n")
                    quiet_s = 0.0
                await asyncio.sleep(LOOK_EVERY_S)
                quiet_s += LOOK_EVERY_S
        except ConnectionResetError:
            return answer

    async def press(self, request: web.Request) -> web.Response:
        """A button under an order."""
        person, _ = self._person(request)
        order = await self._own(request)
        code = request.query.get("code", "")
        if code.split(":")[1:2] != [str(order.id)]:
            raise web.HTTPNotFound
        await self._service.queue.admit(self._gate.listed(request))
        press = ButtonClick(
            f"{person.id}:press:{secrets.token_hex(8)}",
            person,
            PLATFORM,
            code,
            lambda: PLATFORM,
            chat=self._gate.place(request),
        )
        last = None
        async for reply in self._service.buttons.click(press):
            last = reply
        made = await self._service.queue.orders.find_order(press.id)
        if made is None and last is not None and last.private:
            return self._told(last, 409)
        return web.json_response(await self._facts(made or order))

    async def forget(self, request: web.Request) -> web.Response:
        """Delete a song of one's own; what others asked for, too, stays for them."""
        order = await self._own(request)
        if not order.song:  # nothing came yet; to forget "" would be to forget everything
            raise web.HTTPNotFound
        gone = await self._service.queue.forget(order.owner, order.song)
        log.info("song_forgotten", orders=gone.orders, songs=len(gone.songs))
        return web.json_response(
            {"text": translate("web.app.delete.done", self._person(request)[0].language)}
        )

    async def file(self, request: web.Request) -> web.StreamResponse:
        """A finished file of one's own order."""
        order = await self._own(request)
        standing = await self._service.queue.orders.order_status(order.id)
        files = (standing.result or {}).get("files", []) if standing else []
        number = int(request.match_info["file"])
        if number >= len(files):
            raise web.HTTPNotFound
        made = files[number]
        return await send_object(request, self._store, made["key"], made["mime"], made["name"])

    async def _own(self, request: web.Request) -> Order:
        """The order in the address, if it is this person's."""
        person, _ = self._person(request)
        order = await self._service.queue.orders.order(int(request.match_info["order"]))
        if order is None or order.owner != person.id:
            raise web.HTTPNotFound
        return order

    async def _facts(self, order: Order) -> dict[str, Any]:
        standing = await self._service.queue.orders.order_status(order.id)
        if standing is None:
            raise web.HTTPNotFound
        return render(self._service, self._links, standing)

    def _too_big(self, request: web.Request) -> bool:
        came = max(request.content_length or 0, request.content.total_bytes)
        return came > self._settings.upload_limit_bytes

    @staticmethod
    def _told(reply: Reply, status: int) -> web.Response:
        return web.json_response(reply_facts(reply), status=status)


@web.middleware
async def guard(request: web.Request, handler: Any) -> web.StreamResponse:  # noqa: ANN401 - aiohttp's own type
    """Other sites cannot press our buttons; what breaks is told in a sentence, and the log has the trace."""
    if request.method in ("POST", "DELETE") and request.headers.get("Sec-Fetch-Site", "same-origin") not in (
        "same-origin",
        "none",
    ):
        raise web.HTTPForbidden
    try:
        return await handler(request)  # type: ignore[no-any-return]
    except StembotError as error:
        log.warning("web_trouble", trouble=type(error).__name__)
        language = pick_language(request, phrases())
        status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 503)
        return web.json_response({"text": error_message(error, language), "final": True}, status=status)
