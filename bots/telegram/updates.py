"""Updates in, by polling or by webhook: each handled once, and given up to Telegram only when it is.

The library's own updater confirms an update as soon as it has read it; a bot killed a moment later has lost
the song. Here an update stays Telegram's until its handler has written the order: polling asks again from the
oldest one in hand, the webhook answers 200 only then.

        in hand      17 ····· 18 ✓ 19 ·····        getUpdates(offset=17): 17 to 19 are still Telegram's;
        asked from   17                            the two in hand are known and not handled again
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
from telegram.error import RetryAfter, TelegramError

from bots.telegram.errors import seconds_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from telegram import Bot

log = structlog.get_logger()

ALLOWED = (Update.MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY)
POLL_S = 25  #: a long poll; proxies cut idle lines at 30 s and more
BUSY_POLL_S = 0.3  #: between two polls while something is in hand, when Telegram answers at once
LONGEST_PAUSE_S = 30.0
HANDLE_S = 1800.0  #: no handler takes longer: 2000 MB at 10 Mbit/s
WEBHOOK_WAIT_S = 50.0  #: Telegram asks again when an answer takes longer than a minute
STOP_S = 5.0  #: what is in hand gets this long at the end
REMEMBERED = 5000  #: ids of handled updates: a webhook may bring one twice


class UpdateTracker:
    """Takes updates; knows which are in hand and which are done."""

    def __init__(self, handle: Callable[[Update], Awaitable[None]]) -> None:
        """Take what handles one update; it may raise, which is logged."""
        self._handle = handle
        self._hand: dict[int, asyncio.Task[None]] = {}
        self._done: OrderedDict[int, None] = OrderedDict()
        self._last = -1
        self.changed = asyncio.Event()  #: set when a handler has ended

    @property
    def offset(self) -> int:
        """The first update that is not ours yet."""
        return min(self._hand, default=self._last + 1)

    @property
    def busy(self) -> bool:
        """Whether anything is in hand."""
        return bool(self._hand)

    def take(self, update: Update) -> asyncio.Task[None] | None:
        """Handle an update; the same again joins the first. None: it is done already."""
        number = update.update_id
        if number in self._done:
            return None
        if number not in self._hand:
            self._last = max(self._last, number)
            task = asyncio.create_task(self._run(update))
            self._hand[number] = task
            task.add_done_callback(lambda ended: self._put_away(number, ended))
        return self._hand[number]

    async def _run(self, update: Update) -> None:
        try:
            async with asyncio.timeout(HANDLE_S):
                await self._handle(update)
        except Exception:  # one update must not stop the others
            log.exception("update_failed", update=update.update_id)

    def _put_away(self, number: int, ended: asyncio.Task[None]) -> None:
        del self._hand[number]
        if not ended.cancelled():  # cancelled at the end of the process: it stays Telegram's
            self._done[number] = None
            while len(self._done) > REMEMBERED:
                self._done.popitem(last=False)
        self.changed.set()

    async def close(self) -> int:
        """Let what is in hand finish for a moment; returns the offset up to which all is done."""
        if self._hand:
            await asyncio.wait(self._hand.values(), timeout=STOP_S)
        offset = self.offset
        for task in self._hand.values():
            task.cancel()
        await asyncio.gather(*self._hand.values(), return_exceptions=True)
        return offset


async def with_retry(call: Callable[[], Awaitable[object]]) -> None:
    """Call until Telegram answers; a pause between two tries doubles."""
    pause_s = 1.0
    while True:
        try:
            await call()
        except TelegramError as trouble:
            wait_s = seconds_of(trouble) if isinstance(trouble, RetryAfter) else pause_s
            log.warning("telegram_waits", trouble=type(trouble).__name__, wait_s=wait_s)
            await asyncio.sleep(wait_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
        else:
            return


async def poll(bot: Bot, inbox: UpdateTracker) -> None:
    """Ask for updates until cancelled; then confirm what is done."""
    try:
        await with_retry(bot.delete_webhook)
        while True:
            await with_retry(partial(_round, bot, inbox))
    finally:
        await _confirm(bot, await inbox.close())


async def _round(bot: Bot, inbox: UpdateTracker) -> None:
    """One poll; while something is in hand Telegram answers at once, so a short wait takes its place."""
    busy = inbox.busy
    inbox.changed.clear()
    updates = await bot.get_updates(
        offset=inbox.offset, timeout=0 if busy else POLL_S, allowed_updates=ALLOWED
    )
    for update in updates:
        inbox.take(update)
    if inbox.busy:
        try:
            async with asyncio.timeout(BUSY_POLL_S):
                await inbox.changed.wait()
        except TimeoutError:
            pass


async def _confirm(bot: Bot, offset: int) -> None:
    """Tell Telegram what need not come again."""
    try:
        if offset > 0:
            await bot.get_updates(offset=offset, timeout=0, limit=1, allowed_updates=ALLOWED)
    except TelegramError as trouble:
        log.info("updates_come_again", trouble=type(trouble).__name__)


class Webhook:
    """Takes updates by HTTP; TLS is the reverse proxy's affair."""

    PATH = "/telegram"

    def __init__(self, bot: Bot, inbox: UpdateTracker, secret: str) -> None:
        """Take the bot, where updates go, and the word that Telegram says with each."""
        self._bot = bot
        self._inbox = inbox
        self._secret = secret

    def app(self) -> web.Application:
        """The server side."""
        app = web.Application()
        app.router.add_post(self.PATH, self._post)
        return app

    async def _post(self, request: web.Request) -> web.Response:
        told = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(told.encode(), self._secret.encode()):
            return web.Response(status=403)
        try:
            update = Update.de_json(await request.json(), self._bot)
        except (ValueError, KeyError, TypeError):
            return web.Response(status=400)
        task = self._inbox.take(update)
        if task is not None:
            await asyncio.wait({task}, timeout=WEBHOOK_WAIT_S)
        done = task is None or (task.done() and not task.cancelled())
        return web.Response(status=200 if done else 503)
