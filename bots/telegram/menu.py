"""The command menu: what Telegram offers behind the slash, in each language, set only when it changed."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import structlog
from telegram import (
    BotCommand,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
)
from telegram.error import RetryAfter, TelegramError

from bots.i18n.translate import DEFAULT, LANGUAGES, translate
from bots.telegram.errors import seconds_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from telegram import Bot, BotCommandScope

log = structlog.get_logger()

_WISHES = ("vocals", "instrumental", "drumless", "bassless", "stems")
PRIVATE = (*_WISHES, "mixer", "queue", "cancel", "settings", "privacy", "help", "start")
GROUP = (*_WISHES, "mixer", "queue", "cancel", "help")
MODERATORS = (*GROUP[:-1], "settings", "help")


async def set_menu(bot: Bot) -> None:
    """Bring the menus up to date. Trouble is logged and mended at the next start: the bot works without."""
    for scope, names in (
        (BotCommandScopeAllPrivateChats(), PRIVATE),
        (BotCommandScopeAllGroupChats(), GROUP),
        (BotCommandScopeAllChatAdministrators(), MODERATORS),
    ):
        for language in LANGUAGES:
            try:
                await _in_turn(partial(_set, bot, scope, names, language))
            except TelegramError as trouble:
                log.warning("menu_not_set", trouble=type(trouble).__name__)
                return


async def _in_turn(call: Callable[[], Awaitable[None]]) -> None:
    """Call again as long as Telegram asks for patience: all menus at once are many."""
    while True:
        try:
            return await call()
        except RetryAfter as full:
            await asyncio.sleep(seconds_of(full))


async def _set(bot: Bot, scope: BotCommandScope, names: tuple[str, ...], language: str) -> None:
    commands = [BotCommand(name, translate(f"command.{name}", language)) for name in names]
    code = "" if language == DEFAULT else language  # no code: for everybody without a menu of their own
    if list(await bot.get_my_commands(scope, code)) != commands:
        await bot.set_my_commands(commands, scope, code)
