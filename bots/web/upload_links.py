"""Songs that a chat could not take: uploaded by the link that the chat was given, answered in the chat.

chat: "too big here" + link ──► /?send=TOKEN ──► page ──► POST /api/orders?send=TOKEN ──► chat: files
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from bots.chat.messages import Person
from bots.i18n.translate import error_message, translate
from storage import LinkEnded, LinkError

if TYPE_CHECKING:
    from aiohttp import web

    from bots.chat.downloads import SongDownloads
    from bots.chat.messages import Reply, Request
    from separator import NewOrder, Order

QUERY = "send"


async def read_link(downloads: SongDownloads, request: web.Request) -> NewOrder | None:
    """The order of a chat that an upload link is for; None without such a link.

    Raises:
        LinkError: The link is wrong, has expired, or was used.
    """
    token = request.query.get(QUERY, "")
    return await downloads.read_upload_link(token) if token else None


def answered_in_chat(upload: Request, chat_order: NewOrder) -> Request:
    """The upload as the request that the chat made: its owner, its address, its limits."""
    return replace(
        upload,
        id=chat_order.request_id,
        person=Person(chat_order.owner, chat_order.language),
        platform=chat_order.platform,
        outputs=chat_order.outputs,
        reply_to=lambda: chat_order.reply_to,
        upload_limit_bytes=chat_order.limit_bytes,
        chat=chat_order.place,
        effort=chat_order.effort,
        by_upload_link=True,
    )


class Visit(NamedTuple):
    """What the page knows of the chat that its visitor comes from."""

    lead: str  #: the sentence below the heading
    token: str = ""  #: of a valid upload link
    has_outputs: str = ""  #: not empty: the outputs were chosen in the chat


async def visit(downloads: SongDownloads, request: web.Request, language: str) -> Visit:
    """The chat of an upload link; an invalid link is explained, and the page works without it."""
    try:
        chat_order = await read_link(downloads, request)
    except LinkError as error:
        return Visit(error_message(error, language))
    if chat_order is None:
        return Visit(translate("web.app.lead", language))
    lead = translate("web.app.lead.chat", language)
    return Visit(lead, request.query[QUERY], "yes" if chat_order.outputs else "")


def uploaded_json(order: Order | None, last: Reply | None, language: str) -> tuple[dict[str, Any], int]:
    """What the page shows after an upload for a chat, and the HTTP status; there is nothing more to watch."""
    if order:
        text = translate("web.app.sent.chat", language)
    else:
        text = last.text if last else error_message(LinkEnded(), language)
    fields = {"order": 0, "song": order.song_name if order else "", "outputs": "", "state": "sent"}
    ended = {"failed": order is None, "progress": None, "final": True, "mixer": ""}
    return {**fields, **ended, "text": text, "buttons": [], "files": []}, 201 if order else 422
