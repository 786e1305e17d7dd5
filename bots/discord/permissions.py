"""What this room reads of where something happened: who, in which language, what may be sent there."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import discord

from bots.chat.messages import Person
from bots.discord.reply_target import Address

if TYPE_CHECKING:
    Interaction = discord.Interaction[Any]

#: What answering takes, by the names that the desk has words for. Replies need the history to be readable.
NEEDED = ("view_channel", "send_messages", "attach_files", "read_message_history")


def person_of(interaction: Interaction) -> Person:
    """Who pressed or commanded; a moderator is whoever may delete messages there."""
    return Person(
        id=f"discord:{interaction.user.id}",
        language=interaction.locale.value,
        moderator=interaction.guild_id is not None and interaction.permissions.manage_messages,
    )


def place_of(guild_id: int | None) -> str:
    """The server by the name that the desk knows it under; empty in direct messages."""
    return f"discord:guild:{guild_id}" if guild_id else ""


def url_of(guild_id: int | None, channel_id: int | None, address: str) -> str:
    """Where an earlier answer stands, for people of the same channel; others may not see it."""
    place = Address.read(address)
    if not guild_id or place.channel != channel_id or place.by_token:
        return ""
    return f"https://discord.com/channels/{guild_id}/{place.channel}/{place.message}"


class LanguageCache:
    """The languages that people's own Discord last told, for where it does not: in plain messages."""

    def __init__(self, most: int = 10_000) -> None:
        """Remember so many people, those heard last."""
        self._most = most
        self._heard: OrderedDict[str, str] = OrderedDict()

    def hear(self, person: Person) -> Person:
        """Remember the language of a person who commanded or pressed."""
        self._heard[person.id] = person.language
        self._heard.move_to_end(person.id)
        if len(self._heard) > self._most:
            self._heard.popitem(last=False)
        return person

    def author_of(self, message: discord.Message) -> Person:
        """Who wrote: in their own language where it was heard, else in the server's."""
        person = f"discord:{message.author.id}"
        servers = message.guild.preferred_locale.value if message.guild else "en"
        return Person(id=person, language=self._heard.get(person, servers))


def is_member_of(interaction: Interaction) -> bool:
    """Whether the bot itself can act where this happened, not only answer the interaction."""
    if interaction.guild_id is not None:
        return interaction.client.get_guild(interaction.guild_id) is not None
    return interaction.context.dm_channel


def missing_for(interaction: Interaction) -> list[str]:
    """Which permissions the bot lacks to answer an interaction."""
    if interaction.guild_id is None:
        return []
    if not is_member_of(interaction):
        return [] if interaction.app_permissions.attach_files else ["attach_files"]
    return _missing(interaction.app_permissions, isinstance(interaction.channel, discord.Thread))


def missing_at(message: discord.Message) -> list[str]:
    """Which permissions the bot lacks to answer a message."""
    if message.guild is None or isinstance(message.channel, discord.DMChannel | discord.GroupChannel):
        return []
    channel = message.channel
    allowed = channel.permissions_for(message.guild.me)
    return _missing(allowed, isinstance(channel, discord.Thread))


def _missing(allowed: discord.Permissions, in_thread: bool) -> list[str]:
    needed = [
        "send_messages_in_threads" if in_thread and each == "send_messages" else each for each in NEEDED
    ]
    return [each for each in needed if not getattr(allowed, each)]


def limit_at(guild: discord.Guild | None, setting: int) -> int:
    """The largest file that the bot may send as a message of its own, in bytes.

    Args:
        guild: The server, whose boosts raise the limit; None in direct messages.
        setting: The operator's figure for a server without boosts; discord.py still says 10 MiB there.
    """
    return max(setting, guild.filesize_limit) if guild else setting


def limit_for(interaction: Interaction, setting: int) -> int:
    """The same for the answer to an interaction; where only its token can be used, it says so itself."""
    return limit_at(interaction.guild, setting) if is_member_of(interaction) else interaction.filesize_limit
