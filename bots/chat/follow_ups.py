"""Words as a reply to one of our own messages: `now bassless please` under a status message or a result.

They are about the song of that message's order. A result's own files are never taken as songs: who thanks for
one is not asked what they would like of it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bots.chat.messages import Reply
from bots.i18n.translate import error_message
from bots.intents.read import read_intent
from separator import OrderState
from separator.core.outputs import Format
from storage import StembotError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bots.chat.buttons import Buttons
    from bots.chat.messages import ButtonClick
    from bots.chat.orders import OrderService
    from bots.chat.preferences import PreferenceStore
    from separator import Order

SEARCHED = 200  #: latest orders of a person or group among which the one replied to is looked for


class FollowUps:
    """Answers what people say to the bot's messages."""

    def __init__(self, orders: OrderService, preferences: PreferenceStore, buttons: Buttons) -> None:
        self._orders = orders
        self._preferences = preferences
        self._buttons = buttons

    async def find_order(self, owner: str, chat: str, is_answer: Callable[[Order], bool]) -> Order | None:
        """The order that a message of ours answers; in a group also somebody else's.

        Args:
            owner: Who replies to it.
            chat: The group, as orders have it; empty in private.
            is_answer: Whether the message is the status or a file of this order.
        """
        latest = await self._orders.queue.orders.latest(owner, chat, SEARCHED)
        return next((each for each in latest if is_answer(each)), None)

    async def serve(self, click: ButtonClick, order: Order, words: str) -> AsyncIterator[Reply]:
        """Order what the words say of this order's song, for who says it; nothing where they say nothing.

        `click` is the message as if it were a click under the order.
        """
        person = click.person
        try:
            person, preferences = await self._preferences.apply(person, click.chat)
            outputs = read_intent(words, person.language, default=_format_of(order))
            if outputs is None:
                return
            await self._orders.refuse_over_daily_limit(click.chat, preferences)
            # A draft's own message stays: the answer has one of its own.
            answered = replace(order, state=OrderState.SENT)
            async for reply in self._buttons.order_again(replace(click, person=person), answered, outputs):
                yield replace(reply, new_message=False)
        except StembotError as error:
            yield Reply(error_message(error, person.language), final=True)


def _format_of(order: Order) -> Format:
    """The format of an order's files, as a plain file: a stem file holds a complete song."""
    name = order.outputs.partition(":")[2].partition("-")[0]
    found = next((each for each in Format if each.value == name), Format.MP3)
    return Format.M4A if found is Format.STEM_MP4 else found
