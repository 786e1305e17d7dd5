"""How late a loop runs: what people feel when something heavy sits where it should not.

A task sleeps for 20 ms again and again; by how much it wakes too late, all else on the loop is late, too.
The web room tells it at `/metrics`; every room writes it to its log where `STEMBOT_LAG_LOG_S` says how often.
That a loop turns at all is told by a file (`separator.worker.liveness`).
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog

from separator import alive

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bots.settings import BotSettings

log = structlog.get_logger()

EVERY_S = 0.02  #: between two looks: short against the 100 ms that people begin to feel
#: Upper ends of the buckets that looks are sorted into, in milliseconds; one more holds what is above.
LAG_MS = (1.0, 2.0, 5.0, 10.0, 20.0, 35.0, 50.0, 75.0, 100.0, 150.0, 250.0, 500.0, 1000.0)


class LoopLag:
    """Looks at the lateness of the loop that it runs on, and counts."""

    def __init__(self) -> None:
        """Nothing has been seen yet."""
        self.counts = [0] * (len(LAG_MS) + 1)  #: looks, by bucket
        self.sum_s = 0.0
        self.worst_s = 0.0

    async def look(self) -> None:
        """Look for ever."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + EVERY_S
            await asyncio.sleep(EVERY_S)
            self.saw(max(0.0, loop.time() - due))

    def saw(self, late_s: float) -> None:
        """Count one look."""
        self.counts[bisect_left(LAG_MS, 1000 * late_s)] += 1
        self.sum_s += late_s
        self.worst_s = max(self.worst_s, late_s)


async def _write(lag: LoopLag, every_s: float) -> None:
    """Write to the log what was seen since the last time."""
    before = list(lag.counts)
    while True:
        await asyncio.sleep(every_s)
        seen = [now - then for now, then in zip(lag.counts, before, strict=True)]
        before = list(lag.counts)
        log.info("loop_lag", counts=seen, worst_ms=round(1000 * lag.worst_s, 1))
        lag.worst_s = 0.0


@asynccontextmanager
async def watched(settings: BotSettings, *, told: bool = False) -> AsyncIterator[LoopLag]:
    """Watch the loop while the block runs, where anybody reads of it; `told`: somebody asks the counts."""
    lag, log_every_s = LoopLag(), settings.lag_log_s
    tasks = [asyncio.create_task(lag.look())] if told or log_every_s else []
    if log_every_s:
        tasks.append(asyncio.create_task(_write(lag, log_every_s)))
    try:
        async with alive(settings.alive_file):
            yield lag
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
