"""The queue in numbers for operators and monitors, and the deletion of what has long ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from separator.core.limits import DAY_S
from separator.queue import events

if TYPE_CHECKING:
    from separator.queue.db.driver import Tx

_DEPTH = """
SELECT state, COUNT(*) AS many FROM job WHERE state IN ('waiting', 'queued', 'running') GROUP BY state
"""
_OLDEST = "SELECT MIN(run_at) AS since, :now AS now FROM job WHERE state = 'queued' AND run_at <= :now"
# An answer waits since its work was done, or since it was asked for where that was done before; one that was
# put off waits on.
_UNSENT = """
SELECT MIN(CASE WHEN job.finished > orders.created THEN job.finished ELSE orders.created END) AS since,
    COUNT(*) AS many, :now AS now
FROM orders JOIN job ON job.id = orders.job WHERE orders.state IN ('ready', 'sending')
"""
_LAPSED = "SELECT COUNT(*) AS many FROM job WHERE state = 'running' AND lease_until <= :now"
_WORKERS = "SELECT name, device, speed, doing, :now - seen AS silent_s FROM worker ORDER BY name"
ALIVE_S = 20.0  #: three heartbeats missed: so people learn within 30 s that nobody is there
# Old orders whose answer is out; then jobs that nobody points at any more, children before parents.
_PRUNE_ORDERS = """
DELETE FROM orders WHERE created < :now - :older_s AND state IN ('sent', 'cancelled', 'draft') RETURNING id
"""
_PRUNE_JOBS = """
DELETE FROM job WHERE finished < :now - :older_s
    AND NOT EXISTS (SELECT 1 FROM orders WHERE orders.job = job.id)
    AND NOT EXISTS (SELECT 1 FROM job AS child WHERE child.after_job = job.id)
RETURNING id
"""
_PRUNE_OTHERS = tuple(
    f"DELETE FROM {table} WHERE at < :now - :older_s"  # noqa: S608 - our own names
    for table in ("served", "request", "kept_file", "inbox")
)
_PRUNE_DAILY = (
    "DELETE FROM charge WHERE at < :now - :day_s",
    "DELETE FROM block WHERE until < :now - :day_s",
)


@dataclass(frozen=True)
class Worker:
    """A worker that was seen within a day."""

    name: str
    device: str
    speed: float | None  #: seconds of song per second
    doing: str  #: `ready`, `loading MODEL`
    silent_s: float  #: since its last heartbeat

    @property
    def alive(self) -> bool:
        """Whether it was seen so lately that people count on it."""
        return self.silent_s < ALIVE_S


@dataclass(frozen=True)
class QueueStats:
    """The queue in numbers, at one moment."""

    depth: dict[str, int]  #: active jobs, by state
    oldest_wait_s: float  #: of the jobs that could be claimed now
    unsent: int  #: answers that wait for a bot
    delivery_lag_s: float  #: of the oldest of them
    lapsed: int  #: running jobs whose worker is silent and that nobody has taken over yet
    workers: tuple[Worker, ...]
    drained: bool  #: workers begin nothing new, by the operator's word
    totals: events.Totals  #: counters, by name and label

    @property
    def alive(self) -> tuple[Worker, ...]:
        """The workers that people count on."""
        return tuple(worker for worker in self.workers if worker.alive)


async def read_stats(tx: Tx) -> QueueStats:
    """The queue in numbers."""
    oldest = await tx.one(_OLDEST) or {}
    unsent = await tx.one(_UNSENT) or {}
    lapsed = await tx.one(_LAPSED) or {}
    return QueueStats(
        depth={row["state"]: row["many"] for row in await tx.all(_DEPTH)},
        oldest_wait_s=_since(oldest),
        unsent=unsent["many"],
        delivery_lag_s=_since(unsent),
        lapsed=lapsed["many"],
        workers=tuple(Worker(**row) for row in await tx.all(_WORKERS)),
        drained=await events.is_set(tx, events.DRAINED),
        totals=await events.totals(tx),
    )


def _since(row: dict[str, float | None]) -> float:
    """Seconds since `since`; 0 where there is none."""
    since, now = row["since"], row["now"]
    return 0.0 if since is None or now is None else now - since


async def prune(tx: Tx, older_s: float) -> int:
    """Delete what ended longer ago; returns how many rows. Answers that wait are never deleted."""
    deleted = len(await tx.all(_PRUNE_ORDERS, older_s=older_s))
    while jobs := len(await tx.all(_PRUNE_JOBS, older_s=older_s)):
        deleted += jobs
    for sql in _PRUNE_OTHERS:
        await tx.all(sql, older_s=older_s)
    for sql in _PRUNE_DAILY:
        await tx.all(sql, day_s=DAY_S)
    return deleted
