"""The workers' side of the queue: who works on what, and how it ended."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from separator.core.errors import LeaseLost
from separator.core.jobs import JobKind, JobState
from separator.queue import clock_skew, events, quotas, stats
from separator.queue.database import fenced, lookup, write
from separator.queue.job_chain import CANCELLED
from separator.queue.rows import job_of, newest_done
from separator.queue.transitions import end, error_name, record_lapsed, requeue

if TYPE_CHECKING:
    from separator.core.errors import ErrorRecord
    from separator.core.jobs import Job, Json, Progress
    from separator.queue.database import Database
    from separator.queue.db.driver import Row, Tx

#: Who has waited this long without being served goes before all who have waited for a step less, whatever
#: they have running. Five minutes: a long song on a slow CPU.
AGEING_S = 300.0
_CHARGED = 1000  # claims that are remembered; charging again is harmless

# What may be claimed, first things first:
#   1. work whose worker died: its people have waited longest
#   2. by steps of waiting
#   3. the owner who has less running now
#   4. the owner who was served least recently, or the age of the job if that is later: each other passes once
#   5. the order in which it came
# Work whose worker died, now or once before, is only for a worker that runs nothing else.
# Of each owner only the first can be next, so only those are ranked; an index has all of it.
_RANKED = """
WITH head AS (
    SELECT MIN(id) AS id, owner, kind, MIN(created) AS created, 1 AS fresh FROM job
    WHERE state = 'queued' AND kind = :kind AND run_at <= :now AND alone = 0 GROUP BY kind, owner
    UNION ALL
    SELECT id, owner, kind, created, 1 AS fresh FROM job
    WHERE state = 'queued' AND kind = :kind AND run_at <= :now AND alone = 1 AND :idle = 1
    UNION ALL
    SELECT id, owner, kind, created, 0 AS fresh FROM job
    WHERE state = 'running' AND kind = :kind AND lease_until <= :now AND :idle = 1
), busy AS (
    SELECT owner, COUNT(*) AS running FROM job
    WHERE state = 'running' AND kind = 'separate' AND lease_until > :now GROUP BY owner
), candidate AS (
    SELECT head.id, head.fresh, COALESCE(busy.running, 0) AS running,
        CASE WHEN served.at > head.created THEN served.at ELSE head.created END AS since,
        CASE WHEN served.at >= head.created THEN 1 ELSE 0 END AS was_served
    FROM head
    LEFT JOIN served ON served.owner = head.owner
    LEFT JOIN busy ON busy.owner = head.owner
    WHERE (head.kind <> 'separate' OR COALESCE(busy.running, 0) < :per_owner)
        AND NOT EXISTS (SELECT 1 FROM notice WHERE name = 'drained')
)
SELECT id, ROW_NUMBER() OVER (
    ORDER BY fresh, FLOOR((:now - since) / :ageing_s) DESC, running, since, was_served, id) AS rank
FROM candidate
"""
_NEXT_SEPARATION = """
SELECT id, token, state, owner FROM job WHERE id = (SELECT id FROM ({ranked}) AS ranked WHERE rank = 1)
""".replace("{ranked}", _RANKED)
# Where nothing is counted per owner, claims need not take turns: each skips what another is about to take.
_NEXT_MIX = """
SELECT job.id, job.token, job.state, job.owner FROM ({ranked}) AS ranked JOIN job ON job.id = ranked.id
ORDER BY ranked.rank LIMIT 1 FOR UPDATE OF job SKIP LOCKED
""".replace("{ranked}", _RANKED)
_IS_CLAIMABLE = """
SELECT 1 FROM job WHERE kind = :kind
    AND NOT EXISTS (SELECT 1 FROM notice WHERE name = 'drained')
    AND ((state = 'queued' AND run_at <= :now AND (alone = 0 OR :idle = 1))
        OR (state = 'running' AND lease_until <= :now
            AND (:idle = 1 OR cancel = 1 OR attempts >= max_attempts))) LIMIT 1
