"""Metrics in Prometheus' format, at an address of their own that is not public.

    GET /metrics    the queue, as its database has it now, and this process

Everything that bots and workers do is counted in the database, so one address covers every machine, and a
count outlives the process that caused it (docs/decisions/0016).
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

from bots.operations.loop_lag import LAG_BUCKETS_MS
from separator import CLAIM_MS, open_queue_admin
from separator.core.errors import ConfigError
from storage import StorageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from prometheus_client import Metric

    from bots.operations.loop_lag import LoopLag
    from bots.settings import BotSettings
    from separator import QueueAdmin, QueueStats

log = structlog.get_logger()

READ_S = 5.0  #: for the database to answer; a monitor waits 10 s for everything
STOP_S = 2.0  #: for a response under way when the process ends

#: Totals with one label: name in the database → metric, its label, description.
_TOTALS = {
    "lapsed": ("lease_expiries", "kind", "Jobs that a worker lost by its silence"),
    "stale": ("stale_writes", "operation", "Writes refused because the row had moved on"),
}


async def _read_stats(admin: QueueAdmin) -> QueueStats | None:
    """The queue in numbers; None where the database does not answer."""
    try:
        async with asyncio.timeout(READ_S):
            return await admin.stats()
    except (StorageError, TimeoutError):
        log.warning("queue_unavailable")
        return None


class Snapshot:
    """All metrics of one scrape; what prometheus_client calls a collector."""

    def __init__(self, stats: QueueStats | None, lag: LoopLag) -> None:
        self._stats, self._lag = stats, lag

    def collect(self) -> Iterator[Metric]:
        """All metrics."""
        yield _gauge("line_up", "Whether the job table answers", float(self._stats is not None))
        if self._stats is not None:
            yield from _current(self._stats)
            yield from _totals(self._stats)
        yield _loop_lag(self._lag)
        for process in (PROCESS_COLLECTOR, PLATFORM_COLLECTOR, GC_COLLECTOR):
            yield from process.collect()


def _gauge(name: str, description: str, value: float) -> Metric:
    return GaugeMetricFamily(f"stembot_{name}", description, value)


def _current(stats: QueueStats) -> Iterator[Metric]:
    """The queue at this moment."""
    depth = GaugeMetricFamily("stembot_jobs", "Jobs that have not ended", labels=["state"])
    for state, count in sorted(stats.depth.items()):
        depth.add_metric([state], count)
    yield depth
    yield _gauge(
        "oldest_wait_seconds", "How long the oldest job that could begin has waited", stats.oldest_wait_s
    )
    yield _gauge("answers_unsent", "Answers that wait for a bot", stats.unsent)
    yield _gauge("delivery_lag_seconds", "How long the oldest of them has waited", stats.delivery_lag_s)
    yield _gauge("leases_lapsed", "Running jobs of silent workers that nobody has taken over", stats.lapsed)
    yield _gauge("drained", "Whether the operator lets nothing new begin", float(stats.drained))
    workers = GaugeMetricFamily("stembot_workers", "Workers alive", labels=["device", "doing"])
    speed = GaugeMetricFamily(
        "stembot_workers_speed", "Seconds of song per second, of all together", labels=["device"]
    )
    alive = Counter((worker.device, worker.doing.partition(" ")[0] or "unknown") for worker in stats.alive)
    for labels, count in sorted(alive.items()):
        workers.add_metric(labels, count)
    for device in sorted({worker.device for worker in stats.alive}):
        speed.add_metric([device], sum(each.speed or 0 for each in stats.alive if each.device == device))
    yield from (workers, speed)


def _totals(stats: QueueStats) -> Iterator[Metric]:
    """What has been counted since the database was created."""
    ended = CounterMetricFamily("stembot_jobs_ended", "Jobs that ended", labels=["kind", "state", "error"])
    answers = CounterMetricFamily("stembot_answers", "Answers that are out", labels=["platform", "outcome"])
    by_name = {
        name: CounterMetricFamily(f"stembot_{metric}", description, labels=[label])
        for name, (metric, label, description) in _TOTALS.items()
    }
    for (name, label), total in sorted(stats.totals.items()):
        if name in by_name:
            by_name[name].add_metric([label], total)
        elif name == "ended":
            kind, state, error = [*label.split(" "), ""][:3]
            ended.add_metric([kind, state, error], total)
        elif name == "answers":
            answers.add_metric(label.split(" "), total)
    yield from (ended, answers, *by_name.values(), _claims(stats))
    song_s = stats.totals.get(("song_s", ""), 0.0)
    yield CounterMetricFamily("stembot_separated_seconds", "Seconds of song taken apart", song_s)


def _claims(stats: QueueStats) -> Metric:
    """How long claims took, as a histogram."""
    buckets, so_far = [], 0.0
    for end_ms in CLAIM_MS:
        so_far += stats.totals.get(("claims", f"{end_ms:g}"), 0.0)
        buckets.append((str(end_ms / 1000), so_far))
    buckets.append(("+Inf", so_far + stats.totals.get(("claims", "more"), 0.0)))
    sum_s = stats.totals.get(("claim_ms", ""), 0.0) / 1000
    return HistogramMetricFamily("stembot_claim_seconds", "How long a worker's claim took", buckets, sum_s)


def _loop_lag(lag: LoopLag) -> Metric:
    """How late this process's event loop runs, as a histogram."""
    ends = [*(str(end_ms / 1000) for end_ms in LAG_BUCKETS_MS), "+Inf"]
    buckets = list(zip(ends, map(float, accumulate(lag.counts)), strict=True))
    description = "How late the web app's event loop wakes up"
    return HistogramMetricFamily("stembot_loop_lag_seconds", description, buckets, lag.sum_s)


def metrics_app(admin: QueueAdmin, lag: LoopLag) -> web.Application:
    """Answers `GET /metrics`."""

    async def metrics(request: web.Request) -> web.Response:
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        body = encode(Snapshot(await _read_stats(admin), lag))
        return web.Response(body=body, headers={"Content-Type": content_type})

    app = web.Application()
    app.router.add_get("/metrics", metrics)
    return app


@asynccontextmanager
async def serve_metrics(settings: BotSettings, lag: LoopLag) -> AsyncIterator[None]:
    """Serve metrics while the block runs, if a port is set.

    Raises:
        ConfigError: The port is taken, or the address is not one of this machine.
    """
    if not settings.metrics_port:
        yield
        return
    async with open_queue_admin(settings) as admin:
        runner = web.AppRunner(metrics_app(admin, lag), access_log=None, shutdown_timeout=STOP_S)
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
