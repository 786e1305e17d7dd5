"""Which jobs of a worker may run beside one another.

A crash ends every job of the process, and which of them caused it is not known. So a job whose lease lapsed
(`Job.alone`) runs alone from then on: if the worker crashes again, that job is the cause, and the others of
the first crash are cleared the same way, one by one. A job that merely failed is no suspect.

    other jobs    run beside one another, up to the worker's concurrency
    a suspect     is claimed by an idle worker only. Where none is idle, one worker of the fleet reserves it,
                  claims nothing new until it is idle, then claims it; the others go on
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
        self._reserving: JobKind | None = None  #: the consumer that waits until nothing else runs

    @property
    def is_idle(self) -> bool:
        """Whether nothing runs, so that a suspect may."""
        return not self._running

    def may_claim(self, kind: JobKind) -> bool:
        """Whether a consumer may claim a job now."""
        if any(job.alone for job in self._running.values()):
            return False
        return self._reserving is None or (self._reserving is kind and self.is_idle)

    def may_reserve(self, kind: JobKind) -> bool:
        """Whether a consumer may keep the worker for a suspect of its kind."""
        return not self.is_idle and self._reserving in {None, kind}

    def reserve(self, kind: JobKind, *, on: bool) -> None:
        """A suspect is reserved for a consumer, or is no more."""
        if on:
            self._reserving = kind
        elif self._reserving is kind:
            self._reserving = None

    def add(self, job: Job) -> None:
        """A job was claimed."""
        self._running[job.id] = job

    def remove(self, job: Job) -> None:
        """A job has ended."""
        self._running.pop(job.id, None)
