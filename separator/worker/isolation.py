"""What the hands of one worker hold together, and when a job must be alone.

A crash takes every job of the process with it, and which of them was to blame nobody knows. So a job that
has cost an attempt before runs with nothing beside it: then only it can be to blame, and the others that were
in the crash prove their innocence the same way, one by one.

    fresh jobs     beside one another, as many as there are places
    a suspect      comes while others are in hand: it goes back into the line uncounted, nothing new is taken
                   until all is done, then the hand that met it claims again, alone
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from separator.core.jobs import Job, JobKind


class PoisonJobGuard:
    """Shared by the hands of a worker; a claim and its verdict are one step, under `turn`."""

    def __init__(self) -> None:
        """Nothing is in hand."""
        self.turn = asyncio.Lock()
        self._jobs: dict[int, Job] = {}
        self._alone: JobKind | None = None  #: which hand waits for all others to be done

    def may_claim(self, kind: JobKind) -> bool:
        """Whether a hand may look for work now."""
        if any(is_retried(job) for job in self._jobs.values()):
            return False
        return self._alone is None or (self._alone is kind and not self._jobs)

    def found(self, kind: JobKind, job: Job | None) -> bool:
        """What a claim brought; False where it must go back, because it may not run beside the others."""
        self._alone = None
        if job is None:
            return True
        if is_retried(job) and self._jobs:
            self._alone = kind
            return False
        self._jobs[job.id] = job
        return True

    def done(self, job: Job) -> None:
        """A job is out of hand."""
        self._jobs.pop(job.id, None)


def is_retried(job: Job) -> bool:
    """Whether an attempt at it has failed, or crashed with its worker."""
    return job.attempts > 1
