"""The operators' side of the queue: find, explain, cancel and retry jobs; drain the queue; block people.

Locks are taken as everywhere: SEPARATE job, MIX job, order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from separator.core.jobs import JobHistory, JobKind, JobSpec, JobState, OrderState
from separator.queue import events, job_chain, quotas, transitions
from separator.queue.database import read, write
from separator.queue.rows import from_text, job_of, order_of
from separator.queue.stats import read_stats

if TYPE_CHECKING:
    from separator.core.jobs import Job
    from separator.core.limits import Block
    from separator.queue.database import Database
    from separator.queue.db.driver import Row, Tx
    from separator.queue.stats import QueueStats

#: Every job that one of this person's orders waits for: what answers it, and what comes before that.
_OF_PERSON = """
    (owner = :owner
    OR id IN (SELECT job FROM orders WHERE orders.owner = :owner)
    OR id IN (SELECT mix.after_job FROM orders JOIN job AS mix ON mix.id = orders.job
              WHERE orders.owner = :owner))
"""
_LIST = """
SELECT * FROM job
WHERE (:state = '' OR state = :state) AND created <= :now - :older_s AND (:owner = '' OR {of_person})
ORDER BY id DESC LIMIT :most
""".replace("{of_person}", _OF_PERSON)
_JOBS_BY_STATE = "SELECT state, COUNT(*) AS many FROM job GROUP BY state"
_ORDERS_BY_STATE = "SELECT state, COUNT(*) AS many FROM orders GROUP BY state"
_BY_ID = "SELECT * FROM job WHERE id = :id"
_LOCKED = "SELECT * FROM job WHERE id = :id FOR UPDATE"
_IS_LAPSED = "SELECT 1 FROM job WHERE id = :id AND state = 'running' AND lease_until <= :now"
_CHILDREN = "SELECT id FROM job WHERE after_job = :id ORDER BY id"
_ORDERS = """
SELECT * FROM orders
WHERE job = :id OR job IN (SELECT id FROM job WHERE after_job = :id) ORDER BY id
"""
_FAILED_CHILDREN = "SELECT * FROM job WHERE after_job = :id AND state = 'failed' ORDER BY id FOR UPDATE"
_ANSWERED_ORDERS = """
SELECT id FROM orders WHERE job = :id AND state IN ('ready', 'sending', 'sent') ORDER BY id
"""
# A bot that is about to say that it failed loses its claim: the token moves on.
_REOPEN = """
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


