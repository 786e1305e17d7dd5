"""Who asked, in which language, and what may be sent in a channel."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import discord

from bots.chat.messages import Person
from bots.discord.reply_target import Address

if TYPE_CHECKING:
    Interaction = discord.Interaction[Any]

#: What answering takes, by the ends of `permission.…` keys. Replies need the history to be readable.
NEEDED = ("view_channel", "send_messages", "attach_files", "read_message_history")


def person_of(interaction: Interaction) -> Person:
    """The user of an interaction; a moderator is who may delete messages there."""
    return Person(
        id=f"discord:{interaction.user.id}",
        language=interaction.locale.value,
        moderator=interaction.guild_id is not None and interaction.permissions.manage_messages,
    )


def chat_of(guild_id: int | None) -> str:
    """The server as the `chat` of a request; empty in direct messages."""
    return f"discord:guild:{guild_id}" if guild_id else ""


def url_of(guild_id: int | None, channel_id: int | None, address: str) -> str:
    """The URL of an earlier answer, for people of the same channel; others may not see it."""
    target = Address.read(address)
    if not guild_id or target.channel != channel_id or target.by_token:
        return ""
    return f"https://discord.com/channels/{guild_id}/{target.channel}/{target.message}"


class LanguageCache:
    """The languages of people's apps, as interactions tell them; messages do not."""

    def __init__(self, max_people: int = 10_000) -> None:
        self._max_people = max_people
        self._languages: OrderedDict[str, str] = OrderedDict()

    def remember(self, person: Person) -> Person:
        """Remember the language of a person who sent an interaction."""
        self._languages[person.id] = person.language
        self._languages.move_to_end(person.id)
        if len(self._languages) > self._max_people:
            self._languages.popitem(last=False)
        return person

    def author(self, message: discord.Message) -> Person:
        """The author of a message: in their own language where it is known, else in the server's."""
        person = f"discord:{message.author.id}"
        server_language = message.guild.preferred_locale.value if message.guild else "en"
        return Person(id=person, language=self._languages.get(person, server_language))


def is_member_of(interaction: Interaction) -> bool:
    """Whether the bot itself can send messages there, not only answer the interaction."""
    if interaction.guild_id is not None:
        return interaction.client.get_guild(interaction.guild_id) is not None
    return interaction.context.dm_channel


def missing_in_interaction(interaction: Interaction) -> list[str]:
    """Which permissions the bot lacks to answer an interaction."""
    if interaction.guild_id is None:
        return []
    if not is_member_of(interaction):
        return [] if interaction.app_permissions.attach_files else ["attach_files"]
    return _missing(interaction.app_permissions, isinstance(interaction.channel, discord.Thread))


def missing_in_channel(message: discord.Message) -> list[str]:
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


def upload_limit_in(guild: discord.Guild | None, setting: int) -> int:
    """The largest file that the bot may send as a message of its own, in bytes.

    Args:
        guild: The server, whose boosts raise the limit; None in direct messages.
        setting: The operator's limit without boosts; Discord documents 20 MiB, discord.py still says 10.
    """
    return max(setting, guild.filesize_limit) if guild else setting


def upload_limit_for(interaction: Interaction, setting: int) -> int:
    """The same for the answer to an interaction; where only its token can be used, it carries the limit."""
    if not is_member_of(interaction):
        return interaction.filesize_limit
    return upload_limit_in(interaction.guild, setting)
