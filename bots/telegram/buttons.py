"""Handles button clicks: each is answered within a second, once."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog
from telegram import Message
from telegram.constants import ChatType
from telegram.error import TelegramError

from bots.chat.messages import ButtonClick, Unreachable
from bots.telegram.address import Address
from bots.telegram.render import ALERT_UNITS, TOAST_UNITS, shorten, units
from bots.telegram.status import StatusMessage
from bots.telegram.update_parser import group_id_of, is_channel, person_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from telegram import CallbackQuery, MaybeInaccessibleMessage, Update
    from telegram.ext import ContextTypes

    from bots.chat.messages import Reply
    from bots.chat.service import ChatService
    from bots.telegram.handlers import FileLimits
    from bots.telegram.messenger import Messenger

log = structlog.get_logger()

ACKNOWLEDGE_S = 0.4  #: a click that is not answered by then is answered silently; users notice a second
DOUBLE_TAP_S = 2.0  #: another click of the same button within so long is a double tap


class CallbackAnswer:
    """The one answer that a click gets."""

    def __init__(self, query: CallbackQuery) -> None:
        self._query = query
        self._answered = False

    async def show(self, text: str) -> bool:
        """Show a short text over the chat. False: it is too long, or the click is answered already."""
        if self._answered or units(text) > TOAST_UNITS:
            return False
        self._answered = True
        # A click from before a restart may be too old to answer; it is still carried out.
        with contextlib.suppress(TelegramError):
            await self._query.answer(text or None, show_alert=units(text) > ALERT_UNITS)
        return True

    async def silently(self) -> None:
        """Answer without a text, if the click is not answered yet: the button stops spinning."""
        await self.show("")


@contextlib.asynccontextmanager
async def acknowledged(query: CallbackQuery) -> AsyncIterator[CallbackAnswer]:
    """Answer a click in time, whatever the block does."""
    answer = CallbackAnswer(query)

    async def answer_in_time() -> None:
        await asyncio.sleep(ACKNOWLEDGE_S)
        await answer.silently()

    task = asyncio.create_task(answer_in_time())
    try:
        yield answer
    finally:
        await answer.silently()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class ButtonHandler:
    """Answers the buttons under one bot's messages."""

    def __init__(self, service: ChatService, messenger: Messenger, limits: FileLimits) -> None:
        self._service = service
        self._messenger = messenger
        self._limits = limits
        #: Buttons being handled or just handled, and until when (monotonic seconds) a click is a double tap.
        self._handled: dict[tuple[int, int, int, str], float] = {}

    async def on_click(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Handle a click."""
        query = update.callback_query
        if query is None:
            return
        async with acknowledged(query) as answer:
            message = query.message
            if message is None or not query.data:
                return
            with self._once((query.from_user.id, message.chat.id, message.message_id, query.data)) as first:
                if first:
                    with contextlib.suppress(Unreachable):
                        await self._click(query, message, answer)

    @contextlib.contextmanager
    def _once(self, button: tuple[int, int, int, str]) -> Iterator[bool]:
        """Whether this is a person's first click on a button; the second of a double tap is not."""
        now = time.monotonic()
        self._handled = {key: until for key, until in self._handled.items() if until > now}
        if button in self._handled:
            yield False
            return
        self._handled[button] = float("inf")
        try:
            yield True
        finally:
            self._handled[button] = time.monotonic() + DOUBLE_TAP_S

    async def _click(
        self, query: CallbackQuery, message: MaybeInaccessibleMessage, answer: CallbackAnswer
    ) -> None:
        """Show the replies: over the chat, in this message, or in a new one."""
        status = StatusMessage(self._messenger, address_of_button(message))
        click = await self._read(query, message, status)
        try:
            async for reply in self._service.buttons.click(click):
                if reply.private:
                    await self._show_privately(query, message, answer, reply)
                else:
                    await answer.silently()
                    await status.show(reply)
        except Unreachable:
            raise
        except Exception as failure:
            log.exception("click_failed", click=click.id)
            reply = self._service.commands.failed(click.person, failure)
            await self._show_privately(query, message, answer, reply)

    async def _read(
        self, query: CallbackQuery, message: MaybeInaccessibleMessage, status: StatusMessage
    ) -> ButtonClick:
        """The click without Telegram's types."""
        moderator = await self._messenger.is_moderator(query.from_user, message.chat)
        return ButtonClick(
            id=f"telegram:press:{query.id}",
            person=person_of(query.from_user, message.chat, moderator=moderator),
            platform="telegram",
            code=query.data or "",
            reply_to=status.address_text,
            upload_limit_bytes=self._limits.upload_bytes,
            chat=group_id_of(message.chat),
            may_be=is_channel,
        )

    async def _show_privately(
        self, query: CallbackQuery, message: MaybeInaccessibleMessage, answer: CallbackAnswer, reply: Reply
    ) -> None:
        """Show a reply over the chat; where it is too late for that, in the private chat, if there is one."""
        private = message.chat.type == ChatType.PRIVATE
        if await answer.show(reply.text if private else shorten(reply.text, TOAST_UNITS)):
            return
        await answer.silently()
        here = replace(address_of_button(message), status=0)
        with contextlib.suppress(Unreachable):
            await self._messenger.post_with_retry(here if private else Address(query.from_user.id), reply)


def address_of_button(message: MaybeInaccessibleMessage) -> Address:
    """The address of the message with the button; Telegram hides the content of old messages."""
    if not isinstance(message, Message):
        return Address(chat=message.chat.id, status=message.message_id)
    song = message.reply_to_message.message_id if message.reply_to_message else 0
    thread = (message.message_thread_id or 0) if message.is_topic_message else 0
    return Address(chat=message.chat.id, song=song, thread=thread, status=message.message_id)
