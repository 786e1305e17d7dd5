"""Links that were taken back before their time: one small object for each order whose links open nothing.

A token carries its grant, so it can only be taken back by remembering that it was. What is remembered is the
order (or whatever name a link was signed with), for as long as a link may live; the sweep forgets it then.
"""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.base import Store

FOLDER = "revoked"
LOOK_S = 10.0  #: seconds for which the answer of the store is believed: a page asks several times a second
_NAME = re.compile(r"[a-z0-9-]{1,64}")
_KNOWN = 4096  # names remembered


async def revoke(store: Store, name: str) -> None:
    """Take back all links that were signed with this name.

    Raises:
        StorageError: They still open.
    """
    await store.put(f"{FOLDER}/{name}", b"revoked")


class Revocations:
    """Knows which names were taken back, by asking the store now and then."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        """Ask this store."""
        self._store = store
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, bool]] = OrderedDict()  #: name → (when asked, answer)

    async def has(self, name: str) -> bool:
        """Whether links with this name were taken back; at most `LOOK_S` late."""
        if not _NAME.fullmatch(name):
            return name != ""  # signed by us, so it has a name of ours or none
        asked, answer = self._known.get(name, (float("-inf"), False))
        if answer or self._clock() - asked < LOOK_S:
            return answer
        answer = await self._store.size(f"{FOLDER}/{name}") is not None
        self._known[name] = (self._clock(), answer)
        self._known.move_to_end(name)
        while len(self._known) > _KNOWN:
            self._known.popitem(last=False)
        return answer
