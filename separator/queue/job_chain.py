"""The chain of jobs that answers an order: made or shared, and ended when nobody wants it any more.

Locks are always taken in the order SEPARATE job, MIX job, order, so no two transactions block each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from separator.core.jobs import JobState
from separator.queue import transitions
from separator.queue.rows import to_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from separator.core.jobs import JobSpec
    from separator.queue.db.driver import Row, Tx

#: A job that was DONE so recently answers a plan that still asks for it: the plan was made just before.
#: Longer than a plan takes to be written, shorter than anything is forgotten in.
JUST_DONE_S = 10.0

CANCELLED = "cancel"  #: what workers hear when a running job is cancelled (`Tx.wake`)

_FIND_SHARED = """
SELECT state FROM job WHERE key = :key
    AND (state IN ('waiting', 'queued', 'running') OR (state = 'done' AND finished > :now - :just_s)) LIMIT 1
"""
_LOCK_ACTIVE = """
SELECT id, state, cancel, owner FROM job
WHERE key = :key AND state IN ('waiting', 'queued', 'running') FOR UPDATE
"""
_JUST_DONE = """
SELECT id, state FROM job WHERE key = :key AND state = 'done' AND finished > :now - :just_s
ORDER BY id DESC LIMIT 1
"""
# `prio` has no meaning any more; workers of earlier versions read it.
_INSERT = """
INSERT INTO job (kind, key, prio, state, owner, args, max_attempts, created, run_at, after_job)
VALUES (:kind, :key, 0, :state, :owner, :args, :max_attempts, :now, :now, :after_job)
ON CONFLICT DO NOTHING RETURNING id, state
"""
_WANT = "UPDATE job SET cancel = 0 WHERE id = :id"
# Work that stands behind many songs of its owner's moves to who shares it, where their own turn is sooner.
# What it costs is still borne by who asked first (separator.queue.quotas).
_AHEAD_OF_IT = """
SELECT COUNT(*) FROM job AS ahead
WHERE ahead.state IN ('queued', 'running') AND ahead.kind = job.kind AND ahead.owner = {whose}
    AND (ahead.state = 'running' OR ahead.id < job.id)
"""
_TAKE_OVER = """
UPDATE job SET owner = :owner WHERE id = :id AND state = 'queued' AND ({mine}) < ({theirs})
""".format(mine=_AHEAD_OF_IT.format(whose=":owner"), theirs=_AHEAD_OF_IT.format(whose="job.owner"))
_LOCK = "SELECT id, kind, token, state, after_job FROM job WHERE id = :id FOR UPDATE"
_WANTED_BY_ORDERS = "SELECT 1 FROM orders WHERE job = :id AND state = 'open' LIMIT 1"
_WANTED_BY_JOBS = """
SELECT 1 FROM job WHERE after_job = :id AND cancel = 0 AND state IN ('waiting', 'queued', 'running') LIMIT 1
"""


async def get_or_create(tx: Tx, owner: str, plan: Sequence[JobSpec]) -> Row:
    """The job that answers a plan: shared where its work is in flight, else made, after those before it.

    Args:
        tx: The transaction.
        owner: Whose turn the new jobs wait for.
        plan: In the order of work.
    Returns: `id` and `state`, one of the active ones or DONE.
    """
    *before, last = plan
    while True:
        if found := await tx.one(_FIND_SHARED, key=last.key, just_s=JUST_DONE_S):
            if found["state"] == JobState.WAITING:
                for spec in before:
                    await _share(tx, owner, spec)
            if shared := await _share(tx, owner, last):
                return shared
            continue
        parent = await get_or_create(tx, owner, before) if before else None
        if created := await _create(tx, owner, last, parent):
            return created


async def is_in_flight(tx: Tx, key: str) -> bool:
    """Whether the work of this key is being done, or was done just now."""
    return await tx.one(_FIND_SHARED, key=key, just_s=JUST_DONE_S) is not None


async def _share(tx: Tx, owner: str, spec: JobSpec) -> Row | None:
    """The active job of this key, which is wanted again, or the one that was done just now."""
    job = await tx.one(_LOCK_ACTIVE, key=spec.key)
    if job is None:
        return await tx.one(_JUST_DONE, key=spec.key, just_s=JUST_DONE_S)
    if job["cancel"]:
        await tx.all(_WANT, id=job["id"])
    if job["state"] == JobState.QUEUED and job["owner"] != owner:
        await tx.all(_TAKE_OVER, id=job["id"], owner=owner)
    return job


async def _create(tx: Tx, owner: str, spec: JobSpec, parent: Row | None) -> Row | None:
    """A new job; None where another transaction made one of this key in the same moment."""
    waits = parent is not None and parent["state"] != JobState.DONE
    if not waits:
        tx.wake(spec.kind.value)
    return await tx.one(
        _INSERT,
        kind=spec.kind.value,
        key=spec.key,
        state=(JobState.WAITING if waits else JobState.QUEUED).value,
        owner=owner,
        args=to_text(spec.args),
        max_attempts=spec.max_attempts,
        after_job=parent["id"] if parent else None,
    )


async def lock(tx: Tx, job_id: int | None) -> list[Row]:
    """A job and those before it, locked from the first to the last; returned from the last to the first."""
    if job_id is None:
        return []
    link = await tx.one("SELECT after_job FROM job WHERE id = :id", id=job_id)
    before = await lock(tx, link["after_job"] if link else None)
    row = await tx.one(_LOCK, id=job_id)
    return [row, *before] if row else before


async def is_wanted(tx: Tx, job: Row) -> bool:
    """Whether an order or another job still waits for this one."""
    orders = await tx.one(_WANTED_BY_ORDERS, id=job["id"])
    return bool(orders or await tx.one(_WANTED_BY_JOBS, id=job["id"]))


async def cancel(tx: Tx, job: Row) -> None:
    """End a locked job that is not running; ask the worker of a running one to stop."""
    if job["state"] == JobState.RUNNING:
        await tx.all("UPDATE job SET cancel = 1 WHERE id = :id AND state = 'running'", id=job["id"])
        tx.wake(CANCELLED)
    elif JobState(job["state"]) in {JobState.WAITING, JobState.QUEUED}:
        await transitions.end(tx, job, JobState.CANCELLED)
