"""How many workers the queue needs: a decision from numbers alone."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from separator import JobState

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from separator import QueueStats

PENDING = (JobState.WAITING, JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True)
class ScalingRules:
    """How the autoscaler may scale."""

    min_workers: int  #: however short the queue is
    max_workers: int  #: however long it is
    jobs_per_worker: int  #: pending jobs for each worker
    idle_s: float  #: the queue must need fewer workers for so long before any is stopped


def pending_jobs(stats: QueueStats) -> int:
    """Jobs that are unfinished; none counts while the queue is drained."""
    if stats.drained:
        return 0
    return sum(count for state, count in stats.depth.items() if JobState(state) in PENDING)


class ScalingPolicy:
    """Scales up at once; scales down when fewer workers have been enough for a while."""

    def __init__(self, rules: ScalingRules) -> None:
        self._rules = rules
        self._fewer_since: float | None = None

    def target(self, pending: int, workers: int, now_s: float) -> int:
        """How many workers should run.

        Args:
            pending: Unfinished jobs.
            workers: Workers that run or start.
            now_s: By any monotonic clock.
        """
        rules = self._rules
        needed = min(max(ceil(pending / rules.jobs_per_worker), rules.min_workers), rules.max_workers)
        if needed >= workers:
            self._fewer_since = None
            return needed
        if self._fewer_since is None:
            self._fewer_since = now_s
        return needed if now_s - self._fewer_since >= rules.idle_s else workers


def choose_to_stop(names: Sequence[str | None], busy: Collection[str], count: int) -> list[int]:
    """Which workers to stop: those not started yet, then idle ones, then the youngest.

    Args:
        names: Each worker's `host:pid`, oldest first; none while it starts.
        busy: Names of workers that run a job, as in the database: `host:pid:…`.
        count: How many to stop.

    Returns:
        Indices into `names`.
    """
    busy_names = {name.rpartition(":")[0] for name in busy}

    def cost(index: int) -> tuple[bool, bool, int]:
        name = names[index]
        return name is not None, name in busy_names, -index

    return sorted(range(len(names)), key=cost)[:count]