class QueueAdmin:
    """What operators and monitors do with the queue; every method is one transaction."""

    def __init__(self, database: Database) -> None:
        """Work on an opened database."""
        self.database = database

    @read
    async def clock(self, tx: Tx) -> float:
        """Seconds since 1970, by the database's clock."""
        return await _now(tx)

    @read
    async def stats(self, tx: Tx) -> QueueStats:
        """The queue in numbers, at one moment."""
        return await read_stats(tx)

    @read
    async def count_by_state(self, tx: Tx) -> tuple[dict[str, int], dict[str, int]]:
        """(jobs by state, orders by state), ended ones included."""
        jobs, orders = await tx.all(_JOBS_BY_STATE), await tx.all(_ORDERS_BY_STATE)
        return {row["state"]: row["many"] for row in jobs}, {row["state"]: row["many"] for row in orders}

    @read
    async def list_jobs(self, tx: Tx, filters: Filters) -> Listing:
        """Jobs, newest first."""
        rows = await tx.all(
            _LIST,
            state=filters.state.value if filters.state else "",
            owner=filters.owner,
            older_s=filters.older_s,
            most=filters.most,
        )
        return Listing(await _now(tx), tuple(job_of(row) for row in rows))

    @read
    async def history(self, tx: Tx, job_id: int) -> JobHistory | None:
        """Everything about one job."""
        row = await tx.one(_BY_ID, id=job_id)
        if row is None:
            return None
        return JobHistory(
            job=job_of(row),
            now=await _now(tx),
            events=tuple(await events.of_job(tx, job_id)),
            orders=tuple(order_of(each) for each in await tx.all(_ORDERS, id=job_id)),
            after=tuple(each["id"] for each in await tx.all(_CHILDREN, id=job_id)),
        )

    @write
    async def cancel_job(self, tx: Tx, job_id: int) -> JobState | None:
        """Cancel a job for all who wait for it, and what came before it where that was for nothing else.

        Its orders stay open until it has ended; then they are answered, through the same outbox as a result.

        Returns: The state that it was in: one that had ended is as it was. None where there is no such job.
        """
        chain = await job_chain.lock(tx, job_id)
        if not chain:
            return None
        job, *before = chain
        await _cancel(tx, job)
        for each in before:
            if await job_chain.is_wanted(tx, each):
                break
            await _cancel(tx, each)
        return JobState(job["state"])

    @write
    async def retry(self, tx: Tx, job_id: int) -> int:
        """Put the orders of a FAILED job into the queue again; returns how many.

        The job stays as it was; their new jobs are shared like any other. 0 where it did not fail, or nobody
        waits for it any more.
        """
        job = await tx.one(_LOCKED, id=job_id)
        if job is None or job["state"] != JobState.FAILED:
            return 0
        mixes = [job] if job["kind"] == JobKind.MIX else await tx.all(_FAILED_CHILDREN, id=job_id)
        many = sum([await _reopen_orders(tx, mix) for mix in mixes])
        if many:
            await events.record(tx, job_id, "retried")
        return many

    @write
    async def drain(self, tx: Tx, on: bool) -> None:
        """Let workers begin nothing new, or let them again; running jobs they finish."""
        await events.set_flag(tx, events.DRAINED, on=on)
        if not on:
            for kind in JobKind:
                tx.wake(kind.value)

    @write
    async def block(self, tx: Tx, who: str, for_s: float = 0.0, why: str = "") -> None:
        """Refuse songs from a person, a place or an address, for so long; 0 is until `unblock`.

        It replaces an earlier block. Queued orders go on.
        """
        await quotas.add_block(tx, who, for_s, why)

    @write
    async def unblock(self, tx: Tx, who: str) -> bool:
        """Accept songs from them again; returns whether they were blocked."""
        return await quotas.remove_block(tx, who)

    @read
    async def blocks(self, tx: Tx) -> tuple[Block, ...]:
        """All blocks that hold now, oldest first."""
        return await quotas.blocks(tx)


async def _now(tx: Tx) -> float:
    row = await tx.one("SELECT :now AS now") or {}
    return float(row["now"])


async def _cancel(tx: Tx, job: Row) -> None:
    """End a job, or have its worker do so; one whose lease has lapsed does not wait for another worker."""
    if await tx.one(_IS_LAPSED, id=job["id"]):
        await transitions.record_lapsed(tx, job)
        await transitions.end(tx, job, JobState.CANCELLED)
        return
    if job["state"] == JobState.RUNNING:
        await events.record(tx, job["id"], "unwanted")
    await job_chain.cancel(tx, job)


async def _reopen_orders(tx: Tx, mix: Row) -> int:
    """Give every order that a failed job has answered new work; returns how many."""
    orders = await tx.all(_ANSWERED_ORDERS, id=mix["id"])
    if not orders:
        return 0
    job = await job_chain.get_or_create(tx, mix["owner"], await _plan(tx, mix))
    state = OrderState.READY if job["state"] == JobState.DONE else OrderState.OPEN
    for order in orders:
        row = await tx.one(_REOPEN, id=order["id"], job=job["id"], failed=mix["id"], state=state.value)
        if row and state is OrderState.READY:
            tx.wake(transitions.delivery_topic(row["platform"]))
    return len(orders)


async def _plan(tx: Tx, mix: Row) -> list[JobSpec]:
    """The jobs that a failed one was the end of; what is done of them is not done again."""
    before = await tx.one(_BY_ID, id=mix["after_job"])
    rows = [before, mix] if before and before["state"] != JobState.DONE else [mix]
    return [
        JobSpec(JobKind(row["kind"]), row["key"], from_text(row["args"]), max_attempts=row["max_attempts"])
        for row in rows
    ]
