"""Commands without a song: what only their person sees, and recent results sent again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import structlog

from bots.discord import permissions
from bots.discord.interactions import InteractionHandler
from storage import StembotError

if TYPE_CHECKING:
    import discord

    from bots.chat.messages import Button, Person, Reply
    from bots.chat.service import ChatService
    from bots.discord.handlers import Handlers
    from bots.discord.permissions import LanguageCache

    Interaction = discord.Interaction[Any]

log = structlog.get_logger()

SUGGEST_S = 1.5  #: nothing is acknowledged before a suggestion is there, and Discord waits for three seconds


class SlashCommands(InteractionHandler):
    """What happens on each command that needs no song."""

    def __init__(self, service: ChatService, tongues: LanguageCache, handlers: Handlers) -> None:
        """Ask the desk; what brings a result here is a press like any other."""
        super().__init__(service, tongues)
        self._handlers = handlers

    async def help(self, interaction: Interaction) -> None:
        """`/help`."""
        await self._tell(interaction, self._service.commands.help)

    async def privacy(self, interaction: Interaction) -> None:
        """`/privacy`."""
        await self._tell(interaction, self._service.commands.privacy)

    async def queue(self, interaction: Interaction) -> None:
        """`/queue`."""
        await self._tell(interaction, self._service.commands.queue)

    async def mixer(self, interaction: Interaction) -> None:
        """`/mixer`."""
        await self._tell(interaction, self._service.commands.mixer)

    async def settings(self, interaction: Interaction, *, server: bool = False) -> None:
        """`/settings`: one's own, or the server's."""
        place = permissions.place_of(interaction.guild_id) if server else ""

        async def show(person: Person) -> Reply:
            return await self._service.commands.settings(person, place)

        await self._tell(interaction, show)

    async def stems(self, interaction: Interaction, song: str) -> None:
        """`/stems`: recent results to choose from; with a song that one comes to this channel."""
        person = self._person(interaction)
        suggested = await self.suggest(interaction, song) if song else []
        code = next((each.code for each in suggested), "")
        if not code:
            await self._tell(interaction, self._service.commands.stems)
        elif missing := permissions.missing_for(interaction):
            await self._say_at_once(interaction, self._service.commands.missing_permission(person, missing))
        else:
            await self._handlers.press(interaction, code, thinking=True)

    async def suggest(self, interaction: Interaction, typed: str) -> list[Button]:
        """Recent results whose name has what was typed, as they are typed."""
        try:
            async with asyncio.timeout(SUGGEST_S):
                return await self._service.commands.suggest(self._person(interaction), typed)
        except Exception as trouble:  # an empty list is an answer, too
            foreseen = isinstance(trouble, StembotError | TimeoutError)
            log.warning("nothing_suggested", trouble=type(trouble).__name__, exc_info=not foreseen)
            return []