"""
# A suspect is reserved by one worker at a time, in the whole fleet: the others go on. Not where it could not
# be claimed anyway, because its owner has enough running.
_RESERVE = """
UPDATE job SET reserved_by = :worker, reserved_until = :now + :for_s
WHERE id = (
    SELECT id FROM job AS suspect
    WHERE kind = :kind AND ((state = 'queued' AND alone = 1 AND run_at <= :now)
        OR (state = 'running' AND lease_until <= :now AND cancel = 0 AND attempts < max_attempts))
        AND (kind <> 'separate' OR :per_owner > (
            SELECT COUNT(*) FROM job AS busy WHERE busy.owner = suspect.owner
                AND busy.state = 'running' AND busy.kind = 'separate' AND busy.lease_until > :now))
    ORDER BY created, id LIMIT 1)
AND NOT EXISTS (SELECT 1 FROM job AS other WHERE other.reserved_until > :now AND other.reserved_by <> :worker)
AND NOT EXISTS (SELECT 1 FROM notice WHERE name = 'drained')
RETURNING id
"""
_IS_SUSPECT = """
SELECT 1 FROM job WHERE kind = :kind AND ((state = 'queued' AND alone = 1 AND run_at <= :now)
    OR (state = 'running' AND lease_until <= :now)) LIMIT 1
"""
_LEASE = """
UPDATE job SET state = 'running', worker = :worker, lease_until = :now + :lease_s, token = token + 1,
    attempts = attempts + 1, started = :now, stage = '', done = 0, total = 0,
    preview = '', live = '', alone = CASE WHEN state = 'running' THEN 1 ELSE alone END, reserved_until = NULL
WHERE id = :id AND token = :token AND state = :was AND (state = 'queued' OR lease_until <= :now)
    AND owner = :owner
    AND EXISTS (SELECT 1 FROM move WHERE was = job.state AND becomes = 'running')
RETURNING *
"""
_EXPIRED = """
SELECT id, token, state, cancel, kind FROM job
WHERE state = 'running' AND lease_until <= :now AND (cancel = 1 OR attempts >= max_attempts)
ORDER BY id FOR UPDATE SKIP LOCKED
"""
_SERVED = """
INSERT INTO served (owner, at) VALUES (:owner, :now)
ON CONFLICT (owner) DO UPDATE SET at = excluded.at
"""
_NOT_SERVED = "DELETE FROM served WHERE owner = :owner"
_RENEW = """
UPDATE job SET lease_until = :now + :lease_s
WHERE id = :id AND token = :token AND state = 'running' RETURNING cancel
"""
_IS_CANCELLED = "SELECT cancel FROM job WHERE id = :id AND token = :token AND state = 'running'"
_WAITING_ORDERS = """
SELECT id FROM orders
WHERE state = 'open' AND (job = :id OR job IN (SELECT id FROM job WHERE after_job = :id)) ORDER BY id
"""
_REPORT = """
UPDATE job SET stage = :stage, done = :done, total = :total, preview = :preview, live = :live,
    song_s = CASE WHEN :song_s > 0 THEN :song_s ELSE song_s END
WHERE id = :id AND token = :token AND state = 'running' RETURNING id
"""
_LOCKED = """
SELECT id, token, state, cancel, attempts, max_attempts, unstored, :now - unstored_since AS unstored_s
FROM job WHERE id = :id FOR UPDATE
"""
_UNSTORED = """
UPDATE job SET unstored = unstored + 1, unstored_since = COALESCE(unstored_since, :now) WHERE id = :id
"""
_HEARTBEAT = """
INSERT INTO worker (name, device, speed, doing, weights, seen)
VALUES (:worker, :device, :speed, :doing, :weights, :now)
ON CONFLICT (name) DO UPDATE SET device = excluded.device, seen = excluded.seen, doing = excluded.doing,
    weights = excluded.weights,
    speed = COALESCE(excluded.speed, worker.speed)
