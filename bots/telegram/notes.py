"""Notes of the updates that are being handled, in the database: a killed bot's are handled by the next."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from telegram import Update

from separator import Incoming
from storage import StembotError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from telegram import Bot

    from separator import MessageInbox

log = structlog.get_logger()

RENEW_S = 10.0
IDLE_S = 3.5 * RENEW_S  #: an update whose process has said nothing for so long is handled by another


@dataclass(frozen=True)
class Noted:
    """What became of updates that were to be noted; in neither set: it could not be noted."""

    added: frozenset[int] = frozenset()
    handled_elsewhere: frozenset[int] = frozenset()  #: noted before, by a process that may still handle it


class Notes:
    """The notes of one bot in one process."""

    def __init__(self, inbox: MessageInbox, bot: Bot) -> None:
        """Nothing is noted yet."""
        self._inbox = inbox
        self._bot = bot
        self._name = f"telegram:{bot.id}"
        self._noted: set[int] = set()  #: noted by this process, and not removed yet
        self._finished: set[int] = set()  #: of those, the ones that are handled
        self._changed = asyncio.Event()

    async def add(self, updates: Sequence[Update]) -> Noted:
        """Note updates. An inline query needs none: its answer is worth nothing later."""
        numbers = {each.update_id for each in updates}
        lasting = [each for each in updates if each.inline_query is None]
        passing = numbers - {each.update_id for each in lasting}
        try:
            added = (
                await self._inbox.add(self._name, [_incoming(each) for each in lasting]) if lasting else set()
            )
        except StembotError as error:
            log.warning("updates_not_noted", error=type(error).__name__)
            return Noted(added=frozenset(passing))
        self._noted |= added
        return Noted(frozenset(added | passing), frozenset(numbers - added - passing))

    def finish(self, number: int) -> None:
        """An update is handled: `run` removes its note."""
        if number in self._noted:
            self._finished.add(number)
            self._changed.set()

    async def run(self, resume: Callable[[Sequence[Update]], None]) -> None:
        """Remove, renew and take over notes until cancelled; `resume` handles what was taken over."""
        while True:
            try:
                await self._inbox.renew(self._name, self._noted - self._finished)
                resume(await self.take_over(IDLE_S))
                await self._remove_for(RENEW_S)
            except StembotError as error:
                log.warning("notes_unavailable", error=type(error).__name__)
                await asyncio.sleep(RENEW_S)

    async def take_over(self, idle_s: float) -> list[Update]:
        """The updates whose process has said nothing for so long; this one handles them from here on.

        0 takes all, and is for before the first update: none of them is this process's own.
        """
        try:
            taken = await self._inbox.take_over(self._name, idle_s)
        except StembotError as error:
            log.warning("notes_unavailable", error=type(error).__name__)
            return []
        others = [each for each in taken if each.id not in self._noted]
        self._noted |= {each.id for each in others}
        if others:
            log.info("updates_resumed", updates=len(others))
        return [Update.de_json(json.loads(each.body), self._bot) for each in others]

    async def _remove_for(self, seconds: float) -> None:
        """Remove the notes of handled updates as they end, for so long."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    await self._remove()
                    await self._changed.wait()
        except TimeoutError:
            pass

    async def _remove(self) -> None:
        self._changed.clear()
        if finished := frozenset(self._finished):
            await self._inbox.remove(self._name, finished)
            self._noted -= finished
            self._finished -= finished

    async def close(self) -> None:
        """Remove the notes of what is handled, and leave the others to the next process."""
        try:
            await self._remove()
            if self._noted:
                await self._inbox.release(self._name, self._noted)
        except StembotError as error:
            log.warning("notes_unavailable", error=type(error).__name__)


def _incoming(update: Update) -> Incoming:
    user = update.effective_sender or update.effective_user
    return Incoming(update.update_id, update.to_json(), f"telegram:{user.id}" if user else "")
