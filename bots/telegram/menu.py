"""The command menu behind the slash, in each language, set only when it has changed."""

from __future__ import annotations

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
from bots.telegram.errors import with_retry

if TYPE_CHECKING:
    from telegram import Bot, BotCommandScope

log = structlog.get_logger()

_OUTPUTS = ("vocals", "instrumental", "drumless", "bassless", "stems")
PRIVATE = (*_OUTPUTS, "mixer", "queue", "cancel", "settings", "privacy", "help", "start")
GROUP = (*_OUTPUTS, "mixer", "queue", "cancel", "help")
MODERATORS = (*GROUP[:-1], "settings", "help")


async def set_menu(bot: Bot) -> None:
    """Bring the menus up to date. An error is only logged: the next start retries."""
    for scope, names in (
        (BotCommandScopeAllPrivateChats(), PRIVATE),
        (BotCommandScopeAllGroupChats(), GROUP),
        (BotCommandScopeAllChatAdministrators(), MODERATORS),
    ):
        for language in LANGUAGES:
            try:
                await with_retry(partial(_set, bot, scope, names, language), retry_on=RetryAfter)
            except TelegramError as error:
                log.warning("menu_failed", error=type(error).__name__)
                return


async def _set(bot: Bot, scope: BotCommandScope, names: tuple[str, ...], language: str) -> None:
    commands = [BotCommand(name, translate(f"command.{name}", language)) for name in names]
    code = "" if language == DEFAULT else language  # no code: for all languages without a menu of their own
    if list(await bot.get_my_commands(scope, code)) != commands:
        await bot.set_my_commands(commands, scope, code)
