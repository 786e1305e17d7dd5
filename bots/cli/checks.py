"""What the doctor learns by asking others: database, store, chat platforms, and its own public address."""

from __future__ import annotations

import asyncio
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from bots.cli.finding import PROBE_S, CheckResult
from separator import open_queue_admin
from storage import StorageError, open_store

if TYPE_CHECKING:
    from bots.settings import BotSettings

CLOCK_S = (
    30.0  #: links, days and leases bear a clock that is off by so much; more, and they end early or late
)
TELEGRAM, DISCORD = "https://api.telegram.org", "https://discord.com"
#: Bits of an application's flags at Discord: may read what people write, as a large bot or as a small one.
MESSAGE_CONTENT = 1 << 18 | 1 << 19
PROBE_KEY = "doctor/probe"


async def table(settings: BotSettings) -> CheckResult:
    """Whether the job table opens, and how long the line is."""
    try:
        async with asyncio.timeout(PROBE_S), open_queue_admin(settings) as keeper:
            figures = await keeper.stats()
    except (StorageError, OSError, TimeoutError):
        return CheckResult(False, "database_unreachable")
    return CheckResult(True, "database", {"waiting": sum(figures.depth.values())})


async def clock(settings: BotSettings) -> CheckResult | None:
    """Whether this machine's clock agrees with the one that the line goes by."""
    try:
        async with asyncio.timeout(PROBE_S), open_queue_admin(settings) as keeper:
            off_s = abs(await keeper.clock() - time.time())
    except (StorageError, OSError, TimeoutError):
        return None  # the table's finding
    return CheckResult(off_s <= CLOCK_S, "clock" if off_s <= CLOCK_S else "clock_off", {"off_s": off_s})


async def store(settings: BotSettings) -> CheckResult:
    """Whether the store keeps what it is given."""
    try:
        async with asyncio.timeout(PROBE_S):
            there = open_store(settings)
            await there.put(PROBE_KEY, b"probe")
            await there.delete(PROBE_KEY)
    except (StorageError, OSError, TimeoutError):
        return CheckResult(False, "storage_unreachable")
    return CheckResult(True, "storage")


async def address(settings: BotSettings) -> CheckResult:
    """Whether people who follow a link come to this web room."""
    url = settings.public_url.rstrip("/")
    if not url:
        return CheckResult(False, "address_missing")
    status, _ = await _ask(f"{url}/healthz")
    return CheckResult(
        status == HTTPStatus.OK, "address" if status == HTTPStatus.OK else "address_unreachable", {"url": url}
    )


async def telegram(settings: BotSettings) -> CheckResult | None:
    """Whether Telegram knows the bot by its token; nothing where there is none."""
    token = settings.telegram_token.get_secret_value()
    if not token:
        return None
    root = settings.telegram_api_url.rstrip("/") or TELEGRAM
    status, _ = await _ask(f"{root}/bot{token}/getMe")
    return _of_token("Telegram", status)


async def discord(settings: BotSettings) -> CheckResult | None:
    """Whether Discord knows the bot by its token; nothing where there is none."""
    status, _ = await _ask_discord(settings, "users/@me")
    return None if status is None else _of_token("Discord", status)


async def intent(settings: BotSettings) -> CheckResult | None:
    """Whether Discord lets the bot read messages, where the settings say that it may."""
    if not settings.discord_message_content:
        return None
    status, facts = await _ask_discord(settings, "applications/@me")
    if status != HTTPStatus.OK:
        return None  # the token's finding
    granted = bool(int(facts.get("flags") or 0) & MESSAGE_CONTENT)
    return CheckResult(granted, "intent" if granted else "intent_missing")


async def _ask_discord(settings: BotSettings, what: str) -> tuple[int | None, dict[str, Any]]:
    """What Discord answers; no status where there is no token."""
    token = settings.discord_token.get_secret_value()
    if not token:
        return None, {}
    root = settings.discord_api_url.rstrip("/") or DISCORD
    return await _ask(f"{root}/api/v10/{what}", {"Authorization": f"Bot {token}"})


def _of_token(platform: str, status: int) -> CheckResult:
    """What a platform's answer says of the token."""
    setting = f"STEMBOT_{platform.upper()}_TOKEN"
    if status == HTTPStatus.OK:
        return CheckResult(True, "token", {"platform": platform})
    # Telegram answers 404 to a token that is none.
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}:
        return CheckResult(False, "token_rejected", {"platform": platform, "setting": setting})
    return CheckResult(False, "platform_unreachable", {"platform": platform})


async def _ask(url: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, Any]]:
    """The status of an answer, and its JSON if it is any; 0 for no answer. The address may hold a token."""
    try:
        async with (
            ClientSession(timeout=ClientTimeout(total=PROBE_S)) as session,
            session.get(url, headers=headers) as answer,
        ):
            facts = await answer.json() if answer.content_type == "application/json" else {}
            return answer.status, facts
    except (ClientError, OSError, TimeoutError, ValueError):
        return 0, {}
