"""The bots' side of the queue: who asked for what, and where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from separator.core.jobs import JobKind, JobState, OrderState
from separator.queue import job_chain, quotas, songs, status
from separator.queue.database import lookup, read, write
from separator.queue.rows import newest_done, order_of
from separator.queue.transitions import delivery_topic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from separator.core.jobs import Job, JobSpec, NewOrder, Order, OrderStatus, Service
    from separator.core.limits import Quotas
    from separator.queue.database import Database
    from separator.queue.db.driver import Row, Tx
    from separator.queue.status import StatusReader

_INSERT = """
INSERT INTO orders (request_id, state, job, owner, platform, reply_to, song, song_name, wish, language,
    limit_bytes, place, effort, created, send_at)
VALUES (:request_id, :state, :job, :owner, :platform, :reply_to, :song, :song_name, :outputs, :language,
    :limit_bytes, :place, :effort, :now, :now)
ON CONFLICT (request_id) DO NOTHING RETURNING *
"""
_LINK = "UPDATE orders SET job = :job, state = :state WHERE id = :id RETURNING *"
_BY_ID = "SELECT * FROM orders WHERE id = :id"
_BY_REQUEST = "SELECT * FROM orders WHERE request_id = :request_id"
_RECENT = "SELECT * FROM orders WHERE owner = :owner ORDER BY id DESC LIMIT :most"
_OF_PLACE = "SELECT * FROM orders WHERE place = :place ORDER BY id DESC LIMIT :most"
_COUNTS = """
SELECT (SELECT COUNT(*) FROM orders WHERE owner = :owner AND state = 'open') AS orders,
    (SELECT COUNT(*) FROM job WHERE kind = 'separate' AND state = 'queued') AS separations
