"""Handles messages: turns a Telegram message into a request, and shows the replies."""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import structlog

from bots.chat.messages import Request, Song, Unreachable
from bots.operations.token_bucket import TokenBucket
from bots.telegram.address import Address
from bots.telegram.albums import Albums
from bots.telegram.follow_ups import FollowUpHandler
from bots.telegram.status import StatusMessage
from bots.telegram.update_parser import (
    RECENT,
    address_of,
    author_of,
    group_id_of,
    moved_chat_of,
    name_of,
    read_message,
    request_id_of,
    sound_of,
)

if TYPE_CHECKING:
    from telegram import Message, Update
    from telegram.ext import ContextTypes

    from bots.chat.messages import Person
    from bots.chat.service import ChatService
    from bots.telegram.fetch import Fetcher
    from bots.telegram.messenger import Messenger
    from bots.telegram.update_parser import ParsedMessage


log = structlog.get_logger()

#: (burst, a second): commands of one person that are answered; who sends more is not spoken to meanwhile.
COMMANDS_PER_PERSON = (10, 0.2)
MAX_PEOPLE = 1000  #: whose commands are counted


@dataclass(frozen=True)
class FileLimits:
    """The Bot API server's limits on files, in bytes."""

    download_bytes: int
    upload_bytes: int


class ChatMessageHandler:
    """Answers the messages to one bot."""

    def __init__(
        self, service: ChatService, messenger: Messenger, fetcher: Fetcher, limits: FileLimits
    ) -> None:
        self._service = service
        self._messenger = messenger
        self._fetcher = fetcher
        self._limits = limits
        self._albums = Albums()
        self._follow_ups = FollowUpHandler(service, messenger, limits.upload_bytes)
        self._allowed: OrderedDict[str, TokenBucket] = OrderedDict()
        commands = service.commands
        self._commands = {
            "start": commands.help,
            "help": commands.help,
            "queue": commands.queue,
            "cancel": commands.cancel,
            "privacy": commands.privacy,
            "settings": commands.settings,
            "mixer": commands.mixer,
            RECENT: commands.stems,
        }

    async def on_message(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Handle any message in any chat of the bot."""
        message = update.message or update.channel_post
        if message is None:
            return
        self._messenger.delivery_check.record_message(message.chat.id, message.message_id)
        if message.migrate_to_chat_id:
            await self._service.preferences.move_chat(*moved_chat_of(message))
            return
        parsed = read_message(message, self._messenger.bot.bot)
        parsed = await self._albums.with_album_words(message, parsed)
        if parsed is not None:
            with contextlib.suppress(Unreachable):
                await self._serve(message, parsed)

    async def on_edit(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Handle an edited message: words that are corrected, where they have not been acted on yet."""
        message = update.edited_message or update.edited_channel_post
        parsed = read_message(message, self._messenger.bot.bot) if message else None
        if message is None or parsed is None or not parsed.words or parsed.song is None or parsed.replied:
            return
        request_id = request_id_of(message)
        with contextlib.suppress(Unreachable):
            if draft := await self._service.songs.find_draft(request_id):
                edited_s = message.edit_date.timestamp() if message.edit_date else 0.0
                await self._follow_ups.serve(message, draft, parsed.words, f"{request_id}:{edited_s:.0f}")
            elif not await self._service.songs.address_of(request_id):
                await self._serve_song(message, parsed, author_of(message))

    async def _serve(self, message: Message, parsed: ParsedMessage) -> None:
        """Answer what a message asks for."""
        if parsed.replied:
            if order := await self._follow_ups.order_replied_to(message, parsed):
                await self._follow_ups.serve(message, order, parsed.words)
                return
            if not self._follow_ups.means_outputs(message, parsed.words):
                return  # who thanks for something old is not asked what they would like of it
        if parsed.song is not None:
            await self._serve_song(message, parsed, author_of(message))
        else:
            await self._run_command(message, parsed.command)

    async def _run_command(self, message: Message, command: str) -> None:
        """Answer a command that needs no song, or a message without one."""
        person, group = author_of(message), group_id_of(message.chat)
        if not self._may_ask(person):  # one person's flood must not use up what a chat may be sent
            if command == "cancel":
                await self._service.commands.cancel(person, group)
            return
        if group and command == "settings" and not person.moderator:
            moderator = await self._messenger.is_moderator(message.from_user, message.chat)
            person = replace(person, moderator=moderator)
        run = self._commands.get(command, self._service.commands.no_song)
        await StatusMessage(self._messenger, address_of(message, None)).show(await run(person, group))

    def _may_ask(self, person: Person) -> bool:
        """Whether this command of a person is answered; each spends one."""
        bucket = self._allowed.setdefault(person.id, TokenBucket(*COMMANDS_PER_PERSON))
        self._allowed.move_to_end(person.id)
        while len(self._allowed) > MAX_PEOPLE:
            self._allowed.popitem(last=False)
        if bucket.tokens < 1:
            log.info("command_not_answered", person=person.id)
            return False
        bucket.spend()
        return True

    async def _serve_song(self, message: Message, parsed: ParsedMessage, person: Person) -> None:
        """Show every reply to a song in one status message."""
        # Known: the message came before, and the bot was killed while handling it.
        known = await self._service.songs.address_of(request_id_of(message))
        address = Address.read(known) if known else address_of(message, parsed.song)
        status = StatusMessage(self._messenger, address)
        async for reply in self._service.songs.serve(self._request(message, parsed, person, status)):
            first = not status.address.status
            await status.show(reply)
            if first and not reply.final:
                self._messenger.react(status.address, "👀")

    def _request(
        self, message: Message, parsed: ParsedMessage, person: Person, status: StatusMessage
    ) -> Request:
        carrier = parsed.song or message
        sound = sound_of(carrier)
        if sound is None:  # `read_message` returns only messages with sound
            raise ValueError("a message without sound was taken for a song")
        fetch = partial(self._fetcher.fetch, sound.file_id)
        return Request(
            id=request_id_of(message),
            person=person,
            platform="telegram",
            text=parsed.words,
            song=Song(name=name_of(carrier, sound), size_bytes=sound.file_size, fetch=fetch),
            reply_to=status.address_text,
            upload_limit_bytes=self._limits.upload_bytes,
            download_limit_bytes=self._limits.download_bytes,
            chat=group_id_of(message.chat),
            answer_url=lambda address: Address.read(address).url(),
        )
