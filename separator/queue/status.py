"""Where orders stand: read at one moment, cheap enough for a bot to ask every second."""

from __future__ import annotations

import time
from collections import defaultdict
from statistics import fmean
from typing import TYPE_CHECKING

from separator.core.jobs import JobKind, JobState, OrderStatus, Progress, Service
from separator.queue import flags
from separator.queue.claims import AGEING_S
from separator.queue.eta import Ahead, EtaQueue, forecast
from separator.queue.eta_devices import busy_s
from separator.queue.rows import from_text, order_of, progress_of
from separator.queue.stats import ALIVE_S

if TYPE_CHECKING:
    from separator.core.jobs import Position
    from separator.queue.db.driver import Row, Tx

LONG = 500  #: jobs; playing such a line through takes some 10 ms, and 5,000 of them some 80 ms
KEPT_S = 1.0  #: how long the places in a long line are told again; a status message changes every 4 s

# The job that matters now is the separation until it is done, then the mix.
_STANDINGS = """
SELECT orders.*, now_job.id AS j_id, now_job.kind AS j_kind, now_job.state AS j_state,
    now_job.result AS j_result, now_job.error AS j_error,
    now_job.stage, now_job.done, now_job.total, now_job.preview, now_job.live
FROM orders
LEFT JOIN job AS mix ON mix.id = orders.job
LEFT JOIN job AS now_job
    ON now_job.id = CASE WHEN mix.state = 'waiting' THEN mix.after_job ELSE mix.id END
"""
_ONE = _STANDINGS + "WHERE orders.id = :id"
_OPEN = _STANDINGS + "WHERE orders.platform = :platform AND orders.state = 'open' ORDER BY orders.id"
_ANY_OPEN = "SELECT 1 FROM orders WHERE platform = :platform AND state = 'open' LIMIT 1"
_WORKERS = "SELECT name, speed, doing, weights FROM worker WHERE seen > :now - :alive_s"
_LINE = """
SELECT job.id, job.kind, job.owner, job.state, job.prio, job.song_s, job.done, job.total, job.worker,
    job.prio
        + FLOOR((:now - CASE WHEN served.at > job.created THEN served.at ELSE job.created END) / :ageing_s)
        AS aged,
    CASE WHEN served.at > job.created THEN served.at ELSE job.created END AS since,
    CASE WHEN served.at >= job.created THEN 1 ELSE 0 END AS after
FROM job LEFT JOIN served ON served.owner = job.owner
WHERE job.state IN ('queued', 'running')
"""
_OF_LATE = """
SELECT song_s, worker, started, finished FROM job
WHERE kind = :kind AND state = 'done' AND finished IS NOT NULL
ORDER BY finished DESC LIMIT 20
"""


class StatusReader:
    """Reads where orders stand. A long line is played through once a second, not for everybody who asks."""

    def __init__(self, in_hand: int, at_once: int) -> None:
        """Take how many separations of one person run at a time, and how many one worker holds."""
        self._in_hand, self._at_once = in_hand, at_once
        self._places: dict[int, Position] = {}
        self._good_until = float("-inf")

    async def one(self, tx: Tx, order_id: int) -> OrderStatus | None:
        """Where one order stands."""
        row = await tx.one(_ONE, id=order_id)
        return (await self._with_places(tx, [row]))[0] if row else None

    async def open_orders(self, tx: Tx, platform: str) -> list[OrderStatus]:
        """Where every open order of a platform stands, oldest first."""
        if await tx.one(_ANY_OPEN, platform=platform) is None:
            return []
        return await self._with_places(tx, await tx.all(_OPEN, platform=platform))

    async def _with_places(self, tx: Tx, rows: list[Row]) -> list[OrderStatus]:
        """Standings; the line is read once for all of them, and only if one of them is in it."""
        workers = await tx.all(_WORKERS, alive_s=ALIVE_S)
        in_line = {row["j_id"] for row in rows if row["j_state"] in {JobState.QUEUED, JobState.RUNNING}}
        places = await self._look(tx, workers, in_line) if in_line else {}
        now = await _service(tx, workers)
        return [_standing(row, places, now) for row in rows]

    async def _look(self, tx: Tx, workers: list[Row], wanted: set[int]) -> dict[int, Position]:
        """The places of the whole line, at most `KEPT_S` old where it is long."""
        if time.monotonic() < self._good_until and wanted <= self._places.keys():
            return self._places
        line = await self._queue(tx, workers)
        self._places = forecast(line)
        if len(line.jobs) > LONG:
            self._good_until = time.monotonic() + KEPT_S
        return self._places

    async def _queue(self, tx: Tx, workers: list[Row]) -> EtaQueue:
        """Everything that the forecast looks at."""
        separations = await tx.all(_OF_LATE, kind="separate")
        mixes = await tx.all(_OF_LATE, kind="mix")
        rows = await tx.all(_LINE, ageing_s=AGEING_S)
        return EtaQueue(
            jobs=[Ahead(**row) for row in rows],
            speeds={row["name"]: row["speed"] for row in workers},
            usual_speed=_speed(separations),
            usual_song_s=fmean(row["song_s"] for row in separations) if separations else None,
            usual_mix_s=fmean(row["finished"] - row["started"] for row in mixes) if mixes else None,
            in_hand=self._in_hand,
            at_once=self._at_once,
        )


async def service(tx: Tx) -> Service:
    """Whether work that is in line will be begun now."""
    return await _service(tx, await tx.all(_WORKERS, alive_s=ALIVE_S))


async def weights(tx: Tx) -> frozenset[str] | None:
    """Names of the weight files that every living worker can load; None while none lives.

    Any of them may claim any job, so what one alone has is of no use.
    """
    workers = await tx.all(_WORKERS, alive_s=ALIVE_S)
    held = [frozenset(str(row["weights"]).split()) for row in workers]
    return frozenset.intersection(*held) if held else None


async def _service(tx: Tx, workers: list[Row]) -> Service:
    """Whether somebody will begin what is in line."""
    if await flags.holds(tx, flags.DRAINED):
        return Service.DRAINED
    if not workers:
        return Service.NOBODY
    if all(str(row["doing"]).startswith("loading") for row in workers):
        return Service.LOADING
    return Service.OPEN


def _speed(separations: list[Row]) -> float | None:
    """Seconds of song per second of a device, where any are known; songs side by side share its time."""
    held: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in separations:
        held[row["worker"]].append((row["started"], row["finished"]))
    busy = sum(busy_s(spans) for spans in held.values())
    songs_s = sum(row["song_s"] for row in separations)
    return songs_s / busy if busy and songs_s else None


def _standing(row: Row, places: dict[int, Position], now: Service) -> OrderStatus:
    """One standing out of its row."""
    state = JobState(row["j_state"]) if row["j_state"] else JobState.WAITING
    return OrderStatus(
        order=order_of(row),
        state=state,
        progress=progress_of(row) if row["j_id"] else Progress(),
        position=places.get(row["j_id"]),
        result=from_text(row["j_result"]) if row["j_kind"] == JobKind.MIX else None,
        error=from_text(row["j_error"]),
        service=now,
    )
