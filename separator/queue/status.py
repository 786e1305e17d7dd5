"""Where orders stand: read at one moment, cheap enough for a bot to ask every second."""

from __future__ import annotations

import time
from collections import defaultdict
from statistics import fmean
from typing import TYPE_CHECKING

from separator.core.jobs import JobKind, JobState, OrderStatus, Progress, Service
from separator.queue import events
from separator.queue.claims import AGEING_S
from separator.queue.eta import EtaJob, EtaQueue, estimate
from separator.queue.eta_devices import busy_s
from separator.queue.rows import from_text, order_of, progress_of
from separator.queue.stats import ALIVE_S

if TYPE_CHECKING:
    from separator.core.jobs import Position
    from separator.queue.db.driver import Row, Tx

LONG = 500  #: jobs; estimating such a queue takes some 10 ms, and 5,000 of them some 80 ms
CACHE_S = 1.0  #: how long the positions in a long queue are used again; a status message changes every 4 s

# The job that matters now is the separation until it is done, then the mix.
_STATUSES = """
SELECT orders.*, now_job.id AS j_id, now_job.kind AS j_kind, now_job.state AS j_state,
    now_job.result AS j_result, now_job.error AS j_error,
    now_job.unstored, now_job.stage, now_job.done, now_job.total, now_job.preview, now_job.live
FROM orders
LEFT JOIN job AS mix ON mix.id = orders.job
LEFT JOIN job AS now_job
    ON now_job.id = CASE WHEN mix.state = 'waiting' THEN mix.after_job ELSE mix.id END
"""
_ONE = _STATUSES + "WHERE orders.id = :id"
_OPEN = _STATUSES + "WHERE orders.platform = :platform AND orders.state = 'open' ORDER BY orders.id"
_ANY_OPEN = "SELECT 1 FROM orders WHERE platform = :platform AND state = 'open' LIMIT 1"
_WORKERS = "SELECT name, speed, doing, weights FROM worker WHERE seen > :now - :alive_s"
_QUEUE = """
SELECT job.id, job.kind, job.owner, job.state, job.song_s, job.done, job.total, job.worker,
    FLOOR((:now - CASE WHEN served.at > job.created THEN served.at ELSE job.created END) / :ageing_s) AS aged,
    CASE WHEN served.at > job.created THEN served.at ELSE job.created END AS since,
    CASE WHEN served.at >= job.created THEN 1 ELSE 0 END AS after
FROM job LEFT JOIN served ON served.owner = job.owner
WHERE job.state IN ('queued', 'running')
"""
_RECENTLY_DONE = """
SELECT song_s, worker, started, finished FROM job
WHERE kind = :kind AND state = 'done' AND finished IS NOT NULL
ORDER BY finished DESC LIMIT 20
"""


class StatusReader:
    """Reads where orders stand; a long queue is estimated once a second, not for everybody who asks."""

    def __init__(self, per_owner: int, per_worker: int) -> None:
        """Set how many separations of one owner, and of one worker, run at a time."""
        self._per_owner, self._per_worker = per_owner, per_worker
        self._positions: dict[int, Position] = {}
        self._fresh_until = float("-inf")

    async def one(self, tx: Tx, order_id: int) -> OrderStatus | None:
        """Where one order stands."""
        row = await tx.one(_ONE, id=order_id)
        return (await self._statuses(tx, [row]))[0] if row else None

    async def open_orders(self, tx: Tx, platform: str) -> list[OrderStatus]:
        """Where every open order of a platform stands, oldest first."""
        if await tx.one(_ANY_OPEN, platform=platform) is None:
            return []
        return await self._statuses(tx, await tx.all(_OPEN, platform=platform))

    async def _statuses(self, tx: Tx, rows: list[Row]) -> list[OrderStatus]:
        """The queue is read once for all of them, and only if one of them is in it."""
        workers = await _living_workers(tx)
        queued = {row["j_id"] for row in rows if row["j_state"] in {JobState.QUEUED, JobState.RUNNING}}
        positions = await self._read_positions(tx, workers, queued) if queued else {}
        now = await _service(tx, workers)
        return [_status(row, positions, now) for row in rows]

    async def _read_positions(self, tx: Tx, workers: list[Row], wanted: set[int]) -> dict[int, Position]:
        """The position of every job, at most `CACHE_S` old where the queue is long."""
        if time.monotonic() < self._fresh_until and wanted <= self._positions.keys():
            return self._positions
        queue = await self._read_queue(tx, workers)
        self._positions = estimate(queue)
        if len(queue.jobs) > LONG:
            self._fresh_until = time.monotonic() + CACHE_S
        return self._positions

    async def _read_queue(self, tx: Tx, workers: list[Row]) -> EtaQueue:
        """Everything that the estimate depends on."""
        separations = await tx.all(_RECENTLY_DONE, kind="separate")
        mixes = await tx.all(_RECENTLY_DONE, kind="mix")
        return EtaQueue(
            jobs=[EtaJob(**row) for row in await tx.all(_QUEUE, ageing_s=AGEING_S)],
            speeds={row["name"]: row["speed"] for row in workers},
            usual_speed=_speed(separations),
            usual_song_s=fmean(row["song_s"] for row in separations) if separations else None,
            usual_mix_s=fmean(row["finished"] - row["started"] for row in mixes) if mixes else None,
            per_owner=self._per_owner,
            per_worker=self._per_worker,
        )


async def _living_workers(tx: Tx) -> list[Row]:
    return await tx.all(_WORKERS, alive_s=ALIVE_S)


async def service(tx: Tx) -> Service:
    """Whether queued work will be begun now."""
    return await _service(tx, await _living_workers(tx))


async def _service(tx: Tx, workers: list[Row]) -> Service:
    if await events.is_set(tx, events.DRAINED):
        return Service.DRAINED
    if not workers:
        return Service.NOBODY
    if all(str(row["doing"]).startswith("loading") for row in workers):
        return Service.LOADING
    return Service.OPEN


async def common_weights(tx: Tx) -> frozenset[str] | None:
    """Names of the weight files that every living worker can load; None while none lives.

    Any of them may claim any job, so what one alone has is of no use.
    """
    each = [frozenset(str(row["weights"]).split()) for row in await _living_workers(tx)]
    return frozenset.intersection(*each) if each else None


def _speed(separations: list[Row]) -> float | None:
    """Seconds of song per second of a device, where any are known; songs side by side share its time."""
    spans: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in separations:
        spans[row["worker"]].append((row["started"], row["finished"]))
    busy = sum(busy_s(each) for each in spans.values())
    songs_s = sum(row["song_s"] for row in separations)
    return songs_s / busy if busy and songs_s else None


def _status(row: Row, positions: dict[int, Position], now: Service) -> OrderStatus:
    state = JobState(row["j_state"]) if row["j_state"] else JobState.WAITING
    return OrderStatus(
        order=order_of(row),
        state=state,
        progress=progress_of(row) if row["j_id"] else Progress(),
        position=positions.get(row["j_id"]),
        result=from_text(row["j_result"]) if row["j_kind"] == JobKind.MIX else None,
        error=from_text(row["j_error"]),
        service=Service.STORAGE if now is Service.OPEN and row["unstored"] else now,
    )
