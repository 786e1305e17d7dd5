"""For whoever looks after the line: what is in it, what it costs, and forgetting what is long over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from separator.core.limits import DAY_S
from separator.queue import counters, flags
from separator.queue.rows import job_of

if TYPE_CHECKING:
    from separator.core.jobs import Job
    from separator.queue.db.driver import Tx

_DEPTH = """
SELECT state, prio, COUNT(*) AS many FROM job
WHERE state IN ('waiting', 'queued', 'running') GROUP BY state, prio
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
_LATEST = "SELECT * FROM job WHERE (:state = '' OR state = :state) ORDER BY id DESC LIMIT :most"
ALIVE_S = 20.0  #: three signs of life missed: so people learn within 30 s that nobody is there
# Old orders whose answer is out; then jobs that nobody points at any more, children before parents.
_FORGET_ORDERS = """
DELETE FROM orders WHERE created < :now - :older_s AND state IN ('sent', 'cancelled', 'draft') RETURNING id
"""
_FORGET_JOBS = """
DELETE FROM job WHERE finished < :now - :older_s
    AND NOT EXISTS (SELECT 1 FROM orders WHERE orders.job = job.id)
    AND NOT EXISTS (SELECT 1 FROM job AS child WHERE child.after_job = job.id)
RETURNING id
"""
_FORGET_OTHERS = tuple(
    f"DELETE FROM {table} WHERE at < :now - :older_s"  # noqa: S608 - our own names
    for table in ("served", "request", "kept_file")
)
_FORGET_LAPSED = (
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
    silent_s: float  #: since its last sign of life

    @property
    def alive(self) -> bool:
        """Whether it was seen so lately that people count on it."""
        return self.silent_s < ALIVE_S


@dataclass(frozen=True)
class QueueStats:
    """The line in numbers, at one moment."""

    depth: dict[tuple[str, int], int]  #: jobs alive, by state and priority
    oldest_wait_s: float  #: of the jobs that could be claimed now
    unsent: int  #: answers that wait for a bot
    delivery_lag_s: float  #: of the oldest of them
    lapsed: int  #: running jobs whose worker is silent and that nobody has taken over yet
    workers: tuple[Worker, ...]
    drained: bool  #: workers begin nothing new, by the operator's wish
    totals: counters.Totals  #: what only grows, by name and label (separator.queue.counters)

    @property
    def alive(self) -> tuple[Worker, ...]:
        """The workers that people count on."""
        return tuple(worker for worker in self.workers if worker.alive)


async def figures(tx: Tx) -> QueueStats:
    """The line in numbers."""
    oldest = await tx.one(_OLDEST) or {}
    unsent = await tx.one(_UNSENT) or {}
    lapsed = await tx.one(_LAPSED) or {}
    return QueueStats(
        depth={(row["state"], row["prio"]): row["many"] for row in await tx.all(_DEPTH)},
        oldest_wait_s=_since(oldest),
        unsent=unsent["many"],
        delivery_lag_s=_since(unsent),
        lapsed=lapsed["many"],
        workers=tuple(Worker(**row) for row in await tx.all(_WORKERS)),
        drained=await flags.holds(tx, flags.DRAINED),
        totals=await counters.totals(tx),
    )


def _since(row: dict[str, float | None]) -> float:
    """Seconds since `since`; 0 where there is none."""
    since, now = row["since"], row["now"]
    return 0.0 if since is None or now is None else now - since


async def latest(tx: Tx, most: int, state: str = "") -> list[Job]:
    """The newest jobs, of a state if one is named."""
    return [job_of(row) for row in await tx.all(_LATEST, most=most, state=state)]


async def by_id(tx: Tx, job_id: int) -> Job | None:
    """One job."""
    row = await tx.one("SELECT * FROM job WHERE id = :id", id=job_id)
    return job_of(row) if row else None


async def forget(tx: Tx, older_s: float) -> int:
    """Delete what ended longer ago; returns how many rows. Answers that wait are never forgotten."""
    gone = len(await tx.all(_FORGET_ORDERS, older_s=older_s))
    while jobs := len(await tx.all(_FORGET_JOBS, older_s=older_s)):
        gone += jobs
    for sql in _FORGET_OTHERS:
        await tx.all(sql, older_s=older_s)
    for sql in _FORGET_LAPSED:
        await tx.all(sql, day_s=DAY_S)
    return gone
