"""Files for whoever holds a link to a mixer: made by MIX jobs, in the name of the order that the link is of.

They belong to that order's person: deleted with the song, counted among what that person has in the line, and
seen by nobody else than by a link. Nobody can have more made than a song's stems allow, each of it once.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bots.web.identity import PLATFORM
from bots.web.mixer import FileStatus
from separator import NewOrder, OutputSpec, UnknownWish, link_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from bots.chat.service import ChatService
    from separator import Order
    from storage import LinkClaims

ANEW_S = 3600.0  #: after so long a file is asked for anew: it may have failed, or be forgotten


class MixRequests:
    """The mixer's `MixFiles`."""

    def __init__(self, service: ChatService, clock: Callable[[], float] = time.time) -> None:
        """Take the desk whose line makes them."""
        self._service, self._clock = service, clock

    async def request(self, claims: LinkClaims, outputs: str, language: str) -> FileStatus | None:
        """As `MixFiles.request`."""
        base, outputs = await self._order(claims), _code(outputs)
        if base is None or not outputs:
            return None
        if found := await self._found(base, outputs):
            return await self._made(found)
        await self._service.queue.admit(base.owner, base.place)
        new = NewOrder(
            request_id=_name(base, outputs, self._clock()),
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
        return await self._made(await self._service.orders.submit(new))

    async def status(self, claims: LinkClaims, outputs: str) -> FileStatus | None:
        """As `MixFiles.status`."""
        base, outputs = await self._order(claims), _code(outputs)
        found = await self._found(base, outputs) if base and outputs else None
        return await self._made(found) if found else None

    async def _order(self, claims: LinkClaims) -> Order | None:
        """The order that a link is of; None where it says of none, or of one that is gone."""
        number, _, _ = claims.link_id.partition("-")
        order = await self._service.queue.orders.order(int(number)) if number.isdecimal() else None
        return order if order and link_id(order) == claims.link_id else None

    async def _found(self, base: Order, outputs: str) -> Order | None:
        """What was asked for within the last hour or two."""
        for ago_s in (0.0, ANEW_S):
            if order := await self._service.queue.orders.find_order(
                _name(base, outputs, self._clock() - ago_s)
            ):
                return order
        return None

    async def _made(self, order: Order) -> FileStatus:
        standing = await self._service.queue.orders.order_status(order.id)
        reply = await self._service.orders.reply(order)
        files = (standing.result or {}).get("files", []) if standing else []
        if not files:
            return FileStatus(reply.text, reply.final)
        return FileStatus(
            reply.text, final=True, key=files[0]["key"], name=files[0]["name"], mime=files[0]["mime"]
        )


def _name(base: Order, outputs: str, now: float) -> str:
    """What an order for a file is known by: the same whoever asks, within an hour."""
    return f"made:{base.id}:{outputs}:{int(now // ANEW_S)}"


def _code(outputs: str) -> str:
    """A wish with its stems in their usual order; empty where it names something else."""
    try:
        return OutputSpec.from_code(outputs).code
    except UnknownWish:
        return ""
