"""The status message of a request: sent with the first reply, edited with every next one."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import structlog

from bots.chat.messages import RetryLater, Unreachable
from bots.discord import permissions
from bots.discord.platform import SHOW_S
from bots.discord.render import message_view
from bots.discord.reply_target import TOKEN_S, Address

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import discord

    from bots.chat.messages import Reply
    from bots.discord.platform import DiscordPlatform

    Interaction = discord.Interaction[Any]
    Send = Callable[[Reply], Awaitable[Address]]

log = structlog.get_logger()

#: In `Interaction.extras`: the response is a "thinking…" that everybody sees, and nothing has replaced it.
THINKING_PUBLICLY = "thinking_publicly"
TRIES = 3  #: of an edit that Discord postpones; `DeliveryService` edits an order's message later anyway


class StatusMessage:
    """A status message, until its handler has shown the last reply."""

    def __init__(self, platform: DiscordPlatform, send: Send) -> None:
        """`send` sends the first reply; edits go through `platform`, as those of `DeliveryService` do."""
        self._platform = platform
        self._send = send
        self._address: Address | None = None

    async def show(self, reply: Reply) -> None:
        """Send it, or edit it; an edit that Discord postpones is tried again."""
        if self._address is None:
            async with asyncio.timeout(SHOW_S):
                self._address = await self._send(reply)
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
        """Its address; there is one only after it was shown."""
        if self._address is None:
            raise RuntimeError("asked for the address of a status message that was never shown")
        return self._address.write()


def as_response(interaction: Interaction, asked: int = 0, *, follow_up: bool = False) -> Send:
    """Send the first reply as the response to an interaction, or as a follow-up to that response.

    Args:
        interaction: Already acknowledged.
        asked: The message that holds the song; 0 where there is none.
        follow_up: The response itself belongs to another song of the same interaction.
    """

    async def send(reply: Reply) -> Address:
        view = message_view(reply)
        sent = (
            await interaction.followup.send(view=view, wait=True)
            if follow_up or reply.new_message
            else await interaction.edit_original_response(view=view)
        )
        interaction.extras.pop(THINKING_PUBLICLY, None)
        by_token = not permissions.is_member_of(interaction)
        return Address(
            channel=interaction.channel_id or sent.channel.id,
            message=sent.id,
            person=interaction.user.id,
            asked=asked,
            token=interaction.token if by_token else "",
            until=time.time() + TOKEN_S if by_token else 0.0,
        )

    return send


def as_reply(message: discord.Message) -> Send:
    """Send the first reply as a reply to a person's message."""

    async def send(reply: Reply) -> Address:
        sent = await message.reply(view=message_view(reply))
        return Address(
            channel=message.channel.id, message=sent.id, person=message.author.id, asked=message.id
        )

    return send
