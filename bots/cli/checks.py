"""Checks of `stembot doctor` that need others: database, storage, chat platforms, the public address."""

from __future__ import annotations

import asyncio
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

from aiohttp import ClientError, ClientSession, ClientTimeout

from separator import open_queue_admin
from storage import StorageError, open_store

if TYPE_CHECKING:
    from bots.settings import BotSettings

CHECK_S = 10.0  #: a check that takes longer has failed
CLOCK_S = 30.0  #: links, quotas and leases tolerate a clock that is off by so much
TELEGRAM, DISCORD = "https://api.telegram.org", "https://discord.com"
#: Flags of a Discord application with the message content intent, verified or limited.
MESSAGE_CONTENT = 1 << 18 | 1 << 19
CHECK_KEY = "doctor/probe"


class CheckResult(NamedTuple):
    """The result of one check; `key` names its sentence, `doctor.KEY`."""

    ok: bool
    key: str
    facts: dict[str, float | str] = {}  # noqa: RUF012 - never written to


async def database(settings: BotSettings) -> CheckResult:
    """Whether the database opens, and how long the queue is."""
    try:
        async with asyncio.timeout(CHECK_S), open_queue_admin(settings) as admin:
            stats = await admin.stats()
    except (StorageError, OSError, TimeoutError):
        return CheckResult(False, "database_unreachable")
    return CheckResult(True, "database", {"waiting": sum(stats.depth.values())})


async def clock(settings: BotSettings) -> CheckResult | None:
    """Whether this machine's clock agrees with the database's."""
    try:
        async with asyncio.timeout(CHECK_S), open_queue_admin(settings) as admin:
            off_s = abs(await admin.clock() - time.time())
    except (StorageError, OSError, TimeoutError):
        return None  # `database` reports it
    return CheckResult(off_s <= CLOCK_S, "clock" if off_s <= CLOCK_S else "clock_off", {"off_s": off_s})


async def storage(settings: BotSettings) -> CheckResult:
    """Whether the storage can be written to."""
    try:
        async with asyncio.timeout(CHECK_S), open_store(settings) as store:
            await store.put(CHECK_KEY, b"check")
            await store.delete(CHECK_KEY)
    except (StorageError, OSError, TimeoutError):
        return CheckResult(False, "storage_unreachable")
    return CheckResult(True, "storage")


async def address(settings: BotSettings) -> CheckResult:
    """Whether the public address leads to this web app."""
    url = settings.public_url.rstrip("/")
    if not url:
        return CheckResult(False, "address_missing")
    status, _ = await _get(f"{url}/healthz")
    return CheckResult(
        status == HTTPStatus.OK, "address" if status == HTTPStatus.OK else "address_unreachable", {"url": url}
    )


async def telegram(settings: BotSettings) -> CheckResult | None:
    """Whether Telegram accepts the token, if there is one."""
    token = settings.telegram_token.get_secret_value()
    if not token:
        return None
    root = settings.telegram_api_url.rstrip("/") or TELEGRAM
    status, _ = await _get(f"{root}/bot{token}/getMe")
    return _token_result("Telegram", status)


async def discord(settings: BotSettings) -> CheckResult | None:
    """Whether Discord accepts the token, if there is one."""
    status, _ = await _get_discord(settings, "users/@me")
    return None if status is None else _token_result("Discord", status)


async def intent(settings: BotSettings) -> CheckResult | None:
    """Whether Discord grants the message content intent, if the settings ask for it."""
    if not settings.discord_message_content:
        return None
    status, body = await _get_discord(settings, "applications/@me")
    if status != HTTPStatus.OK:
        return None  # `discord` reports it
    granted = bool(int(body.get("flags") or 0) & MESSAGE_CONTENT)
    return CheckResult(granted, "intent" if granted else "intent_missing")


async def _get_discord(settings: BotSettings, path: str) -> tuple[int | None, dict[str, Any]]:
    """Discord's response; no status where there is no token."""
    token = settings.discord_token.get_secret_value()
    if not token:
        return None, {}
    root = settings.discord_api_url.rstrip("/") or DISCORD
    return await _get(f"{root}/api/v10/{path}", {"Authorization": f"Bot {token}"})


def _token_result(platform: str, status: int) -> CheckResult:
    """What the status of a platform's response says about the token."""
    setting = f"STEMBOT_{platform.upper()}_TOKEN"
    if status == HTTPStatus.OK:
        return CheckResult(True, "token", {"platform": platform})
    # Telegram answers 404 to a malformed token.
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}:
        return CheckResult(False, "token_rejected", {"platform": platform, "setting": setting})
    return CheckResult(False, "platform_unreachable", {"platform": platform})


async def proxies(settings: BotSettings) -> CheckResult | None:
    """Whether the proxy that a public https address needs is named: this program speaks no TLS itself."""
    if settings.proxies or not settings.public_url.startswith("https:"):
        return None
    return CheckResult(False, "proxies_missing")


async def _get(url: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, Any]]:
    """The status and JSON of a response; status 0 for none. Never log the URL: it may hold a token."""
    try:
        async with (
            ClientSession(timeout=ClientTimeout(total=CHECK_S)) as session,
            session.get(url, headers=headers) as response,
        ):
            body = await response.json() if response.content_type == "application/json" else {}
            return response.status, body
    except (ClientError, OSError, TimeoutError, ValueError):
        return 0, {}
