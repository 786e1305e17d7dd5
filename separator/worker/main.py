"""The worker process: runs SEPARATE and MIX jobs for one device; renews their leases from a thread.

    consumer  SEPARATE   a few songs at a time, which share the device (separator.inference.scheduler)
    consumer  MIX        sums and encodes, so that a mix of seconds never waits behind a song of minutes
    lease renewer        a thread of its own (separator.worker.lease)
    poison job guard     which jobs may run beside one another (separator.worker.isolation)

In: jobs claimed from the queue. Out: stems and files in storage, the job's next state. No chat platform is
known here. SIGTERM releases running jobs back to the queue; a `kill -9` costs no more than the lease.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

import structlog

from separator.core.errors import (
    ConfigError,
    LeaseLost,
    ModelNotHere,
    SeparationFailed,
    SongRefused,
    Stopped,
    to_record,
)
from separator.core.exit_codes import ExitCode
from separator.core.jobs import JobKind
from separator.core.logs import set_up_logs
from separator.core.settings import SeparatorSettings
from separator.inference.catalog.registry import usable_card
from separator.inference.device import pick_device
from separator.inference.device_monitor import DeviceMonitor
from separator.inference.model_cache import ModelCache
from separator.queue import open_worker_queue
from separator.queue.songs import SongRecords
from separator.worker.isolation import PoisonJobGuard
from separator.worker.lease import LeaseRenewer, StopReason, WorkerInfo
from separator.worker.liveness import liveness_file
from separator.worker.parent_watch import exit_with_parent
from separator.worker.tasks import WorkerContext, run_job
from separator.worker.unstored import UnstoredSeparations
from storage import NotStored, StorageError, delete_expired, open_store, remove_stale_temp_dirs

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from separator.core.jobs import Job, Json
    from separator.queue import WorkerQueue
    from separator.worker.lease import RunningJob
    from storage import ObjectStore

log = structlog.get_logger()

IDLE_S = 0.5  #: longest sleep between two claims: a lapsed lease or a due retry sends no notification
OUTAGE_PAUSE_S = 2.0  #: before asking a database or a store again that did not answer
RETRY_PAUSE_S = 5.0  #: before a failed job's second attempt; doubles
CLAIM_DELAY_S = 0.2  #: for each running song, before another is claimed: an idle worker is quicker
SPARE_THREADS = 6  #: beside one for each running job: files, hashes, the store
RESERVE_EVERY_S = 1.0  #: between two looks for a job that must run alone, while others run
GRACE_S = 2.0  #: for jobs to stop at the next window, after SIGTERM
UNSTORED_CHECK_S = 300.0  #: between two looks at separations that wait for the store
RETENTION_EVERY_S = 3500.0  #: between two runs of retention, whichever worker it is that runs it
RETENTION_CHECK_S = 3600.0  #: between two deletions of objects that have expired


@dataclass
class JobConsumer:
    """Claims one kind of job, runs up to `concurrency` at a time, writes how each ended."""

    kind: JobKind
    context: WorkerContext
    queue: WorkerQueue
    leases: LeaseRenewer
    closing: asyncio.Event
    guard: PoisonJobGuard = field(default_factory=PoisonJobGuard)
    concurrency: int = 1
    reserved_at: float = float("-inf")  #: when a suspect was last looked for

    async def run(self) -> None:
        """Work until the worker closes."""
        tasks: set[asyncio.Task[None]] = set()
        async with asyncio.TaskGroup() as group:
            while not self.closing.is_set():
                if len(tasks) >= self.concurrency:
                    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                    continue
                await asyncio.sleep(CLAIM_DELAY_S * len(tasks))
                job = await self._claim()
                if job is None:
                    await self._wait_for_work()
                else:
                    task = group.create_task(self._process(job))
                    tasks.add(task)
                    task.add_done_callback(tasks.discard)

    async def _claim(self) -> Job | None:
        """The next job; none where a job must run alone, or this worker is kept for one that must."""
        worker = self.leases.worker
        try:
            async with self.guard.lock:
                await self._reserve_suspect()
                if not self.guard.may_claim(self.kind):
                    return None
                idle = self.guard.is_idle
                job = await self.queue.claim(worker.name, self.kind, worker.lease_s, idle=idle)
                self.guard.reserve(self.kind, on=False)
                if job is not None:
                    self.guard.add(job)
                return job
        except StorageError:
            log.warning("queue_unavailable")
            await asyncio.sleep(OUTAGE_PAUSE_S)
            return None

    async def _reserve_suspect(self) -> None:
        """Keep this worker for a job that must run alone, where there is one and no other worker does."""
        if not self.guard.may_reserve(self.kind) or monotonic() - self.reserved_at < RESERVE_EVERY_S:
            return
        self.reserved_at = monotonic()
        found = await self.queue.reserve_suspect(self.leases.worker.name, self.kind)
        self.guard.reserve(self.kind, on=found)

    async def _wait_for_work(self) -> None:
        """Until there may be work."""
        try:
            await self.queue.wait(IDLE_S)
        except StorageError:
            await asyncio.sleep(OUTAGE_PAUSE_S)

    async def _process(self, job: Job) -> None:
        """Run one job, from its claim to its next state."""
        began = monotonic()
        try:
            with (
                structlog.contextvars.bound_contextvars(job=job.id, kind=job.kind.value, token=job.token),
                self.leases.track(job) as running,
            ):
                log.info("job_claimed", attempt=job.attempts, key=job.key, orders=await self._orders_of(job))
                if self.closing.is_set():
                    running.request_stop(StopReason.SHUTDOWN)
                await self._run(running, began)
            await self._delete_forgotten(job)
        finally:
            self.guard.remove(job)

    async def _delete_forgotten(self, job: Job) -> None:
        """Delete what a job stored that was forgotten while it ran; where that fails, retention does it."""
        songs = SongRecords(self.queue.database)
        with suppress(StorageError):
            if await songs.is_forgotten(job.id):
                for prefix in await songs.forgotten_of(job.id):
                    await self.context.store.delete(prefix)

    async def _run(self, running: RunningJob, began: float) -> None:
        job = running.job
        try:
            result = await run_job(self.context, running)
            await self._write(running, lambda: self.queue.finish(job, result))
        except SongRefused as refusal:
            record = to_record(refusal)
            await self._write(running, lambda: self.queue.refuse(job, record))
            log.info("job_refused", refusal=record["kind"])
        except Stopped:
            await self._release_stopped(running)
        except Exception as failure:  # noqa: BLE001 - one bad song must not stop the worker
            await self._retry_or_fail(running, failure)
        else:
            self._record_done(running, result, monotonic() - began)

    async def _orders_of(self, job: Job) -> list[int]:
        """The orders whose work begins, for the log; none while the queue is away."""
        with suppress(StorageError):
            return await self.queue.waiting_orders(job)
        return []

    def _record_done(self, running: RunningJob, result: Json, took_s: float) -> None:
        log.info("job_done", took_s=round(took_s, 2), song_s=round(result["song_s"], 2))
        if running.job.kind is JobKind.SEPARATE:
            self.leases.record_speed(running, result["song_s"])

    async def _release_stopped(self, running: RunningJob) -> None:
        """Write the next state of a job that was asked to stop."""
        log.info("job_stopped", reason=running.stop_reason)
        if running.stop_reason in {StopReason.CANCELLED, StopReason.SHUTDOWN}:
            await self._write(running, lambda: self.queue.release(running.job))

    async def _retry_or_fail(self, running: RunningJob, failure: Exception) -> None:
        """Not the song's fault: another attempt, uncounted for a day where only the store is away."""
        job = running.job
        if isinstance(failure, LeaseLost):
            log.warning("lease_lost")
        elif isinstance(failure, StorageError) and not isinstance(failure, NotStored):
            log.warning("store_unavailable", exc_info=failure)
            unstored = to_record(SeparationFailed(reason="StorageError"))
            await self._write(running, lambda: self.queue.postpone(job, unstored))
        else:
            log.error("job_failed", attempt=job.attempts, exc_info=failure)
            if not isinstance(failure, SeparationFailed):
                failure = SeparationFailed(reason=type(failure).__name__)
            error = to_record(failure)
            pause_s = RETRY_PAUSE_S * 2 ** (job.attempts - 1)
            await self._write(running, lambda: self.queue.fail(job, error, pause_s))

    async def _write(self, running: RunningJob, write: Callable[[], Awaitable[None]]) -> None:
        """Write a job's next state, as often as it takes; a lease that was lost meanwhile ends it."""
        while running.stop_reason is not StopReason.LEASE_LOST:
            try:
                await write()
            except LeaseLost:
                log.warning("lease_lost")
            except StorageError:
                log.warning("queue_unavailable")
                await asyncio.sleep(OUTAGE_PAUSE_S)
                continue
            return


