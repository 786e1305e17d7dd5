"""Renews the leases of a worker's jobs, from its own thread and through its own connection.

A kernel that takes minutes, a blocked event loop or a busy interpreter cannot cost a lease. In return the
thread tells a job to stop: when it was cancelled, when its lease is lost, or when the worker shuts down. It
also reports progress and sends the worker's heartbeat, since it writes anyway.

A device that hangs (`separator.inference.device_monitor`), or a job that is silent for hours, cannot be told
anything. Then the thread lets the leases lapse, so that other workers have the jobs, and ends the process.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Self

import structlog

from separator.core.errors import LeaseLost
from separator.core.exit_codes import ExitCode
from separator.core.jobs import JobKind, Progress
from separator.inference.catalog.registry import available_weights
from separator.inference.device_monitor import LOOK_S, DeviceMonitor
from storage import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from separator.core.jobs import Job
    from separator.queue import WorkerQueue

log = structlog.get_logger()

POLL_S = 0.2  #: between two checks of running jobs: how late a cancel arrives
IDLE_POLL_S = 0.5  #: the same while nothing runs; an idle worker costs next to nothing
CLEANUP_S = 3600.0  #: between two deletions of old rows
ROW_AGE_S = 30 * 86_400.0  #: rows of ended work are deleted after it, well after the objects that they name
SILENT_S = 2 * 3600.0  #: a job that neither advances nor asks whether to stop for so long hangs
HAND_OVER_S = 2.0  #: for the queue to hear that the jobs of a hung worker are free
SPEED_WEIGHT = 0.3  #: of the last song in the average speed of the device


class StopReason(StrEnum):
    """Why a job should stop."""

    CANCELLED = "cancelled"  #: no order needs it any more
    LEASE_LOST = "lease_lost"  #: another worker may have it
    SHUTDOWN = "shutdown"  #: this worker is asked to end


@dataclass
class RunningJob:
    """A job that this worker runs. Shared between threads: each field has one writer, or a lock."""

    job: Job
    stop_reason: StopReason | None = None
    progress: Progress = field(default_factory=Progress)
    reported: Progress = field(default_factory=Progress)  #: the progress that was written last
    preview: str = ""  #: see `Progress`
    live: str = ""
    renewed_at: float = field(default_factory=time.monotonic)
    device_s: float = 0.0  #: of the device's time, which concurrent separations share evenly
    progress_lock: threading.Lock = field(
        default_factory=threading.Lock
    )  #: of progress, which two threads write
    silent_s: float = 0.0  #: since the work last asked whether to stop
    wake: threading.Event = field(default_factory=threading.Event)  #: set when a report must not wait

    def should_stop(self) -> bool:
        """Asked by the work at every window."""
        self.silent_s = 0.0
        return self.stop_reason is not None

    def request_stop(self, reason: StopReason) -> None:
        """Ask the work to stop; the first reason stays, but a lost lease overrides all."""
        if self.stop_reason is None or reason is StopReason.LEASE_LOST:
            self.stop_reason = reason

    def set_progress(self, progress: Progress) -> None:
        """Set how far it is; the keys of preview and live index stay."""
        with self.progress_lock:
            self.progress = replace(progress, preview=self.preview, live=self.live)

    def publish(self, *, preview: str = "", live: str = "") -> None:
        """Report at once what can be played from now on: somebody waits for it."""
        with self.progress_lock:
            self.preview, self.live = preview or self.preview, live or self.live
            self.progress = replace(self.progress, preview=self.preview, live=self.live)
        self.wake.set()


READY = "ready"  #: status of a worker that can begin work at once


@dataclass(frozen=True)
class WorkerInfo:
    """What the queue knows of a worker."""

    name: str
    device: str
    lease_s: float
    heartbeat_s: float
    status: str = READY  #: at first
    weights_dir: Path | None = None  #: the folder of weight files that this worker can load


class LeaseRenewer:
    """A thread that renews the leases of all running jobs; a context."""

    def __init__(
        self,
        open_queue: Callable[[], AbstractAsyncContextManager[WorkerQueue]],
        worker: WorkerInfo,
        monitor: DeviceMonitor | None = None,
        end_process: Callable[[int], object] = os._exit,
    ) -> None:
        """Prepare.

        Args:
            open_queue: Called by the thread, since connections do not cross threads.
            worker: Whose jobs they are.
            monitor: What the device is doing.
            end_process: Ends it at once, without waiting for the threads that hang.
        """
        self._open_queue, self.worker = open_queue, worker
        self._monitor, self._end_process = monitor or DeviceMonitor(), end_process
        self._checked_at = time.monotonic()
        self._running: list[RunningJob] = []
        self.speed: float | None = None  #: of the device, in seconds of song per second
        self._accounted_at = time.monotonic()
        self._status = worker.status
        self._closing = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lease-renewer", daemon=True)

    def __enter__(self) -> Self:
        """Start the thread."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it after the write at work."""
        self._closing.set()
        self._wake.set()
        self._thread.join(timeout=self.worker.heartbeat_s)

    @contextmanager
    def track(self, job: Job) -> Iterator[RunningJob]:
        """Renew this job's lease while the block runs."""
        running = RunningJob(job, wake=self._wake)
        self._account_device_time()
        self._running = [*self._running, running]
        try:
            yield running
        finally:
            self._account_device_time()
            self._running = [each for each in self._running if each is not running]

    def running(self) -> list[RunningJob]:
        """The jobs that run now."""
        return self._running

    @contextmanager
    def loading(self, model: str) -> Iterator[None]:
        """While the block runs, the worker's status is that it loads a model."""
        self._status = f"loading {model}"
        try:
            yield
        finally:
            self._status = READY

    def record_speed(self, running: RunningJob, song_s: float) -> None:
        """Count a finished separation in the average speed of the device.

        A song that had only a part of the device took longer, but the device was as fast as ever.
        """
        self._account_device_time()
        if running.device_s > 0:
            speed = song_s / running.device_s
            before = speed if self.speed is None else self.speed
            self.speed = (1 - SPEED_WEIGHT) * before + SPEED_WEIGHT * speed

    def _account_device_time(self) -> None:
        """Divide the time since the last call evenly among the running separations."""
        now = time.monotonic()
        separations = [each for each in self._running if each.job.kind is JobKind.SEPARATE]
        for each in separations:
            each.device_s += (now - self._accounted_at) / len(separations)
        self._accounted_at = now

    def _run(self) -> None:
        """The thread: whatever fails, open another connection and go on."""
        while not self._closing.is_set():
            try:
                asyncio.run(self._renew_until_closed())
            except Exception:
                log.exception("lease_renewer_failed")
                self._stop_lapsed()
                if self._is_hung():
                    self._end_process(ExitCode.HUNG)
                self._closing.wait(POLL_S)

    async def _renew_until_closed(self) -> None:
        async with self._open_queue() as queue:
            beat_at, cleaned_at, sent = float("-inf"), float("-inf"), ""
            while not self._closing.is_set():
                if time.monotonic() - beat_at >= self.worker.heartbeat_s or sent != self._status:
                    beat_at, sent = time.monotonic(), self._status
                    await self._send_heartbeat(queue, sent)
                if beat_at - cleaned_at >= CLEANUP_S:
                    await self._delete_old_rows(queue)
                    cleaned_at = beat_at
                if self._is_hung():
                    await self._hand_over(queue)
                    return
                noticed = await self._notices_cancel(queue)
                for running in self._running:
                    await self._update(queue, running, ask=noticed)
                pause_s = min(POLL_S if self._running else IDLE_POLL_S, self.worker.heartbeat_s)
                await asyncio.to_thread(self._wake.wait, pause_s)
                self._wake.clear()  # before the next check, which sees what it was set for
            await self._deregister(queue)

    def _is_hung(self) -> bool:
        """Whether the device or a job hangs, so that only another process can go on."""
        now = time.monotonic()
        seen_s, self._checked_at = min(now - self._checked_at, LOOK_S), now
        if step := self._monitor.check():
            log.error("device_hung", step=step.name, waited_s=round(step.waited_s, 1), limit_s=step.limit_s)
            return True
        for running in self._running:
            running.silent_s += seen_s
            if running.silent_s > SILENT_S:
                log.error("job_hung", job=running.job.id, waited_s=round(running.silent_s, 1))
                return True
        return False

    async def _hand_over(self, queue: WorkerQueue) -> None:
        """Let the leases lapse at once where the queue answers, else in their time; end the process."""
        try:
            with suppress(TimeoutError, StorageError):
                async with asyncio.timeout(HAND_OVER_S):
                    await queue.remove_worker(self.worker.name)
                    for running in self._running:
                        with suppress(LeaseLost):
                            await queue.renew(running.job, 0.0)
        finally:
            self._closing.set()
            self._end_process(ExitCode.HUNG)

    async def _send_heartbeat(self, queue: WorkerQueue, status: str) -> None:
        """Show that this worker is alive, and whether it is ready."""
        folder = self.worker.weights_dir  # read each time: a download may have ended since
        weights = available_weights(folder) if folder else frozenset[str]()
        try:
            await queue.heartbeat(self.worker.name, self.worker.device, self.speed, status, weights)
            known = frozenset(each.job.id for each in self._running)
            if freed := await queue.release_unknown(self.worker.name, known):
                log.warning("unknown_jobs_released", jobs=freed)
        except StorageError:
            log.warning("heartbeat_failed")

    async def _deregister(self, queue: WorkerQueue) -> None:
        """Remove this worker from the queue's list; a killed one disappears from it after a while."""
        try:
            await queue.remove_worker(self.worker.name)
        except StorageError:
            log.warning("deregistration_failed")

    async def _delete_old_rows(self, queue: WorkerQueue) -> None:
        """Any worker may, and one is always there."""
        try:
            if rows := await queue.prune(ROW_AGE_S):
                log.info("old_rows_deleted", rows=rows)
        except StorageError:
            log.warning("cleanup_failed")

    async def _notices_cancel(self, queue: WorkerQueue) -> bool:
        """Whether a job may have been cancelled since the last call; else nobody asks the table."""
        try:
            return bool(self._running) and await queue.notices_cancel()
        except StorageError:
            return True

    async def _update(self, queue: WorkerQueue, running: RunningJob, *, ask: bool) -> None:
        """Renew a lease when it is time, report new progress, and stop a job that was cancelled.

        Whether it was is known from the renewal, at the latest; `ask` asks at once.
        """
        now = time.monotonic()
        cancelled = False
        try:
            if now - running.renewed_at >= self.worker.heartbeat_s:
                cancelled = await queue.renew(running.job, self.worker.lease_s)
                running.renewed_at = now
            elif ask:
                cancelled = await queue.is_cancelled(running.job)
            if running.progress != running.reported:
                progress = running.progress
                await queue.report(running.job, progress)
                running.reported = progress
        except LeaseLost:
            if any(each is running for each in self._running):  # else it has just ended, and nothing is lost
                running.request_stop(StopReason.LEASE_LOST)
        except StorageError:
            self._stop_lapsed()
        else:
            if cancelled:
                running.request_stop(StopReason.CANCELLED)

    def _stop_lapsed(self) -> None:
        """Stop jobs whose lease could not be renewed in its time: another worker may have them."""
        for running in self._running:
            if time.monotonic() - running.renewed_at >= self.worker.lease_s:
                running.request_stop(StopReason.LEASE_LOST)
