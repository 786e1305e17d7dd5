"""Looking after the line: finding jobs, reading their story, calling them off, trying them again, draining.

Locks are taken as everywhere: SEPARATE job, MIX job, order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from separator.core.jobs import JobHistory, JobKind, JobSpec, JobState, OrderState
from separator.queue import blocklist, events, flags, orders, transitions
from separator.queue.rows import from_text, job_of, order_of
from separator.queue.sql import SqlQueue

if TYPE_CHECKING:
    from separator.core.jobs import Job
    from separator.core.limits import Block
    from separator.queue.db.driver import Row, Tx

#: Every job that one of this person's orders waits for: what answers it, and what comes before that.
_OF_PERSON = """
    (owner = :owner
    OR id IN (SELECT job FROM orders WHERE orders.owner = :owner)
    OR id IN (SELECT mix.after_job FROM orders JOIN job AS mix ON mix.id = orders.job
              WHERE orders.owner = :owner))
"""
_LISTED = """
SELECT * FROM job
WHERE (:state = '' OR state = :state) AND created <= :now - :older_s AND (:owner = '' OR {of_person})
ORDER BY id DESC LIMIT :most
""".replace("{of_person}", _OF_PERSON)
_CLOCK = "SELECT :now AS now"
_BY_ID = "SELECT * FROM job WHERE id = :id"
_LOCKED = "SELECT * FROM job WHERE id = :id FOR UPDATE"
_SILENT = "SELECT 1 FROM job WHERE id = :id AND state = 'running' AND lease_until <= :now"
_AFTER = "SELECT id FROM job WHERE after_job = :id ORDER BY id"
_ORDERS = """
SELECT * FROM orders
WHERE job = :id OR job IN (SELECT id FROM job WHERE after_job = :id) ORDER BY id
"""
_FAILED_AFTER = "SELECT * FROM job WHERE after_job = :id AND state = 'failed' ORDER BY id FOR UPDATE"
_TOLD = """
SELECT id FROM orders WHERE job = :id AND state IN ('ready', 'sending', 'sent') ORDER BY id
"""
# A bot that is about to say that it failed loses its claim: the token moves on.
_ASK_AGAIN = """
UPDATE orders SET job = :job, state = :state, token = token + 1, lease_until = NULL, receipt = '',
    send_at = :now
WHERE id = :id AND job = :failed AND state IN ('ready', 'sending', 'sent') RETURNING platform
"""


@dataclass(frozen=True)
class Filters:
    """Which jobs to list."""

    state: JobState | None = None
    owner: str = ""  #: a person, as in `telegram:123`; empty: everybody
    older_s: float = 0.0  #: made at least so long ago
    most: int = 50


@dataclass(frozen=True)
class Listing:
    """Jobs, and what time it was by the clock of their times."""

    now: float
    jobs: tuple[Job, ...]


class SqlQueueAdmin(SqlQueue):
    """`QueueAdmin` (separator.queue.base) in portable SQL, on top of all that bots and workers can do."""

    async def clock(self) -> float:
        """Seconds since 1970, by the database's clock."""
        return await self._read(_now)

    async def list_jobs(self, filters: Filters) -> Listing:
        """Jobs, newest first."""
        return await self._read(lambda tx: _listed(tx, filters))

    async def history(self, job_id: int) -> JobHistory | None:
        """Everything about one job."""
        return await self._read(lambda tx: _story(tx, job_id))

    async def cancel_job(self, job_id: int) -> JobState | None:
        """Cancel a job for all who wait for it; they are told. Returns the state that it was in."""
        return await self._write(lambda tx: _cancel_job(tx, job_id))

    async def retry(self, job_id: int) -> int:
        """Put the orders of a FAILED job into the line again; returns how many."""
        return await self._write(lambda tx: _retry(tx, job_id))

    async def drain(self, on: bool) -> None:
        """Let workers begin nothing new, or let them again."""
        await self._write(lambda tx: _drain(tx, on))

    async def block(self, who: str, for_s: float = 0.0, why: str = "") -> None:
        """Take no songs from somebody, for so long; 0 is until `unblock`."""
        await self._write(lambda tx: blocklist.add(tx, who, for_s, why))

    async def unblock(self, who: str) -> bool:
        """Take songs from them again; returns whether they were blocked."""
        return await self._write(lambda tx: blocklist.remove(tx, who))

    async def blocks(self) -> tuple[Block, ...]:
        """All that hold now, oldest first."""
        return await self._read(blocklist.every)


