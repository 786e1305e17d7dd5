"""Commands without a song: what only the person sees, and recent results sent again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import structlog

from bots.chat.button_code import Action, is_code
from bots.discord import permissions
from bots.discord.interactions import InteractionHandler
from storage import StembotError

if TYPE_CHECKING:
    import discord

    from bots.chat.messages import Button, Person, Reply

    Interaction = discord.Interaction[Any]

log = structlog.get_logger()

SUGGEST_S = 1.5  #: Discord waits three seconds for suggestions, and nothing can be acknowledged before


class SlashCommands(InteractionHandler):
    """Handles each command that needs no song."""

    async def help(self, interaction: Interaction) -> None:
        """`/help`."""
        await self._answer_privately(interaction, self._service.commands.help)

    async def privacy(self, interaction: Interaction) -> None:
        """`/privacy`."""
        await self._answer_privately(interaction, self._service.commands.privacy)

    async def queue(self, interaction: Interaction) -> None:
        """`/queue`."""
        await self._answer_privately(interaction, self._service.commands.queue)

    async def mixer(self, interaction: Interaction) -> None:
        """`/mixer`."""
        await self._answer_privately(interaction, self._service.commands.mixer)

    async def settings(self, interaction: Interaction, *, server: bool = False) -> None:
        """`/settings`: the person's own, or the server's."""
        chat = permissions.chat_of(interaction.guild_id) if server else ""

        async def settings(person: Person) -> Reply:
            return await self._service.commands.settings(person, chat)

        await self._answer_privately(interaction, settings)

    async def stems(self, interaction: Interaction, song: str) -> None:
        """`/stems`: recent results to choose from; with a song, that one is sent to this channel.

        Discord sends the code of what was chosen among the suggestions, else what was typed.
        """
        code = song if is_code(song, Action.AGAIN) else await self._code_of(interaction, song)
        if not code:
            await self._answer_privately(interaction, self._service.commands.stems)
        elif not await self._refused_for_permissions(interaction):
            await self.click(interaction, code, thinking=True)

    async def _code_of(self, interaction: Interaction, typed: str) -> str:
        """The code of the one recent result that is meant; empty where none is, or several are."""
        found = await self.suggest(interaction, typed) if typed.strip() else []
        same = [each for each in found if each.label.casefold() == typed.casefold().strip()]
        return same[0].code if same else found[0].code if len(found) == 1 else ""

    async def suggest(self, interaction: Interaction, typed: str) -> list[Button]:
        """Recent results whose name has what was typed."""
        try:
            async with asyncio.timeout(SUGGEST_S):
                return await self._service.commands.suggest(self._person(interaction), typed)
        except Exception as error:  # an empty list is an answer, too
            known = isinstance(error, StembotError | TimeoutError)
            log.warning("suggestions_failed", error=type(error).__name__, exc_info=not known)
            return []
