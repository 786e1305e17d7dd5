"""Theirs → ours: an interaction or a message becomes a `Request` or a `ButtonClick`, and the replies go back.

Every interaction is acknowledged before anything else is done, and answered whatever happens.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
import structlog

from bots.chat.messages import ButtonClick, Request
from bots.discord import permissions
from bots.discord.attachments import attachments_of
from bots.discord.forms import form, read_form
from bots.discord.interactions import InteractionHandler, at_once
from bots.discord.platform import SHOW_S
from bots.discord.render import card
from bots.discord.status import Status, as_reply, in_response

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bots.chat.messages import Person, Reply
    from bots.chat.service import ChatService
    from bots.discord.attachments import Downloads
    from bots.discord.platform import DiscordPlatform

    Interaction = discord.Interaction[Any]

log = structlog.get_logger()


@dataclass(frozen=True)
class ParsedMessage:
    """What a command says besides its song."""

    words: str = ""
    format: str = ""
    effort: str = ""
    beside: int = 0  #: the message that holds the song; 0 where there is none


_MENTION = re.compile(r"<@[!&]?\d+>")


class Handlers(InteractionHandler):
    """What happens on each command with a song, button and message."""

    def __init__(
        self,
        service: ChatService,
        tongues: permissions.LanguageCache,
        platform: DiscordPlatform,
        downloads: Downloads,
        limit_bytes: int,
    ) -> None:
        """Translate between Discord and this desk; `limit_bytes` as in `places.limit_at`."""
        super().__init__(service, tongues)
        self._platform = platform
        self._downloads = downloads
        self._limit_bytes = limit_bytes

    async def separate(
        self, interaction: Interaction, song: discord.Attachment | None, asked: ParsedMessage
    ) -> None:
        """`/separate`; without a song a form asks for one."""
        if song is None:
            await self._ask_for_song(interaction)
        else:
            await self._take_command(interaction, [song], asked)

    async def _ask_for_song(self, interaction: Interaction) -> None:
        person = self._person(interaction)
        if missing := permissions.missing_for(interaction):
            await self._say_at_once(interaction, self._service.commands.missing_permission(person, missing))
            return
        await at_once(interaction, interaction.response.send_modal(form(person.language)))

    async def submitted(self, interaction: Interaction) -> None:
        """The form, filled in."""
        songs, words = read_form(interaction)
        await self._take_command(interaction, songs, ParsedMessage(words))

    async def separate_message(self, interaction: Interaction, message: discord.Message) -> None:
        """The menu of a message: its songs, with the wish still to come."""
        await self._take_command(interaction, attachments_of(message), ParsedMessage(beside=message.id))

    async def press(self, interaction: Interaction, code: str, **acknowledged: bool) -> None:
        """A button or menu, of this process or of one long gone; or a command that means one."""
        await self._answer(interaction, lambda: self._press(interaction, code), **acknowledged)

    async def message(self, message: discord.Message, me: discord.ClientUser) -> None:
        """A message: answered in private, and elsewhere only where it speaks to the bot."""
        in_private = message.guild is None
        if message.author.bot or not (in_private or me in message.mentions):
            return
        self._count()
        person = self._tongues.author_of(message)
        try:
            await self._take_message(message, person, spoken_to=in_private or me.mention in message.content)
        except Exception as failure:  # one message must not stop the bot; the person is told
            log.exception("message_failed", message=message.id)
            await self._say(message, self._service.commands.failed(person, failure))

    async def _take_command(
        self, interaction: Interaction, songs: Sequence[discord.Attachment], asked: ParsedMessage
    ) -> None:
        """Take the songs of a command; what stands against it is told at once, to its person alone."""
        person = self._person(interaction)
        if missing := permissions.missing_for(interaction):
            await self._say_at_once(interaction, self._service.commands.missing_permission(person, missing))
        elif not songs:
            await self._tell(interaction, self._service.commands.no_song)
        else:
            await self._answer(
                interaction, lambda: self._take_songs(interaction, songs, asked), thinking=True
            )

    async def _take_songs(
        self, interaction: Interaction, songs: Sequence[discord.Attachment], asked: ParsedMessage
    ) -> None:
        person = self._person(interaction)
        limit = permissions.limit_for(interaction, self._limit_bytes)
        for number, song in enumerate(songs):
            status = Status(self._platform, in_response(interaction, asked.beside, beside=number > 0))
            request = Request(
                id=_numbered(interaction.id, number),
                person=person,
                platform=self._platform.name,
                text=asked.words,
                song=self._downloads.song(song),
                reply_to=status.address,
                upload_limit_bytes=limit,
                chat=permissions.place_of(interaction.guild_id),
                format=asked.format,
                effort=asked.effort,
                answer_url=partial(permissions.url_of, interaction.guild_id, interaction.channel_id),
            )
            async for reply in self._service.songs.serve(request):
                await status.show(reply)

    async def _press(self, interaction: Interaction, code: str) -> None:
        asked = _asked_beside(interaction.message)
        status = Status(self._platform, in_response(interaction, asked))
        press = ButtonClick(
            id=f"discord:{interaction.id}",
            person=self._person(interaction),
            platform=self._platform.name,
            code=code,
            reply_to=status.address,
            upload_limit_bytes=permissions.limit_for(interaction, self._limit_bytes),
            chat=permissions.place_of(interaction.guild_id),
        )
        async for reply in self._service.buttons.click(press):
            if reply.private and not status.shown:
                await self._whisper(interaction, reply)
            else:  # a status message that was begun gets its end, even one meant for its person alone
                await status.show(reply)

    async def _take_message(self, message: discord.Message, person: Person, *, spoken_to: bool) -> None:
        words = _MENTION.sub(" ", message.content).strip()
        songs = attachments_of(message) or _songs_replied_to(message)
        if not songs:
            if spoken_to:
                await self._say(
                    message,
                    await (self._service.commands.no_song if words else self._service.commands.help)(person),
                )
            return
        if missing := permissions.missing_at(message):
            await self._say(message, self._service.commands.missing_permission(person, missing))
            return
        for number, song in enumerate(songs):
            status = Status(self._platform, as_reply(message))
            request = self._request(message, person, words, song, status)
            request = replace(request, id=_numbered(message.id, number))
            async for reply in self._service.songs.serve(request):
                await status.show(reply)

    def _request(
        self, message: discord.Message, person: Person, words: str, song: discord.Attachment, status: Status
    ) -> Request:
        """A song of a message."""
        guild = message.guild.id if message.guild else None
        return Request(
            id=_numbered(message.id, 0),
            person=person,
            platform=self._platform.name,
            text=words,
            song=self._downloads.song(song),
            reply_to=status.address,
            upload_limit_bytes=permissions.limit_at(message.guild, self._limit_bytes),
            chat=permissions.place_of(guild),
            answer_url=partial(permissions.url_of, guild, message.channel.id),
        )

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
