"""Songs that a chat could not take: sent here by the link that the chat was given, answered there.

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


async def invitation(downloads: SongDownloads, request: web.Request) -> NewOrder | None:
    """The request of a chat that this browser was sent for; None where it came by itself.

    Raises:
        LinkError: The link is wrong, has ended, or was used.
    """
    token = request.query.get(QUERY, "")
    return await downloads.read_upload_link(token) if token else None


def answered_there(upload: Request, asked: NewOrder) -> Request:
    """The upload as the request that the chat asked it for: its owner, its address, its limits."""
    return replace(
        upload,
        id=asked.request_id,
        person=Person(asked.owner, asked.language),
        platform=asked.platform,
        outputs=asked.outputs,
        reply_to=lambda: asked.reply_to,
        upload_limit_bytes=asked.limit_bytes,
        chat=asked.place,
        effort=asked.effort,
        by_upload_link=True,
    )


class Visit(NamedTuple):
    """What the page says and remembers of the chat that its visitor comes from."""

    lead: str  #: the sentence below the heading
    send: str = ""  #: the token, for a visitor who was sent
    wished: str = ""  #: not empty: the wish was told in the chat


async def visit(downloads: SongDownloads, request: web.Request, language: str) -> Visit:
    """Who comes here, and what for; a link that opens nothing is told, and the room is open all the same."""
    try:
        asked = await invitation(downloads, request)
    except LinkError as error:
        return Visit(error_message(error, language))
    if asked is None:
        return Visit(translate("web.app.lead", language))
    return Visit(
        translate("web.app.lead.chat", language), request.query[QUERY], "yes" if asked.outputs else ""
    )


def told(order: Order | None, last: Reply | None, language: str) -> tuple[dict[str, Any], int]:
    """What the page shows once the song is here, or was refused: nothing more to watch."""
    text = (
        translate("web.app.sent.chat", language)
        if order
        else last.text
        if last
        else error_message(LinkEnded(), language)
    )
    facts = {
        "order": 0,
        "song": order.song_name if order else "",
        "state": "sent",
        "share": None,
        "final": True,
    }
    return {**facts, "text": text, "buttons": [], "files": [], "mixer": ""}, 201 if order else 422
