"""How late the event loop runs: the delay that users feel when blocking work sits on the loop.

A task sleeps for 20 ms again and again; by how much it wakes too late, everything else on the loop is late.
The web app serves the counts at `/metrics`; every process logs them where `STEMBOT_LAG_LOG_S` says how often.
That a loop turns at all is shown by a file (`separator.worker.liveness`).
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog

from separator import liveness_file

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bots.settings import BotSettings

log = structlog.get_logger()

SAMPLE_EVERY_S = 0.02  #: short against the 100 ms that people begin to feel
#: Upper ends of the histogram's buckets, in milliseconds; one more holds what is above.
LAG_BUCKETS_MS = (1.0, 2.0, 5.0, 10.0, 20.0, 35.0, 50.0, 75.0, 100.0, 150.0, 250.0, 500.0, 1000.0)


class LoopLag:
    """A histogram of the lag of the loop that it runs on."""

    def __init__(self) -> None:
        self.counts = [0] * (len(LAG_BUCKETS_MS) + 1)  #: samples, by bucket
        self.sum_s = 0.0
        self.worst_s = 0.0

    async def sample_forever(self) -> None:
        """Measure until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + SAMPLE_EVERY_S
            await asyncio.sleep(SAMPLE_EVERY_S)
            self.record(max(0.0, loop.time() - due))

    def record(self, late_s: float) -> None:
        """Count one sample."""
        self.counts[bisect_left(LAG_BUCKETS_MS, 1000 * late_s)] += 1
        self.sum_s += late_s
        self.worst_s = max(self.worst_s, late_s)


async def _log_forever(lag: LoopLag, every_s: float) -> None:
    """Log what was counted since the last time, until cancelled."""
    before = list(lag.counts)
    while True:
        await asyncio.sleep(every_s)
        counts = [now - then for now, then in zip(lag.counts, before, strict=True)]
        before = list(lag.counts)
        log.info("loop_lag", counts=counts, worst_ms=round(1000 * lag.worst_s, 1))
        lag.worst_s = 0.0


@asynccontextmanager
async def watch_loop(settings: BotSettings, *, serve_counts: bool = False) -> AsyncIterator[LoopLag]:
    """Keep the liveness file fresh while the block runs, and measure lag if anyone reads it.

    Args:
        settings: Where the liveness file is and how often to log.
        serve_counts: The caller reads the counts.
    """
    lag, log_every_s = LoopLag(), settings.lag_log_s
    tasks = [asyncio.create_task(lag.sample_forever())] if serve_counts or log_every_s else []
    if log_every_s:
        tasks.append(asyncio.create_task(_log_forever(lag, log_every_s)))
    try:
        async with liveness_file(settings.alive_file):
            yield lag
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
