"""Our own messages in Telegram: posted, edited only when they change, never set back from a result.

Handlers and the courier write the same status message; a lock a message keeps their edits in order, and once
it shows a final reply, a late progress edit is dropped.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import OrderedDict, deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import structlog
from telegram import LinkPreviewOptions, ReplyParameters
from telegram.error import TelegramError

from bots.talk import ComeBack
from bots.telegram.probe import Probe
from bots.telegram.render import markup_of, text_of
from bots.telegram.trouble import Moved, StatusGone, told_apart

if TYPE_CHECKING:
    from telegram import Bot, InlineKeyboardMarkup

    from bots.talk import Reply
    from bots.telegram.address import Address

log = structlog.get_logger()

REMEMBERED = 2000  #: status messages whose face is kept in mind; more than any day of a home bot
#: Progress edits in one group and minute. Telegram takes 20 messages a minute there; half stay for answers.
GROUP_EDITS = 10
GROUP_WINDOW_S = 60.0
LONGEST_PAUSE_S = 30.0
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass
class _Face:
    """What a status message shows now."""

    shown: tuple[str, InlineKeyboardMarkup | None] | None = None
    final: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    moved: Address | None = None  #: where the person reads it since the first one was deleted


class Messenger:
    """Posts and edits for one bot."""

    def __init__(self, bot: Bot) -> None:
        """Take the bot; nothing is sent yet."""
        self.bot = bot
        self.probe = Probe(bot)
        self._faces: OrderedDict[tuple[int, int], _Face] = OrderedDict()
        self._edits: dict[int, deque[float]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def post(self, address: Address, reply: Reply) -> Address:
        """Write a new status message; returns the address with it.

        Raises:
            Unreachable: The chat will never take it.
            ComeBack: Not now.
        """
        face = (text_of(reply), markup_of(reply))
        try:
            message = await told_apart(
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
        known = self._face(posted)
        known.shown, known.final = face, reply.final
        return posted

    async def insist(self, address: Address, reply: Reply) -> Address:
        """Post until Telegram takes it: a person who sent a song is answered, however long the line is down.

        Raises:
            Unreachable: The chat will never take it.
        """
        pause_s = 1.0
        while True:
            try:
                return await self.post(address, reply)
            except ComeBack as later:
                await asyncio.sleep(max(pause_s, later.after_s))
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    async def edit(self, address: Address, reply: Reply) -> Address:
        """Turn the status message into `reply`; where it was deleted, write a new one.

        Returns: The address at which it stands now.

        Raises:
            Unreachable: The chat will never take it.
            ComeBack: Not now; for progress also when the group has had enough edits this minute.
        """
        first = self._face(address)
        async with first.lock:
            here = first.moved or address
            try:
                await self._edit(here, reply)
            except (StatusGone, Moved) as gone:
                chat = gone.chat if isinstance(gone, Moved) else here.chat
                here = await self.post(replace(here, chat=chat, status=0), reply)
                first.moved = here
        return here

    async def _edit(self, address: Address, reply: Reply) -> None:
        known = self._face(address)
        face = (text_of(reply), markup_of(reply))
        if known.shown == face or (known.final and not reply.final):
            return
        if not reply.final:
            self._spare(address.chat)
        if not address.status:
            raise StatusGone
        await told_apart(
            self.bot.edit_message_text(
                chat_id=address.chat,
                message_id=address.status,
                text=face[0],
                reply_markup=face[1],
                link_preview_options=_NO_PREVIEW,
            )
        )
        known.shown, known.final = face, reply.final

    def _spare(self, chat: int) -> None:
        """Keep progress from using up what a group may be sent."""
        if chat > 0:  # private chats have positive ids and no such limit
            return
        edits = self._edits.setdefault(chat, deque())
        now = time.monotonic()
        while edits and now - edits[0] > GROUP_WINDOW_S:
            edits.popleft()
        if len(edits) >= GROUP_EDITS:
            raise ComeBack(GROUP_WINDOW_S - (now - edits[0]))
        edits.append(now)

    def _face(self, address: Address) -> _Face:
        key = (address.chat, address.status)
        face = self._faces.setdefault(key, _Face())
        self._faces.move_to_end(key)
        while len(self._faces) > REMEMBERED:
            self._faces.popitem(last=False)
        return face

    def react(self, address: Address, emoji: str) -> None:
        """Put a quiet sign under the person's message, by and by; nobody waits for it."""
        if address.asked:
            task = asyncio.create_task(self._react(address, emoji))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _react(self, address: Address, emoji: str) -> None:
        with contextlib.suppress(TelegramError):  # a group may forbid reactions; then there is none
            await self.bot.set_message_reaction(address.chat, address.asked, emoji)


def where(address: Address) -> dict[str, Any]:
    """The arguments that put a message into the topic, as a reply to the song."""
    there: dict[str, Any] = {}
    if address.thread:
        there["message_thread_id"] = address.thread
    if address.song:
        there["reply_parameters"] = ReplyParameters(address.song, allow_sending_without_reply=True)
    return there
