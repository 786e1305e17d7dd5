"""The Telegram bot as a process: opens the rooms it needs, joins them, runs until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from typing import TYPE_CHECKING, Any

import aiohttp
import structlog
from aiohttp import web
from telegram import Message, Update
from telegram.error import InvalidToken, TelegramError
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ExtBot,
    InlineQueryHandler,
    MessageHandler,
    filters,
)
from telegram.request import HTTPXRequest

from bots.chat.delivery import DeliveryService
from bots.chat.messages import RetryLater, Unreachable
from bots.chat.service import ChatService
from bots.operations.lifecycle import run_until_first, stop_event
from bots.operations.loop_lag import watch_loop
from bots.telegram.buttons import ButtonHandler
from bots.telegram.delivery import TelegramPlatform
from bots.telegram.fetch import Fetcher
from bots.telegram.handlers import Limits, Messages
from bots.telegram.inline import Inline
from bots.telegram.menu import set_menu
from bots.telegram.messenger import Messenger
from bots.telegram.rate_limiter import RateLimiter
from bots.telegram.update_parser import address_of, author_of, person_of
from bots.telegram.updates import ALLOWED, UpdateTracker, Webhook, poll, with_retry
from separator import ConfigError, open_queue_client
from storage import StembotError, open_links

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from telegram.ext import ContextTypes

    from bots.settings import BotSettings

log = structlog.get_logger()

OFFICIAL = "https://api.telegram.org"
HOSTED = Limits(takes_bytes=20 * 2**20, sends_bytes=50_000_000)  # Bot API: getFile 20 MB, uploads 50 MB
LOCAL = Limits(takes_bytes=2000 * 2**20, sends_bytes=2_000_000_000)  # a server of one's own: 2000 MB
LINES = 64  #: connections at a time; uploads and edits of many chats share them
CALL_S = 20.0  #: an answer to an ordinary call
UPLOAD_STALL_S = 120.0  #: an upload that moves no byte for so long is dead
LONGEST_PAUSE_S = 30.0


async def run_telegram(settings: BotSettings) -> None:
    """Run the bot until SIGTERM or SIGINT.

    Raises:
        ConfigError: The token or the server's address is wrong.
    """
    await serve(settings, stop_event())


async def serve(settings: BotSettings, stopping: asyncio.Event) -> None:
    """Run the bot until `stopping` is set; what is in hand is finished or left to Telegram."""
    async with contextlib.AsyncExitStack() as rooms:
        await rooms.enter_async_context(watch_loop(settings))
        queue = await rooms.enter_async_context(open_queue_client(settings))
        desk = ChatService(queue, open_links(settings), settings)
        bot = await rooms.enter_async_context(online(settings, stopping))
        session = await rooms.enter_async_context(aiohttp.ClientSession(trust_env=True))
        messenger = Messenger(bot)
        limits = LOCAL if settings.telegram_local else HOSTED
        application = _application(bot, desk, messenger, session, limits)
        await rooms.enter_async_context(application)
        platform = TelegramPlatform(messenger, FileIdCache(desk))
        courier = DeliveryService(desk, platform, edit_every_s=settings.edit_every_s)
        log.info("telegram_ready", bot=bot.username, webhook=bool(settings.telegram_webhook_url))
        await run_until_first(
            stopping.wait(),
            courier.run(),
            _updates(settings, bot, UpdateTracker(application.process_update)),
            _keep_menu(bot),
        )
    log.info("telegram_stopped")


@contextlib.asynccontextmanager
async def online(settings: BotSettings, stopping: asyncio.Event) -> AsyncIterator[ExtBot[bool]]:
    """The bot, once Telegram knows it; waits as long as the network is down.

    Raises:
        ConfigError: Telegram does not know the token.
    """
    bot = make_bot(settings)
    try:
        await _greet_telegram(bot, stopping)
        yield bot
    finally:
        await bot.shutdown()


def make_bot(settings: BotSettings) -> ExtBot[bool]:
    """The bot of these settings; nothing is sent yet.

    Raises:
        ConfigError: The token does not look like one.
    """
    root = settings.telegram_api_url.rstrip("/") or OFFICIAL
    try:
        return ExtBot(
            settings.telegram_token.get_secret_value(),
            base_url=f"{root}/bot",
            base_file_url=f"{root}/file/bot",
            request=_request(LINES),
            get_updates_request=_request(2),
            rate_limiter=RateLimiter(),
            local_mode=settings.telegram_local,
        )
    except InvalidToken:
        raise _bad_token() from None


def _request(lines: int) -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=lines,
        connect_timeout=10,
        read_timeout=CALL_S,
        write_timeout=CALL_S,
        pool_timeout=60,
        media_write_timeout=UPLOAD_STALL_S,
    )


def _bad_token() -> ConfigError:
    return ConfigError(setting="STEMBOT_TELEGRAM_TOKEN", value="unknown to Telegram")


async def _greet_telegram(bot: ExtBot[bool], stopping: asyncio.Event) -> None:
    pause_s = 1.0
    while not stopping.is_set():
        try:
            await bot.initialize()
        except InvalidToken:
            raise _bad_token() from None
        except TelegramError as trouble:
            log.warning("telegram_away", trouble=type(trouble).__name__, again_in_s=pause_s)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
        else:
            return


def _application(
    bot: ExtBot[bool], desk: ChatService, messenger: Messenger, session: aiohttp.ClientSession, limits: Limits
) -> Application[Any, Any, Any, Any, Any, Any]:
    """The library's dispatcher; updates come from `updates`, so it has no updater of its own."""
    application = Application.builder().bot(bot).updater(None).job_queue(None).build()
    messages = Messages(desk, messenger, Fetcher(bot, session), limits)
    presses = ButtonHandler(desk, messenger, limits)
    application.add_handler(MessageHandler(filters.UpdateType.MESSAGE, messages.on_message))
    application.add_handler(CallbackQueryHandler(presses.on_press))
    application.add_handler(InlineQueryHandler(Inline(desk, TelegramPlatform.name).on_query))
    application.add_error_handler(Apology(desk, messenger).on_error)
    return application


