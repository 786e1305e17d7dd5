"""The queue: both halves of the line over one driver. Each method is one transaction.

A transaction that lost a race for a lock, or whose database went away under it, is tried again for a while;
after that the caller gets a `StorageError` and decides how long to wait. Nothing is half done in between.
"""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

import structlog

from separator.core.errors import LeaseLost
from separator.core.jobs import Delivery, JobKind
from separator.queue import claims, counters, orders, outbox, quotas, stats, status
from separator.queue.people import SqlPeople
from separator.queue.transitions import answers_for
from storage import StorageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Sequence
    from contextlib import AbstractAsyncContextManager

    from separator.core.errors import ErrorRecord
    from separator.core.jobs import (
        Job,
        JobSpec,
        JobState,
        Json,
        NewOrder,
        Order,
        OrderStatus,
        Position,
        Progress,
        Service,
    )
    from separator.core.limits import Quotas
    from separator.queue.db.driver import Driver, Tx
    from separator.queue.stats import QueueStats

log = structlog.get_logger()
T = TypeVar("T")

TRIES = 6  #: of one transaction; the pauses between them double from 50 ms, some 1.5 s in all
_FIRST_PAUSE_S = 0.05


class SqlQueue:
    """`OrderBook` and `JobQueue` (separator.queue.base) in portable SQL.

    `wait` wakes for what was last looked for, work or answers; so open a queue for each loop that waits.
    Another loop on the same queue may sleep through a change until its time-out.
    """

    def __init__(self, driver: Driver, in_hand: int, at_once: int = 1) -> None:
        """Take an opened driver.

        Args:
            driver: The database.
            in_hand: How many separations of one person run at a time.
            at_once: How many separations one worker holds at a time, as far as forecasts go.
        """
        self._driver, self._in_hand, self._mark = driver, in_hand, 0
        self._board = status.StatusReader(in_hand, at_once)
        self._looks_for: Collection[str] = [*JobKind]
        self._claim_times = counters.ClaimTimes()
        self.people = SqlPeople(self._write, self._read)
        self._busy = False  # the last claim found work: the next one need not look first

    # The bots' side.

    async def save_draft(self, order: NewOrder) -> Order:
        """Keep a song whose wish is still to come; the same `request_id` returns the order that is there."""
        return await self._write(lambda tx: orders.draft(tx, order))

    async def submit(self, order: NewOrder, plan: Sequence[JobSpec], rules: Quotas | None = None) -> Order:
        """Write an order and the chain of jobs that answers it; work in flight is shared."""
        return await self._write(lambda tx: self._submit(tx, order, plan, rules))

    async def _submit(self, tx: Tx, order: NewOrder, plan: Sequence[JobSpec], rules: Quotas | None) -> Order:
        """Orders under limits take turns, so each is counted before the next."""
        if rules is None:
            return await orders.submit(tx, order, plan)
        async with self._driver.one_at_a_time(tx, "submit"):
            await quotas.refuse(tx, order, plan, rules)
            return await orders.submit(tx, order, plan)

    async def answer_from(self, order: NewOrder, job_id: int) -> Order:
        """Write an order that a DONE job already answers; it is READY at once."""
        return await self._write(lambda tx: orders.answer_from(tx, order, job_id))

    async def find_done(self, key: str) -> Job | None:
        """The newest DONE job with this key."""
        return await self._look(lambda tx: claims.newest_done(tx, key))

    async def find_order(self, request_id: str) -> Order | None:
        """The order made from this message, if one was."""
        return await self._look(lambda tx: orders.by_request(tx, request_id))

    async def order(self, order_id: int) -> Order | None:
        """One order by its id."""
        return await self._look(lambda tx: orders.by_id(tx, order_id))

    async def set_reply_to(self, order_id: int, reply_to: str) -> None:
        """Change where the answer goes."""
        await self._write(lambda tx: orders.readdress(tx, order_id, reply_to))

    async def order_status(self, order_id: int) -> OrderStatus | None:
        """Where one order stands now."""
        return await self._read(lambda tx: self._board.one(tx, order_id))

    async def open_orders(self, platform: str) -> list[OrderStatus]:
        """All orders of a platform that are OPEN, oldest first."""
        return await self._read(lambda tx: self._board.open_orders(tx, platform))

    async def service(self) -> Service:
        """Whether work that is in line will be begun now."""
        return await self._read(status.service)

    async def common_weights(self) -> frozenset[str] | None:
        """Names of the weight files that every living worker can load; None while none lives."""
        return await self._look(status.weights)

    async def position(self, order_id: int) -> Position | None:
        """How many jobs go before it, and seconds to go; None when it is not in line."""
        standing = await self.order_status(order_id)
        return standing.position if standing else None

    async def cancel(self, order_id: int) -> bool:
        """Take an order back; its job is stopped if nobody else wants it. False when it was too late."""
        return await self._write(lambda tx: orders.cancel(tx, order_id))

    async def counts(self, owner: str) -> tuple[int, int]:
        """(orders of this owner that are OPEN, separations in line of everybody)."""
        return await self._look(lambda tx: orders.counts(tx, owner))

    async def recent(self, owner: str, limit: int) -> list[Order]:
        """An owner's latest orders, newest first."""
        return await self._look(lambda tx: orders.recent(tx, owner, limit))

    async def claim_delivery(self, platform: str, lease_s: float) -> Delivery | None:
        """Take one READY order (or a SENDING one whose claim lapsed) to send its answer."""
        self._looks_for = [answers_for(platform)]
        if not await self._look(lambda tx: outbox.due(tx, platform)):
            return None
        return await self._write(lambda tx: self._delivery(tx, platform, lease_s))

    async def _delivery(self, tx: Tx, platform: str, lease_s: float) -> Delivery | None:
        """Claim an answer and read what it says."""
        row = await outbox.claim(tx, platform, lease_s)
        standing = await self._board.one(tx, row["id"]) if row else None
        return Delivery(standing, row["token"]) if row and standing else None

    async def renew_delivery(self, order_id: int, token: int, lease_s: float) -> None:
        """Keep a claim on an answer while it is being sent."""
        await self._fenced("renew_delivery", lambda tx: outbox.renew(tx, order_id, token, lease_s))

    async def delivered(self, order_id: int, token: int, receipt: str) -> None:
        """The answer is in the chat."""
        await self._fenced("delivered", lambda tx: outbox.sent(tx, order_id, token, receipt))

    async def undelivered(self, order_id: int, token: int, retry_in_s: float | None) -> None:
        """It could not be sent: try again after that time, or never (None: it ends as SENT, unsent)."""
        if retry_in_s is None:
            await self._fenced("undelivered", lambda tx: outbox.sent(tx, order_id, token, ""))
        else:
            await self._fenced("undelivered", lambda tx: outbox.again(tx, order_id, token, retry_in_s))

    async def replan(self, claimed: Delivery, limit_bytes: int, plan: Sequence[JobSpec]) -> None:
        """Give a claimed answer that is too large for its chat back to the line, to be made smaller."""
        await self._write(lambda tx: orders.replan(tx, claimed, limit_bytes, plan))

    # The workers' side.

    async def claim(self, worker: str, kinds: Collection[JobKind], lease_s: float) -> Job | None:
        """Lease the next job: a job whose lease lapsed is claimable as it is."""
        self._looks_for = kinds
        if self._claim_times.due():
            await self._write(self._claim_times.write)
        if not (self._busy or await self._look(lambda tx: claims.anything(tx, kinds))):
            return None
        began = time.perf_counter()
        job = await self._write(lambda tx: self._claim(tx, worker, kinds, lease_s))
        self._claim_times.took(time.perf_counter() - began)
        self._busy = job is not None
        return job

    async def _claim(self, tx: Tx, worker: str, kinds: Collection[JobKind], lease_s: float) -> Job | None:
        """Claims that count what people have in hand take turns, so each sees what the one before it took."""
        if not claims.counts_people(kinds):
            return await claims.claim(tx, worker, kinds, lease_s, self._in_hand)
        async with self._driver.one_at_a_time(tx, "claim"):
            return await claims.claim(tx, worker, kinds, lease_s, self._in_hand)

    async def renew(self, job: Job, lease_s: float) -> bool:
        """Keep the lease; returns whether the job should stop because nobody wants it any more."""
        return await self._write(lambda tx: claims.renew(tx, job, lease_s))

    async def is_cancelled(self, job: Job) -> bool:
        """Whether the job should stop because nobody wants it any more; only a look."""
        return await self._look(lambda tx: claims.unwanted(tx, job))

    async def waiting_orders(self, job: Job) -> list[int]:
        """Ids of the open orders that wait for the job, or for what comes after it."""
        return await self._look(lambda tx: claims.asked_by(tx, job))

    async def report(self, job: Job, progress: Progress) -> None:
        """Say how far it is; best effort."""
        await self._write(lambda tx: claims.report(tx, job, progress))

    async def finish(self, job: Job, result: Json) -> None:
        """DONE, and what waited for it becomes claimable, in the same transaction."""
        await self._fenced("finish", lambda tx: claims.finish(tx, job, result))

    async def refuse(self, job: Job, error: ErrorRecord) -> None:
        """REFUSED: the song's fault, told to every order of it and of what waits for it."""
        await self._fenced("refuse", lambda tx: claims.refuse(tx, job, error))

    async def fail(self, job: Job, error: ErrorRecord, retry_in_s: float) -> None:
        """Back into the line for another attempt, or FAILED when they are spent."""
        await self._fenced("fail", lambda tx: claims.fail(tx, job, error, retry_in_s))

    async def release(self, job: Job, wait_s: float = 0.0) -> None:
        """Hand it back unharmed (SIGTERM): claimable after `wait_s`, the attempt not counted."""
        await self._fenced("release", lambda tx: claims.release(tx, job, wait_s))

    async def stopped(self, job: Job) -> None:
        """CANCELLED: the worker has seen the wish to stop and let go."""
        await self._fenced("stopped", lambda tx: claims.stopped(tx, job))

    async def heartbeat(
        self,
        worker: str,
        device: str,
        speed: float | None,
        doing: str = "",
        weights: frozenset[str] = frozenset(),
    ) -> None:
        """A worker is alive; `speed` is its seconds of audio per second, once it has measured one."""
        names = " ".join(sorted(weights))
        await self._write(lambda tx: claims.seen(tx, worker, device, speed, doing, names))

    async def remove_worker(self, worker: str) -> None:
        """A worker has ended, and will not be seen again."""
        await self._write(lambda tx: claims.left(tx, worker))

    async def wait(self, timeout_s: float) -> None:
        """Return when there may be work, at the latest after `timeout_s`."""
        try:
            self._mark = await self._driver.changed(self._mark, timeout_s, self._looks_for)
        except Exception as error:
            raise self._translate_errors(error) from error

    async def close(self) -> None:
        """Let go of the database."""
        await self._driver.close()

    # Whoever looks after the line.

    async def count_by_state(self) -> tuple[dict[str, int], dict[str, int]]:
        """How many jobs and how many orders there are of each state."""
        return await self._read(orders.census)

    async def stats(self) -> QueueStats:
        """The line in numbers."""
        return await self._read(stats.figures)

    async def jobs(self, most: int, state: JobState | None = None) -> list[Job]:
        """The newest jobs, of a state if one is named."""
        return await self._read(lambda tx: stats.latest(tx, most, state or ""))

    async def job(self, job_id: int) -> Job | None:
        """One job."""
        return await self._read(lambda tx: stats.by_id(tx, job_id))

    async def prune(self, older_s: float) -> int:
        """Delete orders and jobs that ended longer ago; returns how many rows."""
        return await self._write(lambda tx: stats.forget(tx, older_s))

    # Transactions.

    async def _write(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Do `work` in a writing transaction."""
        return await self._with_retry(self._driver.transaction, work)

    async def _fenced(self, what: str, work: Callable[[Tx], Awaitable[None]]) -> None:
        """Do `work` that carries a token; one that is refused leaves nothing behind but a count.

        Raises:
            LeaseLost: It was refused.
        """
        try:
            await self._write(work)
        except LeaseLost:
            with suppress(StorageError):  # the refusal stands, counted or not
                await self._write(lambda tx: counters.add(tx, "stale", what))
            raise

    async def _read(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Do `work` on one moment of the table."""
        return await self._with_retry(self._driver.read_transaction, work)

    async def _look(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Do `work` that is a single statement."""
        return await self._with_retry(self._driver.autocommit, work)

    async def _with_retry(
        self, begin: Callable[[], AbstractAsyncContextManager[Tx]], work: Callable[[Tx], Awaitable[T]]
    ) -> T:
        """Do `work` in a transaction, again while the database says that it may go well the next time."""
        pause_s = _FIRST_PAUSE_S
        for left in reversed(range(TRIES)):
            try:
                async with begin() as tx:
                    return await work(tx)
            except Exception as error:
                if not (left and self._driver.may_try_again(error)):
                    raise self._translate_errors(error) from error
                log.info("transaction_again", why=type(error).__name__, left=left)
            await asyncio.sleep(pause_s * random.uniform(0.5, 1))  # noqa: S311 - so that two do not meet again
            pause_s *= 2
        raise StorageError

    def _translate_errors(self, error: Exception) -> Exception:
        """The error as callers know it: trouble of the database is `StorageError`, all else is itself."""
        return StorageError() if self._driver.is_trouble(error) else error
