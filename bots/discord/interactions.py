"""Every interaction is acknowledged first, and answered whatever happens; clicks become a `ButtonClick`."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
import structlog

from bots.chat.button_code import CHOSEN
from bots.chat.messages import ButtonClick, Reply
from bots.discord import permissions
from bots.discord.platform import SHOW_S
from bots.discord.render import message_view
from bots.discord.status import THINKING_PUBLICLY, StatusMessage, as_response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bots.chat.messages import Person
    from bots.chat.service import ChatService
    from bots.discord.platform import DiscordPlatform

    Interaction = discord.Interaction[Any]

log = structlog.get_logger()

ACKNOWLEDGE_S = 5.0  #: Discord takes an acknowledgement for three seconds; later it is useless
SEND_ERRORS = (discord.HTTPException, aiohttp.ClientError, OSError)


class InteractionHandler:
    """What handlers have in common. Its only state is which tasks are running."""

    def __init__(
        self,
        service: ChatService,
        languages: permissions.LanguageCache,
        platform: DiscordPlatform,
        limit_bytes: int,
    ) -> None:
        """`limit_bytes` as `setting` of `permissions.upload_limit_in`."""
        self._service = service
        self._languages = languages
        self._platform = platform
        self._limit_bytes = limit_bytes
        self._tasks: set[asyncio.Task[Any]] = set()

    async def click(self, interaction: Interaction, code: str = "", **acknowledgement: bool) -> None:
        """A click on a button or menu, sent by any process; or a command that means one, by its `code`."""
        code = code or _clicked_code(interaction)
        await self._handle(interaction, lambda: self._click(interaction, code), **acknowledgement)

    async def _click(self, interaction: Interaction, code: str) -> None:
        status = StatusMessage(self._platform, as_response(interaction, _replied_to(interaction.message)))
        click = ButtonClick(
            id=f"discord:{interaction.id}",
            person=self._person(interaction),
            platform=self._platform.name,
            code=code,
            reply_to=status.address,
            upload_limit_bytes=permissions.upload_limit_for(interaction, self._limit_bytes),
            chat=permissions.chat_of(interaction.guild_id),
        )
        async for reply in self._service.buttons.click(click):
            if reply.private:
                await self._follow_up_privately(interaction, reply)
            else:
                await status.show(reply)

    async def report_unhandled(self, interaction: Interaction) -> None:
        """Answer a command of an older version, or one whose argument is no file."""
        if interaction.response.is_done():
            await self._report_failure(interaction)
            return
        await self._handle(
            interaction, lambda: self._report_failure(interaction), thinking=True, ephemeral=True
        )

    async def wait_until_idle(self, timeout_s: float) -> None:
        """Return when every running handler has ended, at the latest after `timeout_s`."""
        running = {task for task in self._tasks if task is not asyncio.current_task()}
        if running:
            await asyncio.wait(running, timeout=timeout_s)

    async def _handle(
        self, interaction: Interaction, handle: Callable[[], Awaitable[None]], **acknowledgement: bool
    ) -> None:
        """Acknowledge, handle, and report it if that failed."""
        self._track_task()
        if not await _respond(interaction, interaction.response.defer(**acknowledgement)):
            return
        is_public = acknowledgement.get("thinking", False) and not acknowledgement.get("ephemeral", False)
        interaction.extras[THINKING_PUBLICLY] = is_public
        try:
            await handle()
        except Exception as failure:  # one interaction must not stop the bot
            log.exception("interaction_failed", interaction=interaction.id)
            await self._report_failure(interaction, failure)

    async def _report_failure(self, interaction: Interaction, failure: Exception | None = None) -> None:
        """Tell the person that something went wrong."""
        try:
            reply = self._service.commands.failed(self._person(interaction), failure)
            await self._follow_up_privately(interaction, reply)
        except SEND_ERRORS as error:
            log.warning("failure_report_lost", interaction=interaction.id, error=type(error).__name__)

    async def _answer_privately(
        self, interaction: Interaction, command: Callable[[Person], Awaitable[Reply]]
    ) -> None:
        """Answer a command with what only the person sees."""

        async def answer() -> None:
            reply = await command(self._person(interaction))
            await interaction.edit_original_response(view=message_view(reply))

        await self._handle(interaction, answer, thinking=True, ephemeral=True)

    async def _refused_for_permissions(self, interaction: Interaction) -> bool:
        """Whether the bot lacks permissions to answer here; then the person has read which."""
        missing = permissions.missing_in_interaction(interaction)
        if missing:
            reply = self._service.commands.missing_permission(self._person(interaction), missing)
            view = message_view(reply)
            await _respond(interaction, interaction.response.send_message(view=view, ephemeral=True))
        return bool(missing)

    @staticmethod
    async def _follow_up_privately(interaction: Interaction, reply: Reply) -> None:
        """Answer with a message that only the person sees.

        The first follow-up takes the place of a response that is still "thinking", and is as public as that
        one is. So a public one is turned into a message first, and deleted afterwards.
        """
        async with asyncio.timeout(SHOW_S):
            replaced = False
            if interaction.extras.pop(THINKING_PUBLICLY, False):
                with contextlib.suppress(*SEND_ERRORS):
                    await interaction.edit_original_response(view=message_view(Reply("…")))
                    replaced = True
            await interaction.followup.send(view=message_view(reply), ephemeral=True)
            if replaced:
                with contextlib.suppress(*SEND_ERRORS):
                    await interaction.delete_original_response()

    @staticmethod
    async def _show_form(interaction: Interaction, form: discord.ui.Modal) -> None:
        await _respond(interaction, interaction.response.send_modal(form))

    def _person(self, interaction: Interaction) -> Person:
        return self._languages.remember(permissions.person_of(interaction))

    def _track_task(self) -> None:
        """Count the current task as a running handler until it ends."""
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)


def _clicked_code(interaction: Interaction) -> str:
    """The button code of a click, or of what was chosen from a menu."""
    data: Any = interaction.data or {}
    custom_id, values = str(data.get("custom_id", "")), data.get("values", [])
    if CHOSEN in custom_id:
        return custom_id.replace(CHOSEN, ",".join(values))
    return values[0] if values else custom_id


def _replied_to(message: discord.Message | None) -> int:
    """The message that the message with the button replies to; 0 where it replies to none."""
    reference = message.reference if message else None
    return (reference.message_id if reference else None) or 0


async def _respond(interaction: Interaction, response: Awaitable[object]) -> bool:
    """Send the one response that acknowledges an interaction; False when it came too late."""
    try:
        async with asyncio.timeout(ACKNOWLEDGE_S):
            await response
    except SEND_ERRORS as error:
        log.warning("interaction_lost", interaction=interaction.id, error=type(error).__name__)
        return False
    return True
