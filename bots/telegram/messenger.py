"""Our own messages in Telegram: posted, edited only when they change, never set back from a result.

Handlers and the courier write the same status message; a lock a message keeps their edits in order, and once
it shows a final reply, a late progress edit is dropped.
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
from bots.telegram.errors import Moved, StatusGone, seconds_of, translate_errors
from bots.telegram.rate_limiter import SPARE, RateLimiter
from bots.telegram.render import markup_of, text_of

if TYPE_CHECKING:
    from telegram import Chat, InlineKeyboardMarkup, User
    from telegram.ext import ExtBot

    from bots.chat.messages import Reply
    from bots.telegram.address import Address

log = structlog.get_logger()

REMEMBERED = 2000  #: status messages whose face is kept in mind; more than any day of a home bot
PATIENT_S = 5.0  #: a result that would wait longer for its chat is put off, so that others go first
LONGEST_PAUSE_S = 30.0
MODERATORS = frozenset({ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR})
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass
class RenderedState:
    """What a status message shows now."""

    shown: tuple[str, InlineKeyboardMarkup | None] | None = None
    final: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    moved: Address | None = None  #: where the person reads it since the first one was deleted


class Messenger:
    """Posts and edits for one bot."""

    def __init__(self, bot: ExtBot[bool]) -> None:
        """Take the bot; nothing is sent yet."""
        self.bot = bot
        self._pace = bot.rate_limiter if isinstance(bot.rate_limiter, RateLimiter) else RateLimiter()
        self.probe = DeliveryCheck(bot)
        self._faces: OrderedDict[tuple[int, int], RenderedState] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    async def post(self, address: Address, reply: Reply) -> Address:
        """Write a new status message; returns the address with it.

        Raises:
            Unreachable: The chat will never take it.
            ComeBack: Not now.
        """
        face = self._drawn(address, reply)
        try:
            message = await translate_errors(
                self.bot.send_message(
                    chat_id=address.chat,
                    text=face[0],
                    reply_markup=face[1],
                    link_preview_options=_NO_PREVIEW,
                    **where(address),
                )
            )
        except Moved as moved:
            return await self.post(replace(address, chat=moved.chat, song=0, asked=0), reply)
        posted = replace(address, status=message.message_id if message else 0)
        self.probe.saw(posted.chat, posted.status)
        known = self._rendered(posted)
        known.shown, known.final = face, reply.final
        return posted

    async def post_with_retry(self, address: Address, reply: Reply) -> Address:
        """Post or edit until Telegram takes it: who sent a song is answered, however long the line is down.

        Raises:
            Unreachable: The chat will never take it.
        """
        pause_s = 1.0
        while True:
            try:
                return await (self.edit if address.status else self.post)(address, reply)
            except RetryLater as later:
                await asyncio.sleep(max(pause_s, later.after_s))
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    async def edit(self, address: Address, reply: Reply, *, spare: bool = False) -> Address:
        """Turn the status message into `reply`; where it was deleted, write a new one.

        Args:
            address: Where it was posted.
            reply: What it shall say.
            spare: It may be put off: there will be another.

        Returns:
            The address at which it stands now.

        Raises:
            Unreachable: The chat will never take it.
            ComeBack: Not now; a spare edit also when the chat has had enough for the moment.
        """
        first = self._rendered(address)
        async with first.lock:
            here = first.moved or address
            try:
                await self._edit(here, reply, spare)
            except (StatusGone, Moved) as gone:
                chat = gone.chat if isinstance(gone, Moved) else here.chat
                here = await self.post(replace(here, chat=chat, status=0), reply)
                first.moved = here
        return here

    async def _edit(self, address: Address, reply: Reply, spare: bool) -> None:
        known = self._rendered(address)
        face = self._drawn(address, reply)
        if known.shown == face or (known.final and not reply.final):
            return
        if not address.status:
            raise StatusGone
        await translate_errors(
            self.bot.edit_message_text(
                chat_id=address.chat,
                message_id=address.status,
                text=face[0],
                reply_markup=face[1],
                link_preview_options=_NO_PREVIEW,
                rate_limit_args=SPARE if spare else None,
            )
        )
        known.shown, known.final = face, reply.final

    def _drawn(self, address: Address, reply: Reply) -> tuple[str, InlineKeyboardMarkup | None]:
        """The reply as this chat can show it."""
        inline = bool(self.bot.bot.supports_inline_queries)
        return text_of(reply), markup_of(reply, private=address.chat > 0, inline=inline)

    def _rendered(self, address: Address) -> RenderedState:
        key = (address.chat, address.status)
        face = self._faces.setdefault(key, RenderedState())
        self._faces.move_to_end(key)
        while len(self._faces) > REMEMBERED:
            self._faces.popitem(last=False)
        return face

    def wait_s(self, address: Address, calls: int) -> float:
        """How long so many calls would wait for their turn in this chat."""
        return self._pace.wait_s(address.chat, calls)

    def make_room(self, address: Address, calls: int, patient_s: float = PATIENT_S) -> None:
        """Give way to other chats while this one has had enough: nobody waits behind a busy group.

        Raises:
            ComeBack: It would take longer than `patient_s`.
        """
        wait_s = self.wait_s(address, calls)
        if wait_s > patient_s:
            raise RetryLater(wait_s)

    async def moderates(self, user: User | None, chat: Chat) -> bool:
        """Whether this person runs the group; where Telegram does not say, no."""
        if user is None or chat.type == ChatType.PRIVATE:
            return False
        with contextlib.suppress(TelegramError):
            return (await self.bot.get_chat_member(chat.id, user.id)).status in MODERATORS
        return False

    def react(self, address: Address, emoji: str, *, tries: int = 1) -> None:
        """Put a quiet sign under the person's message, by and by; nobody waits for it.

        Args:
            address: Whose `asked` is that message.
            emoji: One of Telegram's.
            tries: How often it is tried while the chat has had enough for the moment.
        """
        if address.asked:
            task = asyncio.create_task(self._react(address, emoji, tries))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _react(self, address: Address, emoji: str, tries: int) -> None:
        for left in reversed(range(tries)):
            try:
                await self.bot.set_message_reaction(address.chat, address.asked, emoji, rate_limit_args=SPARE)
            except RetryAfter as full:
                if left:
                    await asyncio.sleep(seconds_of(full))
            except TelegramError:  # a group may forbid reactions; then there is none
                return
            else:
                return


def where(address: Address) -> dict[str, Any]:
    """The arguments that put a message into the topic, as a reply to the song."""
    there: dict[str, Any] = {}
    if address.thread:
        there["message_thread_id"] = address.thread
    if address.song:
        there["reply_parameters"] = ReplyParameters(address.song, allow_sending_without_reply=True)
    return there