"""
# Leased to a worker that does not know of it: the answer to its claim got lost, or is still on its way.
_UNKNOWN = """
SELECT id, token, state FROM job
WHERE state = 'running' AND worker = :worker AND started < :now - :sure_s ORDER BY id
"""
_REMOVE_WORKER = "DELETE FROM worker WHERE name = :worker"
_PRUNE_WORKERS = "DELETE FROM worker WHERE seen < :now - 86400"


STORE_PAUSE_S = 2.0  #: before a job is tried again that the store failed; doubles
LONGEST_STORE_PAUSE_S = 600.0
STORE_PATIENCE_S = 86_400.0  #: after which a job fails that the store has failed all the time
CLAIM_S = 30.0  #: after which the answer to a claim has come or never will; a try takes 20 s at most
RESERVED_S = 10.0  #: how long a worker keeps others from reserving; it asks again every second


class WorkerQueue:
    """Claims jobs and records how each ended; every method is one transaction.

    A method that takes a job of this worker raises `LeaseLost` when the row has moved on. `wait` wakes for
    the kind of job that was last claimed, so each loop that waits has a queue of its own.
    """

    def __init__(self, database: Database, per_owner: int) -> None:
        """Work on an opened database; at most `per_owner` separations of one owner run at a time."""
        self.database = database
        self._per_owner = per_owner
        self._claim_times = events.ClaimTimes()
        self._found_work = False  # by the last claim: the next one need not look first
        self._topics = [kind.value for kind in JobKind]
        self._mark = self._cancel_mark = 0
        self._charged: set[tuple[int, int]] = set()  #: claims whose songs were charged: once is enough

    async def claim(self, worker: str, kind: JobKind, lease_s: float, *, idle: bool = True) -> Job | None:
        """Lease the next job of a kind; one whose lease lapsed is claimable as it is.

        Args:
            worker: Its name.
            kind: What it can do now.
            lease_s: How long it is the worker's, unless renewed.
            idle: Nothing else runs there, so it may have a job that a worker died over.
        """
        self._topics = [kind.value]
        if self._claim_times.is_due():
            await self._write_claim_times()
        if not (self._found_work or await self._is_claimable(kind, idle=idle)):
            return None
        began = time.perf_counter()
        job = await self._claim(worker, kind, lease_s, idle=idle)
        self._claim_times.add(time.perf_counter() - began)
        self._found_work = job is not None
        return job

    @write
    async def _write_claim_times(self, tx: Tx) -> None:
        await self._claim_times.write(tx)

    @lookup
    async def _is_claimable(self, tx: Tx, kind: JobKind, *, idle: bool) -> bool:
        """Whether a claim could find something; takes no locks."""
        return await tx.one(_IS_CLAIMABLE, kind=kind.value, idle=int(idle)) is not None

    async def reserve_suspect(self, worker: str, kind: JobKind) -> bool:
        """Keep a job that a worker died over for this one, once it is idle; False where there is none.

        Only one worker has one at a time, and any idle worker may still claim it.
        """
        return await self._has_suspect(kind) and await self._reserve(worker, kind)

    @lookup
    async def _has_suspect(self, tx: Tx, kind: JobKind) -> bool:
        return await tx.one(_IS_SUSPECT, kind=kind.value) is not None

    @write
    async def _reserve(self, tx: Tx, worker: str, kind: JobKind) -> bool:
        row = await tx.one(
            _RESERVE, worker=worker, kind=kind.value, for_s=RESERVED_S, per_owner=self._per_owner
        )
        return row is not None

    @write
    async def _claim(self, tx: Tx, worker: str, kind: JobKind, lease_s: float, *, idle: bool) -> Job | None:
        """Claims that count what each owner has running take turns, so each sees what the one before took."""
        if kind is not JobKind.SEPARATE:
            return await self._claim_next(tx, worker, kind, lease_s, idle=idle)
        async with self.database.driver.one_at_a_time(tx, "claim"):
            return await self._claim_next(tx, worker, kind, lease_s, idle=idle)

    async def _claim_next(
        self, tx: Tx, worker: str, kind: JobKind, lease_s: float, *, idle: bool
    ) -> Job | None:
        await _end_expired(tx)
        sql = _NEXT_SEPARATION if kind is JobKind.SEPARATE else _NEXT_MIX
        found = await tx.one(
            sql, kind=kind.value, per_owner=self._per_owner, ageing_s=AGEING_S, idle=int(idle)
        )
        row = await lease(tx, found, worker, lease_s) if found else None
        if row is None:
            return None
        if kind is JobKind.SEPARATE:
            await tx.all(_SERVED, owner=row["owner"])
        return job_of(row)

    @write
    async def renew(self, tx: Tx, job: Job, lease_s: float) -> bool:
        """Keep the lease; returns whether the job should stop because nobody wants it any more."""
        return _cancelled(await tx.one(_RENEW, id=job.id, token=job.token, lease_s=lease_s))

    @lookup
    async def is_cancelled(self, tx: Tx, job: Job) -> bool:
        """Whether the job should stop because nobody wants it any more; cheaper than `renew`."""
        return _cancelled(await tx.one(_IS_CANCELLED, id=job.id, token=job.token))

    @lookup
    async def waiting_orders(self, tx: Tx, job: Job) -> list[int]:
        """Ids of the open orders that wait for the job, or for what comes after it: for the log."""
        return [row["id"] for row in await tx.all(_WAITING_ORDERS, id=job.id)]

    @write
    async def report(self, tx: Tx, job: Job, progress: Progress) -> None:
        """Say how far it is; no error when the job is another worker's by now.

        When the song's length is known, it is charged.
        """
        found = await tx.one(_REPORT, id=job.id, token=job.token, **asdict(progress))
        claim = (job.id, job.token)
        if found and progress.song_s and job.kind is JobKind.SEPARATE and claim not in self._charged:
            await quotas.charge(tx, job.id, job.owner, progress.song_s)
            if len(self._charged) > _CHARGED:
                self._charged.clear()
            self._charged.add(claim)

    @fenced
    async def finish(self, tx: Tx, job: Job, result: Json) -> None:
        """DONE, and what waited for it becomes claimable. Saying it twice is harmless."""
        if not await end(tx, _leased(job), JobState.DONE, result=result):
            await _lock(tx, job, JobState.DONE)

    @fenced
    async def refuse(self, tx: Tx, job: Job, error: ErrorRecord) -> None:
        """REFUSED: the song's fault, reported to every order of it and of what waits for it."""
        if not await end(tx, _leased(job), JobState.REFUSED, error=error):
            await _lock(tx, job, JobState.REFUSED)

    @fenced
    async def fail(self, tx: Tx, job: Job, error: ErrorRecord, retry_in_s: float) -> None:
        """Another attempt after a while; CANCELLED where nobody wants one, FAILED where they are spent."""
        row = await _lock(tx, job, JobState.RUNNING)
        if row["cancel"]:
            await end(tx, row, JobState.CANCELLED)
        elif row["attempts"] < row["max_attempts"]:
            await requeue(tx, row, wait_s=retry_in_s, why=error_name(error))
        else:
            await end(tx, row, JobState.FAILED, error=error)

    @fenced
    async def release(self, tx: Tx, job: Job, wait_s: float = 0.0) -> None:
        """Give a job back unharmed, the attempt not counted; CANCELLED where nobody wants it any more.

        What is claimable at once gives its owner the turn back, too. What waits a while does not: whatever
        is wrong with it would come before everybody else's songs again and again.
        """
        row = await _lock(tx, job, JobState.RUNNING)
        if row["cancel"]:
            await end(tx, row, JobState.CANCELLED)
            return
        await requeue(tx, row, wait_s=wait_s, uncounted=True)
        if job.kind is JobKind.SEPARATE and not wait_s:
            await tx.all(_NOT_SERVED, owner=job.owner)

    @fenced
    async def postpone(self, tx: Tx, job: Job, error: ErrorRecord) -> None:
        """The store failed it: another try, uncounted, after a pause that doubles; FAILED after a day of it.

        Its people see that it waits for the store (`separator.queue.status`).
        """
        row = await _lock(tx, job, JobState.RUNNING)
        if row["cancel"]:
            await end(tx, row, JobState.CANCELLED)
        elif (row["unstored_s"] or 0.0) >= STORE_PATIENCE_S:
            await end(tx, row, JobState.FAILED, error=error)
        else:
            await tx.all(_UNSTORED, id=job.id)
            wait_s = min(STORE_PAUSE_S * 2 ** min(row["unstored"], 20), LONGEST_STORE_PAUSE_S)
            await requeue(tx, row, wait_s=wait_s, uncounted=True, why=error_name(error))

    @lookup
    async def find_done(self, tx: Tx, key: str) -> Job | None:
        """The newest DONE job with this key."""
        return await newest_done(tx, key)

    @write
    async def heartbeat(
        self,
        tx: Tx,
        worker: str,
        device: str,
        speed: float | None,
        doing: str = "",
        weights: frozenset[str] = frozenset(),
    ) -> None:
        """Say that a worker is alive.

        Args:
            tx: The transaction.
            worker: Its name.
            device: `cpu`, `cuda:1` …
            speed: Its seconds of song per second, once it has measured one.
            doing: `ready`, or `loading MODEL`.
            weights: Names of the weight files that it could load.
        """
        await clock_skew.correct(tx)
        names = " ".join(sorted(weights))
        await tx.all(_HEARTBEAT, worker=worker, device=device, speed=speed, doing=doing, weights=names)
        await tx.all(_PRUNE_WORKERS)

    async def release_unknown(self, worker: str, known: frozenset[int]) -> list[int]:
        """Give back what is leased to a worker that does not run it, uncounted; returns the jobs.

        Else its lease would lapse, and it would be suspected of a crash.
        """
        lost = [row for row in await self._leased_to(worker) if row["id"] not in known]
        return [row["id"] for row in lost if await self._release_row(row)]

    @lookup
    async def _leased_to(self, tx: Tx, worker: str) -> list[Row]:
        return await tx.all(_UNKNOWN, worker=worker, sure_s=CLAIM_S)

    @write
    async def _release_row(self, tx: Tx, row: Row) -> bool:
        return await requeue(tx, row, uncounted=True, why="ClaimLost")

    @write
    async def remove_worker(self, tx: Tx, worker: str) -> None:
        """A worker has ended, so nobody need wait for it to be missed."""
        await tx.all(_REMOVE_WORKER, worker=worker)

    @write
    async def prune(self, tx: Tx, older_s: float) -> int:
        """Delete orders and jobs that ended longer ago; returns how many rows. What still waits stays."""
        return await stats.prune(tx, older_s)

    async def notices_cancel(self) -> bool:
        """Whether a running job may have been cancelled since the last call; asks no table."""
        before = self._cancel_mark
        self._cancel_mark = await self.database.changed(before, 0.0, [CANCELLED])
        return self._cancel_mark != before

    async def wait(self, timeout_s: float) -> None:
        """Return when there may be work, at the latest after `timeout_s`."""
        self._mark = await self.database.changed(self._mark, timeout_s, self._topics)


