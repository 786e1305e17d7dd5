"""The workers' half of the line: who works on what, and how it ended."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING

from separator.core.errors import LeaseLost
from separator.core.jobs import JobKind, JobState
from separator.queue import clock_skew, transitions
from separator.queue.rows import job_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from separator.core.errors import ErrorRecord
    from separator.core.jobs import Job, Json, Progress
    from separator.queue.db.driver import Row, Tx

#: A job gains one step of priority for each time this long that its owner waits without being served, so a
#: stream of urgent work delays the rest by at most so long per step. Five minutes: a long song on a slow CPU.
AGEING_S = 300.0

# What may be claimed, first things first:
#   1. work whose worker died: its people have waited longest
#   2. by priority, aged
#   3. whoever has less running now
#   4. whoever was served least recently, or the age of the job if that is later: each other passes once
#   5. the order in which it came
# Of each person only the first of a priority can be next, so only those are ranked; an index has all of it.
_RANKED = """
WITH head AS (
    SELECT MIN(id) AS id, owner, kind, prio, MIN(created) AS created, 1 AS fresh FROM job
    WHERE state = 'queued' AND {kinds} AND run_at <= :now GROUP BY kind, owner, prio
    UNION ALL
    SELECT id, owner, kind, prio, created, 0 AS fresh FROM job
    WHERE state = 'running' AND {kinds} AND lease_until <= :now
), hand AS (
    SELECT owner, COUNT(*) AS running FROM job
    WHERE state = 'running' AND kind = 'separate' AND lease_until > :now GROUP BY owner
), waited AS (
    SELECT head.id, head.fresh, head.prio, COALESCE(hand.running, 0) AS running,
        CASE WHEN served.at > head.created THEN served.at ELSE head.created END AS since,
        CASE WHEN served.at >= head.created THEN 1 ELSE 0 END AS was_served
    FROM head
    LEFT JOIN served ON served.owner = head.owner
    LEFT JOIN hand ON hand.owner = head.owner
    WHERE (head.kind <> 'separate' OR COALESCE(hand.running, 0) < :in_hand)
        AND NOT EXISTS (SELECT 1 FROM notice WHERE name = 'drained')
)
SELECT id, ROW_NUMBER() OVER (
    ORDER BY fresh, prio + FLOOR((:now - since) / :ageing_s) DESC, running, since, was_served, id) AS place
FROM waited
"""
_NEXT = """
SELECT id, token, state, owner FROM job WHERE id = (SELECT id FROM ({ranked}) AS ranked WHERE place = 1)
""".replace("{ranked}", _RANKED)
# Where nothing is counted per person, claims need not take turns: each skips what another is about to take.
_NEXT_SIDE_BY_SIDE = """
SELECT job.id, job.token, job.state, job.owner FROM ({ranked}) AS ranked JOIN job ON job.id = ranked.id
ORDER BY ranked.place LIMIT 1 FOR UPDATE OF job SKIP LOCKED
""".replace("{ranked}", _RANKED)
_ANYTHING = """
SELECT 1 FROM job WHERE {kinds}
    AND NOT EXISTS (SELECT 1 FROM notice WHERE name = 'drained')
    AND ((state = 'queued' AND run_at <= :now) OR (state = 'running' AND lease_until <= :now)) LIMIT 1
