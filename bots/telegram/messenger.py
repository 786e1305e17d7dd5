"""Posts and edits the bot's messages: edits only what changes, never replaces a result by progress.

Handlers and the delivery service write the same status message; a lock for each message keeps their edits in
order, and once it shows a final reply, a late progress edit is dropped.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import structlog
from telegram import LinkPreviewOptions, ReplyParameters
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import RetryAfter, TelegramError

from bots.chat.messages import RetryLater
from bots.telegram.delivery_check import DeliveryCheck
from bots.telegram.errors import ChatMoved, StatusGone, TopicClosed, retry_after_s, translate_errors
from bots.telegram.rate_limiter import DEFERRABLE, RateLimiter
from bots.telegram.render import markup_of, text_of

if TYPE_CHECKING:
    from telegram import Chat, InlineKeyboardMarkup, User
    from telegram.ext import ExtBot

    from bots.chat.messages import Reply
    from bots.telegram.address import Address

log = structlog.get_logger()

MAX_MESSAGES = 2000  #: status messages in memory; more than a day of a small bot
MAX_WAIT_S = 5.0  #: a result that would wait longer for its chat is postponed, so that others go first
LONGEST_PAUSE_S = 30.0
MODERATORS = frozenset({ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR})
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass
class RenderedState:
    """What a status message shows."""

    rendered: tuple[str, InlineKeyboardMarkup | None] | None = None
    final: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    replaced_by: Address | None = None  #: the new message since this one was deleted


class Messenger:
    """Posts and edits for one bot."""

    def __init__(self, bot: ExtBot[int]) -> None:
        """Nothing is sent yet."""
        self.bot = bot
        self._limiter = bot.rate_limiter if isinstance(bot.rate_limiter, RateLimiter) else RateLimiter()
        self.delivery_check = DeliveryCheck(bot)
        self._states: OrderedDict[tuple[int, int], RenderedState] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    async def post(self, address: Address, reply: Reply) -> Address:
        """Send a new status message; returns its address.

        Raises:
            Unreachable: The chat will never accept it.
            RetryLater: Not now.
        """
        rendered = self._render(address, reply)
        try:
            message = await translate_errors(
                self.bot.send_message(
                    chat_id=address.chat,
                    text=rendered[0],
                    reply_markup=rendered[1],
                    link_preview_options=_NO_PREVIEW,
                    **reply_arguments(address),
                )
            )
        except TopicClosed:
            if not address.thread:
                raise
            return await self.post(replace(address, thread=0, song=0), reply)
        except ChatMoved as moved:
            return await self.post(replace(address, chat=moved.chat, song=0, asked=0), reply)
        posted = replace(address, status=message.message_id if message else 0)
        self.delivery_check.record_message(posted.chat, posted.status)
        state = self._state_of(posted)
        state.rendered, state.final = rendered, reply.final
        return posted

    async def post_with_retry(self, address: Address, reply: Reply) -> Address:
        """Post or edit until Telegram accepts it, however long the network is down.

        Raises:
            Unreachable: The chat will never accept it.
        """
        pause_s = 1.0
        while True:
            try:
                return await (self.edit if address.status else self.post)(address, reply)
            except RetryLater as later:
                await asyncio.sleep(max(pause_s, later.after_s))
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    async def edit(self, address: Address, reply: Reply, *, deferrable: bool = False) -> Address:
        """Edit the status message to show `reply`; if it was deleted, send a new one.

        A deferrable reply is not sent again: another follows.

        Args:
            address: Where it was posted.
            reply: What to show.
            deferrable: It may be dropped: another edit follows.

        Returns:
            Its address now.

        Raises:
            Unreachable: The chat will never accept it.
            RetryLater: Not now; a deferrable edit also when the chat has no spare capacity.
        """
        state = self._state_of(address)
        async with state.lock:
            current = state.replaced_by or address
            try:
                await self._edit(current, reply, deferrable)
            except (StatusGone, ChatMoved) as gone:
                if deferrable and isinstance(gone, StatusGone) and current.status:
                    return current  # who deleted it does not want to see how far it is
                chat = gone.chat if isinstance(gone, ChatMoved) else current.chat
                current = await self.post(replace(current, chat=chat, status=0), reply)
                state.replaced_by = current
        return current

    async def _edit(self, address: Address, reply: Reply, deferrable: bool) -> None:
        state = self._state_of(address)
        rendered = self._render(address, reply)
        if state.rendered == rendered or (state.final and not reply.final):
            return
        if not address.status:
            raise StatusGone
        await translate_errors(
            self.bot.edit_message_text(
                chat_id=address.chat,
                message_id=address.status,
                text=rendered[0],
                reply_markup=rendered[1],
                link_preview_options=_NO_PREVIEW,
                rate_limit_args=DEFERRABLE if deferrable else None,
            )
        )
        state.rendered, state.final = rendered, reply.final

    def _render(self, address: Address, reply: Reply) -> tuple[str, InlineKeyboardMarkup | None]:
        """Text and buttons of the reply, as this chat can show them."""
        inline = bool(self.bot.bot.supports_inline_queries)
        return text_of(reply), markup_of(reply, private=address.chat > 0, inline=inline)

    def _state_of(self, address: Address) -> RenderedState:
        key = (address.chat, address.status)
        state = self._states.setdefault(key, RenderedState())
        self._states.move_to_end(key)
        while len(self._states) > MAX_MESSAGES:
            self._states.popitem(last=False)
        return state

    def wait_s(self, address: Address, calls: int) -> float:
        """Seconds that so many calls would wait in this chat."""
        return self._limiter.wait_s(address.chat, calls)

    def require_capacity(self, address: Address, calls: int, max_wait_s: float = MAX_WAIT_S) -> None:
        """Refuse while this chat is at its rate limit, so that other chats do not wait behind it.

        Raises:
            RetryLater: It would take longer than `max_wait_s`.
        """
        wait_s = self.wait_s(address, calls)
        if wait_s > max_wait_s:
            raise RetryLater(wait_s)

    async def is_moderator(self, user: User | None, chat: Chat) -> bool:
        """Whether this user moderates the group; no, if Telegram does not say."""
        if user is None or chat.type == ChatType.PRIVATE:
            return False
        with contextlib.suppress(TelegramError):
            return (await self.bot.get_chat_member(chat.id, user.id)).status in MODERATORS
        return False

    def react(self, address: Address, emoji: str, *, tries: int = 1) -> None:
        """Add a reaction to the user's message in the background.

        Args:
            address: Its `asked` is that message.
            emoji: One that Telegram allows.
            tries: How often it is tried while the chat has no spare capacity.
        """
        if address.asked:
            task = asyncio.create_task(self._react(address, emoji, tries))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _react(self, address: Address, emoji: str, tries: int) -> None:
        for remaining in reversed(range(tries)):
            try:
                await self.bot.set_message_reaction(
                    address.chat, address.asked, emoji, rate_limit_args=DEFERRABLE
                )
            except RetryAfter as limited:
                if remaining:
                    await asyncio.sleep(retry_after_s(limited))
            except TelegramError:  # a group may forbid reactions; then there is none
                return
            else:
                return


def reply_arguments(address: Address) -> dict[str, Any]:
    """The arguments that put a message into the topic, as a reply to the song."""
    arguments: dict[str, Any] = {}
    if address.thread:
        arguments["message_thread_id"] = address.thread
    if address.song:
        arguments["reply_parameters"] = ReplyParameters(address.song, allow_sending_without_reply=True)
    return arguments
