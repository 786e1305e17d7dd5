"""Figures for a monitor, in Prometheus' format, at an address that strangers do not reach.

    GET /metrics    the whole line, as its table has it at this moment, and this process

All that bots and workers do is counted in the table (`separator.queue.counters`), so one address tells of
every machine, and a figure outlives the process that caused it (docs/decisions/0016).
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import asynccontextmanager
from itertools import accumulate
from typing import TYPE_CHECKING

import structlog
from aiohttp import web
from prometheus_client import GC_COLLECTOR, PLATFORM_COLLECTOR, PROCESS_COLLECTOR
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import choose_encoder

from bots.operations.loop_lag import LAG_MS
from separator import CLAIM_MS, ConfigError, open_queue_admin
from storage import StorageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from prometheus_client import Metric

    from bots.operations.loop_lag import LoopLag
    from bots.settings import BotSettings
    from separator import QueueAdmin, QueueStats

log = structlog.get_logger()

READ_S = 5.0  #: for the table to answer; a monitor waits 10 s for all
STOP_S = 2.0  #: an answer under way may take so long when the process ends

#: Totals of one label: name in the table → metric, its label, what it counts.
_COUNTED = {
    "lapsed": ("lease_expiries", "kind", "Jobs that a worker lost by its silence"),
    "stale": ("stale_writes", "operation", "Writes refused because the row had moved on"),
}


async def _figures(keeper: QueueAdmin) -> QueueStats | None:
    """The line in numbers; None where the table does not answer."""
    try:
        async with asyncio.timeout(READ_S):
            return await keeper.stats()
    except (StorageError, TimeoutError):
        log.warning("metrics_without_line")
        return None


class Snapshot:
    """Everything that one scrape tells; what prometheus_client calls a collector."""

    def __init__(self, figures: QueueStats | None, lag: LoopLag) -> None:
        """Take the line in numbers, or None where its table does not answer; and how late this loop runs."""
        self._figures, self._lag = figures, lag

    def collect(self) -> Iterator[Metric]:
        """All metrics."""
        yield _gauge("line_up", "Whether the job table answers", float(self._figures is not None))
        if self._figures is not None:
            yield from _now(self._figures)
            yield from _since_ever(self._figures)
        yield _lateness(self._lag)
        for process in (PROCESS_COLLECTOR, PLATFORM_COLLECTOR, GC_COLLECTOR):
            yield from process.collect()


def _gauge(name: str, tells: str, value: float) -> Metric:
    return GaugeMetricFamily(f"stembot_{name}", tells, value)


def _now(figures: QueueStats) -> Iterator[Metric]:
    """What is so at this moment."""
    depth = GaugeMetricFamily("stembot_jobs", "Jobs that have not ended", labels=["state", "priority"])
    for (state, prio), many in sorted(figures.depth.items()):
        depth.add_metric([state, str(prio)], many)
    yield depth
    yield _gauge(
        "oldest_wait_seconds", "How long the oldest job that could begin has waited", figures.oldest_wait_s
    )
    yield _gauge("answers_unsent", "Answers that wait for a bot", figures.unsent)
    yield _gauge("delivery_lag_seconds", "How long the oldest of them has waited", figures.delivery_lag_s)
    yield _gauge("leases_lapsed", "Running jobs of silent workers that nobody has taken over", figures.lapsed)
    yield _gauge("drained", "Whether the operator lets nothing new begin", float(figures.drained))
    workers = GaugeMetricFamily("stembot_workers", "Workers alive", labels=["device", "doing"])
    speed = GaugeMetricFamily(
        "stembot_workers_speed", "Seconds of song per second, of all together", labels=["device"]
    )
    alive = Counter((worker.device, worker.doing.partition(" ")[0] or "unknown") for worker in figures.alive)
    for labels, many in sorted(alive.items()):
        workers.add_metric(labels, many)
    for device in sorted({worker.device for worker in figures.alive}):
        speed.add_metric([device], sum(each.speed or 0 for each in figures.alive if each.device == device))
    yield from (workers, speed)


def _since_ever(figures: QueueStats) -> Iterator[Metric]:
    """What has been counted since the table was made."""
    ended = CounterMetricFamily("stembot_jobs_ended", "Jobs that ended", labels=["kind", "state", "error"])
    answers = CounterMetricFamily("stembot_answers", "Answers that are out", labels=["platform", "outcome"])
    counted = {
        name: CounterMetricFamily(f"stembot_{metric}", tells, labels=[label])
        for name, (metric, label, tells) in _COUNTED.items()
    }
    for (name, label), total in sorted(figures.totals.items()):
        if name in counted:
            counted[name].add_metric([label], total)
        elif name == "ended":
            kind, state, error = [*label.split(" "), ""][:3]
            ended.add_metric([kind, state, error], total)
        elif name == "answers":
            answers.add_metric(label.split(" "), total)
    yield from (ended, answers, *counted.values(), _claims(figures))
    song_s = figures.totals.get(("song_s", ""), 0.0)
    yield CounterMetricFamily("stembot_separated_seconds", "Seconds of song taken apart", song_s)


def _claims(figures: QueueStats) -> Metric:
    """How long claims took, as a histogram."""
    buckets, so_far = [], 0.0
    for end_ms in CLAIM_MS:
        so_far += figures.totals.get(("claims", f"{end_ms:g}"), 0.0)
        buckets.append((str(end_ms / 1000), so_far))
    buckets.append(("+Inf", so_far + figures.totals.get(("claims", "more"), 0.0)))
    sum_s = figures.totals.get(("claim_ms", ""), 0.0) / 1000
    return HistogramMetricFamily("stembot_claim_seconds", "How long a worker's claim took", buckets, sum_s)


def _lateness(lag: LoopLag) -> Metric:
    """How late this process's loop runs, as a histogram."""
    ends = [*(str(end_ms / 1000) for end_ms in LAG_MS), "+Inf"]
    buckets = list(zip(ends, map(float, accumulate(lag.counts)), strict=True))
    tells = "How late the web room's loop wakes up"
    return HistogramMetricFamily("stembot_loop_lag_seconds", tells, buckets, lag.sum_s)


def metrics_app(keeper: QueueAdmin, lag: LoopLag) -> web.Application:
    """The answers to a monitor."""

    async def metrics(request: web.Request) -> web.Response:
        encode, kind = choose_encoder(request.headers.get("Accept", ""))
        text = encode(Snapshot(await _figures(keeper), lag))
        return web.Response(body=text, headers={"Content-Type": kind})

    app = web.Application()
    app.router.add_get("/metrics", metrics)
    return app


@asynccontextmanager
async def telling(settings: BotSettings, lag: LoopLag) -> AsyncIterator[None]:
    """Answer monitors while the block runs, if a port is set.

    Raises:
        ConfigError: The port is taken, or the address is not one of this machine.
    """
    if not settings.metrics_port:
        yield
        return
    async with open_queue_admin(settings) as keeper:
        runner = web.AppRunner(metrics_app(keeper, lag), access_log=None, shutdown_timeout=STOP_S)
        await runner.setup()
        try:
            await _listen(runner, settings)
            yield
        finally:
            await runner.cleanup()


async def _listen(runner: web.AppRunner, settings: BotSettings) -> None:
    host, port = settings.metrics_host, settings.metrics_port
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as taken:
        raise ConfigError(setting="STEMBOT_METRICS_PORT", value=f"{host}:{port}") from taken
    log.info("metrics_ready", host=host, port=port)
