"""The Telegram bot as a process: opens its resources, connects its parts, runs until it is stopped."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from typing import TYPE_CHECKING, Any

import aiohttp
import structlog
from aiohttp import web
from telegram import Message, Update
from telegram.error import InvalidToken
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
from bots.chat.file_ids import FileIdCache
from bots.chat.messages import RetryLater, Unreachable
from bots.chat.service import ChatService
from bots.operations.lifecycle import run_until_first, stop_event
from bots.operations.loop_lag import watch_loop
from bots.telegram.address import Address
from bots.telegram.buttons import ButtonHandler
from bots.telegram.delivery import TelegramPlatform
from bots.telegram.errors import with_retry
from bots.telegram.fetch import LOCATE_S, OWN_LOCATE_S, Fetcher
from bots.telegram.handlers import ChatMessageHandler, FileLimits
from bots.telegram.inline import InlineSearch
from bots.telegram.menu import set_menu
from bots.telegram.messenger import Messenger
from bots.telegram.notes import IDLE_S, Notes
from bots.telegram.rate_limiter import RateLimiter
from bots.telegram.update_parser import address_of, author_of, person_of, request_id_of
from bots.telegram.updates import ALLOWED, UpdateTracker, poll
from bots.telegram.webhook import Webhook
from separator import open_queue_client
from separator.core.errors import ConfigError
from storage import StembotError, open_links, remove_stale_temp_dirs

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from telegram.ext import ContextTypes

    from bots.settings import BotSettings

log = structlog.get_logger()

OFFICIAL = "https://api.telegram.org"
HOSTED = FileLimits(download_bytes=20 * 2**20, upload_bytes=50_000_000)  #: of the official server
LOCAL = FileLimits(download_bytes=2000 * 2**20, upload_bytes=2_000_000_000)  #: of a local Bot API server
CONNECTIONS = 64  #: shared by uploads and edits of many chats
CALL_S = 20.0  #: for the response to an ordinary call
UPLOAD_STALL_S = 120.0  #: an upload that sends no byte for so long has failed


async def run_telegram(settings: BotSettings) -> None:
    """Run the bot until SIGTERM or SIGINT.

    Raises:
        ConfigError: The token or the server's address is wrong.
    """
    await serve(settings, stop_event())


async def serve(settings: BotSettings, stopping: asyncio.Event) -> None:
    """Run the bot until `stopping` is set; unfinished updates are sent again to the next process."""
    await run_until_first(stopping.wait(), _run(settings))
    log.info("telegram_stopped")


async def _run(settings: BotSettings) -> None:
    """Run the bot until cancelled."""
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(watch_loop(settings))
        await asyncio.to_thread(remove_stale_temp_dirs)
        queue = await stack.enter_async_context(open_queue_client(settings))
        service = ChatService(queue, open_links(settings), settings)
        bot = await stack.enter_async_context(online(settings))
        session = await stack.enter_async_context(aiohttp.ClientSession(trust_env=True))
        messenger = Messenger(bot)
        limits = LOCAL if settings.telegram_local else HOSTED
        file_ids = FileIdCache(service.queue.people, TelegramPlatform.name)
        errors = ErrorHandler(service, messenger)
        application = _application(bot, service, messenger, session, limits, file_ids)
        application.add_error_handler(errors.on_error)
        await stack.enter_async_context(application)
        platform = TelegramPlatform(messenger, file_ids)
        delivery = DeliveryService(service.orders, platform, edit_every_s=settings.edit_every_s)
        notes = Notes(queue.inbox, bot)
        tracker = UpdateTracker(application.process_update, notes, errors.on_timeout)
        # Telegram gives only one process at a time what it polls for; webhooks may go to several.
        tracker.resume(await notes.take_over(IDLE_S if settings.telegram_webhook_url else 0.0))
        log.info("telegram_ready", bot=bot.username, webhook=bool(settings.telegram_webhook_url))
        await run_until_first(
            delivery.run(),
            _receive_updates(settings, bot, tracker),
            notes.run(tracker.resume),
            _keep_menu(bot),
        )


@contextlib.asynccontextmanager
async def online(settings: BotSettings) -> AsyncIterator[ExtBot[int]]:
    """The bot, once Telegram accepts its token; waits while the network is down.

    Raises:
        ConfigError: Telegram rejects the token.
    """
    bot = make_bot(settings)
    try:
        await with_retry(bot.initialize, give_up_on=(InvalidToken,))
        yield bot
    except InvalidToken:
        raise _bad_token() from None
    finally:
        await bot.shutdown()


def make_bot(settings: BotSettings) -> ExtBot[int]:
    """The bot for these settings; nothing is sent yet.

    Raises:
        ConfigError: The token does not look like one.
    """
    root = settings.telegram_api_url.rstrip("/") or OFFICIAL
    try:
        return ExtBot(
            settings.telegram_token.get_secret_value(),
            base_url=f"{root}/bot",
            base_file_url=f"{root}/file/bot",
            request=_request(CONNECTIONS),
            get_updates_request=_request(2),
            rate_limiter=RateLimiter(),
            local_mode=settings.telegram_local,
        )
    except InvalidToken:
        raise _bad_token() from None


def _request(connections: int) -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=connections,
        connect_timeout=10,
        read_timeout=CALL_S,
        write_timeout=CALL_S,
        pool_timeout=60,
        media_write_timeout=UPLOAD_STALL_S,
    )


def _bad_token() -> ConfigError:
    return ConfigError(setting="STEMBOT_TELEGRAM_TOKEN", value="unknown to Telegram")


def _application(
    bot: ExtBot[int],
    service: ChatService,
    messenger: Messenger,
    session: aiohttp.ClientSession,
    limits: FileLimits,
    file_ids: FileIdCache,
) -> Application[Any, Any, Any, Any, Any, Any]:
    """The library's dispatcher; updates come from `bots.telegram.updates`, so it has no updater."""
    application = Application.builder().bot(bot).updater(None).job_queue(None).build()
    fetcher = Fetcher(bot, session, LOCATE_S if limits is HOSTED else OWN_LOCATE_S)
    messages = ChatMessageHandler(service, messenger, fetcher, limits)
    buttons = ButtonHandler(service, messenger, limits)
    edited = filters.UpdateType.EDITED_MESSAGE | filters.UpdateType.EDITED_CHANNEL_POST
    new = filters.UpdateType.MESSAGE | filters.UpdateType.CHANNEL_POST
    application.add_handler(MessageHandler(new, messages.on_message))
    application.add_handler(MessageHandler(edited, messages.on_edit))
    application.add_handler(CallbackQueryHandler(buttons.on_click))
    application.add_handler(InlineQueryHandler(InlineSearch(service, file_ids).on_query))
    return application


