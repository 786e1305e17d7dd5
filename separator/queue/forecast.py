"""How long the line is for each job in it: the claims that will come, played through ahead of time.

The play follows `separator.queue.claims`: priority with ageing, then whoever has less running, then whoever
was served least recently, never more than `in_hand` of one person at a time. Durations come from the measured
speed of live workers; where nothing was measured yet, places are told and times are not.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict, deque
from dataclasses import dataclass
from itertools import count
from statistics import fmean
from typing import TYPE_CHECKING

from separator.jobs import Kind, Position, State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_UNKNOWN_S = (
    60.0  #: a song's turn where no duration is known: any number keeps the order, and no time is told
)


@dataclass(frozen=True)
class Ahead:
    """A job in line, as the play needs it."""

    id: int
    kind: str
    owner: str
    state: str
    prio: int
    aged: float  #: priority, risen with the time that its owner has waited
    since: float  #: when its owner was last served, or it was made, whichever is later
    after: int  #: 1 where its owner was served since it was made: such a one goes after one that never was
    song_s: float  #: 0 where not known
    done: int
    total: int
    worker: str | None = None  #: who runs it

    @property
    def left(self) -> float:
        """The share of it that is still to do, from 1 to 0."""
        return 1 - self.done / self.total if self.total else 1.0


@dataclass(frozen=True)
class Line:
    """The line at one moment."""

    jobs: Sequence[Ahead]
    speeds: Mapping[str, float | None]  #: of live workers by name, in seconds of song per second
    usual_speed: float | None  #: of late, by workers that may be gone; for those that have measured none yet
    usual_song_s: float | None  #: mean of late; None where nothing was separated yet
    usual_mix_s: float | None  #: mean seconds that a mix took of late
    in_hand: int  #: separations of one person that run at a time


def forecast(line: Line) -> dict[int, Position]:
    """The place of every job in the line, by job id."""
    separations = [job for job in line.jobs if job.kind == Kind.SEPARATE]
    mixes = [job for job in line.jobs if job.kind == Kind.MIX]
    return _Play(line, separations).places() | _mixes(mixes, line)


def _mixes(jobs: Sequence[Ahead], line: Line) -> dict[int, Position]:
    """Mixes go by age, one at a time per worker, and all take about as long."""
    ordered = sorted(
        jobs, key=lambda job: (job.state != State.RUNNING, -job.prio, job.since, job.after, job.id)
    )
    hands = max(len(line.speeds), 1)
    return {
        job.id: Position(
            before=0 if job.state == State.RUNNING else place,
            eta_s=None if line.usual_mix_s is None else line.usual_mix_s * (place // hands + 1),
        )
        for place, job in enumerate(ordered)
    }


class _Play:
    """The separations of a line, served one after the other on paper."""

    def __init__(self, line: Line, jobs: Sequence[Ahead]) -> None:
        self._line = line
        lengths = [job.song_s for job in jobs if job.song_s > 0]
        self._song_s = line.usual_song_s or (fmean(lengths) if lengths else None)
        measured = [speed for speed in line.speeds.values() if speed]
        usual = line.usual_speed or (fmean(measured) if measured else None)
        self._speeds = {name: speed or usual for name, speed in line.speeds.items()}
        self._at_work = [job for job in jobs if job.state == State.RUNNING and job.worker in self._speeds]
        self._orphans = deque(job for job in jobs if job.state == State.RUNNING and job not in self._at_work)
        self._running = Counter(job.owner for job in self._at_work)
        self._queues: dict[str, deque[Ahead]] = defaultdict(deque)
        for job in sorted(jobs, key=lambda job: (-job.aged, job.since, job.after, job.id)):
            if job.state == State.QUEUED:
                self._queues[job.owner].append(job)
        self._served: dict[str, float] = {}
        self._valid: dict[str, int] = {}  # the newest entry of each owner in `_heads`; older ones are void
        self._heads: list[tuple[float, int, float, int, int, int, str]] = []
        self._ticks = count()

    def places(self) -> dict[int, Position]:
        """Play until the line is empty."""
        places: dict[int, Position] = {}
        busy: list[tuple[float, int, str, str]] = []  # when it ends, a tie-break, whose it is, who does it
        idle = self._idle()
        for owner in self._queues:
            self._offer(owner)
        before, now = 0, 0.0
        for job in self._at_work:
            ends = self._takes(job, str(job.worker), job.left)
            places[job.id] = Position(0, self._told(ends, str(job.worker)))
            heapq.heappush(busy, (ends, next(self._ticks), job.owner, str(job.worker)))
            before += 1
        while True:
            while idle and (job_next := self._next()):
                worker = idle.pop()
                ends = now + self._takes(job_next, worker)
                places[job_next.id] = Position(before, self._told(ends, worker))
                heapq.heappush(busy, (ends, next(self._ticks), job_next.owner, worker))
                before += 1
            if not busy:
                return places
            now, _, owner, worker = heapq.heappop(busy)
            idle.append(worker)
            self._running[owner] -= 1
            self._offer(owner)

    def _idle(self) -> list[str]:
        """Who has nothing to do, the fastest last; somebody unknown where nobody is there at all."""
        at_work = {job.worker for job in self._at_work}
        free = [name for name in self._speeds if name not in at_work]
        return sorted(free, key=lambda name: self._speeds[name] or 0) if self._speeds else [""]

    def _takes(self, job: Ahead, worker: str, share: float = 1.0) -> float:
        """Seconds that a worker needs for a share of a job."""
        song_s, speed = job.song_s or self._song_s, self._speeds.get(worker)
        if song_s is None or speed is None:
            return _UNKNOWN_S * share
        return song_s * share / speed

    def _told(self, ends: float, worker: str) -> float | None:
        """The time to tell: until the mix after it is made, too; None where it would be a guess."""
        if self._speeds.get(worker) is None or self._song_s is None:
            return None
        return ends + (self._line.usual_mix_s or 0)

    def _offer(self, owner: str) -> None:
        """Put an owner's next job up for choice, or take the owner out while enough of theirs is running."""
        tick = self._valid[owner] = next(self._ticks)
        queue = self._queues.get(owner)
        if queue and self._running[owner] < self._line.in_hand:
            head, served = queue[0], self._served.get(owner)
            rank = (-head.aged, head.since) if served is None else (-float(head.prio), served)
            entry = (rank[0], self._running[owner], rank[1], head.after, head.id, tick, owner)
            heapq.heappush(self._heads, entry)

    def _next(self) -> Ahead | None:
        """The job whose turn it is; first what a dead worker has left."""
        if self._orphans:
            orphan = self._orphans.popleft()
            self._running[orphan.owner] += 1
            return orphan
        while self._heads:
            *_, tick, owner = heapq.heappop(self._heads)
            if self._valid[owner] != tick:
                continue
            self._running[owner] += 1
            self._served[owner] = 1e12 + tick  # later than every real time, and in order
            job = self._queues[owner].popleft()
            self._offer(owner)
            return job
        return None