async def run(settings: SeparatorSettings) -> None:
    """Work until SIGTERM or SIGINT.

    Raises:
        ConfigError: A setting is wrong.
    """
    card = usable_card(settings.model, settings.weights_dir)
    worker = WorkerInfo(
        name=f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(2)}",
        device=str(pick_device(settings.device, card)),
        lease_s=settings.lease_s,
        heartbeat_s=settings.beat_s,
        status=f"loading {card.name}",
        weights_dir=settings.weights_dir,
    )
    closing = _closing_on_signals()
    deleted = await asyncio.to_thread(remove_stale_temp_dirs)
    threads = ThreadPoolExecutor(settings.songs_at_once + SPARE_THREADS)
    asyncio.get_running_loop().set_default_executor(threads)
    async with (
        liveness_file(settings.alive_file),
        open_store(settings) as store,
        open_worker_queue(settings) as separate_queue,
        open_worker_queue(settings) as mix_queue,
    ):
        monitor = DeviceMonitor()
        with (
            LeaseRenewer(lambda: open_worker_queue(settings), worker, monitor) as leases,
            ModelCache(
                settings.device, settings.weights_dir, leases.loading, settings.models_bytes, monitor
            ) as models,
        ):
            log.info(
                "worker_started",
                worker=worker.name,
                device=worker.device,
                model=card.name,
                temp_dirs_deleted=deleted,
            )
            guard = PoisonJobGuard()

            unstored = UnstoredSeparations()

            def consumer(kind: JobKind, queue: WorkerQueue, concurrency: int) -> JobConsumer:
                context = WorkerContext(queue, store, models, settings, unstored)
                return JobConsumer(kind, context, queue, leases, closing, guard, concurrency)

            separations = consumer(JobKind.SEPARATE, separate_queue, settings.songs_at_once)
            mixes = consumer(JobKind.MIX, mix_queue, 1)
            await _run_until_closed(
                separations,
                _load_then_run(models, card.name, separations),
                mixes.run(),
                _delete_expired_hourly(store, SongRecords(separate_queue.database), settings, closing),
                _purge_unstored(unstored, closing),
            )
            unstored.close()
    log.info("worker_stopped", worker=worker.name)


