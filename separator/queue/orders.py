"""The bots' half of the line: who asked for what, and how asking makes work.

Locks are always taken in the order SEPARATE job, MIX job, order, so no two transactions block each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from separator.core.errors import LeaseLost
from separator.core.jobs import JobState, OrderState
from separator.queue import transitions
from separator.queue.rows import order_of, to_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from separator.core.jobs import Delivery, JobSpec, NewOrder, Order
    from separator.queue.db.driver import Row, Tx

#: A job that was DONE so recently answers a plan that still asks for it: the plan was made just before.
#: Longer than a plan takes to be written, shorter than anything is forgotten in.
JUST_DONE_S = 10.0

_INSERT_ORDER = """
INSERT INTO orders (request_id, state, job, owner, platform, reply_to, song, song_name, wish, language,
    limit_bytes, place, effort, created, send_at)
VALUES (:request_id, :state, :job, :owner, :platform, :reply_to, :song, :song_name, :outputs, :language,
    :limit_bytes, :place, :effort, :now, :now)
ON CONFLICT (request_id) DO NOTHING RETURNING *
"""
_ALIVE = """
SELECT id, state, cancel, prio, owner FROM job
WHERE key = :key AND state IN ('waiting', 'queued', 'running') FOR UPDATE
"""
_LOOK = """
SELECT state FROM job WHERE key = :key
    AND (state IN ('waiting', 'queued', 'running') OR (state = 'done' AND finished > :now - :just_s)) LIMIT 1
"""
_JUST_DONE = """
SELECT id, state FROM job WHERE key = :key AND state = 'done' AND finished > :now - :just_s
ORDER BY id DESC LIMIT 1
"""
_INSERT_JOB = """
INSERT INTO job (kind, key, prio, state, owner, args, max_attempts, created, run_at, after_job, song_s)
VALUES (:kind, :key, :prio, :state, :owner, :args, :max_attempts, :now, :now, :after_job, :song_s)
ON CONFLICT DO NOTHING RETURNING id, state
"""
_WANT = "UPDATE job SET cancel = 0, prio = CASE WHEN prio < :prio THEN :prio ELSE prio END WHERE id = :id"
# Whoever shares work that stands behind many songs of its owner's gets it at their own turn, where that is
# sooner. What it costs is still borne by who asked first (separator.queue.usage).
_BEFORE_IT = """
SELECT COUNT(*) FROM job AS ahead
WHERE ahead.state IN ('queued', 'running') AND ahead.kind = job.kind AND ahead.owner = {whose}
    AND (ahead.state = 'running' OR ahead.prio > job.prio OR (ahead.prio = job.prio AND ahead.id < job.id))
"""
_MY_TURN = """
UPDATE job SET owner = :owner WHERE id = :id AND state = 'queued' AND ({mine}) < ({theirs})
""".format(mine=_BEFORE_IT.format(whose=":owner"), theirs=_BEFORE_IT.format(whose="job.owner"))
_LINK = "UPDATE orders SET job = :job, state = :state WHERE id = :id RETURNING *"
_LOCK_JOB = "SELECT id, kind, token, state, after_job FROM job WHERE id = :id FOR UPDATE"
_WANTED_BY_ORDERS = "SELECT 1 FROM orders WHERE job = :id AND state = 'open' LIMIT 1"
_WANTED_BY_JOBS = """
SELECT 1 FROM job WHERE after_job = :id AND cancel = 0 AND state IN ('waiting', 'queued', 'running') LIMIT 1
"""
_COUNTS = """
SELECT (SELECT COUNT(*) FROM orders WHERE owner = :owner AND state = 'open') AS mine,
    (SELECT COUNT(*) FROM job WHERE kind = 'separate' AND state = 'queued') AS everybodys