async def _listed(tx: Tx, filters: Filters) -> Listing:
    rows = await tx.all(
        _LISTED,
        state=filters.state.value if filters.state else "",
        owner=filters.owner,
        older_s=filters.older_s,
        most=filters.most,
    )
    return Listing(await _now(tx), tuple(job_of(row) for row in rows))


async def _now(tx: Tx) -> float:
    """The time, by the database's clock."""
    row = await tx.one(_CLOCK) or {}
    return float(row["now"])


async def _story(tx: Tx, job_id: int) -> JobHistory | None:
    row = await tx.one(_BY_ID, id=job_id)
    if row is None:
        return None
    return JobHistory(
        job=job_of(row),
        now=await _now(tx),
        events=tuple(await events.of_job(tx, job_id)),
        orders=tuple(order_of(each) for each in await tx.all(_ORDERS, id=job_id)),
        after=tuple(each["id"] for each in await tx.all(_AFTER, id=job_id)),
    )


async def _cancel_job(tx: Tx, job_id: int) -> JobState | None:
    """End it, or tell its worker to; then end what came before it, where that was for nothing else.

    Its orders stay open until it has ended; then they are answered, through the same outbox as a result.
    """
    chain = await orders.lock_chain(tx, job_id)
    if not chain:
        return None
    job, *before = chain
    state = JobState(job["state"])
    await _end(tx, job)
    for each in before:
        if await orders.wanted(tx, each):
            break
        await _end(tx, each)
    return state


async def _end(tx: Tx, job: Row) -> None:
    """End it, or have its worker do so; one whose worker is silent does not wait for another worker."""
    if await tx.one(_SILENT, id=job["id"]):
        await transitions.lapsed(tx, job)
        await transitions.end(tx, job, JobState.CANCELLED)
        return
    if job["state"] == JobState.RUNNING:
        await events.note(tx, job["id"], "unwanted")
    await orders.unwant(tx, job)


async def _retry(tx: Tx, job_id: int) -> int:
    """A FAILED job stays so: its orders get new work, which is shared like any other."""
    job = await tx.one(_LOCKED, id=job_id)
    if job is None or job["state"] != JobState.FAILED:
        return 0
    answers = [job] if job["kind"] == JobKind.MIX else await tx.all(_FAILED_AFTER, id=job_id)
    many = 0
    for mix in answers:
        many += await _answer_again(tx, mix)
    if many:
        await events.note(tx, job_id, "retried")
    return many


async def _answer_again(tx: Tx, mix: Row) -> int:
    """Give every order that a failed job has answered new work; returns how many."""
    told = await tx.all(_TOLD, id=mix["id"])
    if not told:
        return 0
    work = await orders.chain(tx, mix["owner"], await _plan(tx, mix))
    done = work["state"] == JobState.DONE
    state = OrderState.READY if done else OrderState.OPEN
    for order in told:
        again = await tx.one(_ASK_AGAIN, id=order["id"], job=work["id"], failed=mix["id"], state=state.value)
        if again and done:
            tx.wake(transitions.answers_for(again["platform"]))
    return len(told)


async def _plan(tx: Tx, mix: Row) -> list[JobSpec]:
    """The jobs that a failed one was the end of; what is done of them is not done again."""
    before = await tx.one(_BY_ID, id=mix["after_job"])
    return [_spec(each) for each in (before, mix) if each and (each is mix or each["state"] != JobState.DONE)]


def _spec(row: Row) -> JobSpec:
    """A job as it was asked for."""
    args = from_text(row["args"])
    return JobSpec(JobKind(row["kind"]), row["key"], args, prio=row["prio"], max_attempts=row["max_attempts"])


async def _drain(tx: Tx, on: bool) -> None:
    if on:
        await flags.put_up(tx, flags.DRAINED)
    else:
        await flags.take_down(tx, flags.DRAINED)
        for kind in JobKind:
            tx.wake(kind.value)
