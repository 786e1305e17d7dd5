"""Files that the holder of a mixer link requests: made by MIX jobs of the order that the link belongs to.

They belong to that order's owner: deleted with the song, counted in the owner's quota, and readable by link
only. Each file that the song's stems allow is made once.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bots.web.identity import PLATFORM
from bots.web.mixer import FileStatus
from separator import NewOrder, link_id
from separator.core.errors import UnknownWish
from separator.core.outputs import OutputSpec

if TYPE_CHECKING:
    from collections.abc import Callable

    from bots.chat.service import ChatService
    from separator import Order
    from storage import LinkClaims

REPEAT_S = 3600.0  #: after so long a file is ordered again: it may have failed, or be deleted


class MixRequests:
    """The mixer's `MixFiles`."""

    def __init__(self, service: ChatService, clock: Callable[[], float] = time.time) -> None:
        self._service, self._clock = service, clock

    async def request(self, claims: LinkClaims, outputs: str, language: str) -> FileStatus | None:
        """As `MixFiles.request`."""
        base, outputs = await self._order(claims), _normalize(outputs)
        if base is None or not outputs:
            return None
        if order := await self._find(base, outputs):
            return await self._file_status(order)
        await self._service.queue.admit(base.owner, base.place)
        new = NewOrder(
            request_id=_request_id(base, outputs, self._clock()),
            owner=base.owner,
            platform=PLATFORM,
            reply_to=PLATFORM,
            song=base.song,
            song_name=base.song_name,
            outputs=outputs,
            language=language,
            place=base.place,
            effort=base.effort,
        )
        return await self._file_status(await self._service.orders.submit(new))

    async def status(self, claims: LinkClaims, outputs: str) -> FileStatus | None:
        """As `MixFiles.status`."""
        base, outputs = await self._order(claims), _normalize(outputs)
        order = await self._find(base, outputs) if base and outputs else None
        return await self._file_status(order) if order else None

    async def _order(self, claims: LinkClaims) -> Order | None:
        """The order that a link belongs to; None where it names none, or one that was deleted."""
        number, _, _ = claims.link_id.partition("-")
        order = await self._service.queue.orders.order(int(number)) if number.isdecimal() else None
        return order if order and link_id(order) == claims.link_id else None

    async def _find(self, base: Order, outputs: str) -> Order | None:
        """The order of the last hour or two for these outputs."""
        for ago_s in (0.0, REPEAT_S):
            if order := await self._service.queue.orders.find_order(
                _request_id(base, outputs, self._clock() - ago_s)
            ):
                return order
        return None

    async def _file_status(self, order: Order) -> FileStatus:
        status = await self._service.queue.orders.order_status(order.id)
        reply = await self._service.orders.reply(order)
        files = (status.result or {}).get("files", []) if status else []
        if not files:
            return FileStatus(reply.text, reply.final)
        file = files[0]
        return FileStatus(reply.text, final=True, key=file["key"], name=file["name"], mime=file["mime"])


def _request_id(base: Order, outputs: str, now: float) -> str:
    """The same for all requests of a file within an hour."""
    return f"made:{base.id}:{outputs}:{int(now // REPEAT_S)}"


def _normalize(outputs: str) -> str:
    """An output spec with its stems in their usual order; empty where it is none."""
    try:
        return OutputSpec.from_code(outputs).code
    except UnknownWish:
        return ""
