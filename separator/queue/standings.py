"""Where orders stand: read at one moment, cheap enough for a bot to ask every second."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from separator.jobs import Kind, Progress, Service, Standing, State
from separator.queue import notices
from separator.queue.claims import AGEING_S
from separator.queue.forecast import Ahead, Line, forecast
from separator.queue.rows import from_text, order_of, progress_of
from separator.queue.upkeep import ALIVE_S

if TYPE_CHECKING:
    from separator.jobs import Position
    from separator.queue.driver import Row, Tx

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
_WORKERS = "SELECT name, speed, doing FROM worker WHERE seen > :now - :alive_s"
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
# What work of late took: seconds of song for a separation, seconds of work for a mix.
_OF_LATE = """
SELECT AVG(song_s) AS song_s, AVG(took_s) AS took_s
FROM (SELECT song_s, finished - started AS took_s FROM job
      WHERE kind = :kind AND state = 'done' AND finished IS NOT NULL
      ORDER BY finished DESC LIMIT 20) AS of_late
"""


class Board:
    """Reads where orders stand. A long line is played through once a second, not for everybody who asks."""

    def __init__(self, in_hand: int) -> None:
        """Take how many separations of one person run at a time."""
        self._in_hand = in_hand
        self._places: dict[int, Position] = {}
        self._good_until = float("-inf")

    async def one(self, tx: Tx, order_id: int) -> Standing | None:
        """Where one order stands."""
        row = await tx.one(_ONE, id=order_id)
        return (await self._with_places(tx, [row]))[0] if row else None

    async def open_orders(self, tx: Tx, platform: str) -> list[Standing]:
        """Where every open order of a platform stands, oldest first."""
        if await tx.one(_ANY_OPEN, platform=platform) is None:
            return []
        return await self._with_places(tx, await tx.all(_OPEN, platform=platform))

    async def _with_places(self, tx: Tx, rows: list[Row]) -> list[Standing]:
        """Standings; the line is read once for all of them, and only if one of them is in it."""
        workers = await tx.all(_WORKERS, alive_s=ALIVE_S)
        in_line = {row["j_id"] for row in rows if row["j_state"] in {State.QUEUED, State.RUNNING}}
        places = await self._look(tx, workers, in_line) if in_line else {}
        now = await _service(tx, workers)
        return [_standing(row, places, now) for row in rows]

    async def _look(self, tx: Tx, workers: list[Row], wanted: set[int]) -> dict[int, Position]:
        """The places of the whole line, at most `KEPT_S` old where it is long."""
        if time.monotonic() < self._good_until and wanted <= self._places.keys():
            return self._places
        line = await _line(tx, workers, self._in_hand)
        self._places = forecast(line)
        if len(line.jobs) > LONG:
            self._good_until = time.monotonic() + KEPT_S
        return self._places


async def _line(tx: Tx, workers: list[Row], in_hand: int) -> Line:
    """Everything that the forecast looks at."""
    separations = await tx.one(_OF_LATE, kind="separate") or {}
    mixes = await tx.one(_OF_LATE, kind="mix") or {}
    rows = await tx.all(_LINE, ageing_s=AGEING_S)
    return Line(
        jobs=[Ahead(**row) for row in rows],
        speeds={row["name"]: row["speed"] for row in workers},
        usual_speed=_speed(separations.get("song_s"), separations.get("took_s")),
        usual_song_s=separations.get("song_s"),
        usual_mix_s=mixes.get("took_s"),
        in_hand=in_hand,
    )


async def service(tx: Tx) -> Service:
    """Whether work that is in line will be begun now."""
    return await _service(tx, await tx.all(_WORKERS, alive_s=ALIVE_S))


async def _service(tx: Tx, workers: list[Row]) -> Service:
    """Whether somebody will begin what is in line."""
    if await notices.holds(tx, notices.DRAINED):
        return Service.DRAINED
    if not workers:
        return Service.NOBODY
    if all(str(row["doing"]).startswith("loading") for row in workers):
        return Service.LOADING
    return Service.OPEN


def _speed(song_s: float | None, took_s: float | None) -> float | None:
    """Seconds of song per second, where both are known."""
    return song_s / took_s if song_s and took_s else None


def _standing(row: Row, places: dict[int, Position], now: Service) -> Standing:
    """One standing out of its row."""
    state = State(row["j_state"]) if row["j_state"] else State.WAITING
    return Standing(
        order=order_of(row),
        state=state,
        progress=progress_of(row) if row["j_id"] else Progress(),
        position=places.get(row["j_id"]),
        result=from_text(row["j_result"]) if row["j_kind"] == Kind.MIX else None,
        error=from_text(row["j_error"]),
        service=now,
    )
