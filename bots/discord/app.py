"""The process: opens the queue, logs in, delivers results, and runs until it is stopped."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING

import aiohttp
import discord
import structlog
from discord.http import Route

from bots.chat.delivery import DeliveryService
from bots.chat.messages import RetryLater, Unreachable
from bots.chat.service import ChatService
from bots.discord.client import StembotClient
from bots.operations.lifecycle import run_until_first, stop_event
from bots.operations.loop_lag import watch_loop
from separator import open_queue_client
from separator.core.errors import ConfigError
from storage import StembotError, open_links

if TYPE_CHECKING:
    from bots.settings import BotSettings

log = structlog.get_logger()

PAUSE_S, MAX_PAUSE_S = 2.0, 120.0  #: between two tries to log in; doubled each time
STABLE_S = 600.0  #: after a connection that lasted so long, the pauses start small again

UNREACHABLE = (
    aiohttp.ClientError,
    OSError,
    discord.DiscordServerError,
    discord.GatewayNotFound,
    discord.ConnectionClosed,
)


async def run_discord(settings: BotSettings) -> None:
    """Run the Discord bot until SIGTERM or SIGINT.

    Raises:
        ConfigError: The token is missing, or Discord does not know it.
    """
    if not settings.discord_token.get_secret_value():
        raise ConfigError(setting="STEMBOT_DISCORD_TOKEN", value="empty")
    if settings.discord_api_url:
        Route.BASE = f"{settings.discord_api_url.rstrip('/')}/api/v10"
    stopping = stop_event()
    async with watch_loop(settings), open_queue_client(settings) as queue:
        service = ChatService(queue, open_links(settings), settings)
        await run_until_first(_run_with_retry(service, settings), stopping.wait())
    log.info("discord_stopped")


async def _run_with_retry(service: ChatService, settings: BotSettings) -> None:
    """Log in again while the network or Discord is down; discord.py itself reconnects a lost gateway."""
    pause_s = 0.0
    while True:
        started = time.monotonic()
        try:
            async with StembotClient(service, settings) as client:
                await _run_client(client, service, settings)
        except discord.LoginFailure:
            raise ConfigError(setting="STEMBOT_DISCORD_TOKEN", value="unknown to Discord") from None
        except discord.PrivilegedIntentsRequired:
            raise ConfigError(
                setting="STEMBOT_DISCORD_MESSAGE_CONTENT", value="off in Discord's portal"
            ) from None
        except UNREACHABLE as error:
            log.warning("discord_unreachable", error=type(error).__name__)
        pause_s = next_pause_s(pause_s, time.monotonic() - started)
        await asyncio.sleep(pause_s)


def next_pause_s(last_pause_s: float, connected_s: float) -> float:
    """The pause before the next try to log in.

    Args:
        last_pause_s: The pause before this one; 0 where there was none.
        connected_s: How long the try in between lasted.
    """
    if not last_pause_s or connected_s >= STABLE_S:
        return PAUSE_S
    return min(2 * last_pause_s, MAX_PAUSE_S)


async def _run_client(client: StembotClient, service: ChatService, settings: BotSettings) -> None:
    """Receive events and deliver results, until one of the two ends."""
    await client.login(settings.discord_token.get_secret_value())
    log.info("discord_ready", user=str(client.user))
    await answer_interrupted(client, service)
    deliveries = DeliveryService(service.orders, client.platform, edit_every_s=settings.edit_every_s)
    await run_until_first(client.connect(), deliveries.run())


async def answer_interrupted(client: StembotClient, service: ChatService) -> None:
    """Ask for the songs again whose download a killed bot left: Discord sends no event twice."""
    try:
        requests = await service.downloads.take_interrupted(client.platform.name)
    except StembotError as error:
        log.warning("interrupted_unread", error=type(error).__name__)
        return
    for request in requests:
        with contextlib.suppress(Unreachable, RetryLater, discord.HTTPException):
            await client.platform.show(request.reply_to, service.downloads.interrupted_reply(request))
        log.info("request_interrupted", request=request.request_id)
