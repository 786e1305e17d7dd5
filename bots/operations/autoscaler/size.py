"""How many workers the line needs: a decision from numbers alone."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from separator import JobState

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from separator import QueueStats

UNDER_WAY = (JobState.WAITING, JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True)
class Bounds:
    """Between what the fleet may move."""

    least: int  #: workers that stay however short the line is
    most: int  #: workers, however long it is
    jobs_each: int  #: jobs in line that one worker is for
    idle_s: float  #: the line must ask for fewer this long before one goes


def jobs_in_line(figures: QueueStats) -> int:
    """Jobs that workers have to do or are doing; none counts while the line is drained."""
    if figures.drained:
        return 0
    return sum(many for (state, _), many in figures.depth.items() if JobState(state) in UNDER_WAY)


class Size:
    """How large the fleet should be. Grows at once; shrinks when the line has asked for less for a while."""

    def __init__(self, bounds: Bounds) -> None:
        """Start with nothing seen."""
        self._bounds = bounds
        self._enough_since: float | None = None

    def wanted(self, in_line: int, have: int, now_s: float) -> int:
        """Workers that should run.

        Args:
            in_line: Jobs to do.
            have: Workers that run or start.
            now_s: By any clock that does not jump.
        """
        needed = min(max(ceil(in_line / self._bounds.jobs_each), self._bounds.least), self._bounds.most)
        if needed >= have:
            self._enough_since = None
            return needed
        if self._enough_since is None:
            self._enough_since = now_s
        return needed if now_s - self._enough_since >= self._bounds.idle_s else have


def leaving(names: Sequence[str | None], busy: Collection[str], many: int) -> list[int]:
    """Which of the workers go when `many` must: those not begun yet, then the idle, then the youngest.

    Args:
        names: Each worker's `host:pid`, oldest first; none while it starts.
        busy: Names of workers that hold a job, as in the table: `host:pid:…`.
        many: How many go.
    """
    held = {name.rpartition(":")[0] for name in busy}

    def loss(index: int) -> tuple[bool, bool, int]:
        name = names[index]
        return name is not None, name in held, -index

    return sorted(range(len(names)), key=loss)[:many]
