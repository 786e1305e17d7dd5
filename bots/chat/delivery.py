"""Edits status messages and delivers results, for one platform.

All state that matters is in the queue, so a restarted bot continues where the killed one stopped. One lock an
order keeps a late progress edit from overwriting a result.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar
from weakref import WeakValueDictionary

import structlog

from bots.chat.messages import RetryLater, Unreachable, UploadTooBig
from separator import OrderState
from separator.core.errors import LeaseLost
from storage import StembotError

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from bots.chat.messages import Platform, Reply
    from bots.chat.orders import OrderService
    from separator import Delivery, OrderStatus

log = structlog.get_logger()

T = TypeVar("T")

POLL_S = 1.0  #: how often open orders are read; an edit goes out only when the text changed
DELIVERY_LEASE_S = 60.0  #: renewed during an upload; if the bot is killed, another takes over after this long
CONCURRENCY = 8  #: results that are sent side by side
STOP_S = 5.0  #: on stopping, uploads get this long to finish
RETRY_S = 2.0  #: after the database or the store could not be reached


class DeliveryService:
    """Shows and delivers, until it is cancelled."""

    def __init__(self, orders: OrderService, platform: Platform, *, edit_every_s: float = 4.0) -> None:
        """Serve one platform's orders; edits of one message come at least `edit_every_s` apart."""
        self._orders = orders
        self._results = orders.results
        self._book = orders.queue.orders
        self._outbox = orders.queue.outbox
        self._platform = platform
        self._edit_every_s = edit_every_s
        self._shown: dict[int, tuple[str, float]] = {}  #: order → (text, monotonic seconds)
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()  #: while one is in use
        self._slots = asyncio.Semaphore(CONCURRENCY)
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Show and deliver until cancelled; then uploads get a moment to finish."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._show_loop())
                group.create_task(self._deliver_loop())
        finally:
            await self._stop()

    async def _stop(self) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_S)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _show_loop(self) -> None:
        while True:
            try:
                await self.show_all()
            except StembotError as error:
                log.warning("queue_unavailable", error=type(error).__name__)
            await asyncio.sleep(POLL_S)

    async def show_all(self) -> None:
        """Bring every open order's status message up to date."""
        statuses = await self._book.open_orders(self._platform.name)
        for status in statuses:
            self._spawn(self._show(status))
        await self._show_cancelled({status.order.id for status in statuses})

    async def _show_cancelled(self, still_open: set[int]) -> None:
        """Show that an order was cancelled elsewhere (`/cancel`, a moderator)."""
        closed = (set(self._shown) | self._orders.cancelled) - still_open
        self._orders.cancelled -= closed
        for order_id in closed:
            status = await self._book.order_status(order_id)
            if status is None or status.order.state is not OrderState.OPEN:
                self._shown.pop(order_id, None)
            if status is not None and status.order.state is OrderState.CANCELLED:
                self._spawn(self._show(status))

    async def _show(self, status: OrderStatus) -> None:
        order = status.order
        reply = self._results.status(status)
        lock = self._locks.setdefault(order.id, asyncio.Lock())
        if lock.locked() or not self._due(order.id, reply):
            return
        async with lock:
            try:
                await self._platform.show(order.reply_to, reply)
                self._shown[order.id] = (reply.text, time.monotonic())  # the platform may have delayed it
            except RetryLater as pause:
                self._shown[order.id] = ("", time.monotonic() + pause.after_s)
            except Unreachable:
                log.info("status_unreachable", order=order.id)
                self._shown[order.id] = (reply.text, time.monotonic())
        if reply.final:
            self._shown.pop(order.id, None)

    def _due(self, order_id: int, reply: Reply) -> bool:
        """Whether the text is new and the last edit long enough ago; if so it counts as shown.

        An order that is seen for the first time has just been answered, so its first edit waits, too.
        """
        first = ("", float("-inf") if reply.final else time.monotonic())
        text, shown_at = self._shown.setdefault(order_id, first)
        if text == reply.text or time.monotonic() - shown_at < self._edit_every_s:
            return False
        self._shown[order_id] = (reply.text, time.monotonic())
        return True

    async def _deliver_loop(self) -> None:
        while True:
            await self._slots.acquire()
            try:
                delivery = await self._outbox.claim_delivery(self._platform.name, DELIVERY_LEASE_S)
            except StembotError as error:
                log.warning("queue_unavailable", error=type(error).__name__)
                delivery = None
                await asyncio.sleep(RETRY_S)
            if delivery is None:
                self._slots.release()
                await self._wait()
            else:
                self._spawn(self._deliver(delivery))

    async def _wait(self) -> None:
        """Until an order was written in this process, or the queue changed."""
        await _first_of(self._orders.changed.wait(), self._outbox.wait(POLL_S))
        self._orders.changed.clear()

    async def _deliver(self, delivery: Delivery) -> None:
        """Send one result: delivered, postponed, or given up because the chat is gone."""
        order = delivery.status.order
        try:
            receipt = await self._send(delivery)
            await self._confirm(delivery, receipt)
            log.info("order_delivered", order=order.id, platform=order.platform)
        except RetryLater as pause:
            await self._postpone(delivery, pause.after_s)
        except Unreachable as closed:
            log.info("order_unreachable", order=order.id, reason=str(closed))
            await self._postpone(delivery, None)
        except UploadTooBig as refused:
            await self._shrink(delivery, refused.size_bytes)
        except LeaseLost:
            log.warning("delivery_lost", order=order.id)
        except asyncio.CancelledError:  # on stopping: the next bot need not wait for the lease
            await self._postpone(delivery, 0.0)
            raise
        except Exception:  # one bad result must not stop the others
            log.exception("delivery_failed", order=order.id)
            await self._postpone(delivery, 30.0)
        finally:
            self._shown.pop(order.id, None)
            self._slots.release()

    async def _send(self, delivery: Delivery) -> str:
        """Send it under its lease, which is renewed for as long as that takes.

        Raises:
            LeaseLost: Another process has the lease by now; the upload is aborted.
        """
        first = await _first_of(self._send_locked(delivery), self._renew(delivery))
        return first.result()

    async def _send_locked(self, delivery: Delivery) -> str:
        """Send it after any edit that is under way."""
        async with self._locks.setdefault(delivery.status.order.id, asyncio.Lock()):
            return await self._platform.deliver(self._results.result(delivery))

    async def _renew(self, delivery: Delivery) -> NoReturn:
        """Renew a lease until it is lost; one that could not be renewed in time counts as lost."""
        renewed = time.monotonic()
        while True:
            await asyncio.sleep(DELIVERY_LEASE_S / 3)
            started = time.monotonic()
            try:
                await self._outbox.renew_delivery(delivery.status.order.id, delivery.token, DELIVERY_LEASE_S)
                renewed = started
            except LeaseLost:
                raise
            except StembotError as error:
                log.warning("queue_unavailable", error=type(error).__name__)
                if time.monotonic() - renewed >= DELIVERY_LEASE_S:
                    raise LeaseLost from error

    async def _confirm(self, delivery: Delivery, receipt: str) -> None:
        """Record that the result is in the chat, and retry until that is done or the lease is lost."""
        while True:
            try:
                return await self._outbox.delivered(delivery.status.order.id, delivery.token, receipt)
            except LeaseLost:
                raise
            except StembotError as error:
                log.warning("queue_unavailable", error=type(error).__name__)
                await asyncio.sleep(RETRY_S)

    async def _shrink(self, delivery: Delivery, than_bytes: int) -> None:
        """Have a result encoded smaller that its chat did not take."""
        log.info("result_too_big", order=delivery.status.order.id, size_bytes=than_bytes)
        try:
            await self._orders.retry_smaller(delivery, than_bytes)
        except LeaseLost:
            log.warning("delivery_lost", order=delivery.status.order.id)
        except StembotError:
            await self._postpone(delivery, RETRY_S)

    async def _postpone(self, delivery: Delivery, retry_in_s: float | None) -> None:
        try:
            await self._outbox.undelivered(delivery.status.order.id, delivery.token, retry_in_s)
        except StembotError as error:
            log.warning("queue_unavailable", error=type(error).__name__)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _first_of(*works: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """The coroutine that ends first, as a task that is done; the others are cancelled."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return next(task for task in tasks if task in done)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
