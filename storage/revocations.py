"""Revoked links: one small object for each order whose links no longer open.

A token carries its claims, so it can only be revoked by storing that it was. The object is named by the order
(or whatever id a link was signed with), says until when, and is stored for longer than links are valid.
"""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

import structlog

from storage.base import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.objects import ObjectStore

log = structlog.get_logger()

FOLDER = "revoked"
KEEP_S = 366 * 86_400.0  #: a revocation is stored for so long at least: settings change while links live
RECHECK_S = 10.0  #: seconds for which an answer of the store is used: a page asks several times a second
_ID = re.compile(r"[a-z0-9-]{1,64}")
_MAX_CACHED = 4096  # ids


async def revoke(store: ObjectStore, link_id: str, link_s: float = 0.0) -> None:
    """Revoke all links that were signed with this id.

    Args:
        store: Where that is noted.
        link_id: Of the links.
        link_s: For so long links are valid as it is set now; earlier ones may be valid for longer.

    Raises:
        StorageError: They still open.
    """
    until = int(time.time() + max(link_s, KEEP_S))
    await store.put(f"{FOLDER}/{link_id}", str(until).encode())


async def delete_ended_revocations(store: ObjectStore, ages_s: dict[str, float], link_s: float) -> None:
    """Delete revocations of links that have all expired, whatever setting they were signed under.

    Args:
        store: Where they are.
        ages_s: Their keys and ages.
        link_s: For so long links are valid now.
    """
    for key in [key for key, age_s in ages_s.items() if age_s > max(link_s, KEEP_S)]:
        try:
            body = await store.get(key)
            if not body.isdigit() or int(body) < time.time():  # earlier versions wrote no time
                await store.delete(key)
        except StorageError as failure:
            log.warning("revocation_not_deleted", **failure.facts)


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
