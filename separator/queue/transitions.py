"""How a job ends or goes back into the queue, and what follows from it for the orders and jobs that wait.

A claim (`separator.queue.claims`) and these two are all changes of `job.state` in the program. Each statement
names the state that it saw and asks the table of transitions (`separator.core.jobs.TRANSITIONS`, copied into
`move`) whether it may.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from separator.core.jobs import JobKind, JobState
from separator.queue import events, quotas
from separator.queue.rows import to_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from separator.queue.db.driver import Row, Tx

_END = """
UPDATE job SET state = :to, result = :result, error = :error, finished = :now, lease_until = NULL,
    song_s = CASE WHEN :song_s > 0 THEN :song_s ELSE song_s END
WHERE id = :id AND token = :token AND state = :was
    AND EXISTS (SELECT 1 FROM move WHERE was = job.state AND becomes = :to)
RETURNING id, kind, song_s, worker, owner
"""
_REQUEUE = """
UPDATE job SET state = 'queued', worker = NULL, lease_until = NULL, run_at = :now + :wait_s,
    attempts = attempts - :uncounted, stage = '', done = 0, total = 0,
    preview = '', live = ''
WHERE id = :id AND token = :token AND state = :was
    AND EXISTS (SELECT 1 FROM move WHERE was = job.state AND becomes = 'queued')
RETURNING kind
"""
_CHILDREN = (
    "SELECT id, token, state FROM job WHERE after_job = :id AND state = 'waiting' ORDER BY id FOR UPDATE"
)
_OPEN_ORDERS = """
SELECT 1 FROM orders JOIN job AS mix ON mix.id = orders.job
WHERE mix.after_job = :id AND orders.state = 'open' LIMIT 1
"""
_ANSWER = """
UPDATE orders SET state = 'ready', send_at = :now WHERE job = :id AND state = 'open' RETURNING platform
"""


async def end(
    tx: Tx,
    job: Row,
    to: JobState,
    *,
    result: Mapping[str, Any] | None = None,
    error: Mapping[str, Any] | None = None,
) -> bool:
    """End a job, answer its orders, let what waited go on or end with it. False: the job has moved on.

    Args:
        tx: The transaction.
        job: `id`, `token` and `state` as they were read; the row must still have them.
        to: The state that it ends in.
        result: Of a job that is DONE.
        error: Of one that is REFUSED or FAILED.
    """
    ended = await tx.one(
        _END,
        id=job["id"],
        token=job["token"],
        was=job["state"],
        to=to.value,
        result=to_text(result),
        error=to_text(error),
        song_s=float((result or {}).get("song_s") or 0),
    )
    if ended is None:
        return False
    await _record_end(tx, ended, to, error_name(error))
    for order in await tx.all(_ANSWER, id=job["id"]):
        tx.wake(delivery_topic(order["platform"]))
    for child in await tx.all(_CHILDREN, id=job["id"]):
        if to is JobState.DONE:
            await requeue(tx, child)
        else:
            await end(tx, child, to, error=error)
    return True


async def _record_end(tx: Tx, ended: Row, to: JobState, error: str) -> None:
    job, kind = ended["id"], ended["kind"]
    await events.record(tx, job, to.value, who=ended["worker"] or "", why=error)
    await events.count(tx, "ended", f"{kind} {to} {error}".rstrip(), near=job)
    if to is JobState.DONE and kind == JobKind.SEPARATE:
        await events.count(tx, "song_s", by=ended["song_s"], near=job)
        await quotas.charge(tx, job, ended["owner"], ended["song_s"])
    elif kind == JobKind.SEPARATE and (
        to is not JobState.CANCELLED or await tx.one(_OPEN_ORDERS, id=job)  # by the operator
    ):
        await quotas.refund(tx, job)


async def requeue(tx: Tx, job: Row, *, wait_s: float = 0.0, uncounted: bool = False, why: str = "") -> bool:
    """Put a job into the queue (again), claimable after `wait_s`. False: the job has moved on.

    Args:
        tx: The transaction.
        job: As for `end`.
        wait_s: Seconds until it can be claimed.
        uncounted: The attempt that it was in does not count.
        why: The error, for the job's history.
    """
    row = await tx.one(
        _REQUEUE,
        id=job["id"],
        token=job["token"],
        was=job["state"],
        wait_s=wait_s,
        uncounted=int(uncounted),
    )
    if row is None:
        return False
    what = "freed" if job["state"] == JobState.WAITING else "released" if uncounted else "again"
    await events.record(tx, job["id"], what, why=why)
    tx.wake(row["kind"])
    return True


async def record_lapsed(tx: Tx, job: Row) -> None:
    """Record that a worker has lost this job by its silence."""
    await events.record(tx, job["id"], "lapsed")
    await events.count(tx, "lapsed", job["kind"], near=job["id"])


def error_name(error: Mapping[str, Any] | None) -> str:
    """An error in a word, for histories and counters: `NotAudio`, `SeparationFailed:MemoryError`."""
    if error is None:
        return ""
    reason = str(error.get("facts", {}).get("reason", ""))
    return f"{error['kind']}:{reason}" if reason.isidentifier() else str(error["kind"])


def delivery_topic(platform: str) -> str:
    """What a platform's bot waits for (`Tx.wake`)."""
    return f"answer {platform}"
