"""A command with a song or a message becomes a `Request`, and the replies go back."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import discord
import structlog

from bots.chat.messages import ButtonClick, Request
from bots.discord import permissions
from bots.discord.attachments import attachments_of
from bots.discord.forms import read_form, song_form
from bots.discord.interactions import SEND_ERRORS, InteractionHandler
from bots.discord.platform import SHOW_S
from bots.discord.render import message_view
from bots.discord.reply_target import Address
from bots.discord.status import StatusMessage, as_reply, as_response

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bots.chat.messages import Person, Reply
    from bots.chat.service import ChatService
    from bots.discord.attachments import AttachmentDownloads
    from bots.discord.platform import DiscordPlatform
    from bots.discord.status import Send
    from separator import Order

    Interaction = discord.Interaction[Any]

log = structlog.get_logger()

_MENTION = re.compile(r"<@[!&]?\d+>")


@dataclass(frozen=True)
class CommandOptions:
    """What a command says besides its song."""

    text: str = ""
    format: str = ""
    effort: str = ""
    song_message: int = 0  #: the message that holds the song; 0 where there is none


class Handlers(InteractionHandler):
    """Handles commands with a song, and messages."""

    def __init__(
        self,
        service: ChatService,
        languages: permissions.LanguageCache,
        platform: DiscordPlatform,
        limit_bytes: int,
        downloads: AttachmentDownloads,
    ) -> None:
        super().__init__(service, languages, platform, limit_bytes)
        self._downloads = downloads

    async def separate(
        self, interaction: Interaction, song: discord.Attachment | None, options: CommandOptions
    ) -> None:
        """`/separate`; without a song a form asks for one."""
        if song is not None:
            await self._serve_command(interaction, [song], options)
        elif not await self._refused_for_permissions(interaction):
            await self._show_form(interaction, song_form(self._person(interaction).language))

    async def form_submitted(self, interaction: Interaction) -> None:
        """The form of `/separate`, filled in."""
        songs, text = read_form(interaction)
        await self._serve_command(interaction, songs, CommandOptions(text))

    async def separate_message(self, interaction: Interaction, message: discord.Message) -> None:
        """The menu of a message: its songs; what to make of them is asked."""
        options = CommandOptions(song_message=message.id)
        await self._serve_command(interaction, attachments_of(message), options)

    async def message(self, message: discord.Message, me: discord.ClientUser) -> None:
        """A message: answered in private, and in servers only where it mentions the bot.

        A reply mentions whom it replies to, unless its author switches that off. A pin or a new member is no
        message of a person.
        """
        private = message.guild is None
        if message.author.bot or message.type not in {discord.MessageType.default, discord.MessageType.reply}:
            return
        if not (private or me in message.mentions):
            return
        self._track_task()
        person = self._languages.author(message)
        try:
            addressed = private or me.mention in message.content
            await self._serve_message(message, person, me, addressed=addressed)
        except Exception as failure:  # one message must not stop the bot
            log.exception("message_failed", message=message.id)
            await self._reply_to(message, self._service.commands.failed(person, failure))

    async def _serve_command(
        self, interaction: Interaction, songs: Sequence[discord.Attachment], options: CommandOptions
    ) -> None:
        if await self._refused_for_permissions(interaction):
            return
        if not songs:
            await self._answer_privately(interaction, self._service.commands.no_song)
            return
        await self._handle(interaction, lambda: self._serve_songs(interaction, songs, options), thinking=True)

    async def _serve_songs(
        self, interaction: Interaction, songs: Sequence[discord.Attachment], options: CommandOptions
    ) -> None:
        person, guild_id = self._person(interaction), interaction.guild_id
        for number, song in enumerate(songs):
            await self._serve(
                as_response(interaction, options.song_message, follow_up=number > 0),
                id=_request_id(interaction.id, number),
                person=person,
                text=options.text,
                song=self._downloads.song(song),
                upload_limit_bytes=permissions.upload_limit_for(interaction, self._limit_bytes),
                chat=permissions.chat_of(guild_id),
                format=options.format,
                effort=options.effort,
                answer_url=partial(permissions.url_of, guild_id, interaction.channel_id),
            )

    async def _serve_message(
        self, message: discord.Message, person: Person, me: discord.ClientUser, *, addressed: bool
    ) -> None:
        text = _MENTION.sub(" ", message.content).strip()
        songs = attachments_of(message)
        if not songs and (replied := _message_replied_to(message)):
            ours, is_wish = replied.author == me, self._service.songs.is_wish(person, text)
            if ours and is_wish and (order := await self._order_answered_by(replied, person)):
                await self._serve_reply(message, person, order, text)
                return
            songs = attachments_of(replied) if is_wish or not ours else []
        if not songs:
            if addressed:
                commands = self._service.commands
                await self._reply_to(message, await (commands.no_song if text else commands.help)(person))
            return
        if missing := permissions.missing_in_channel(message):
            await self._reply_to(message, self._service.commands.missing_permission(person, missing))
            return
        await self._serve_attachments(message, person, text, songs)

    async def _serve_attachments(
        self, message: discord.Message, person: Person, text: str, songs: Sequence[discord.Attachment]
    ) -> None:
        guild_id = message.guild.id if message.guild else None
        for number, song in enumerate(songs):
            await self._serve(
                as_reply(message),
                id=_request_id(message.id, number),
                person=person,
                text=text,
                song=self._downloads.song(song),
                upload_limit_bytes=permissions.upload_limit_in(message.guild, self._limit_bytes),
                chat=permissions.chat_of(guild_id),
                answer_url=partial(permissions.url_of, guild_id, message.channel.id),
            )

    async def _order_answered_by(self, answer: discord.Message, person: Person) -> Order | None:
        """The order whose status message or files one of our messages is."""
        chat = permissions.chat_of(answer.guild.id if answer.guild else None)
        return await self._service.follow_ups.find_order(person.id, chat, partial(_is_answer, answer))

    async def _serve_reply(self, message: discord.Message, person: Person, order: Order, text: str) -> None:
        """Order what a reply to one of our answers says of that answer's song, and answer beside it."""
        if missing := permissions.missing_in_channel(message):
            await self._reply_to(message, self._service.commands.missing_permission(person, missing))
            return
        status = StatusMessage(self._platform, as_reply(message))
        click = ButtonClick(
            id=_request_id(message.id, 0),
            person=person,
            platform=self._platform.name,
            code="",
            reply_to=status.address,
            upload_limit_bytes=permissions.upload_limit_in(message.guild, self._limit_bytes),
            chat=permissions.chat_of(message.guild.id if message.guild else None),
        )
        async for reply in self._service.follow_ups.serve(click, order, text):
            await status.show(reply)

    async def _serve(self, send: Send, **facts: Any) -> None:  # noqa: ANN401 - the fields of `Request`
        """Serve one song in a status message of its own."""
        status = StatusMessage(self._platform, send)
        request = Request(platform=self._platform.name, reply_to=status.address, **facts)
        async for reply in self._service.songs.serve(request):
            await status.show(reply)

    @staticmethod
    async def _reply_to(message: discord.Message, reply: Reply) -> None:
        """Reply to a message; where that is forbidden, to its author in private; else not at all."""
        for send in (message.reply, message.author.send):
            try:
                async with asyncio.timeout(SHOW_S):
                    await send(view=message_view(reply))
            except discord.Forbidden:
                continue
            except SEND_ERRORS as error:
                log.warning("reply_lost", message=message.id, error=type(error).__name__)
            return


def _request_id(message_id: int, number: int) -> str:
    """The id of a request; a message with several songs has several."""
    return f"discord:{message_id}:{number}" if number else f"discord:{message_id}"


def _message_replied_to(message: discord.Message) -> discord.Message | None:
    """The message that this one replies to, where Discord shows it to the bot."""
    replied = message.reference.resolved if message.reference else None
    return replied if isinstance(replied, discord.Message) else None


def _is_answer(answer: discord.Message, order: Order) -> bool:
    """Whether a message of ours is the status message of an order, or has files of its result.

    Until the receipt of a result is written, its files are known by the message that they reply to.
    """
    try:
        address, receipt = Address.read(order.reply_to), json.loads(order.receipt or "{}")
    except ValueError:
        return False
    if answer.id in {address.message, *receipt.get("messages", ())}:
        return True
    replied = answer.reference.message_id if answer.reference else None
    return not receipt and replied in {address.message, address.asked} - {0}