class FileIdCache:
    """Telegram's ids of our files, as the desk keeps them between two lives of the bot."""

    def __init__(self, desk: ChatService) -> None:
        """Take the desk."""
        self._desk = desk

    async def recall(self, keys: Sequence[str]) -> dict[str, str]:
        """The ids of these files, as far as there are any."""
        return await self._desk.recall(TelegramPlatform.name, list(keys))

    async def remember(self, ids: dict[str, str]) -> None:
        """Keep ids by our keys; what is not kept goes up once more, so trouble is no trouble."""
        with contextlib.suppress(StembotError):
            await self._desk.remember(TelegramPlatform.name, ids)


class Apology:
    """What happens when a handler breaks: the log gets the trace, the person a sentence."""

    def __init__(self, desk: ChatService, messenger: Messenger) -> None:
        """Take who has the words, and the way out."""
        self._desk = desk
        self._messenger = messenger

    async def on_error(self, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A handler raised."""
        log.error("handler_failed", exc_info=context.error)
        message = update.effective_message if isinstance(update, Update) else None
        if isinstance(update, Update) and isinstance(message, Message):
            pressed = update.callback_query  # then the message is our own, and another is to be told
            person = person_of(pressed.from_user, message.chat) if pressed else author_of(message)
            known = context.error if isinstance(context.error, StembotError) else None
            with contextlib.suppress(Unreachable, RetryLater):
                await self._messenger.post(address_of(message, None), self._desk.trouble(person, known))


async def _keep_menu(bot: ExtBot[bool]) -> None:
    """Set the menu, then wait to be cancelled: what runs beside it goes on."""
    await set_menu(bot)
    await asyncio.Event().wait()


async def _updates(settings: BotSettings, bot: ExtBot[bool], inbox: UpdateTracker) -> None:
    """Take updates the way the settings say, until cancelled."""
    if settings.telegram_webhook_url:
        await _listen(settings, bot, inbox)
    else:
        await poll(bot, inbox)


async def _listen(settings: BotSettings, bot: ExtBot[bool], inbox: UpdateTracker) -> None:
    """Stand behind the webhook's address until cancelled."""
    secret = settings.telegram_webhook_secret.get_secret_value() or secrets.token_urlsafe(32)
    runner = web.AppRunner(Webhook(bot, inbox, secret).app(), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.web_host, settings.telegram_webhook_port).start()
        url = settings.telegram_webhook_url.rstrip("/") + Webhook.PATH
        await with_retry(lambda: bot.set_webhook(url, secret_token=secret, allowed_updates=ALLOWED))
        await asyncio.Event().wait()
    finally:
        await inbox.close()
        await runner.cleanup()
