"""Messages: theirs to ours, ours to theirs. What to say is the desk's affair; buttons are in `presses`."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from bots.chat.messages import Request, RetryLater, Song, Unreachable
from bots.telegram.address import Address
from bots.telegram.albums import Albums
from bots.telegram.update_parser import (
    RECENT,
    address_of,
    author_of,
    name_of,
    place_of,
    read_message,
    sound_of,
)

if TYPE_CHECKING:
    from telegram import Message, Update
    from telegram.ext import ContextTypes

    from bots.chat.messages import Person, Reply
    from bots.chat.service import ChatService
    from bots.telegram.fetch import Fetcher
    from bots.telegram.messenger import Messenger
    from bots.telegram.update_parser import ParsedMessage


@dataclass(frozen=True)
class Limits:
    """What the Bot API server takes and gives, in bytes."""

    takes_bytes: int
    sends_bytes: int


class StatusMessage:
    """The replies to one message or button, shown in one status message."""

    def __init__(self, messenger: Messenger, address: Address) -> None:
        """Start where the answer goes; without a status message the first reply makes one."""
        self._messenger = messenger
        self.address = address

    async def show(self, reply: Reply) -> None:
        """Show a reply, however long it takes; what the courier has shown since is not set back.

        What the courier will say anyhow is left to it where the chat has no room to spare.
        """
        if reply.new_message:
            self.address = replace(self.address, status=0)
        if reply.skippable and self.address.status:
            with contextlib.suppress(RetryLater):
                self.address = await self._messenger.edit(self.address, reply, spare=True)
        else:
            self.address = await self._messenger.post_with_retry(self.address, reply)

    def written(self) -> str:
        """The address as the job table keeps it."""
        return self.address.write()


class Messages:
    """Answers the messages to one bot."""

    def __init__(self, service: ChatService, messenger: Messenger, fetcher: Fetcher, limits: Limits) -> None:
        """Take the desk to ask, and the ways in and out."""
        self._service = service
        self._messenger = messenger
        self._fetcher = fetcher
        self._limits = limits
        self._albums = Albums()

    async def on_message(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Any message in any chat where we are."""
        message = update.message
        if message is None:
            return
        self._messenger.delivery_check.record_message(message.chat.id, message.message_id)
        parsed = read_message(message, self._messenger.bot.username)
        asked = await self._albums.with_album_words(message, parsed)
        if asked is None:
            return
        with contextlib.suppress(Unreachable):
            if asked.song is not None:
                await self._serve(message, asked, author_of(message))
            else:
                await self._tell(message, asked.command)

    async def _tell(self, message: Message, command: str) -> None:
        """Answer a command that needs no song."""
        person, place = author_of(message), place_of(message.chat)
        if (
            place and command == "settings" and not person.moderator
        ):  # only then it matters who runs the group
            person = replace(
                person, moderator=await self._messenger.is_moderator(message.from_user, message.chat)
            )
        exchange = StatusMessage(self._messenger, address_of(message, None))
        await exchange.show(await self._answer(command, person, place))

    async def _serve(self, message: Message, asked: ParsedMessage, person: Person) -> None:
        """A song: show each of the desk's replies in one status message."""
        known = await self._service.songs.address_of(_id(message))  # it came before, and the bot was killed
        address = Address.read(known) if known else address_of(message, asked.song)
        exchange = StatusMessage(self._messenger, address)
        request = self._request(message, asked, person, exchange)
        async for reply in self._service.songs.serve(request):
            first = not exchange.address.status
            await exchange.show(reply)
            if first and not reply.final:
                self._messenger.react(exchange.address, "👀")

    def _request(
        self, message: Message, asked: ParsedMessage, person: Person, exchange: StatusMessage
    ) -> Request:
        carrier = asked.song or message
        sound = sound_of(carrier)
        if sound is None:  # `read_message` names only messages with sound
            raise ValueError("a message without sound was taken for a song")
        fetch = partial(self._fetcher.fetch, sound.file_id)
        return Request(
            id=_id(message),
            person=person,
            platform="telegram",
            text=asked.words,
            song=Song(name=name_of(carrier, sound), size_bytes=sound.file_size, fetch=fetch),
            reply_to=exchange.written,
            upload_limit_bytes=self._limits.sends_bytes,
            download_limit_bytes=self._limits.takes_bytes,
            chat=place_of(message.chat),
            answer_url=lambda address: Address.read(address).url(),
        )

    async def _answer(self, command: str, person: Person, place: str) -> Reply:
        """The answer to a command that needs no song, or to a message without one."""
        answers = {
            "start": self._service.commands.help,
            "help": self._service.commands.help,
            "queue": self._service.commands.queue,
            "cancel": self._service.commands.cancel,
            "privacy": self._service.commands.privacy,
            "settings": self._service.commands.settings,
            "mixer": self._service.commands.mixer,
            RECENT: self._service.commands.stems,
        }
        return await answers.get(command, self._service.commands.no_song)(person, place)


def _id(message: Message) -> str:
    """The same message has the same id, however often it comes."""
    return f"telegram:{message.chat.id}:{message.message_id}"
