"""What the line remembers of people besides their orders, and forgets when they say so.

preference   what somebody chose: language, format …          who → JSON
request      a song that was asked for and is still to come    from the first answer to the order
kept file    a platform's own id of a file of ours             same content, no second upload
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from separator.core.jobs import Json, NewOrder, Order
    from separator.core.limits import Block, Quota, QuotaUsage

DAY_S = 86_400.0


@dataclass(frozen=True)
class FinishedOrder:
    """An order whose files are done, with the result of its MIX job."""

    order: Order
    result: Json


@dataclass(frozen=True)
class Forgotten:
    """What nobody else has a part in, so that its bytes go, too."""

    orders: int  #: rows that were deleted
    songs: frozenset[str]  #: SHA-256, hex
    files: frozenset[str]  #: keys of mixes


class People(Protocol):
    """The bots' memory. Every method is one transaction; `separator.queue.people` keeps it in SQL."""

    async def preferences(self, whos: Collection[str]) -> dict[str, Json]:
        """What each of these has chosen; who has chosen nothing is left out."""
        ...

    async def set_preferences(self, who: str, facts: Json) -> None:
        """Replace what somebody has chosen; nothing chosen leaves nothing behind."""
        ...

    async def add_pending(self, order: NewOrder, *, invited: bool = False) -> None:
        """Remember a request (its song is still empty); the same `request_id` replaces what was there.

        The song of one that is `invited` comes by another way, so nobody is fetching it.
        """
        ...

    async def find_pending(self, request_id: str) -> NewOrder | None:
        """A request whose song has not come yet."""
        ...

    async def remove_pending(self, request_id: str) -> bool:
        """Its song has come, or never will; returns whether it was there."""
        ...

    async def stale_pending(self, platform: str, older_s: float) -> list[NewOrder]:
        """Requests of a platform that are older than this: whoever fetched their songs is gone."""
        ...

    async def file_ids(self, platform: str, keys: Collection[str]) -> dict[str, str]:
        """The platform's ids of these files, as far as it has them."""
        ...

    async def add_file_ids(self, platform: str, ids: Mapping[str, str]) -> None:
        """Remember the platform's ids of files, by our keys."""
        ...

    async def finished_orders(self, owner: str, most: int) -> list[FinishedOrder]:
        """An owner's latest finished orders, newest first; the same song and wish once."""
        ...

    async def find_answered(self, place: str, song: str, outputs: str) -> Order | None:
        """The latest order of this place for the same song and wish whose answer is in the chat."""
        ...

    async def orders_within(self, place: str, within_s: float) -> tuple[int, float]:
        """(orders of a place within this time, seconds until the oldest of them falls out of it)."""
        ...

    async def quota_usage(self, who: str, share: Quota) -> QuotaUsage:
        """What a person or place has taken of what they may."""
        ...

    async def find_block(self, whos: Collection[str]) -> Block | None:
        """The first of these that the operator takes no songs from."""
        ...

    async def forget(self, owner: str, song: str = "") -> Forgotten:
        """Delete all that is known of somebody, and the finished work that nobody else asked for.

        What a day's songs cost stays until the day is over, else forgetting would make a new allowance; and
        so does a block.
        """
        ...
