"""Which jobs of a worker may run beside one another.

A crash ends every job of the process, and which of them caused it is not known. So a job that has failed an
attempt before runs alone: if the worker crashes again, that job is the cause, and the others of the first
crash are cleared the same way, one by one.

    first attempts   run beside one another, up to the worker's concurrency
    a retried job    claimed while others run: it is released uncounted, nothing new is claimed until all are
                     done, then the consumer that met it claims again, alone
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from separator.core.jobs import Job, JobKind


class PoisonJobGuard:
    """Shared by the consumers of a worker; a claim and its admission are one step, under `lock`."""

    def __init__(self) -> None:
        """Nothing runs."""
        self.lock = asyncio.Lock()
        self._running: dict[int, Job] = {}
        self._waiting: JobKind | None = None  #: the consumer that waits until nothing else runs

    def may_claim(self, kind: JobKind) -> bool:
        """Whether a consumer may claim a job now."""
        if any(is_retried(job) for job in self._running.values()):
            return False
        return self._waiting is None or (self._waiting is kind and not self._running)

    def admit(self, kind: JobKind, job: Job | None) -> bool:
        """Register what a claim returned; False where it must be released, because others run."""
        self._waiting = None
        if job is None:
            return True
        if is_retried(job) and self._running:
            self._waiting = kind
            return False
        self._running[job.id] = job
        return True

    def remove(self, job: Job) -> None:
        """A job has ended."""
        self._running.pop(job.id, None)


def is_retried(job: Job) -> bool:
    """Whether an attempt at it has failed, or crashed with its worker."""
    return job.attempts > 1
