"""Buttons: every press is answered, within a second, once."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from telegram import Message
from telegram.error import TelegramError

from bots.chat.messages import ButtonClick, Unreachable
from bots.telegram.address import Address
from bots.telegram.handlers import StatusMessage
from bots.telegram.render import ALERT_UNITS, TOAST_UNITS, units
from bots.telegram.update_parser import person_of, place_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from telegram import CallbackQuery, MaybeInaccessibleMessage, Update
    from telegram.ext import ContextTypes

    from bots.chat.service import ChatService
    from bots.telegram.handlers import Limits
    from bots.telegram.messenger import Messenger

ACKNOWLEDGE_S = 0.4  #: a press that is not answered by then is answered silently; people notice a second
DOUBLE_TAP_S = 2.0  #: a press of the same button so soon after the first meant the first


class CallbackAnswer:
    """The one answer that a press gets."""

    def __init__(self, query: CallbackQuery) -> None:
        """Take the press; it is unanswered."""
        self._query = query
        self._given = False

    async def translate(self, text: str) -> bool:
        """Show a short text over the chat. False: it is too long, or the answer is given already."""
        if self._given or units(text) > TOAST_UNITS:
            return False
        self._given = True
        # A press from before a restart may be too old to answer; what it asks for is done all the same.
        with contextlib.suppress(TelegramError):
            await self._query.answer(text or None, show_alert=units(text) > ALERT_UNITS)
        return True

    async def silently(self) -> None:
        """Take the waiting sign off the button, if nothing has yet."""
        await self.translate("")


@contextlib.asynccontextmanager
async def acknowledged(query: CallbackQuery) -> AsyncIterator[CallbackAnswer]:
    """See to it that a press is answered in time, whatever the block does."""
    answer = CallbackAnswer(query)

    async def in_time() -> None:
        await asyncio.sleep(ACKNOWLEDGE_S)
        await answer.silently()

    task = asyncio.create_task(in_time())
    try:
        yield answer
    finally:
        await answer.silently()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class ButtonHandler:
    """Answers the buttons under one bot's messages."""

    def __init__(self, service: ChatService, messenger: Messenger, limits: Limits) -> None:
        """Take the desk to ask, and the way out."""
        self._service = service
        self._messenger = messenger
        self._limits = limits
        #: Buttons in hand or just done, and until when (monotonic seconds): a double tap is one press.
        self._taken: dict[tuple[int, int, str], float] = {}

    async def on_press(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """A button was pressed."""
        query = update.callback_query
        if query is None:
            return
        async with acknowledged(query) as answer:
            under = query.message
            if under is None or not query.data:
                return
            with self._once((under.chat.id, under.message_id, query.data)) as first:
                if first:
                    with contextlib.suppress(Unreachable):
                        await self._press(query, under, answer)

    @contextlib.contextmanager
    def _once(self, button: tuple[int, int, str]) -> Iterator[bool]:
        """Whether this press is the first of its button; the second of a double tap is not."""
        now = time.monotonic()
        self._taken = {key: until for key, until in self._taken.items() if until > now}
        if button in self._taken:
            yield False
            return
        self._taken[button] = float("inf")
        try:
            yield True
        finally:
            self._taken[button] = time.monotonic() + DOUBLE_TAP_S

    async def _press(
        self, query: CallbackQuery, under: MaybeInaccessibleMessage, answer: CallbackAnswer
    ) -> None:
        """Show what the desk replies: over the chat, in this message, or in a new one."""
        exchange = StatusMessage(self._messenger, address_under(under))
        moderator = await self._messenger.is_moderator(query.from_user, under.chat)
        press = ButtonClick(
            id=f"telegram:press:{query.id}",
            person=person_of(query.from_user, under.chat, moderator=moderator),
            platform="telegram",
            code=query.data or "",
            reply_to=exchange.written,
            upload_limit_bytes=self._limits.sends_bytes,
            chat=place_of(under.chat),
        )
        async for reply in self._service.buttons.click(press):
            if not (reply.private and await answer.translate(reply.text)):
                await answer.silently()
                await exchange.show(replace(reply, new_message=reply.new_message or reply.private))


def address_under(under: MaybeInaccessibleMessage) -> Address:
    """The place of the message that a button stands under; Telegram hides the content of old ones."""
    if not isinstance(under, Message):
        return Address(chat=under.chat.id, status=under.message_id)
    song = under.reply_to_message.message_id if under.reply_to_message else 0
    thread = (under.message_thread_id or 0) if under.is_topic_message else 0
    return Address(chat=under.chat.id, song=song, thread=thread, status=under.message_id)
