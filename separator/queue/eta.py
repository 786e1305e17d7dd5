"""When each queued job will be done: the claims to come, simulated ahead of time.

The simulation follows `separator.queue.claims`: steps of waiting, then the owner with less running, then the
one who was served least recently, never more than `per_owner` of one owner at a time. A worker may run
several separations, which share its device evenly (`separator.queue.eta_devices`). Durations come from the
measured speed of living workers; where nothing was measured yet, positions are known and times are not.

The length of a song is known once a worker has decoded it. Where lengths are not known, whose song ends first
is not known either, and with it whose turn is next. So the queue is simulated with several guesses, and the
time is the geometric mean of the soonest and the latest end: the one that is wrong by the smallest factor.
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

#: A song's duration where none is known: any number keeps the order, and no time is given.
_UNKNOWN_S = 60.0
#: Lengths of songs that are not known, by the usual one, in each of the simulations. From song to song they
#: go through all of them, so each simulation has the usual mixture in another order.
_GUESSES = (1.0, 0.8, 1.25, 0.9, 1.1)
_MANY = 200  #: jobs; so many guesses even out, and one simulation (some 5 ms) is enough


class EtaJob(NamedTuple):
    """A queued or running job, as the simulation needs it."""

    id: int
    kind: str
    owner: str
    state: str
    aged: float  #: steps of waiting of its owner (`claims.AGEING_S`)
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
    """The queue at one moment."""

    jobs: Sequence[EtaJob]
    speeds: Mapping[str, float | None]  #: of living workers by name, in seconds of song per second
    usual_speed: float | None  #: of late, by workers that may be gone; for those that have measured none yet
    usual_song_s: float | None  #: mean of late; None where nothing was separated yet
    usual_mix_s: float | None  #: mean seconds that a mix took of late
    per_owner: int  #: separations of one owner that run at a time
    per_worker: int = 1  #: separations that one worker runs at a time


def estimate(queue: EtaQueue) -> dict[int, Position]:
    """The position of every job, by job id."""
    separations = [job for job in queue.jobs if job.kind == JobKind.SEPARATE]
    mixes = [job for job in queue.jobs if job.kind == JobKind.MIX]
    guessed = any(not job.song_s for job in separations) and len(separations) < _MANY
    rounds = range(len(_GUESSES) if guessed else 1)
    runs = [_Simulation(queue, separations, guess).run() for guess in rounds]
    mix_s = queue.usual_mix_s or 0.0
    return {job: _combine([run[job] for run in runs], mix_s) for job in runs[0]} | _mixes(mixes, queue)


def _combine(runs: Sequence[Position], mix_s: float) -> Position:
    """The position of the first run, and the time until the mix after the separation is made, too."""
    ends = [run.eta_s for run in runs if run.eta_s is not None]
    eta_s = (min(ends) * max(ends)) ** 0.5 + mix_s if ends else None
    return Position(runs[0].before, eta_s)


def _mixes(jobs: Sequence[EtaJob], queue: EtaQueue) -> dict[int, Position]:
    """Mixes go by age, one at a time per worker, and all take about as long."""
    ordered = sorted(jobs, key=lambda job: (job.state != JobState.RUNNING, job.since, job.after, job.id))
    workers = max(len(queue.speeds), 1)
    return {
        job.id: Position(
            before=0 if job.state == JobState.RUNNING else index,
            eta_s=None if queue.usual_mix_s is None else queue.usual_mix_s * (index // workers + 1),
        )
        for index, job in enumerate(ordered)
    }


class _Simulation:
    """The separations of a queue, run on paper."""

    def __init__(self, queue: EtaQueue, jobs: Sequence[EtaJob], guess: int) -> None:
        self._per_owner, self._guess = queue.per_owner, guess
        lengths = [job.song_s for job in jobs if job.song_s > 0]
        self._song_s = queue.usual_song_s or (fmean(lengths) if lengths else None)
        measured = [speed for speed in queue.speeds.values() if speed]
        usual = queue.usual_speed or (fmean(measured) if measured else None)
        self._speeds = {name: speed or usual for name, speed in queue.speeds.items()} or {"": None}
        self._devices = Devices(
            {name: speed or 1.0 for name, speed in self._speeds.items()}, queue.per_worker
        )
        self._started = [job for job in jobs if job.state == JobState.RUNNING and job.worker in self._speeds]
        self._orphans = deque(
            job for job in jobs if job.state == JobState.RUNNING and job not in self._started
        )
        self._running = Counter(job.owner for job in self._started)
        self._queued: dict[str, deque[EtaJob]] = defaultdict(deque)
        for job in sorted(jobs, key=lambda job: (-job.aged, job.since, job.after, job.id)):
            if job.state == JobState.QUEUED:
                self._queued[job.owner].append(job)
        self._served: dict[str, float] = {}
        self._valid: dict[str, int] = {}  # the newest entry of each owner in `_heads`; older ones are void
        self._heads: list[tuple[float, int, float, int, int, int, str]] = []
        self._ticks = count()

    def run(self) -> dict[int, Position]:
        """Run until the queue is empty."""
        owners = {job.id: job.owner for job in self._started}
        before = dict.fromkeys(owners, 0)
        for owner in self._queued:
            self._offer(owner)
        for job in self._started:
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
        """Whether times are known."""
        return self._speeds[worker] is not None and self._song_s is not None

    def _work(self, job: EtaJob, worker: str) -> float:
        """Seconds of song that a job is, or of time where nothing is known."""
        if self._song_s is None or not self._is_known(worker):
            return _UNKNOWN_S
        return job.song_s or self._song_s * _GUESSES[(job.id + self._guess) % len(_GUESSES)]

    def _offer(self, owner: str) -> None:
        """Put an owner's next job up for choice, or take the owner out while enough of theirs is running."""
        tick = self._valid[owner] = next(self._ticks)
        jobs = self._queued.get(owner)
        if jobs and self._running[owner] < self._per_owner:
            head, served = jobs[0], self._served.get(owner)
            rank = (-head.aged, head.since) if served is None else (0.0, served)
            entry = (rank[0], self._running[owner], rank[1], head.after, head.id, tick, owner)
            heapq.heappush(self._heads, entry)

    def _next(self) -> EtaJob | None:
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
            job = self._queued[owner].popleft()
            self._offer(owner)
            return job
        return None
