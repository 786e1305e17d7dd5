"""The heart: keeps a worker's leases from its own thread, through its own connection.

A kernel that takes minutes, a blocked event loop or a busy interpreter cannot cost a lease. The other way
round the heart tells the work to stop: when nobody wants it any more, when its lease is lost, or when the
worker is closing. It also carries progress, since it writes anyway.
"""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Self

import structlog

from separator.core.errors import LeaseLost
from separator.core.jobs import JobKind, Progress
from separator.inference.catalog.registry import held as held_weights
from storage import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from separator.core.jobs import Job
    from separator.queue.base import JobQueue

log = structlog.get_logger()

LOOK_S = 0.2  #: between two looks at what is held: a cancel is heard so late, half a window on two CPU cores
IDLE_S = 0.5  #: between two looks at whether anything is held; an idle worker costs next to nothing


TIDY_S = 3600.0  #: between two looks for rows that are long over
FORGET_S = 30 * 86_400.0  #: rows of ended work are kept for a month, well beyond the objects that they name


class StopReason(StrEnum):
    """Why work should stop."""

    UNWANTED = "unwanted"  #: everybody who asked has taken it back
    LOST = "lost"  #: another worker may have it
    CLOSING = "closing"  #: this worker is asked to end


@dataclass
class RunningJob:
    """A job in this worker's hands. Shared between threads: each field has one writer, or is set once."""

    job: Job
    why: StopReason | None = None
    progress: Progress = field(default_factory=Progress)
    told: Progress = field(default_factory=Progress)
    preview: str = ""  #: see `Progress`
    live: str = ""
    renewed: float = field(default_factory=time.monotonic)
    device_s: float = 0.0  #: of the device's time, which separations side by side share evenly
    news: threading.Event = field(default_factory=threading.Event)  #: there is something to tell at once

    def should_stop(self) -> bool:
        """Asked by the work at every window."""
        return self.why is not None

    def stop(self, why: StopReason) -> None:
        """Ask the work to stop; the first reason stays, but a lost lease outweighs all."""
        if self.why is None or why is StopReason.LOST:
            self.why = why

    def tell(self, progress: Progress) -> None:
        """Say how far it is; what can be heard early stays said."""
        self.progress = replace(progress, preview=self.preview, live=self.live)

    def heard(self, *, preview: str = "", live: str = "") -> None:
        """Say what can be heard from now on, at once: somebody waits for it."""
        self.preview, self.live = preview or self.preview, live or self.live
        self.tell(self.progress)
        self.news.set()


READY = "ready"  #: what a worker says of itself when it can begin work at once


@dataclass(frozen=True)
class WorkerInfo:
    """How a worker shows that it is alive."""

    name: str
    device: str
    lease_s: float
    beat_s: float
    doing: str = READY  #: at first
    weights_dir: Path | None = None  #: where weights are that this worker could load