"""
_DONE = "SELECT * FROM job WHERE key = :key AND state = 'done' ORDER BY id DESC LIMIT 1"
_LAPSED = """
SELECT id, token, state, cancel, kind FROM job
WHERE state = 'running' AND lease_until <= :now AND (cancel = 1 OR attempts >= max_attempts)
ORDER BY id FOR UPDATE SKIP LOCKED
"""
_SERVED = """
INSERT INTO served (owner, at) VALUES (:owner, :now)
ON CONFLICT (owner) DO UPDATE SET at = excluded.at
"""
_TURN_BACK = "DELETE FROM served WHERE owner = :owner"
_RENEW = """
UPDATE job SET lease_until = :now + :lease_s
WHERE id = :id AND token = :token AND state = 'running' RETURNING cancel
"""
_WANTED = "SELECT cancel FROM job WHERE id = :id AND token = :token AND state = 'running'"
_ASKED_BY = """
SELECT id FROM orders
WHERE state = 'open' AND (job = :id OR job IN (SELECT id FROM job WHERE after_job = :id)) ORDER BY id
"""
_REPORT = """
UPDATE job SET stage = :stage, done = :done, total = :total, preview = :preview, live = :live
WHERE id = :id AND token = :token AND state = 'running' RETURNING id
"""
_HELD = "SELECT id, token, state, cancel, attempts, max_attempts FROM job WHERE id = :id FOR UPDATE"
_SEEN = """
INSERT INTO worker (name, device, speed, doing, weights, seen)
VALUES (:worker, :device, :speed, :doing, :weights, :now)
ON CONFLICT (name) DO UPDATE SET device = excluded.device, seen = excluded.seen, doing = excluded.doing,
    weights = excluded.weights,
    speed = COALESCE(excluded.speed, worker.speed)
"""
_LEFT = "DELETE FROM worker WHERE name = :worker"
_FORGET_WORKERS = "DELETE FROM worker WHERE seen < :now - 86400"

# A worker's hand asks for one kind: with `=` PostgreSQL reads the index in the order of its groups; with `IN`
# it sorts all who wait (5,000 of them: 4 ms instead of 2).
_ONE_KIND, _BOTH_KINDS = "kind = :kind_a", "kind IN (:kind_a, :kind_b)"


@cache
def statement(name: str, many: int) -> str:
    """One of the statements above, for one kind of job or for two."""
    return {"next": _NEXT, "next side by side": _NEXT_SIDE_BY_SIDE, "anything": _ANYTHING}[name].replace(
        "{kinds}", _ONE_KIND if many == 1 else _BOTH_KINDS
    )


def _names(kinds: Collection[JobKind]) -> dict[str, str]:
    """One or two kinds as the values that the statements take."""
    return {f"kind_{letter}": kind.value for letter, kind in zip("ab", sorted(kinds), strict=False)}


async def newest_done(tx: Tx, key: str) -> Job | None:
    """The newest DONE job with this key."""
    row = await tx.one(_DONE, key=key)
    return job_of(row) if row else None


async def anything(tx: Tx, kinds: Collection[JobKind]) -> bool:
    """Whether a claim could find something; a look that gets into nobody's way."""
    return await tx.one(statement("anything", len(kinds)), **_names(kinds)) is not None


def counts_people(kinds: Collection[JobKind]) -> bool:
    """Whether a claim looks at what each person has in hand, so that such claims must take turns."""
    return JobKind.SEPARATE in kinds


async def claim(tx: Tx, worker: str, kinds: Collection[JobKind], lease_s: float, in_hand: int) -> Job | None:
    """Lease the job whose turn it is."""
    await _fail_expired(tx)
    whose_turn = statement("next" if counts_people(kinds) else "next side by side", len(kinds))
    seen = await tx.one(whose_turn, **_names(kinds), in_hand=in_hand, ageing_s=AGEING_S)
    if seen is None:
        return None
    row = await transitions.lease(tx, seen, worker, lease_s)
    if row is None:
        return None
    if row["kind"] == JobKind.SEPARATE:
        await tx.all(_SERVED, owner=row["owner"])
    return job_of(row)


async def _fail_expired(tx: Tx) -> None:
    """End what no worker may take over: nobody wants it any more, or it has cost too many workers."""
    for row in await tx.all(_LAPSED):
        await transitions.lapsed(tx, row)
        if row["cancel"]:
            await transitions.end(tx, row, JobState.CANCELLED)
        else:
            await transitions.end(tx, row, JobState.FAILED, error={"kind": "SeparationFailed", "facts": {}})


async def renew(tx: Tx, job: Job, lease_s: float) -> bool:
    """Keep the lease; returns whether nobody wants the job any more."""
    row = await tx.one(_RENEW, id=job.id, token=job.token, lease_s=lease_s)
    if row is None:
        raise LeaseLost
    return bool(row["cancel"])