class ErrorHandler:
    """Handles what a handler raises: logs the traceback, and tells the user."""

    def __init__(self, service: ChatService, messenger: Messenger) -> None:
        self._service = service
        self._messenger = messenger

    async def on_error(self, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Handle an error of any handler."""
        log.error("handler_failed", exc_info=context.error)
        message = update.effective_message if isinstance(update, Update) else None
        if isinstance(update, Update) and isinstance(message, Message):
            click = update.callback_query  # then the message is the bot's own
            person = person_of(click.from_user, message.chat) if click else author_of(message)
            reply = self._service.commands.failed(person, context.error)
            with contextlib.suppress(Unreachable, RetryLater):
                await self._messenger.post(address_of(message, None), reply)

    async def on_timeout(self, update: Update) -> None:
        """Tell the sender of a song that it could not be downloaded in time."""
        message = update.effective_message
        if not isinstance(message, Message):
            return
        with contextlib.suppress(Unreachable, RetryLater, StembotError):
            if pending := await self._service.downloads.give_up(request_id_of(message)):
                reply = self._service.downloads.interrupted_reply(pending)
                await self._messenger.edit(Address.read(pending.reply_to), reply)


async def _keep_menu(bot: ExtBot[int]) -> None:
    """Set the menu, then wait to be cancelled, so that what runs beside it continues."""
    await set_menu(bot)
    await asyncio.Event().wait()


async def _receive_updates(settings: BotSettings, bot: ExtBot[int], tracker: UpdateTracker) -> None:
    """Receive updates by webhook or polling, until cancelled."""
    if settings.telegram_webhook_url:
        await _serve_webhook(settings, bot, tracker)
    else:
        await poll(bot, tracker)


async def _serve_webhook(settings: BotSettings, bot: ExtBot[int], tracker: UpdateTracker) -> None:
    """Serve the webhook until cancelled."""
    secret = settings.telegram_webhook_secret.get_secret_value() or secrets.token_urlsafe(32)
    runner = web.AppRunner(Webhook(bot, tracker, secret).app(), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.web_host, settings.telegram_webhook_port).start()
        url = settings.telegram_webhook_url.rstrip("/") + Webhook.PATH
        await with_retry(lambda: bot.set_webhook(url, secret_token=secret, allowed_updates=ALLOWED))
        await asyncio.Event().wait()
    finally:
        await tracker.close()
        await runner.cleanup()
