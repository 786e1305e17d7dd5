"""Waiting for the bot's answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.programs import eventually

if TYPE_CHECKING:
    from tests.servers.discord import Interaction, Message, Person

TIMEOUT_S = 6.0
SONG = ("Song.mp3", b"not decoded before a worker has it")


async def answered(interaction: Interaction, words: str) -> Message:
    """The response to an interaction, once it says this."""

    async def look() -> Message | None:
        shown = [interaction.response, *interaction.followups]
        return next((each for each in shown if each and not each.deleted and words in each.text), None)

    return await eventually(look, f"the interaction is answered with {words!r}", TIMEOUT_S)


async def replied(person: Person, message: Message, words: str) -> Message:
    """The bot's reply to a message, once it says this."""

    async def look() -> Message | None:
        for each in person.discord.messages.values():
            if each.author is person.discord.bot and each.reference is message and words in each.text:
                return each
        return None

    return await eventually(look, f"the message is answered with {words!r}", TIMEOUT_S)


async def turned(message: Message, words: str) -> Message:
    """The same message, once it says this."""

    async def look() -> bool:
        return words in message.text

    await eventually(look, f"the message turns into {words!r}", TIMEOUT_S)
    return message


async def files_of(person: Person, beside: Message) -> list[Message]:
    """The messages with files that reply to this one, once there are some."""

    async def look() -> list[Message]:
        messages = person.discord.messages.values()
        return [each for each in messages if each.attachments and each.reference is beside]

    return await eventually(look, "files arrive", TIMEOUT_S)
