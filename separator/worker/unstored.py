"""Separations that the store did not take: kept on disk for the job's next try, so that no song is redone.

Only a few, and not for long: another worker may have the job by then.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tempfile import TemporaryDirectory

    from separator.inference.catalog.card import ModelCard
    from separator.pipeline.stem_writer import Separation

MOST = 3  #: songs; as many as a worker separates at a time, some 100 MB each
KEPT_S = 1800.0  #: three times the longest pause between two tries


@dataclass(frozen=True)
class Separated:
    """A separation whose files lie in a folder of their own."""

    folder: TemporaryDirectory[str]
    card: ModelCard  #: of the model that made it
    separation: Separation


@dataclass
class UnstoredSeparations:
    """By job, oldest first."""

    _separations: dict[int, tuple[float, Separated]] = field(default_factory=dict)

    def keep(self, job: int, separated: Separated) -> None:
        """Keep one; the oldest goes where there are too many."""
        self._separations[job] = time.monotonic(), separated
        while len(self._separations) > MOST:
            self._remove(next(iter(self._separations)))

    def take(self, job: int) -> Separated | None:
        """What was kept of a job; the caller removes or keeps it."""
        found = self._separations.pop(job, None)
        return found[1] if found else None

    def purge(self) -> None:
        """Remove what nobody came for."""
        oldest = time.monotonic() - KEPT_S
        for job in [job for job, (at, _) in self._separations.items() if at < oldest]:
            self._remove(job)

    def close(self) -> None:
        """Remove all."""
        for job in list(self._separations):
            self._remove(job)

    def _remove(self, job: int) -> None:
        self._separations.pop(job)[1].folder.cleanup()
