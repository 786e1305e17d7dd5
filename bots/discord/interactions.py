"""How every interaction is answered: acknowledged first, whatever happens, and told to whom it concerns."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
import structlog

from bots.discord import permissions
from bots.discord.platform import SHOW_S
from bots.discord.render import card

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bots.chat.messages import Person, Reply
    from bots.chat.service import ChatService

    Interaction = discord.Interaction[Any]

log = structlog.get_logger()

ACKNOWLEDGE_S = 5.0  #: Discord takes an acknowledgement for three seconds; then nobody waits for it


class InteractionHandler:
    """What handlers have in common. Holds no state but who is being answered now."""

    def __init__(self, service: ChatService, tongues: permissions.LanguageCache) -> None:
        """Answer in the words of this desk, and in people's own language."""
        self._service = service
        self._tongues = tongues
        self._busy: set[asyncio.Task[Any]] = set()

    async def trouble(self, interaction: Interaction) -> None:
        """An interaction that no handler took: a command of an older version, an argument that is no file."""
        if interaction.response.is_done():
            await self._apologise(interaction)
            return
        await self._answer(interaction, lambda: self._apologise(interaction), thinking=True, ephemeral=True)

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
        except Exception as failure:  # one interaction must not stop the bot; the person is told
            log.exception("interaction_failed", interaction=interaction.id)
            await self._apologise(interaction, failure)

    async def _apologise(self, interaction: Interaction, failure: Exception | None = None) -> None:
        """Say what went wrong, as far as its person can do with that."""
        try:
            await self._whisper(
                interaction, self._service.commands.failed(self._person(interaction), failure)
            )
        except (discord.HTTPException, aiohttp.ClientError, OSError) as trouble:
            log.warning("apology_lost", interaction=interaction.id, trouble=type(trouble).__name__)

    async def _tell(self, interaction: Interaction, answer: Callable[[Person], Awaitable[Reply]]) -> None:
        """Answer with what only its person sees, once that is known."""

        async def tell() -> None:
            reply = await answer(self._person(interaction))
            await interaction.edit_original_response(view=card(reply))

        await self._answer(interaction, tell, thinking=True, ephemeral=True)

    @staticmethod
    async def _say_at_once(interaction: Interaction, reply: Reply) -> None:
        """The acknowledgement is the answer."""
        await at_once(interaction, interaction.response.send_message(view=card(reply), ephemeral=True))

    @staticmethod
    async def _whisper(interaction: Interaction, reply: Reply) -> None:
        async with asyncio.timeout(SHOW_S):
            await interaction.followup.send(view=card(reply), ephemeral=True)

    def _person(self, interaction: Interaction) -> Person:
        return self._tongues.hear(permissions.person_of(interaction))

    def _count(self) -> None:
        """Remember that this task is answering somebody, until it ends."""
        task = asyncio.current_task()
        if task is not None:
            self._busy.add(task)
            task.add_done_callback(self._busy.discard)


async def at_once(interaction: Interaction, answer: Awaitable[object]) -> None:
    """Give the one answer that acknowledges an interaction; when it is too late, nobody waits for it."""
    try:
        async with asyncio.timeout(ACKNOWLEDGE_S):
            await answer
    except (discord.HTTPException, aiohttp.ClientError, OSError) as late:
        log.warning("interaction_lost", interaction=interaction.id, trouble=type(late).__name__)
