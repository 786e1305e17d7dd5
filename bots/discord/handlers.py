"""Theirs → ours: an interaction or a message becomes a `Request` or a `Press`, and the replies go back.

Every interaction is acknowledged before anything else is done, and answered whatever happens.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
import structlog

from bots.discord import places
from bots.discord.platform import SHOW_S
from bots.discord.render import card
from bots.discord.songs import attachments_of
from bots.discord.status import Status, as_reply, in_response
from bots.talk import Press, Request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from bots.desk import Desk
    from bots.discord.platform import DiscordPlatform
    from bots.discord.songs import Downloads
    from bots.talk import Person, Reply

    Interaction = discord.Interaction[Any]

log = structlog.get_logger()

ACKNOWLEDGE_S = 5.0  #: Discord takes an acknowledgement for three seconds; then nobody waits for it
_MENTION = re.compile(r"<@[!&]?\d+>")


class Handlers:
    """What happens on each command, button and message. Holds no state but who is being answered now."""

    def __init__(self, desk: Desk, platform: DiscordPlatform, downloads: Downloads, limit_bytes: int) -> None:
        """Translate between Discord and this desk; `limit_bytes` as in `places.limit_at`."""
        self._desk = desk
        self._platform = platform
        self._downloads = downloads
        self._limit_bytes = limit_bytes
        self._tongues = places.Tongues()
        self._busy: set[asyncio.Task[Any]] = set()

    async def separate(self, interaction: Interaction, song: discord.Attachment, words: str) -> None:
        """`/separate`."""
        await self._take_command(interaction, [song], words, asked=0)

    async def separate_message(self, interaction: Interaction, message: discord.Message) -> None:
        """The menu of a message: its songs, with the wish still to come."""
        await self._take_command(interaction, attachments_of(message), "", asked=message.id)

    async def press(self, interaction: Interaction, code: str) -> None:
        """A button, of this process or of one long gone."""
        await self._answer(interaction, lambda: self._press(interaction, code))

    async def help(self, interaction: Interaction) -> None:
        """`/help`."""

        async def greet(person: Person) -> Reply:
            return self._desk.greet(person)

        await self._tell(interaction, greet)

    async def privacy(self, interaction: Interaction) -> None:
        """`/privacy`."""

        async def privacy(person: Person) -> Reply:
            return self._desk.privacy(person)

        await self._tell(interaction, privacy)

    async def queue(self, interaction: Interaction) -> None:
        """`/queue`."""
        await self._tell(interaction, self._desk.queue)

    async def trouble(self, interaction: Interaction) -> None:
        """An interaction that no handler took: a command of an older version, an argument that is no file."""
        if interaction.response.is_done():
            await self._apologise(interaction)
            return
        await self._answer(interaction, lambda: self._apologise(interaction), thinking=True, ephemeral=True)

    async def message(self, message: discord.Message, me: discord.ClientUser) -> None:
        """A message: answered in private, and elsewhere only where it speaks to the bot."""
        in_private = message.guild is None
        if message.author.bot or not (in_private or me in message.mentions):
            return
        self._count()
        person = self._tongues.author_of(message)
        try:
            await self._take_message(message, person, spoken_to=in_private or me.mention in message.content)
        except Exception:  # one message must not stop the bot; the person is told
            log.exception("message_failed", message=message.id)
            await self._say(message, self._desk.trouble(person))

    async def drained(self, patience_s: float) -> None:
        """Return when everybody who is being answered has been, at the latest after `patience_s`."""
        busy = {task for task in self._busy if task is not asyncio.current_task()}
        if busy:
            await asyncio.wait(busy, timeout=patience_s)

    async def _answer(
        self, interaction: Interaction, work: Callable[[], Awaitable[None]], **acknowledged: bool
    ) -> None:
        """Acknowledge, work, and apologise if that went wrong."""
        self._count()
        try:
            async with asyncio.timeout(ACKNOWLEDGE_S):
                await interaction.response.defer(**acknowledged)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as late:
            log.warning("interaction_lost", interaction=interaction.id, trouble=type(late).__name__)
            return
        try:
            await work()
        except Exception:  # one interaction must not stop the bot; the person is told
            log.exception("interaction_failed", interaction=interaction.id)
            await self._apologise(interaction)

    async def _apologise(self, interaction: Interaction) -> None:
        try:
            await self._whisper(interaction, self._desk.trouble(self._person(interaction)))
        except (discord.HTTPException, aiohttp.ClientError, OSError) as trouble:
            log.warning("apology_lost", interaction=interaction.id, trouble=type(trouble).__name__)

    async def _tell(self, interaction: Interaction, answer: Callable[[Person], Awaitable[Reply]]) -> None:
        """Answer a command that only its person sees."""

        async def tell() -> None:
            reply = await answer(self._person(interaction))
            await interaction.edit_original_response(view=card(reply))

        await self._answer(interaction, tell, thinking=True, ephemeral=True)

    async def _take_command(
        self, interaction: Interaction, songs: Sequence[discord.Attachment], words: str, asked: int
    ) -> None:
        """Take the songs of a command; what stands against it is told at once, to its person alone."""
        person = self._person(interaction)
        if missing := places.missing_for(interaction):
            await self._say_at_once(interaction, self._desk.missing_permission(person, missing))
        elif not songs:
            await self._say_at_once(interaction, self._desk.no_song(person))
        else:
            await self._answer(
                interaction, lambda: self._take_songs(interaction, songs, words, asked), thinking=True
            )

    async def _take_songs(
        self, interaction: Interaction, songs: Sequence[discord.Attachment], words: str, asked: int
    ) -> None:
        person = self._person(interaction)
        limit = places.limit_for(interaction, self._limit_bytes)
        for number, song in enumerate(songs):
            status = Status(self._platform, in_response(interaction, asked, beside=number > 0))
            request = Request(
                id=_numbered(interaction.id, number),
                person=person,
                platform=self._platform.name,
                words=words,
                song=self._downloads.song(song),
                reply_to=status.address,
                limit_bytes=limit,
            )
            async for reply in self._desk.serve(request):
                await status.show(reply)

    async def _press(self, interaction: Interaction, code: str) -> None:
        asked = _asked_beside(interaction.message)
        status = Status(self._platform, in_response(interaction, asked))
        press = Press(
            id=f"discord:{interaction.id}",
            person=self._person(interaction),
            platform=self._platform.name,
            code=code,
            reply_to=status.address,
            limit_bytes=places.limit_for(interaction, self._limit_bytes),
        )
        async for reply in self._desk.press(press):
            if reply.private and not status.shown:
                await self._whisper(interaction, reply)
            else:  # a status message that was begun gets its end, even one meant for its person alone
                await status.show(reply)

    async def _take_message(self, message: discord.Message, person: Person, *, spoken_to: bool) -> None:
        words = _MENTION.sub(" ", message.content).strip()
        songs = attachments_of(message) or _songs_replied_to(message)
        if not songs:
            if spoken_to:
                await self._say(message, (self._desk.no_song if words else self._desk.greet)(person))
            return
        if missing := places.missing_at(message):
            await self._say(message, self._desk.missing_permission(person, missing))
            return
        for number, song in enumerate(songs):
            status = Status(self._platform, as_reply(message))
            request = Request(
                id=_numbered(message.id, number),
                person=person,
                platform=self._platform.name,
                words=words,
                song=self._downloads.song(song),
                reply_to=status.address,
                limit_bytes=places.limit_at(message.guild, self._limit_bytes),
            )
            async for reply in self._desk.serve(request):
                await status.show(reply)

    @staticmethod
    async def _say_at_once(interaction: Interaction, reply: Reply) -> None:
        """The acknowledgement is the answer."""
        try:
            async with asyncio.timeout(ACKNOWLEDGE_S):
                await interaction.response.send_message(view=card(reply), ephemeral=True)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as late:
            log.warning("interaction_lost", interaction=interaction.id, trouble=type(late).__name__)

    @staticmethod
    async def _whisper(interaction: Interaction, reply: Reply) -> None:
        async with asyncio.timeout(SHOW_S):
            await interaction.followup.send(view=card(reply), ephemeral=True)

    @staticmethod
    async def _say(message: discord.Message, reply: Reply) -> None:
        """Reply to a message; where that is not allowed, to its person in private; else not at all."""
        for send in (message.reply, message.author.send):
            try:
                async with asyncio.timeout(SHOW_S):
                    await send(view=card(reply))
            except discord.Forbidden:
                continue
            except (discord.HTTPException, aiohttp.ClientError, OSError) as trouble:
                log.warning("reply_lost", message=message.id, trouble=type(trouble).__name__)
            return

    def _person(self, interaction: Interaction) -> Person:
        return self._tongues.hear(places.person_of(interaction))

    def _count(self) -> None:
        """Remember that this task is answering somebody, until it ends."""
        task = asyncio.current_task()
        if task is not None:
            self._busy.add(task)
            task.add_done_callback(self._busy.discard)


def _numbered(message_id: int, number: int) -> str:
    """The id of a request; a message with several songs makes several."""
    return f"discord:{message_id}:{number}" if number else f"discord:{message_id}"


def _asked_beside(message: discord.Message | None) -> int:
    """The person's message that the message with the button replies to; 0 where it replies to none."""
    reference = message.reference if message else None
    return (reference.message_id if reference else None) or 0


def _songs_replied_to(message: discord.Message) -> list[discord.Attachment]:
    """The songs of the message that this one replies to, where Discord shows it to us."""
    replied = message.reference.resolved if message.reference else None
    return attachments_of(replied) if isinstance(replied, discord.Message) else []
