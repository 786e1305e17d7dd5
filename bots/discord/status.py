"""The one message that an answer lives in: sent with the first reply, edited with every next one."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import structlog

from bots.chat.messages import RetryLater, Unreachable
from bots.discord import permissions
from bots.discord.platform import SHOW_S
from bots.discord.render import card
from bots.discord.reply_target import TOKEN_S, Address

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import discord

    from bots.chat.messages import Reply
    from bots.discord.platform import DiscordPlatform

    Interaction = discord.Interaction[Any]
    Opener = Callable[[Reply], Awaitable[Address]]

log = structlog.get_logger()

TRIES = 3  #: of an edit that Discord puts off; the courier edits an order's message later anyway


class Status:
    """A status message on its way from the first reply to the last that its handler has."""

    def __init__(self, platform: DiscordPlatform, opener: Opener) -> None:
        """Take how it is sent first; edits go the way that the courier's go."""
        self._platform = platform
        self._opener = opener
        self._address: Address | None = None

    @property
    def shown(self) -> bool:
        """Whether it stands in the chat."""
        return self._address is not None

    async def show(self, reply: Reply) -> None:
        """Send it, or turn it into this reply; an edit that Discord puts off is tried again."""
        if self._address is None:
            async with asyncio.timeout(SHOW_S):
                self._address = await self._opener(reply)
            return
        for _ in range(TRIES):
            try:
                await self._platform.show(self.address(), reply)
            except RetryLater as pause:
                await asyncio.sleep(pause.after_s)
            except Unreachable:
                log.info("status_unreachable", message=self._address.message)
                return
            else:
                return
        log.warning("status_not_shown", message=self._address.message)

    def address(self) -> str:
        """Where it stands; asked only after it was shown."""
        if self._address is None:
            raise RuntimeError("asked for the address of a status message that was never shown")
        return self._address.write()


def in_response(interaction: Interaction, asked: int = 0, *, beside: bool = False) -> Opener:
    """Show the first reply as the response to an interaction; a fresh one in a message beside that response.

    Args:
        interaction: Already acknowledged.
        asked: The message that holds the song; 0 where there is none.
        beside: The response itself is taken by another song of the same interaction.
    """

    async def opener(reply: Reply) -> Address:
        view = card(reply)
        shown = (
            await interaction.followup.send(view=view, wait=True)
            if beside or reply.new_message
            else await interaction.edit_original_response(view=view)
        )
        return _address_of(interaction, shown, asked)

    return opener


def _address_of(interaction: Interaction, shown: discord.Message, asked: int) -> Address:
    """Where a response stands; with the interaction's token where the bot itself has no access."""
    alone = not permissions.is_member_of(interaction)
    return Address(
        channel=interaction.channel_id or shown.channel.id,
        message=shown.id,
        person=interaction.user.id,
        asked=asked,
        token=interaction.token if alone else "",
        until=time.time() + TOKEN_S if alone else 0.0,
    )


def as_reply(message: discord.Message) -> Opener:
    """Show the first reply as a reply to a person's message."""

    async def opener(reply: Reply) -> Address:
        sent = await message.reply(view=card(reply))
        return Address(
            channel=message.channel.id, message=sent.id, person=message.author.id, asked=message.id
        )

    return opener
