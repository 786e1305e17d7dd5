"""Totals that only grow, kept in the table itself: they survive every process, and each event counts once.

A total is written in the transaction of what it counts. Claims are timed in memory and written now and then,
so that measuring them costs nothing where it would be felt.
"""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from separator.queue.db.driver import Tx

SHARDS = 8  #: rows of one total: so many writers add to it without waiting for each other's commit
FLUSH_S = 5.0  #: timings are written so often at most; a killed worker takes those since with it
#: Upper ends of the buckets that claims are sorted into, in milliseconds; 10 ms is what the line promises.
CLAIM_MS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 250.0, 1000.0)

_ADD = """
INSERT INTO tally (name, label, shard, total) VALUES (:name, :label, :shard, :much)
ON CONFLICT (name, label, shard) DO UPDATE SET total = tally.total + excluded.total
"""
_TOTALS = "SELECT name, label, SUM(total) AS total FROM tally GROUP BY name, label"

Totals = dict[tuple[str, str], float]


async def add(tx: Tx, name: str, label: str = "", *, much: float = 1.0, near: int = 0) -> None:
    """Add to a total; `near` (a job's id) chooses the row."""
    await tx.all(_ADD, name=name, label=label, much=much, shard=near % SHARDS)


async def totals(tx: Tx) -> Totals:
    """Every total, by name and label."""
    return {(row["name"], row["label"]): row["total"] for row in await tx.all(_TOTALS)}


class ClaimTimes:
    """How long claims took, since they were last written down."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()
        self._sum_ms = 0.0
        self._written = time.monotonic()

    def took(self, seconds: float) -> None:
        """Take one claim in."""
        took_ms = 1000 * seconds
        self._taken[next((f"{end:g}" for end in CLAIM_MS if took_ms <= end), "more")] += 1
        self._sum_ms += took_ms

    def due(self) -> bool:
        """Whether there is something to write, and it is time to."""
        return bool(self._taken) and time.monotonic() - self._written >= FLUSH_S

    async def write(self, tx: Tx) -> None:
        """Add them to the totals; what a failing transaction loses is lost."""
        taken, self._taken = self._taken, Counter()
        sum_ms, self._sum_ms = self._sum_ms, 0.0
        self._written = time.monotonic()
        for label, many in sorted(taken.items()):
            await add(tx, "claims", label, much=many)
        await add(tx, "claim_ms", much=sum_ms)
