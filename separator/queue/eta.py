"""How long the line is for each job in it: the claims that will come, played through ahead of time.

The play follows `separator.queue.claims`: priority with ageing, then whoever has less running, then whoever
was served least recently, never more than `in_hand` of one person at a time. A worker may hold several songs,
which share its device evenly (`separator.queue.eta_devices`). Durations come from the measured speed of live
workers; where nothing was measured yet, places are told and times are not.

Where lengths are not known, whose song ends first is not known either, and with it whose turn is next. So the
line is played with several guesses, and the time told is the middle, in proportion, of the soonest and the
latest end: the one that is wrong by the smallest factor.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict, deque
from dataclasses import dataclass
from itertools import count
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

from separator.core.jobs import JobKind, JobState, Position
from separator.queue.eta_devices import Devices

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: A song's turn where no duration is known: any number keeps the order, and no time is told.
_UNKNOWN_S = 60.0
#: Lengths of songs that are not known, by the usual one, in each of the plays. From song to song they go
#: through all of them, so each play is one of a usual mixture in another order.
_GUESSES = (1.0, 0.8, 1.25, 0.9, 1.1)
_MANY = 200  #: jobs; so many guesses even out, and one play (some 5 ms) is enough


class Ahead(NamedTuple):
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
class EtaQueue:
    """The line at one moment."""

    jobs: Sequence[Ahead]
    speeds: Mapping[str, float | None]  #: of live workers by name, in seconds of song per second
    usual_speed: float | None  #: of late, by workers that may be gone; for those that have measured none yet
    usual_song_s: float | None  #: mean of late; None where nothing was separated yet
    usual_mix_s: float | None  #: mean seconds that a mix took of late
    in_hand: int  #: separations of one person that run at a time
    at_once: int = 1  #: separations that one worker holds at a time


def forecast(line: EtaQueue) -> dict[int, Position]:
    """The place of every job in the line, by job id."""
    separations = [job for job in line.jobs if job.kind == JobKind.SEPARATE]
    mixes = [job for job in line.jobs if job.kind == JobKind.MIX]
    guessed = any(not job.song_s for job in separations) and len(separations) < _MANY
    plays = [_Play(line, separations, guess).places() for guess in range(len(_GUESSES) if guessed else 1)]
    mix_s = line.usual_mix_s or 0.0
    return {job: _told([play[job] for play in plays], mix_s) for job in plays[0]} | _mixes(mixes, line)


def _told(plays: Sequence[Position], mix_s: float) -> Position:
    """The place of the first play, and the time that is wrong by the smallest factor, whichever comes true.

    It is the time until the mix after the separation is made, too.
    """
    ends = [play.eta_s for play in plays if play.eta_s is not None]
    eta_s = (min(ends) * max(ends)) ** 0.5 + mix_s if ends else None
    return Position(plays[0].before, eta_s)


def _mixes(jobs: Sequence[Ahead], line: EtaQueue) -> dict[int, Position]:
    """Mixes go by age, one at a time per worker, and all take about as long."""
    ordered = sorted(
        jobs, key=lambda job: (job.state != JobState.RUNNING, -job.prio, job.since, job.after, job.id)
    )
    hands = max(len(line.speeds), 1)
    return {
        job.id: Position(
            before=0 if job.state == JobState.RUNNING else place,
            eta_s=None if line.usual_mix_s is None else line.usual_mix_s * (place // hands + 1),
        )
        for place, job in enumerate(ordered)
    }


class _Play:
    """The separations of a line, served on paper."""

    def __init__(self, line: EtaQueue, jobs: Sequence[Ahead], guess: int = 0) -> None:
        self._queue, self._guess = line, guess
        lengths = [job.song_s for job in jobs if job.song_s > 0]
        self._song_s = line.usual_song_s or (fmean(lengths) if lengths else None)
        measured = [speed for speed in line.speeds.values() if speed]
        usual = line.usual_speed or (fmean(measured) if measured else None)
        self._speeds = {name: speed or usual for name, speed in line.speeds.items()} or {"": None}
        self._devices = Devices({name: speed or 1.0 for name, speed in self._speeds.items()}, line.at_once)
        self._at_work = [job for job in jobs if job.state == JobState.RUNNING and job.worker in self._speeds]
        self._orphans = deque(
            job for job in jobs if job.state == JobState.RUNNING and job not in self._at_work
        )
        self._running = Counter(job.owner for job in self._at_work)
        self._queues: dict[str, deque[Ahead]] = defaultdict(deque)
        for job in sorted(jobs, key=lambda job: (-job.aged, job.since, job.after, job.id)):
            if job.state == JobState.QUEUED:
                self._queues[job.owner].append(job)
        self._served: dict[str, float] = {}
        self._valid: dict[str, int] = {}  # the newest entry of each owner in `_heads`; older ones are void
        self._heads: list[tuple[float, int, float, int, int, int, str]] = []
        self._ticks = count()

    def places(self) -> dict[int, Position]:
        """Play until the line is empty."""
        owners = {job.id: job.owner for job in self._at_work}
        before = dict.fromkeys(owners, 0)
        for owner in self._queues:
            self._offer(owner)
        for job in self._at_work:
            self._devices.begin(job.id, str(job.worker), self._work(job, str(job.worker)) * job.left)
        ends: dict[int, Position] = {}
        while True:
            while (worker := self._devices.free()) is not None and (job_next := self._next()):
                before[job_next.id], owners[job_next.id] = len(before), job_next.owner
                self._devices.begin(job_next.id, worker, self._work(job_next, worker))
            ended = self._devices.end()
            if ended is None:
                return ends
            job_id, worker, now = ended
            ends[job_id] = Position(before[job_id], now if self._is_known(worker) else None)
            self._running[owners[job_id]] -= 1
            self._offer(owners[job_id])

    def _is_known(self, worker: str) -> bool:
        """Whether times can be told; else they would be a guess."""
        return self._speeds[worker] is not None and self._song_s is not None

    def _work(self, job: Ahead, worker: str) -> float:
        """Seconds of song that a job is, or of time where nothing is known."""
        if self._song_s is None or not self._is_known(worker):
            return _UNKNOWN_S
        return job.song_s or self._song_s * _GUESSES[(job.id + self._guess) % len(_GUESSES)]

    def _offer(self, owner: str) -> None:
        """Put an owner's next job up for choice, or take the owner out while enough of theirs is running."""
        tick = self._valid[owner] = next(self._ticks)
        queue = self._queues.get(owner)
        if queue and self._running[owner] < self._queue.in_hand:
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