"""
_REPLAN = """
UPDATE orders SET job = :job, state = :state, limit_bytes = :limit_bytes, send_at = :now, lease_until = NULL
WHERE id = :id AND token = :token AND state = 'sending' RETURNING id
"""
_TAKE_BACK = """
UPDATE orders SET state = 'cancelled' WHERE id = :id AND state IN ('draft', 'open') RETURNING job
"""


async def by_request(tx: Tx, request_id: str) -> Order | None:
    """The order made from this message."""
    row = await tx.one("SELECT * FROM orders WHERE request_id = :request_id", request_id=request_id)
    return order_of(row) if row else None


async def by_id(tx: Tx, order_id: int) -> Order | None:
    """One order."""
    row = await tx.one("SELECT * FROM orders WHERE id = :id", id=order_id)
    return order_of(row) if row else None


async def recent(tx: Tx, owner: str, limit: int) -> list[Order]:
    """An owner's latest orders, newest first."""
    sql = "SELECT * FROM orders WHERE owner = :owner ORDER BY id DESC LIMIT :most"
    return [order_of(row) for row in await tx.all(sql, owner=owner, most=limit)]


async def counts(tx: Tx, owner: str) -> tuple[int, int]:
    """(open orders of this owner, separations in line of everybody)."""
    row = await tx.one(_COUNTS, owner=owner) or {}
    return row["mine"], row["everybodys"]


async def census(tx: Tx) -> tuple[dict[str, int], dict[str, int]]:
    """(jobs by state, orders by state)."""
    jobs = await tx.all("SELECT state, COUNT(*) AS many FROM job GROUP BY state")
    asked = await tx.all("SELECT state, COUNT(*) AS many FROM orders GROUP BY state")
    return {row["state"]: row["many"] for row in jobs}, {row["state"]: row["many"] for row in asked}


async def readdress(tx: Tx, order_id: int, reply_to: str) -> None:
    """Change where the answer goes."""
    await tx.all("UPDATE orders SET reply_to = :reply_to WHERE id = :id", id=order_id, reply_to=reply_to)


async def draft(tx: Tx, order: NewOrder) -> Order:
    """Keep a song whose wish is still to come."""
    row = await _insert(tx, order, OrderState.DRAFT, None)
    return order_of(row) if row else await _known(tx, order)


async def answer_from(tx: Tx, order: NewOrder, job_id: int) -> Order:
    """An order that a DONE job already answers.

    Raises:
        ValueError: That job is not DONE.
    """
    if await tx.one("SELECT 1 FROM job WHERE id = :id AND state = 'done'", id=job_id) is None:
        raise ValueError("an order is answered from a job that is done")
    row = await _insert(tx, order, OrderState.READY, job_id)
    tx.wake(transitions.answers_for(order.platform))
    return order_of(row) if row else await _known(tx, order)


async def submit(tx: Tx, order: NewOrder, plan: Sequence[JobSpec]) -> Order:
    """An order with the chain of jobs that answers it."""
    if not plan:
        raise ValueError("an order needs a plan")
    row = await _insert(tx, order, OrderState.OPEN, None)
    if row is None:
        return await _known(tx, order)
    job = await chain(tx, order.owner, plan)
    state = OrderState.READY if job["state"] == JobState.DONE else OrderState.OPEN
    if state is OrderState.READY:
        tx.wake(transitions.answers_for(order.platform))
    linked = await tx.one(_LINK, id=row["id"], job=job["id"], state=state.value)
    return order_of(linked or row)


async def _insert(tx: Tx, order: NewOrder, state: OrderState, job: int | None) -> Row | None:
    """Write an order; None where one with its `request_id` is there."""
    return await tx.one(
        _INSERT_ORDER,
        request_id=order.request_id,
        state=state.value,
        job=job,
        owner=order.owner,
        platform=order.platform,
        reply_to=order.reply_to,
        song=order.song,
        song_name=order.song_name,
        outputs=order.outputs,
        language=order.language,
        limit_bytes=order.limit_bytes,
        place=order.place,
        effort=order.effort,
    )


async def _known(tx: Tx, order: NewOrder) -> Order:
    """The order that was there before."""
    known = await by_request(tx, order.request_id)
    if known is None:
        raise RuntimeError("an order that is in the way can be read")
    return known


async def chain(tx: Tx, owner: str, plan: Sequence[JobSpec]) -> Row:
    """The job that answers a plan: shared where its work is in flight, else made, after those before it."""
    *before, last = plan
    while True:
        if alive := await tx.one(_LOOK, key=last.key, just_s=JUST_DONE_S):
            if alive["state"] == JobState.WAITING:
                for spec in before:
                    await _share(tx, owner, spec)
            if shared := await _share(tx, owner, last):
                return shared
            continue
        parent = await chain(tx, owner, before) if before else None
        if made := await _make(tx, owner, last, parent):
            return made