async def _end_expired(tx: Tx) -> None:
    """End what no worker may take over: nobody wants it any more, or it has cost too many workers."""
    for row in await tx.all(_EXPIRED):
        await record_lapsed(tx, row)
        if row["cancel"]:
            await end(tx, row, JobState.CANCELLED)
        else:
            await end(tx, row, JobState.FAILED, error={"kind": "SeparationFailed", "facts": {}})


async def lease(tx: Tx, found: Row, worker: str, lease_s: float) -> Row | None:
    """RUNNING for this worker under a new token, unless the job moved on since it was found."""
    row = await tx.one(
        _LEASE,
        id=found["id"],
        token=found["token"],
        was=found["state"],
        owner=found["owner"],  # whose running jobs were counted
        worker=worker,
        lease_s=lease_s,
    )
    if row is not None:
        if found["state"] == JobState.RUNNING:
            await record_lapsed(tx, row)
        await events.record(tx, row["id"], "claimed", who=worker)
    return row


def _leased(job: Job) -> Row:
    """A running job as its worker saw it, for the guards of `transitions`."""
    return {"id": job.id, "token": job.token, "state": JobState.RUNNING.value}


def _cancelled(row: Row | None) -> bool:
    if row is None:
        raise LeaseLost
    return bool(row["cancel"])


async def _lock(tx: Tx, job: Job, state: JobState) -> Row:
    """The locked row of a job, which must have this worker's token and be in a state.

    Raises:
        LeaseLost: It has another token or another state by now, or is gone.
    """
    row = await tx.one(_LOCKED, id=job.id)
    if row is None or row["token"] != job.token or row["state"] != state:
        raise LeaseLost
    return row
