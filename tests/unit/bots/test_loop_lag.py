"""A blocked event loop is measured, by as much as it was blocked."""

from __future__ import annotations

import asyncio
import time

from structlog.testing import capture_logs

from bots.operations.loop_lag import LAG_BUCKETS_MS, LoopLag, watch_loop
from bots.settings import BotSettings


def settings(**given):
    return BotSettings(_env_file=None, **given)


def test_samples_are_sorted_by_how_late_they_were():
    lag = LoopLag()
    for late_s in (0.0, 0.001, 0.0011, 0.1, 5.0):
        lag.record(late_s)
    by_end = dict(zip((*LAG_BUCKETS_MS, "more"), lag.counts, strict=True))
    assert {end: many for end, many in by_end.items() if many} == {1.0: 2, 2.0: 1, 100.0: 1, "more": 1}
    assert lag.worst_s == 5.0


async def test_blocking_the_loop_shows():
    async with watch_loop(settings(), serve_counts=True) as lag:
        await asyncio.sleep(0.001)
        time.sleep(0.3)
        async with asyncio.timeout(30):
            while not sum(lag.counts):
                await asyncio.sleep(0)
    assert lag.worst_s >= 0.25


async def test_the_log_has_what_was_counted_since_the_last_time():
    with capture_logs() as written:
        async with watch_loop(settings(lag_log_s=0.05)):
            async with asyncio.timeout(30):
                while len(written) < 2:
                    await asyncio.sleep(0.01)
    assert {each["event"] for each in written} == {"loop_lag"}
    assert all(len(each["counts"]) == len(LAG_BUCKETS_MS) + 1 for each in written)


async def test_nothing_is_measured_where_nobody_reads():
    async with watch_loop(settings()) as lag:
        await asyncio.sleep(0.05)
    assert sum(lag.counts) == 0


async def test_a_liveness_file_shows_that_the_loop_turns(tmp_path):
    async with watch_loop(settings(alive_file=str(tmp_path / "alive"))):
        async with asyncio.timeout(30):
            while not (tmp_path / "alive").exists():
                await asyncio.sleep(0.01)
    assert not (tmp_path / "alive").exists()
