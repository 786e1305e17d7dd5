"""Receives updates by polling or webhook: each is noted, confirmed at once, and handled once.

Telegram sends at most 100 updates from the oldest that is not confirmed. An update that waits for its
handler would so hide the others: it is confirmed as soon as `bots.telegram.notes` has it. The note outlives
the process, so a killed bot loses nothing. Where it cannot be written, the update is confirmed when its
handler has ended:

        handling     17 ····· 18 ✓ 19 ·····        getUpdates(offset=17): Telegram sends 17 to 19 again;
        offset       17                            17 and 19 are running, 18 is done: none is handled twice
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING

import structlog
from telegram import Update
from telegram.error import TelegramError

from bots.telegram.errors import with_retry

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from telegram import Bot

    from bots.telegram.notes import Notes

log = structlog.get_logger()

ALLOWED = (
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CHANNEL_POST,
    Update.EDITED_CHANNEL_POST,
    Update.CALLBACK_QUERY,
    Update.INLINE_QUERY,
)
POLL_S = 25  #: a long poll; proxies close idle connections at 30 s and more
BUSY_POLL_S = 0.3  #: between two polls while an update is not confirmed: Telegram then answers at once
HANDLER_S = 1800.0  #: no handler takes longer: 2000 MB at 10 Mbit/s
STOP_S = 5.0  #: for running handlers when the process stops
MAX_DONE = 5000  #: ids of handled updates: a webhook may bring one twice


class UpdateTracker:
    """Runs a handler for each update; knows which are running and which are done."""

    def __init__(
        self,
        handler: Callable[[Update], Awaitable[None]],
        notes: Notes,
        on_timeout: Callable[[Update], Awaitable[None]],
    ) -> None:
        """Nothing runs yet.

        Args:
            handler: What it raises is logged.
            notes: Where updates are noted before they are confirmed.
            on_timeout: Tells the sender of an update that took longer than `HANDLER_S`.
        """
        self._handler = handler
        self._notes = notes
        self._on_timeout = on_timeout
        self._running: dict[int, asyncio.Task[None]] = {}
        self._unconfirmed: set[int] = set()  #: of those running, the ones that are not noted
        self._done: OrderedDict[int, None] = OrderedDict()
        self._last = -1
        self.changed = asyncio.Event()  #: set when a handler has ended

    @property
    def offset(self) -> int:
        """The first update that is not confirmed yet."""
        return min(self._unconfirmed, default=self._last + 1)

    @property
    def behind(self) -> bool:
        """Whether an update is running that is not confirmed."""
        return bool(self._unconfirmed)

    async def accept(self, updates: Sequence[Update]) -> list[asyncio.Task[None]]:
        """Note new updates and run their handlers; returns the tasks that are not noted."""
        new = [each for each in updates if each.update_id not in self._running.keys() | self._done.keys()]
        noted = await self._notes.add(new)
        for each in updates:
            self._last = max(self._last, each.update_id)
        for each in new:
            if each.update_id in noted.handled_elsewhere:
                self._remember_done(each.update_id)
            else:
                self._start(each, confirmed=each.update_id in noted.added)
        numbers = self._unconfirmed & {each.update_id for each in updates}
        return [self._running[number] for number in numbers]

    def resume(self, updates: Sequence[Update]) -> None:
        """Run the handlers of noted updates that another process has not finished."""
        for each in updates:
            if each.update_id not in self._running:
                self._start(each, confirmed=True)

    def _start(self, update: Update, *, confirmed: bool) -> None:
        number = update.update_id
        if not confirmed:
            self._unconfirmed.add(number)
        task = asyncio.create_task(self._run(update))
        self._running[number] = task
        task.add_done_callback(lambda finished: self._finish(number, finished))

    async def _run(self, update: Update) -> None:
        try:
            async with asyncio.timeout(HANDLER_S):
                await self._handler(update)
        except TimeoutError:
            log.warning("update_timed_out", update=update.update_id)
            await self._on_timeout(update)
        except Exception:  # one update must not stop the others
            log.exception("update_failed", update=update.update_id)

    def _finish(self, number: int, task: asyncio.Task[None]) -> None:
        del self._running[number]
        self._unconfirmed.discard(number)
        if not task.cancelled():  # cancelled when the process stops: it is handled again
            self._remember_done(number)
            self._notes.finish(number)
        self.changed.set()

    def _remember_done(self, number: int) -> None:
        self._done[number] = None
        while len(self._done) > MAX_DONE:
            self._done.popitem(last=False)

    async def close(self) -> int:
        """Give running handlers a moment to finish; returns the offset to confirm."""
        if self._running:
            await asyncio.wait(self._running.values(), timeout=STOP_S)
        offset = self.offset
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
        await self._notes.close()
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
    """Poll once. While an update is not confirmed Telegram answers at once, so a short wait follows."""
    tracker.changed.clear()
    updates = await bot.get_updates(
        offset=tracker.offset, timeout=0 if tracker.behind else POLL_S, allowed_updates=ALLOWED
    )
    await tracker.accept(updates)
    if tracker.behind:
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
