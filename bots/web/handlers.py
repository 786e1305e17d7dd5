"""The web app's requests, translated for the chat service and back.

    GET  /                              the page
    POST /api/orders?id&name&want       upload a song (body) with what is wanted in words → one order
         …&send=<token>                 the same for a chat that could not take it        → answered there
    GET  /api/admission?bytes           whether an upload of so many bytes would be taken now
    POST /api/telegram                  what Telegram signed for its Mini App (body)      → a cookie
    GET  /api/orders                    the sender's orders, newest first
    GET  /api/orders/<n>                one of them (`bots.web.serializers.order_json`)
    GET  /api/events                    all of them as they change (`bots.web.order_stream`)
    GET  /api/orders/<n>/events         one of them as it changes, for pages of earlier versions
    POST /api/orders/<n>/press?code     a button: cancel, other outputs         → that order, or the new one
    GET  /api/orders/<n>/files/<k>      a finished file
    DELETE /api/orders/<n>              delete its song: all the sender's orders of it, files, stems, links

Senders are identified by a cookie; orders of others are answered like orders that do not exist.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import web

from bots.chat.messages import ButtonClick, SongLost
from bots.i18n.translate import duration, size, translate
from bots.web import upload_links
from bots.web.i18n import translations
from bots.web.identity import PLATFORM, AddressRateLimiter, identify, set_cookie
from bots.web.miniapp import set_telegram_cookie, telegram_person, verify_init_data
from bots.web.mixer import pick_language, render_page, send_object
from bots.web.order_stream import HEARTBEAT_S, MAX_ORDERS, POLL_S, OrderStreams, is_connected, open_stream
from bots.web.render_limit import too_many
from bots.web.serializers import order_json, reply_json
from bots.web.uploads import drain, read_request
from separator import NewOrder
from separator.core.errors import Blocked, Busy

if TYPE_CHECKING:
    from bots.chat.messages import Person, Reply, Request
    from bots.chat.service import ChatService
    from bots.settings import BotSettings
    from bots.web.client_ip import ClientIp
    from bots.web.origin import Origin
    from separator import Order
    from storage import Links, ObjectStore

log = structlog.get_logger()

_NUMBER = re.compile(r"[0-9]{1,18}")
STATIC = Path(__file__).parent / "static"
MAX_INIT_DATA = 8192  # bytes of what Telegram signed
SMALL_BODY_S = 20.0  # for a body that is no song
_CLIENT_ERROR = 400
UPLOADS, UPLOADS_S = 20, 600.0  # uploads from one address, and in how many seconds as many again


class WebHandlers:
    """Answers the requests of `web_app`, whose arguments it takes."""

    def __init__(
        self,
        service: ChatService,
        store: ObjectStore,
        links: Links,
        settings: BotSettings,
        client_ip: ClientIp,
        origin: Origin,
    ) -> None:
        self._service, self._store, self._links = service, store, links
        self._settings, self._client_ip, self._origin = settings, client_ip, origin
        self._streams = OrderStreams(service.queue, self._order_json)
        self._upload_limiter = AddressRateLimiter(UPLOADS, UPLOADS_S)

    def _person(self, request: web.Request) -> tuple[Person, str]:
        """The sender, and the value of their cookie."""
        language = pick_language(request, translations())
        person, cookie = identify(request, language)
        return telegram_person(request, self._links, language) or person, cookie

    async def page(self, request: web.Request) -> web.Response:
        """The page where songs are uploaded."""
        person, cookie = self._person(request)
        limit_bytes = size(self._settings.upload_limit_bytes, person.language)
        limit_s = duration(self._settings.song_limit_s, person.language)
        visit = await upload_links.visit(self._service.downloads, request, person.language)
        response = render_page(
            "app.html",
            translations(),
            person.language,
            folder=STATIC,
            limits=translate("web.app.limits", person.language, limit_bytes=limit_bytes, limit_s=limit_s),
            too_big=translate("web.app.too-big", person.language, limit_bytes=limit_bytes),
            upload_limit_bytes=str(self._settings.upload_limit_bytes),
            lead=visit.lead,
            upload_token=visit.token,
            has_outputs=visit.has_outputs,
        )
        set_cookie(response, cookie, secure=self._origin.is_secure(request))
        return response

    async def upload(self, request: web.Request) -> web.Response:
        """Order something of an uploaded song."""
        response = await self._upload(request)
        if response.status >= _CLIENT_ERROR:
            await drain(request, self._settings.upload_limit_bytes)
        return response

    async def _upload(self, request: web.Request) -> web.Response:
        person, cookie = self._person(request)
        try:
            self._upload_limiter.take(self._client_ip.address(request))
            await self._service.queue.admit(person.id, self._client_ip.blocklist_entry(request))
            upload = await read_request(request, person, self._settings.upload_limit_bytes)
        except (Blocked, Busy) as refused:
            return self._refusal(person, refused)
        except SongLost:
            text = translate("web.app.interrupted", person.language)
            return web.json_response({"text": text, "final": True}, status=400)
        if chat_order := await upload_links.read_link(self._service.downloads, request):
            upload = upload_links.answered_in_chat(upload, chat_order)
            payload, status = upload_links.uploaded_json(*await self._serve(upload), chat_order.language)
            return web.json_response(payload, status=status)
        order, last = await self._serve(replace(upload, chat=self._client_ip.pseudonym(request)))
        if order is not None:
            response = web.json_response(await self._order_json(order), status=201)
        elif last is None:
            response = self._reply(self._service.commands.failed(person), 500)
        else:
            response = self._reply(last, 413 if self._is_too_big(request) else 422)
        set_cookie(response, cookie, secure=self._origin.is_secure(request))
        return response

    async def admission(self, request: web.Request) -> web.Response:
        """Whether an upload would be taken, asked before its first byte is sent."""
        person, _ = self._person(request)
        size_bytes = request.query.get("bytes", "")
        if _NUMBER.fullmatch(size_bytes) and int(size_bytes) > self._settings.upload_limit_bytes:
            limit_bytes = size(self._settings.upload_limit_bytes, person.language)
            text = translate("web.app.too-big", person.language, limit_bytes=limit_bytes)
            return web.json_response({"text": text, "final": True}, status=413)
        try:
            self._upload_limiter.check(self._client_ip.address(request))
            await self._service.queue.admit(person.id, self._client_ip.blocklist_entry(request))
            await self._service.queue.admit_song(_any_order(person, self._client_ip.pseudonym(request)))
        except (Blocked, Busy) as refused:
            return self._refusal(person, refused)
        return web.json_response({})

    def _refusal(self, person: Person, refused: Blocked | Busy) -> web.Response:
        status = 403 if isinstance(refused, Blocked) else 429
        return self._reply(self._service.commands.failed(person, refused), status)

    async def _serve(self, upload: Request) -> tuple[Order | None, Reply | None]:
        """Pass a song to the chat service; returns the order, if one was made, and the last reply."""
        last = None
        async for reply in self._service.songs.serve(upload):
            last = reply
        return await self._service.queue.orders.find_order(upload.id), last

    async def telegram(self, request: web.Request) -> web.Response:
        """Identify the person of a page that Telegram opened."""
        body = await asyncio.wait_for(request.content.read(MAX_INIT_DATA), SMALL_BODY_S)
        init_data = body.decode(errors="replace")
        person_id = verify_init_data(init_data, self._settings.telegram_token.get_secret_value())
        if not person_id:
            raise web.HTTPForbidden
        response = web.json_response({"person": person_id})
        secure = self._origin.is_secure(request)
        set_telegram_cookie(response, self._links, person_id, secure=secure)
        return response

    async def orders(self, request: web.Request) -> web.Response:
        """The sender's orders."""
        person, _ = self._person(request)
        orders = await self._service.queue.orders.recent(person.id, MAX_ORDERS)
        return web.json_response([await self._order_json(order) for order in orders])

    async def order(self, request: web.Request) -> web.Response:
        """One order."""
        return web.json_response(await self._order_json(await self._own_order(request)))

    async def all_events(self, request: web.Request) -> web.StreamResponse:
        """The sender's orders, sent whenever they change."""
        person, _ = self._person(request)
        try:
            return await self._streams.send(request, person.id, self._client_ip.address(request))
        except Busy as busy:
            raise too_many(request, busy) from None

    async def events(self, request: web.Request) -> web.StreamResponse:
        """One order, sent whenever it changes, until it is final."""
        order = await self._own_order(request)
        try:
            with self._streams.slot(order.owner, self._client_ip.address(request)):
                return await self._send_order(request, order)
        except Busy as busy:
            raise too_many(request, busy) from None

    async def _send_order(self, request: web.Request, order: Order) -> web.StreamResponse:
        response = await open_stream(request)
        sent, silent_s = "", 0.0
        try:
            while is_connected(request):
                payload = await self._order_json(order)
                if (event := json.dumps(payload)) != sent:
                    await response.write(f"data: {event}\n\n".encode())
                    sent, silent_s = event, 0.0
                    if payload["final"]:
                        return response
                elif silent_s > HEARTBEAT_S:
                    await response.write(b": heartbeat\n\n")
                    silent_s = 0.0
                await asyncio.sleep(POLL_S)
                silent_s += POLL_S
        except ConnectionResetError:
            pass
        return response

    async def click(self, request: web.Request) -> web.Response:
        """A button of an order."""
        person, _ = self._person(request)
        order = await self._own_order(request)
        code = request.query.get("code", "")
        if code.split(":")[1:2] != [str(order.id)]:
            raise web.HTTPNotFound
        await self._service.queue.admit(self._client_ip.blocklist_entry(request))
        click_id = f"{person.id}:press:{secrets.token_hex(8)}"
        chat = self._client_ip.pseudonym(request)
        click = ButtonClick(click_id, person, PLATFORM, code, lambda: PLATFORM, chat=chat)
        last = None
        async for reply in self._service.buttons.click(click):
            last = reply
        new_order = await self._service.queue.orders.find_order(click_id)
        if new_order is None and last is not None and last.private:
            return self._reply(last, 409)
        return web.json_response(await self._order_json(new_order or order))

    async def delete(self, request: web.Request) -> web.Response:
        """Delete a song of the sender; what others ordered of it stays for them."""
        order = await self._own_order(request)
        if not order.song:  # nothing was uploaded yet; "" would delete every song
            raise web.HTTPNotFound
        deleted = await self._service.queue.forget(order.owner, order.song)
        log.info("song_deleted", orders=deleted.orders, songs=len(deleted.songs))
        text = translate("web.app.delete.done", self._person(request)[0].language)
        return web.json_response({"text": text})

    async def file(self, request: web.Request) -> web.StreamResponse:
        """A finished file of the sender's order."""
        order = await self._own_order(request)
        status = await self._service.queue.orders.order_status(order.id)
        files = (status.result or {}).get("files", []) if status else []
        number = int(request.match_info["file"])
        if number >= len(files):
            raise web.HTTPNotFound
        file = files[number]
        return await send_object(request, self._store, file["key"], file["mime"], file["name"])

    async def _own_order(self, request: web.Request) -> Order:
        """The order in the address, if it is the sender's."""
        person, _ = self._person(request)
        order = await self._service.queue.orders.order(int(request.match_info["order"]))
        if order is None or order.owner != person.id:
            raise web.HTTPNotFound
        return order

    async def _order_json(self, order: Order) -> dict[str, Any]:
        status = await self._service.queue.orders.order_status(order.id)
        if status is None:
            raise web.HTTPNotFound
        return order_json(self._service, self._links, status)

    def _is_too_big(self, request: web.Request) -> bool:
        received = max(request.content_length or 0, request.content.total_bytes)
        return received > self._settings.upload_limit_bytes

    @staticmethod
    def _reply(reply: Reply, status: int) -> web.Response:
        return web.json_response(reply_json(reply), status=status)


def _any_order(person: Person, place: str) -> NewOrder:
    """An order whose song is not known yet."""
    return NewOrder("", person.id, PLATFORM, PLATFORM, song="", song_name="", place=place)
