"""The courier: keeps status messages true and brings results, for one platform.

It holds no state that matters: what is open and what is ready stands in the job table, so a restarted bot
goes on where the killed one stopped. One lock an order keeps a late progress edit from overwriting a result.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from typing import TYPE_CHECKING, NoReturn

import structlog

from bots.chat.messages import RetryLater, TooBig, Unreachable
from separator import LeaseLost, OrderState
from storage import StembotError

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from bots.chat.messages import Platform, Reply
    from bots.chat.service import ChatService
    from separator import Delivery, OrderStatus

log = structlog.get_logger()

LOOK_EVERY_S = 1.0  #: how often open orders are read; an edit goes out only when the text changed
DELIVERY_LEASE_S = 60.0  #: renewed while an upload lasts; a bot killed in it is succeeded after this long
AT_ONCE = 8  #: results that are sent side by side
STOP_S = 5.0  #: what is being sent gets this long at the end
RESTED_S = 2.0  #: after the table or the store was out of reach


class DeliveryService:
    """Shows and delivers, until it is cancelled."""

    def __init__(self, desk: ChatService, platform: Platform, *, edit_every_s: float = 4.0) -> None:
        """Serve one platform's orders; edits of one message come at least `edit_every_s` apart."""
        self._desk = desk
        self._orders = desk.queue.orders
        self._platform = platform
        self._edit_every_s = edit_every_s
        self._shown: dict[int, tuple[str, float]] = {}  #: order → (text, when, monotonic)
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._places = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Both rounds, until cancelled; then what is being sent gets a moment to finish."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._rounds())
                group.create_task(self._deliveries())
        finally:
            await self._stop()

    async def _stop(self) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_S)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _rounds(self) -> None:
        while True:
            try:
                await self.show_all()
            except StembotError as trouble:
                log.warning("courier_waits", trouble=type(trouble).__name__)
            await asyncio.sleep(LOOK_EVERY_S)

    async def show_all(self) -> None:
        """Bring every open order's status message up to date."""
        standings = await self._orders.open_orders(self._platform.name)
        for standing in standings:
            self._spawn(self._show(standing))
        await self._tell_cancelled({standing.order.id for standing in standings})

    async def _tell_cancelled(self, still_open: set[int]) -> None:
        """An order taken back elsewhere (`/cancel`, a moderator) gets its last word."""
        gone = (set(self._shown) | self._desk.taken_back) - still_open
        self._desk.taken_back -= gone
        for order_id in gone:
            standing = await self._orders.order_status(order_id)
            if standing is None or standing.order.state is not OrderState.OPEN:
                self._shown.pop(order_id, None)
            if standing is not None and standing.order.state is OrderState.CANCELLED:
                self._spawn(self._show(standing))

    async def _show(self, standing: OrderStatus) -> None:
        order = standing.order
        reply = self._desk.answer.status(standing)
        lock = self._locks[order.id]
        if lock.locked() or not self._due(order.id, reply):
            return
        async with lock:
            try:
                await self._platform.show(order.reply_to, reply)
                self._shown[order.id] = (reply.text, time.monotonic())  # it may have waited for its turn
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
        text, when = self._shown.setdefault(order_id, first)
        if text == reply.text or time.monotonic() - when < self._edit_every_s:
            return False
        self._shown[order_id] = (reply.text, time.monotonic())
        return True

    async def _deliveries(self) -> None:
        while True:
            await self._places.acquire()
            try:
                delivery = await self._orders.claim_delivery(self._platform.name, DELIVERY_LEASE_S)
            except StembotError as trouble:
                log.warning("courier_waits", trouble=type(trouble).__name__)
                delivery = None
                await asyncio.sleep(RESTED_S)
            if delivery is None:
                self._places.release()
                await self._wait()
            else:
                self._spawn(self._bring(delivery))

    async def _wait(self) -> None:
        """Until an order was written here, or something changed in the table."""
        news = asyncio.create_task(self._desk.news.wait())
        change = asyncio.create_task(self._orders.wait(LOOK_EVERY_S))
        try:
            await asyncio.wait({news, change}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            news.cancel()
            change.cancel()
            await asyncio.gather(news, change, return_exceptions=True)
        self._desk.news.clear()

    async def _bring(self, delivery: Delivery) -> None:
        """Send one answer: delivered, put off, or given up because the chat is gone."""
        order = delivery.status.order
        try:
            receipt = await self._send(delivery)
            await self._write_down(delivery, receipt)
            log.info("order_delivered", order=order.id, platform=order.platform)
        except RetryLater as pause:
            await self._put_off(delivery, pause.after_s)
        except Unreachable as closed:
            log.info("order_unreachable", order=order.id, why=str(closed))
            await self._put_off(delivery, None)
        except TooBig as refused:
            await self._shrink(delivery, refused.size_bytes)
        except LeaseLost:
            log.warning("delivery_lost", order=order.id)
        except asyncio.CancelledError:  # cut off at the end: the next bot need not wait for the lease
            await self._put_off(delivery, 0.0)
            raise
        except Exception:  # one bad answer must not stop the courier
            log.exception("delivery_failed", order=order.id)
            await self._put_off(delivery, 30.0)
        finally:
            self._shown.pop(order.id, None)
            self._locks.pop(order.id, None)
            self._places.release()

    async def _send(self, delivery: Delivery) -> str:
        """Send it under its claim, which is kept for as long as that takes.

        Raises:
            LeaseLost: The claim is another's by now; what was being sent is broken off.
        """
        sending = asyncio.create_task(self._send_in_turn(delivery))
        keeping = asyncio.create_task(self._keep(delivery))
        try:
            await asyncio.wait({sending, keeping}, return_when=asyncio.FIRST_COMPLETED)
            return await (sending if sending.done() else keeping)
        finally:
            sending.cancel()
            keeping.cancel()
            await asyncio.gather(sending, keeping, return_exceptions=True)

    async def _send_in_turn(self, delivery: Delivery) -> str:
        """Send it after whatever edit is on its way."""
        async with self._locks[delivery.status.order.id]:
            return await self._platform.deliver(self._desk.answer.result(delivery))

    async def _keep(self, delivery: Delivery) -> NoReturn:
        """Renew a claim until it is lost; one that could not be renewed in its time is taken for lost."""
        renewed = time.monotonic()
        while True:
            await asyncio.sleep(DELIVERY_LEASE_S / 3)
            asked = time.monotonic()
            try:
                await self._orders.renew_delivery(delivery.status.order.id, delivery.token, DELIVERY_LEASE_S)
                renewed = asked
            except LeaseLost:
                raise
            except StembotError as trouble:
                log.warning("courier_waits", trouble=type(trouble).__name__)
                if time.monotonic() - renewed >= DELIVERY_LEASE_S:
                    raise LeaseLost from trouble

    async def _write_down(self, delivery: Delivery, receipt: str) -> None:
        """Record that the answer is in the chat; it is, so nothing but a lost claim ends this."""
        while True:
            try:
                return await self._orders.delivered(delivery.status.order.id, delivery.token, receipt)
            except LeaseLost:
                raise
            except StembotError as trouble:
                log.warning("courier_waits", trouble=type(trouble).__name__)
                await asyncio.sleep(RESTED_S)

    async def _shrink(self, delivery: Delivery, than_bytes: int) -> None:
        """Have an answer made smaller that its chat did not take."""
        log.info("answer_too_big", order=delivery.status.order.id, size_bytes=than_bytes)
        try:
            await self._desk.smaller(delivery, than_bytes)
        except LeaseLost:
            log.warning("delivery_lost", order=delivery.status.order.id)
        except StembotError:
            await self._put_off(delivery, RESTED_S)

    async def _put_off(self, delivery: Delivery, retry_in_s: float | None) -> None:
        try:
            await self._orders.undelivered(delivery.status.order.id, delivery.token, retry_in_s)
        except StembotError as trouble:
            log.warning("courier_waits", trouble=type(trouble).__name__)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
