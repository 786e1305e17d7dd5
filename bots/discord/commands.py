"""The commands that people find: their names and descriptions in every language, and their handlers."""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
import structlog
from discord import app_commands
from discord.app_commands import locale_str

from bots.discord.handlers import CommandOptions
from bots.i18n.translate import DEFAULT, language_of, translate
from separator import QUICK
from separator.core.outputs import Format

if TYPE_CHECKING:
    from pathlib import Path

    from bots.discord.handlers import Handlers
    from bots.discord.slash import SlashCommands

    Interaction = discord.Interaction[Any]

log = structlog.get_logger()

SYNC_PAUSE_S = 3600.0  #: until commands that Discord refused are registered again
#: What `/separate` offers as quality, in words that the intent parser knows.
QUALITIES = ("320 kbit/s", "256 kbit/s", "192 kbit/s", "128 kbit/s", "16 bit", "24 bit", "32 bit float")


def _localized(key: str) -> locale_str:
    """The English sentence of a key; the translator finds the others by it."""
    return locale_str(translate(key), key=key)


class Translator(app_commands.Translator):
    """Translates names and descriptions of commands."""

    async def translate(
        self, string: locale_str, locale: discord.Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        """The sentence in a language; None where Discord should show the English one."""
        del context
        key = string.extras.get("key")
        if key is None or language_of(locale.value) == DEFAULT:
            return None
        return translate(key, locale.value)


class CommandTree(app_commands.CommandTree[Any]):
    """The commands of the bot, for servers and for people who install it for themselves, everywhere."""

    def __init__(self, client: discord.Client, handlers: Handlers, slash: SlashCommands) -> None:
        """Add every command to the client."""
        super().__init__(
            client,
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=True, private_channel=True
            ),
        )
        self._handlers, self._slash_commands = handlers, slash
        self._sync_task: asyncio.Task[None] | None = None
        self._add_separate()
        self._add_menu()
        self._add_stems()
        self._add_settings()
        for name, handler in (
            ("queue", slash.queue),
            ("mixer", slash.mixer),
            ("help", slash.help),
            ("privacy", slash.privacy),
        ):
            command: app_commands.Command[Any, ..., None] = app_commands.Command(
                name=name, description=_localized(f"command.{name}"), callback=_without_options(handler)
            )
            self.add_command(command)

    def _add_separate(self) -> None:
        handlers = self._handlers

        @self.command(name="separate", description=_localized("command.separate"))
        @app_commands.describe(
            file=_localized("command.separate.file"),
            want=_localized("command.separate.want"),
            format=_localized("command.separate.format"),
            quality=_localized("command.separate.quality"),
            effort=_localized("command.separate.effort"),
        )
        @app_commands.choices(**_choices())
        async def separate(
            interaction: Interaction,
            file: discord.Attachment | None = None,
            want: app_commands.Range[str, 0, 200] = "",
            format: str = "",  # noqa: A002 - the name that people see
            quality: str = "",
            effort: str = "",
        ) -> None:
            await handlers.separate(
                interaction, file, CommandOptions(f"{want} {quality}".strip(), format, effort)
            )

    def _add_stems(self) -> None:
        slash = self._slash_commands

        @self.command(name="stems", description=_localized("command.recent_songs"))
        @app_commands.describe(song=_localized("command.recent_songs.song"))
        async def stems(interaction: Interaction, song: app_commands.Range[str, 0, 200] = "") -> None:
            await slash.stems(interaction, song)

        @stems.autocomplete("song")
        async def suggest(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
            found = await slash.suggest(interaction, typed)
            return [app_commands.Choice(name=each.label[:100], value=each.code) for each in found[:25]]

    def _add_settings(self) -> None:
        slash = self._slash_commands

        @self.command(name="settings", description=_localized("command.settings"))
        @app_commands.describe(server=_localized("command.settings.server"))
        async def settings(interaction: Interaction, server: bool = False) -> None:
            await slash.settings(interaction, server=server)

    def _add_menu(self) -> None:
        handlers = self._handlers

        @self.context_menu(name=_localized("command.menu"))
        async def separate_message(interaction: Interaction, message: discord.Message) -> None:
            await handlers.separate_message(interaction, message)

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        """A command that no longer exists, or arguments that do not fit, is answered all the same."""
        await self._handlers.report_unhandled(interaction)  # first: writing a traceback takes its time
        log.error("command_failed", interaction=interaction.id, exc_info=error)

    async def keep_synced(self, state_file: Path) -> None:
        """Register the commands; where Discord refuses, people go on with those it has, until the next try.

        Args:
            state_file: As in `sync_when_changed`.

        Raises:
            HTTPException: Discord is down.
        """
        try:
            await self.sync_when_changed(state_file)
        except discord.DiscordServerError:
            raise
        except (discord.RateLimited, discord.HTTPException) as error:
            retry_in_s = getattr(error, "retry_after", SYNC_PAUSE_S)
            log.warning("commands_not_synced", error=type(error).__name__, retry_in_s=retry_in_s)
            self._sync_task = asyncio.create_task(self._sync_later(state_file, retry_in_s))

    async def _sync_later(self, state_file: Path, pause_s: float) -> None:
        await asyncio.sleep(pause_s)
        try:
            await self.keep_synced(state_file)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.warning("commands_not_synced", error=type(error).__name__)

    def stop_syncing(self) -> None:
        """Try no more to register the commands."""
        if self._sync_task is not None:
            self._sync_task.cancel()

    async def sync_when_changed(self, state_file: Path) -> bool:
        """Register the commands with Discord, unless it has exactly these already; returns whether it did.

        Args:
            state_file: A JSON file in the data folder: application id → hash of what is registered.
        """
        application = str(self.client.application_id)
        synced = await asyncio.to_thread(_read, state_file)
        digest = await self._digest()
        if synced.get(application) == digest:
            return False
        await self.sync()
        await asyncio.to_thread(_write, state_file, {**synced, application: digest})
        log.info("commands_synced", commands=len(self.get_commands()))
        return True

    async def _digest(self) -> str:
        translator = self.translator
        payload = [
            await command.get_translated_payload(self, translator) if translator else command.to_dict(self)
            for kind in (discord.AppCommandType.chat_input, discord.AppCommandType.message)
            for command in self.get_commands(type=kind)
        ]
        return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()


def _choices() -> dict[str, list[app_commands.Choice[str]]]:
    """The options of `/separate`."""
    return {
        "format": [app_commands.Choice(name=each.value, value=each.value) for each in Format],
        "quality": [app_commands.Choice(name=each, value=each) for each in QUALITIES],
        "effort": [
            app_commands.Choice(name=_localized("settings.effort.usual"), value="best"),
            app_commands.Choice(name=_localized("settings.effort.quick"), value=QUICK),
        ],
    }


def _without_options(handler: Any) -> Any:  # noqa: ANN401 - discord.py reads a command's options off its signature
    """A command without options, as discord.py needs it: a function of the interaction alone."""

    async def command(interaction: Interaction) -> None:
        await handler(interaction)

    return command


def _read(state_file: Path) -> dict[str, str]:
    try:
        synced = json.loads(state_file.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return synced if isinstance(synced, dict) else {}


def _write(state_file: Path, synced: dict[str, str]) -> None:
    state_file.parent.mkdir(parents=True, exist_ok=True)
    state_file.write_text(json.dumps(synced), "utf-8")