"""
_CANCEL = """
UPDATE orders SET state = 'cancelled' WHERE id = :id AND state IN ('draft', 'open') RETURNING job
"""


class OrderBook:
    """Writes orders with the jobs that answer them, and reads them; every method is one transaction."""

    def __init__(self, database: Database, statuses: StatusReader) -> None:
        """Work on an opened database."""
        self.database = database
        self._statuses = statuses

    @write
    async def save_draft(self, tx: Tx, order: NewOrder) -> Order:
        """Keep a song whose outputs are still to be chosen.

        The same `request_id` returns the order that is there, here and below.
        """
        row = await _insert(tx, order, OrderState.DRAFT, None)
        return order_of(row) if row else await _existing(tx, order)

    @write
    async def submit(
        self, tx: Tx, order: NewOrder, plan: Sequence[JobSpec], limits: Quotas | None = None
    ) -> Order:
        """Write an order and the chain of jobs that answers it; an active job of the same key is shared.

        Args:
            tx: The transaction.
            order: What is asked.
            plan: The jobs in the order of work (SEPARATE, MIX); each waits for the one before it.
            limits: What the order is counted against; orders under limits take turns, so each is counted
                before the next.

        Raises:
            Busy: It would be over one of the `limits`.
        """
        if limits is None:
            return await _submit(tx, order, plan)
        async with self.database.driver.one_at_a_time(tx, "submit"):
            if known := await _find(tx, order.request_id):
                return known
            await quotas.check(tx, order, limits, new_work=await _is_new_work(tx, plan))
            return await _submit(tx, order, plan)

    @read
    async def check_room(self, tx: Tx, order: NewOrder, limits: Quotas, *, is_draft: bool) -> None:
        """Refuse, before its song is fetched, an order that would be over the limits on what waits.

        Raises:
            Busy: It would be over one of the `limits`.
        """
        await quotas.check_waiting(tx, order, limits)
        if is_draft:
            await quotas.check_drafts(tx, order, limits)

    @write
    async def answer_from(self, tx: Tx, order: NewOrder, job_id: int) -> Order:
        """Write an order that a DONE job already answers; it is READY at once."""
        if await tx.one("SELECT 1 FROM job WHERE id = :id AND state = 'done'", id=job_id) is None:
            raise ValueError("an order is answered from a job that is done")
        row = await _insert(tx, order, OrderState.READY, job_id)
        tx.wake(delivery_topic(order.platform))
        return order_of(row) if row else await _existing(tx, order)

    @lookup
    async def find_done(self, tx: Tx, key: str) -> Job | None:
        """The newest DONE job with this key."""
        return await newest_done(tx, key)

    @lookup
    async def find_order(self, tx: Tx, request_id: str) -> Order | None:
        """The order made from this message, if one was."""
        return await _find(tx, request_id)

    @lookup
    async def order(self, tx: Tx, order_id: int) -> Order | None:
        """One order by its id."""
        row = await tx.one(_BY_ID, id=order_id)
        return order_of(row) if row else None

    @lookup
    async def recent(self, tx: Tx, owner: str, limit: int) -> list[Order]:
        """An owner's latest orders, newest first."""
        return [order_of(row) for row in await tx.all(_RECENT, owner=owner, most=limit)]

    @lookup
    async def latest(self, tx: Tx, owner: str, place: str, limit: int) -> list[Order]:
        """The latest orders of a place, or without one of an owner, newest first."""
        rows = (
            await tx.all(_OF_PLACE, place=place, most=limit)
            if place
            else await tx.all(_RECENT, owner=owner, most=limit)
        )
        return [order_of(row) for row in rows]

    @read
    async def order_status(self, tx: Tx, order_id: int) -> OrderStatus | None:
        """Where one order stands now."""
        return await self._statuses.one(tx, order_id)

    @read
    async def open_orders(self, tx: Tx, platform: str) -> list[OrderStatus]:
        """Where each OPEN order of a platform stands, oldest first."""
        return await self._statuses.open_orders(tx, platform)

    @read
    async def service(self, tx: Tx) -> Service:
        """Whether queued work will be begun now."""
        return await status.service(tx)

    @lookup
    async def common_weights(self, tx: Tx) -> frozenset[str] | None:
        """Names of the weight files that every living worker can load; None while none lives."""
        return await status.common_weights(tx)

    @lookup
    async def counts(self, tx: Tx, owner: str) -> tuple[int, int]:
        """(orders of this owner that are OPEN, queued separations of everybody)."""
        row = await tx.one(_COUNTS, owner=owner) or {}
        return row["orders"], row["separations"]

    @write
    async def cancel(self, tx: Tx, order_id: int) -> bool:
        """Cancel an order, and with it the work that nobody else wants. False when it was too late."""
        order = await tx.one(_BY_ID, id=order_id)
        if order is None:
            return False
        jobs = await job_chain.lock(tx, order["job"])
        if await tx.one(_CANCEL, id=order_id) is None:
            return False
        for job in jobs:
            if await job_chain.is_wanted(tx, job):
                break
            await job_chain.cancel(tx, job)
        if jobs:
            await quotas.move_charge(tx, jobs[-1]["id"], order["owner"])
        return True


async def _submit(tx: Tx, order: NewOrder, plan: Sequence[JobSpec]) -> Order:
    if not plan:
        raise ValueError("an order needs a plan")
    row = await _insert(tx, order, OrderState.OPEN, None)
    if row is None:
        return await _existing(tx, order)
    job = await job_chain.get_or_create(tx, order.owner, plan)
    state = OrderState.READY if job["state"] == JobState.DONE else OrderState.OPEN
    if state is OrderState.READY:
        tx.wake(delivery_topic(order.platform))
    linked = await tx.one(_LINK, id=row["id"], job=job["id"], state=state.value)
    return order_of(linked or row)


async def _is_new_work(tx: Tx, plan: Sequence[JobSpec]) -> bool:
    """Whether a song has to be separated for this; not where that is under way for somebody else's order."""
    first = plan[0]
    return first.kind is JobKind.SEPARATE and not await job_chain.is_in_flight(tx, first.key)


async def _insert(tx: Tx, order: NewOrder, state: OrderState, job: int | None) -> Row | None:
    """Write an order; None where one with its `request_id` is there. From now on it names its song."""
    await songs.release_upload(tx, order.request_id)
    return await tx.one(
        _INSERT,
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


async def _find(tx: Tx, request_id: str) -> Order | None:
    row = await tx.one(_BY_REQUEST, request_id=request_id)
    return order_of(row) if row else None


async def _existing(tx: Tx, order: NewOrder) -> Order:
    """The order that was there before."""
    existing = await _find(tx, order.request_id)
    if existing is None:
        raise RuntimeError("an order that is in the way can be read")
    return existing
