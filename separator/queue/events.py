"""What is recorded beside the jobs: what happened to each, counters that only grow, flags that hold for all.

Each is written in the transaction of what it records, so it counts once. Claims are timed in memory and
written now and then, so that measuring them costs nothing where it would be felt.
"""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

from separator.core.jobs import Event

if TYPE_CHECKING:
    from separator.queue.db.driver import Tx

SHARDS = 8  #: rows of one counter: so many writers add to it without waiting for each other's commit
FLUSH_S = 5.0  #: timings are written so often at most; a killed worker takes those since with it
#: Upper ends of the buckets that claims are sorted into, in milliseconds; 10 ms is what the queue promises.
CLAIM_MS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 250.0, 1000.0)
DRAINED = "drained"  #: workers begin nothing new (`claims` reads it in SQL); running jobs they finish

_RECORD = "INSERT INTO event (job, at, what, who, why) VALUES (:job, :now, :what, :who, :why)"
_OF_JOB = "SELECT at, what, who, why FROM event WHERE job = :job ORDER BY id"
_COUNT = """
INSERT INTO tally (name, label, shard, total) VALUES (:name, :label, :shard, :by)
ON CONFLICT (name, label, shard) DO UPDATE SET total = tally.total + excluded.total
"""
_TOTALS = "SELECT name, label, SUM(total) AS total FROM tally GROUP BY name, label"
_SET_FLAG = "INSERT INTO notice (name, at) VALUES (:name, :now) ON CONFLICT (name) DO NOTHING"
_CLEAR_FLAG = "DELETE FROM notice WHERE name = :name"
_IS_SET = "SELECT 1 FROM notice WHERE name = :name"

Totals = dict[tuple[str, str], float]


async def record(tx: Tx, job: int, what: str, *, who: str = "", why: str = "") -> None:
    """Record what happened to a job."""
    await tx.all(_RECORD, job=job, what=what, who=who, why=why)


async def of_job(tx: Tx, job: int) -> list[Event]:
    """All that happened to a job, oldest first."""
    return [Event(**row) for row in await tx.all(_OF_JOB, job=job)]


async def count(tx: Tx, name: str, label: str = "", *, by: float = 1.0, near: int = 0) -> None:
    """Add to a counter; `near` (a job's id) chooses the row."""
    await tx.all(_COUNT, name=name, label=label, by=by, shard=near % SHARDS)


async def totals(tx: Tx) -> Totals:
    """Every counter, by name and label."""
    return {(row["name"], row["label"]): row["total"] for row in await tx.all(_TOTALS)}


async def set_flag(tx: Tx, name: str, *, on: bool) -> None:
    """Set or clear a flag for every machine."""
    await tx.all(_SET_FLAG if on else _CLEAR_FLAG, name=name)


async def is_set(tx: Tx, name: str) -> bool:
    """Whether a flag is set."""
    return await tx.one(_IS_SET, name=name) is not None


class ClaimTimes:
    """How long claims took, since they were last written to the counters."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._sum_ms = 0.0
        self._written = time.monotonic()

    def add(self, seconds: float) -> None:
        """Add one claim."""
        took_ms = 1000 * seconds
        self._counts[next((f"{end:g}" for end in CLAIM_MS if took_ms <= end), "more")] += 1
        self._sum_ms += took_ms

    def is_due(self) -> bool:
        """Whether there is something to write, and it is time to."""
        return bool(self._counts) and time.monotonic() - self._written >= FLUSH_S

    async def write(self, tx: Tx) -> None:
        """Add them to the counters; what a failing transaction loses is lost."""
        counts, self._counts = self._counts, Counter()
        sum_ms, self._sum_ms = self._sum_ms, 0.0
        self._written = time.monotonic()
        for label, many in sorted(counts.items()):
            await count(tx, "claims", label, by=many)
        await count(tx, "claim_ms", by=sum_ms)
