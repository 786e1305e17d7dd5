"""Orders in the queue, as the chat services write and read them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from bots.chat.messages import Reply
from bots.i18n.translate import translate
from separator import OrderState
from separator.core.errors import Busy

if TYPE_CHECKING:
    from bots.chat.messages import Person
    from bots.chat.preferences import Preferences
    from bots.chat.results import ResultViews
    from separator import Delivery, FinishedOrder, NewOrder, Order, OrderStatus, QueueClient

log = structlog.get_logger()

DAY_S = 86_400.0
SEARCHED = 50  #: latest results that a person can choose from; as many as Telegram's inline mode takes
LIST_LENGTH = 10  #: recent results in a list, for a phone's screen


class OrderService:
    """Submits, cancels and reads orders; tells `DeliveryService` what changed in this process."""

    def __init__(self, queue: QueueClient, results: ResultViews) -> None:
        self.queue = queue
        self.results = results
        self.changed = asyncio.Event()  #: set when an order was written, so that deliveries look at once
        self.cancelled: set[int] = set()  #: orders cancelled by command, whose status messages must follow

    async def reply(self, order: Order) -> Reply:
        """What the status message of an order says now."""
        status = await self.queue.orders.order_status(order.id)
        return (
            self.results.status(status)
            if status
            else Reply(translate("order_expired", order.language), final=True)
        )

    async def submit(self, new: NewOrder) -> Order:
        """Put the order into the queue; without outputs it is a draft."""
        order = await (self.queue.orders.save_draft(new) if is_draft(new) else self.queue.submit(new))
        log.info(
            "order_written", order=order.id, job=order.job, platform=order.platform, outputs=order.outputs
        )
        if order.state is not OrderState.DRAFT:
            self.changed.set()
        return order

    async def cancel_all(self, person: Person) -> int:
        """Cancel everything that a person has in the queue; returns how many orders that were."""
        cancelled = 0
        for status in await self.open_orders(person):
            if await self.queue.orders.cancel(status.order.id):  # else it had just ended
                self.cancelled.add(status.order.id)
                cancelled += 1
        self.changed.set()
        return cancelled

    async def open_orders(self, person: Person) -> list[OrderStatus]:
        """A person's orders that are not finished."""
        open_orders = await self.queue.orders.open_orders(person.id.partition(":")[0])
        return [each for each in open_orders if each.order.owner == person.id]

    async def finished(self, person: Person) -> list[FinishedOrder]:
        """A person's latest results, newest first."""
        return await self.queue.people.finished_orders(person.id, SEARCHED)

    async def recent(self, person: Person, chat: str = "") -> list[FinishedOrder]:
        """As many as a list shows; in a group, where everybody reads it, only those of the group."""
        return [each for each in await self.finished(person) if chat in {"", each.order.place}][:LIST_LENGTH]

    async def refuse_over_daily_limit(self, chat: str, preferences: Preferences) -> None:
        """Refuse what is over the songs a day that a group's moderators chose.

        Raises:
            Busy: The group has used them up.
        """
        if chat and (daily := int(preferences.daily or 0)):
            count, ends_s = await self.queue.people.orders_within(chat, DAY_S)
            if count >= daily:
                raise Busy(limit="place_day", most=daily, ends_s=ends_s)

    async def retry_smaller(self, delivery: Delivery, than_bytes: int) -> None:
        """Encode a result smaller whose chat did not take a file of this size, or leave it to the link."""
        await self.queue.remake_smaller(delivery, than_bytes)
        self.changed.set()


def is_draft(order: NewOrder) -> bool:
    """Whether the outputs are still to be chosen."""
    return not order.outputs.partition(":")[0]