async def unwanted(tx: Tx, job: Job) -> bool:
    """Whether nobody wants the job any more."""
    row = await tx.one(_WANTED, id=job.id, token=job.token)
    if row is None:
        raise LeaseLost
    return bool(row["cancel"])


async def asked_by(tx: Tx, job: Job) -> list[int]:
    """Ids of the open orders that wait for the job, or for what comes after it."""
    return [int(str(row["id"])) for row in await tx.all(_ASKED_BY, id=job.id)]


async def report(tx: Tx, job: Job, progress: Progress) -> None:
    """Say how far it is; nobody is told when the job is another's by now."""
    await tx.all(_REPORT, id=job.id, token=job.token, **asdict(progress))


async def finish(tx: Tx, job: Job, result: Json) -> None:
    """DONE; saying it again after an answer that got lost is harmless."""
    if not await transitions.end(tx, transitions.leased(job), JobState.DONE, result=result):
        row = await _now(tx, job)
        transitions.must(row["token"] == job.token and row["state"] == JobState.DONE)


async def refuse(tx: Tx, job: Job, error: ErrorRecord) -> None:
    """REFUSED, with the sentence's facts."""
    if not await transitions.end(tx, transitions.leased(job), JobState.REFUSED, error=error):
        row = await _now(tx, job)
        transitions.must(row["token"] == job.token and row["state"] == JobState.REFUSED)


async def fail(tx: Tx, job: Job, error: ErrorRecord, retry_in_s: float) -> None:
    """Another attempt after a while; CANCELLED where nobody waits for one, FAILED where they are spent."""
    row = await _held_by(tx, job)
    if row["cancel"]:
        transitions.must(await transitions.end(tx, row, JobState.CANCELLED))
    elif row["attempts"] < row["max_attempts"]:
        transitions.must(await transitions.requeue(tx, row, wait_s=retry_in_s, why=transitions.why_of(error)))
    else:
        transitions.must(await transitions.end(tx, row, JobState.FAILED, error=error))


async def release(tx: Tx, job: Job, wait_s: float = 0.0) -> None:
    """Back into the line as if it had not been touched; CANCELLED where nobody wants it.

    What is claimable at once has its owner's turn back, too. What waits a while has not: whatever is wrong
    with it would come before everybody else's songs again and again.
    """
    row = await _held_by(tx, job)
    if row["cancel"]:
        transitions.must(await transitions.end(tx, row, JobState.CANCELLED))
        return
    transitions.must(await transitions.requeue(tx, row, wait_s=wait_s, uncounted=True))
    if job.kind is JobKind.SEPARATE and not wait_s:
        await tx.all(_TURN_BACK, owner=job.owner)


async def stopped(tx: Tx, job: Job) -> None:
    """The worker let go. CANCELLED, unless somebody came meanwhile who wants it: then back into the line."""
    await release(tx, job)


async def _held_by(tx: Tx, job: Job) -> Row:
    """The row of a job that this worker holds.

    Raises:
        LeaseLost: It holds it no more.
    """
    row = await _now(tx, job)
    transitions.must(row["token"] == job.token and row["state"] == JobState.RUNNING)
    return row


async def _now(tx: Tx, job: Job) -> Row:
    """The row of a job as it is now."""
    row = await tx.one(_HELD, id=job.id)
    if row is None:  # forgotten since, with all else that has ended
        raise LeaseLost
    return row


async def seen(tx: Tx, worker: str, device: str, speed: float | None, doing: str, weights: str) -> None:
    """A worker is alive."""
    await clock_skew.set_right(tx)
    await tx.all(_SEEN, worker=worker, device=device, speed=speed, doing=doing, weights=weights)
    await tx.all(_FORGET_WORKERS)


async def left(tx: Tx, worker: str) -> None:
    """A worker has ended, so nobody need wait for it to be missed."""
    await tx.all(_LEFT, worker=worker)
