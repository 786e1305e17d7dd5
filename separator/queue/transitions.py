"""How a job moves from state to state, and what follows from it for those who waited.

Every change of `job.state` in the program is in this file. Each statement names the state that it saw and
asks the table of moves (`separator.core.jobs.TRANSITIONS`, copied into `move`) whether it may.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from separator.core.errors import LeaseLost
from separator.core.jobs import JobKind, JobState
from separator.queue import counters, events, usage
from separator.queue.rows import to_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from separator.core.jobs import Job
    from separator.queue.db.driver import Row, Tx

_LEASE = """
UPDATE job SET state = 'running', worker = :worker, lease_until = :now + :lease_s, token = token + 1,
    attempts = attempts + 1, started = :now, stage = '', done = 0, total = 0,
    preview = '', live = ''
WHERE id = :id AND token = :token AND state = :was AND (state = 'queued' OR lease_until <= :now)
    AND owner = :owner
    AND EXISTS (SELECT 1 FROM move WHERE was = job.state AND becomes = 'running')
RETURNING *
"""
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
_ANSWER = """
UPDATE orders SET state = 'ready', send_at = :now WHERE job = :id AND state = 'open' RETURNING platform
"""


async def lease(tx: Tx, seen: Row, worker: str, lease_s: float) -> Row | None:
    """RUNNING for this worker under a new token, unless the job moved on since it was `seen`."""
    row = await tx.one(
        _LEASE,
        id=seen["id"],
        token=seen["token"],
        was=seen["state"],
        owner=seen["owner"],  # whose share was looked at
        worker=worker,
        lease_s=lease_s,
    )
    if row is not None:
        if seen["state"] == JobState.RUNNING:
            await lapsed(tx, row)
        await events.note(tx, row["id"], "claimed", who=worker)
    return row


async def lapsed(tx: Tx, row: Row) -> None:
    """Write down that a worker has lost this job by its silence."""
    await events.note(tx, row["id"], "lapsed")
    await counters.add(tx, "lapsed", row["kind"], near=row["id"])


async def end(
    tx: Tx,
    seen: Row,
    to: JobState,
    *,
    result: Mapping[str, Any] | None = None,
    error: Mapping[str, Any] | None = None,
) -> bool:
    """End a job, answer its orders, let what waited go on or end with it. False: the job had moved on."""
    ended = await tx.one(
        _END,
        id=seen["id"],
        token=seen["token"],
        was=seen["state"],
        to=to.value,
        result=to_text(result),
        error=to_text(error),
        song_s=float((result or {}).get("song_s") or 0),
    )
    if ended is None:
        return False
    await _write_down(tx, ended, to, why_of(error))
    for order in await tx.all(_ANSWER, id=seen["id"]):
        tx.wake(answers_for(order["platform"]))
    for child in await tx.all(_CHILDREN, id=seen["id"]):
        if to is JobState.DONE:
            await requeue(tx, child)
        else:
            await end(tx, child, to, error=error)
    return True


async def _write_down(tx: Tx, ended: Row, to: JobState, why: str) -> None:
    """That a job ended, and how: for its story and for the totals."""
    job, kind = ended["id"], ended["kind"]
    await events.note(tx, job, to.value, who=ended["worker"] or "", why=why)
    await counters.add(tx, "ended", f"{kind} {to} {why}".rstrip(), near=job)
    if to is JobState.DONE and kind == JobKind.SEPARATE:
        await counters.add(tx, "song_s", much=ended["song_s"], near=job)
        await usage.charge(tx, job, ended["owner"], ended["song_s"])


async def requeue(tx: Tx, seen: Row, *, wait_s: float = 0.0, uncounted: bool = False, why: str = "") -> bool:
    """Into the line (again), claimable after `wait_s`; `uncounted` gives the attempt back."""
    row = await tx.one(
        _REQUEUE,
        id=seen["id"],
        token=seen["token"],
        was=seen["state"],
        wait_s=wait_s,
        uncounted=int(uncounted),
    )
    if row is not None:
        what = "freed" if seen["state"] == JobState.WAITING else "released" if uncounted else "again"
        await events.note(tx, seen["id"], what, why=why)
        tx.wake(row["kind"])
    return row is not None


def why_of(error: Mapping[str, Any] | None) -> str:
    """An error in a word, for stories and totals: `NotAudio`, `SeparationFailed:MemoryError`."""
    if error is None:
        return ""
    reason = str(error.get("facts", {}).get("reason", ""))
    return f"{error['kind']}:{reason}" if reason.isidentifier() else str(error["kind"])


def answers_for(platform: str) -> str:
    """What a platform's bot waits for."""
    return f"answer {platform}"


def leased(job: Job) -> Row:
    """A running job as its worker saw it, for the guards above."""
    return {"id": job.id, "token": job.token, "state": JobState.RUNNING.value}


def must(moved: bool) -> None:
    """A worker's write that was refused: the job has another token or another state by now.

    Raises:
        LeaseLost: It was refused.
    """
    if not moved:
        raise LeaseLost