async def _load_then_run(models: ModelCache, model: str, consumer: JobConsumer) -> None:
    """Load the model before claiming jobs that need it: until then other workers are quicker."""
    try:
        await asyncio.to_thread(models.get, model)
    except ModelNotHere:  # its weights had the right size when it was chosen; each song falls back
        log.warning("model_not_loaded", model=model)
    await consumer.run()


async def _delete_expired_hourly(
    store: ObjectStore, songs: SongRecords, settings: SeparatorSettings, closing: asyncio.Event
) -> None:
    """Delete expired objects; any worker may, one does it for all, and one is always there.

    A draft keeps its song for as long as stems are stored: its buttons stay in the chat.
    """
    in_use = partial(songs.keys_in_use, settings.keep_stems_s)
    while not closing.is_set():
        try:
            if await songs.take_turn("retention", RETENTION_EVERY_S):
                for prefix in await songs.forgotten():
                    await store.delete(prefix)
                if any(deleted := await delete_expired(store, settings, in_use)):
                    log.info("expired_deleted", **deleted._asdict())
        except StorageError:
            log.warning("retention_failed")
        with suppress(TimeoutError):
            await asyncio.wait_for(closing.wait(), RETENTION_CHECK_S)


async def _purge_unstored(unstored: UnstoredSeparations, closing: asyncio.Event) -> None:
    """Remove separations that the store did not take, once nobody comes for them."""
    while not closing.is_set():
        await asyncio.to_thread(unstored.purge)
        with suppress(TimeoutError):
            await asyncio.wait_for(closing.wait(), UNSTORED_CHECK_S)


def _closing_on_signals() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set."""
    closing = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, closing.set)
    return closing


async def _run_until_closed(consumer: JobConsumer, *work: Coroutine[object, object, None]) -> None:
    """Run until the first of the tasks ends or the worker closes, then stop and release running jobs."""
    tasks = [asyncio.create_task(each) for each in work]
    closed = asyncio.create_task(consumer.closing.wait())
    await asyncio.wait([*tasks, closed], return_when=asyncio.FIRST_COMPLETED)
    consumer.closing.set()
    for running in consumer.leases.running():
        running.request_stop(StopReason.SHUTDOWN)
    _, late = await asyncio.wait(tasks, timeout=GRACE_S)
    left = consumer.leases.running()
    for task in late:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for running in left:
        try:
            await consumer.queue.release(running.job)
        except (LeaseLost, StorageError) as error:
            log.warning("release_failed", job=running.job.id, error=type(error).__name__)
    for task in tasks:
        if not task.cancelled() and (bug := task.exception()):
            raise bug


def main() -> None:
    """Run a worker; ends the process."""
    settings = SeparatorSettings()
    set_up_logs(settings.log_format)
    exit_with_parent()
    os.nice(settings.worker_nice)
    try:
        settings.check()
        asyncio.run(run(settings))
    except ConfigError as refusal:
        log.error("worker_refused", **refusal.facts)  # noqa: TRY400 - a wrong setting needs no trace
        sys.exit(ExitCode.CONFIG)