class LeaseRenewer:
    """A thread that beats for all that is held."""

    def __init__(
        self, open_queue_client: Callable[[], AbstractAsyncContextManager[JobQueue]], pulse: WorkerInfo
    ) -> None:
        """Take a way to open the line anew: connections do not cross threads."""
        self._open_queue, self.pulse = open_queue_client, pulse
        self._held: list[RunningJob] = []
        self.speed: float | None = None  #: of the device, in seconds of song per second
        self._shared = time.monotonic()
        self._doing = pulse.doing
        self._ending = threading.Event()
        self._news = threading.Event()  #: a reason to beat at once
        self._thread = threading.Thread(target=self._run, name="heart", daemon=True)

    def __enter__(self) -> Self:
        """Start beating."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop beating; the last beat ends first."""
        self._ending.set()
        self._news.set()
        self._thread.join(timeout=self.pulse.beat_s)

    @contextmanager
    def holding(self, job: Job) -> Iterator[RunningJob]:
        """Keep this job's lease while the block runs."""
        held = RunningJob(job, news=self._news)
        self._share()
        self._held = [*self._held, held]
        try:
            yield held
        finally:
            self._share()
            self._held = [each for each in self._held if each is not held]

    def _share(self) -> None:
        """Count the time since the last look, a part of it for each separation in hand."""
        now = time.monotonic()
        separations = [held for held in self._held if held.job.kind is JobKind.SEPARATE]
        for held in separations:
            held.device_s += (now - self._shared) / len(separations)
        self._shared = now

    def held(self) -> list[RunningJob]:
        """What is in hand now."""
        return self._held

    @contextmanager
    def loading(self, model: str) -> Iterator[None]:
        """While the block runs, those in line are told that a model is being loaded."""
        self._doing = f"loading {model}"
        try:
            yield
        finally:
            self._doing = READY

    def measured(self, held: RunningJob, song_s: float) -> None:
        """A separation is done: take in how fast the device is, averaged over the last few.

        A song that had only a part of the device took longer, but the device was as fast as ever.
        """
        self._share()
        if held.device_s > 0:
            speed = song_s / held.device_s
            self.speed = speed if self.speed is None else 0.7 * self.speed + 0.3 * speed

    def _run(self) -> None:
        """The thread: whatever breaks, beat on."""
        while not self._ending.is_set():
            try:
                asyncio.run(self._beat_on())
            except Exception:
                log.exception("heart_stumbled")
                self._check_lapsed()
                self._ending.wait(LOOK_S)

    async def _beat_on(self) -> None:
        async with self._open_queue() as line:
            beaten, tidied, told = float("-inf"), float("-inf"), ""
            while not self._ending.is_set():
                if time.monotonic() - beaten >= self.pulse.beat_s or told != self._doing:
                    beaten, told = time.monotonic(), self._doing
                    await self._live(line, told)
                if beaten - tidied >= TIDY_S:
                    await self._tidy(line)
                    tidied = beaten
                for held in self._held:
                    await self._look_after(line, held)
                await asyncio.to_thread(
                    self._news.wait, min(LOOK_S if self._held else IDLE_S, self.pulse.beat_s)
                )
                self._news.clear()  # before the next look, which sees what the news was of
            await self._leave(line)

    async def _live(self, line: JobQueue, doing: str) -> None:
        """Tell people in line that somebody is there, and whether they are ready."""
        try:
            await line.heartbeat(self.pulse.name, self.pulse.device, self.speed, doing, self._weights())
        except StorageError:
            log.warning("heart_beat_missed")

    def _weights(self) -> frozenset[str]:
        """What this worker could load now: a download may have ended since the last beat."""
        return held_weights(self.pulse.weights_dir) if self.pulse.weights_dir else frozenset()

    async def _leave(self, line: JobQueue) -> None:
        """Say good-bye, so that nobody waits for this worker; a killed one is missed after a while."""
        try:
            await line.remove_worker(self.pulse.name)
        except StorageError:
            log.warning("heart_left_unsaid")

    async def _tidy(self, line: JobQueue) -> None:
        """Forget what is long over; any worker may, and one is always there."""
        try:
            if gone := await line.prune(FORGET_S):
                log.info("line_tidied", rows=gone)
        except StorageError:
            log.warning("line_untidy")

    async def _look_after(self, line: JobQueue, held: RunningJob) -> None:
        """Renew when it is time, tell progress when there is some, hear when the work is unwanted."""
        asked = time.monotonic()
        try:
            if asked - held.renewed >= self.pulse.beat_s:
                unwanted = await line.renew(held.job, self.pulse.lease_s)
                held.renewed = asked
            else:
                unwanted = await line.is_cancelled(held.job)
            if held.progress != held.told:
                told = held.progress
                await line.report(held.job, told)
                held.told = told
        except LeaseLost:
            if any(each is held for each in self._held):  # else it has just ended, and nothing is lost
                held.stop(StopReason.LOST)
        except StorageError:
            self._check_lapsed()
        else:
            if unwanted:
                held.stop(StopReason.UNWANTED)

    def _check_lapsed(self) -> None:
        """A lease that could not be renewed in its time is taken for lost: somebody may have it."""
        for held in self._held:
            if time.monotonic() - held.renewed >= self.pulse.lease_s:
                held.stop(StopReason.LOST)
