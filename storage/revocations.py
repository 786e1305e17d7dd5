"""Revoked links: one small object for each order whose links no longer open.

A token carries its claims, so it can only be revoked by storing that it was. The object is named by the order
(or whatever id a link was signed with) and stored for as long as a link may be valid.
"""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.objects import ObjectStore

FOLDER = "revoked"
RECHECK_S = 10.0  #: seconds for which an answer of the store is used: a page asks several times a second
_ID = re.compile(r"[a-z0-9-]{1,64}")
_MAX_CACHED = 4096  # ids


async def revoke(store: ObjectStore, link_id: str) -> None:
    """Revoke all links that were signed with this id.

    Raises:
        StorageError: They still open.
    """
    await store.put(f"{FOLDER}/{link_id}", b"revoked")


class Revocations:
    """Knows which ids were revoked, by asking the store now and then."""

    def __init__(self, store: ObjectStore, clock: Callable[[], float] = time.monotonic) -> None:
        """Ask this store."""
        self._store = store
        self._clock = clock
        self._cached: OrderedDict[str, tuple[float, bool]] = OrderedDict()  #: id → (checked at, revoked)

    async def has(self, link_id: str) -> bool:
        """Whether links with this id were revoked; at most `RECHECK_S` late."""
        if not _ID.fullmatch(link_id):
            return link_id != ""  # signed by us, so its id is one of ours or none
        checked_at, revoked = self._cached.get(link_id, (float("-inf"), False))
        if revoked or self._clock() - checked_at < RECHECK_S:
            return revoked
        revoked = await self._store.size(f"{FOLDER}/{link_id}") is not None
        self._cached[link_id] = (self._clock(), revoked)
        self._cached.move_to_end(link_id)
        if len(self._cached) > _MAX_CACHED:
            self._cached.popitem(last=False)
        return revoked
