"""Receives updates by polling or webhook: each is handled once, and confirmed only after that.

The library's own updater confirms an update as soon as it has read it; a bot killed a moment later has lost
the song. Here an update is confirmed when its handler has written the order: polling asks again from the
oldest unfinished one, the webhook answers 200 only then.

        handling     17 ····· 18 ✓ 19 ·····        getUpdates(offset=17): Telegram sends 17 to 19 again;
        offset       17                            17 and 19 are running, 18 is done: none is handled twice
"""

from __future__ import annotations

import asyncio
import hmac
from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING

import structlog
from aiohttp import web
from telegram import Update
from telegram.error import TelegramError

from bots.telegram.errors import with_retry

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from telegram import Bot

log = structlog.get_logger()

ALLOWED = (Update.MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY)
POLL_S = 25  #: a long poll; proxies close idle connections at 30 s and more
BUSY_POLL_S = 0.3  #: between two polls while a handler runs, when Telegram answers at once
HANDLER_S = 1800.0  #: no handler takes longer: 2000 MB at 10 Mbit/s
WEBHOOK_WAIT_S = 50.0  #: Telegram asks again when an answer takes longer than a minute
STOP_S = 5.0  #: for running handlers when the process stops
MAX_DONE = 5000  #: ids of handled updates: a webhook may bring one twice


class UpdateTracker:
    """Runs a handler for each update; knows which are running and which are done."""

    def __init__(self, handler: Callable[[Update], Awaitable[None]]) -> None:
        """Nothing runs yet; what `handler` raises is logged."""
        self._handler = handler
        self._running: dict[int, asyncio.Task[None]] = {}
        self._done: OrderedDict[int, None] = OrderedDict()
        self._last = -1
        self.changed = asyncio.Event()  #: set when a handler has ended

    @property
    def offset(self) -> int:
        """The first update that is not confirmed yet."""
        return min(self._running, default=self._last + 1)

    @property
    def busy(self) -> bool:
        """Whether a handler runs."""
        return bool(self._running)

    def handle(self, update: Update) -> asyncio.Task[None] | None:
        """Handle an update; a repeated one gets the task of the first. None: it is done already."""
        number = update.update_id
        if number in self._done:
            return None
        if number not in self._running:
            self._last = max(self._last, number)
            task = asyncio.create_task(self._run(update))
            self._running[number] = task
            task.add_done_callback(lambda finished: self._finish(number, finished))
        return self._running[number]

    async def _run(self, update: Update) -> None:
        try:
            async with asyncio.timeout(HANDLER_S):
                await self._handler(update)
        except Exception:  # one update must not stop the others
            log.exception("update_failed", update=update.update_id)

    def _finish(self, number: int, task: asyncio.Task[None]) -> None:
        del self._running[number]
        if not task.cancelled():  # cancelled when the process stops: Telegram sends it again
            self._done[number] = None
            while len(self._done) > MAX_DONE:
                self._done.popitem(last=False)
        self.changed.set()

    async def close(self) -> int:
        """Give running handlers a moment to finish; returns the offset to confirm."""
        if self._running:
            await asyncio.wait(self._running.values(), timeout=STOP_S)
        offset = self.offset
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
        return offset


async def poll(bot: Bot, tracker: UpdateTracker) -> None:
    """Poll for updates until cancelled; then confirm what is done."""
    try:
        await with_retry(bot.delete_webhook)
        while True:
            await with_retry(partial(_poll_once, bot, tracker))
    finally:
        await _confirm(bot, await tracker.close())


async def _poll_once(bot: Bot, tracker: UpdateTracker) -> None:
    """Poll once. While a handler runs Telegram answers at once, so a short wait follows."""
    busy = tracker.busy
    tracker.changed.clear()
    updates = await bot.get_updates(
        offset=tracker.offset, timeout=0 if busy else POLL_S, allowed_updates=ALLOWED
    )
    for update in updates:
        tracker.handle(update)
    if tracker.busy:
        try:
            async with asyncio.timeout(BUSY_POLL_S):
                await tracker.changed.wait()
        except TimeoutError:
            pass


async def _confirm(bot: Bot, offset: int) -> None:
    """Tell Telegram which updates are done."""
    try:
        if offset > 0:
            await bot.get_updates(offset=offset, timeout=0, limit=1, allowed_updates=ALLOWED)
    except TelegramError as error:
        log.info("updates_not_confirmed", error=type(error).__name__)


class Webhook:
    """Receives updates by HTTP; TLS is left to a reverse proxy."""

    PATH = "/telegram"

    def __init__(self, bot: Bot, tracker: UpdateTracker, secret: str) -> None:
        """`secret` is what Telegram sends with each update."""
        self._bot = bot
        self._tracker = tracker
        self._secret = secret

    def app(self) -> web.Application:
        """The web application."""
        app = web.Application()
        app.router.add_post(self.PATH, self._post)
        return app

    async def _post(self, request: web.Request) -> web.Response:
        sent = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(sent.encode(), self._secret.encode()):
            return web.Response(status=403)
        try:
            update = Update.de_json(await request.json(), self._bot)
        except (ValueError, KeyError, TypeError):
            return web.Response(status=400)
        task = self._tracker.handle(update)
        if task is not None:
            await asyncio.wait({task}, timeout=WEBHOOK_WAIT_S)
        done = task is None or (task.done() and not task.cancelled())
        return web.Response(status=200 if done else 503)