async def in_flight(tx: Tx, key: str) -> bool:
    """Whether the work of this key is being done, or was done just now."""
    return await tx.one(_LOOK, key=key, just_s=JUST_DONE_S) is not None


async def _share(tx: Tx, owner: str, spec: JobSpec) -> Row | None:
    """The job of this key that is alive, or was until just now; whoever shares it also wants it."""
    alive = await tx.one(_ALIVE, key=spec.key)
    if alive is None:
        return await tx.one(_JUST_DONE, key=spec.key, just_s=JUST_DONE_S)
    if alive["cancel"] or alive["prio"] < spec.prio:
        await tx.all(_WANT, id=alive["id"], prio=spec.prio)
    if alive["state"] == JobState.QUEUED and alive["owner"] != owner:
        await tx.all(_MY_TURN, id=alive["id"], owner=owner)
    return alive


async def _make(tx: Tx, owner: str, spec: JobSpec, parent: Row | None) -> Row | None:
    """A new job; None where another transaction made one of this key in the same moment."""
    waits = parent is not None and parent["state"] != JobState.DONE
    if not waits:
        tx.wake(spec.kind.value)
    return await tx.one(
        _INSERT_JOB,
        kind=spec.kind.value,
        key=spec.key,
        prio=spec.prio,
        state=(JobState.WAITING if waits else JobState.QUEUED).value,
        owner=owner,
        args=to_text(spec.args),
        max_attempts=spec.max_attempts,
        after_job=parent["id"] if parent else None,
        song_s=float(spec.args.get("song_s") or 0),
    )


async def cancel(tx: Tx, order_id: int) -> bool:
    """Take an order back, and with it the work that nobody else wants."""
    order = await by_id(tx, order_id)
    if order is None:
        return False
    jobs = await lock_chain(tx, order.job)
    if await tx.one(_TAKE_BACK, id=order_id) is None:
        return False
    for job in jobs:
        if await wanted(tx, job):
            break
        await unwant(tx, job)
    return True


async def wanted(tx: Tx, job: Row) -> bool:
    """Whether an order or another job still waits for this one."""
    orders = await tx.one(_WANTED_BY_ORDERS, id=job["id"])
    return bool(orders or await tx.one(_WANTED_BY_JOBS, id=job["id"]))


async def lock_chain(tx: Tx, job_id: int | None) -> list[Row]:
    """A job and those before it, locked from the first to the last; returned from the last to the first."""
    if job_id is None:
        return []
    link = await tx.one("SELECT after_job FROM job WHERE id = :id", id=job_id)
    before = await lock_chain(tx, link["after_job"] if link else None)
    row = await tx.one(_LOCK_JOB, id=job_id)
    return [row, *before] if row else before


async def unwant(tx: Tx, job: Row) -> None:
    """End a job that nobody holds; tell the worker of one that runs."""
    if job["state"] == JobState.RUNNING:
        await tx.all("UPDATE job SET cancel = 1 WHERE id = :id AND state = 'running'", id=job["id"])
    elif JobState(job["state"]) in {JobState.WAITING, JobState.QUEUED}:
        await transitions.end(tx, job, JobState.CANCELLED)


async def replan(tx: Tx, claimed: Delivery, limit_bytes: int, plan: Sequence[JobSpec]) -> None:
    """Give a claimed answer back to the line; without a plan its files stay as they are.

    Raises:
        LeaseLost: Another sender has it.
    """
    order = claimed.status.order
    job = await chain(tx, order.owner, plan) if plan else {"id": order.job, "state": JobState.DONE}
    done = job["state"] == JobState.DONE
    state = OrderState.READY if done else OrderState.OPEN
    facts = {"job": job["id"], "limit_bytes": limit_bytes, "state": state.value}
    if await tx.one(_REPLAN, id=order.id, token=claimed.token, **facts) is None:
        raise LeaseLost
    if done:
        tx.wake(transitions.answers_for(order.platform))
