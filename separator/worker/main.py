"""The worker: one device, two hands, one heart.

    hand  SEPARATE   a few songs at a time, which take turns at the device (separator.inference.scheduler)
    hand  MIX        sums and encodes, so that a mix of seconds never waits behind a song of minutes
    heart            keeps the leases from a thread of its own (separator.worker.lease)
    crew             what both hands hold, and which job must run alone (separator.worker.isolation)

In: jobs claimed from the line. Out: stems and files in storage, the job's next state. No chat platform is
known here. SIGTERM hands running jobs back to the line; a `kill -9` costs no more than the lease.
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
from separator.inference.catalog.registry import ready_card
from separator.inference.engine import pick_device
from separator.inference.model_cache import ModelCache
from separator.queue import open_queue
from separator.worker.isolation import PoisonJobGuard
from separator.worker.lease import LeaseRenewer, StopReason, WorkerInfo
from separator.worker.liveness import liveness_file
from separator.worker.parent_watch import end_with_serve
from separator.worker.tasks import WorkerContext, work
from storage import NotStored, StorageError, delete_expired, open_store, remove_stale_temp_dirs

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from separator.core.jobs import Job, Json
    from separator.queue import SqlQueue
    from separator.worker.lease import RunningJob
    from storage import ObjectStore

log = structlog.get_logger()

IDLE_S = 0.5  #: longest sleep between two looks at the line: a lapsed lease or a due retry makes no noise
DOWN_S = 2.0  #: before asking a database or a store again that did not answer
RETRY_S = 5.0  #: before a failed job's second attempt; doubles
YIELD_S = 0.2  #: for each song in hand, before another is taken: an idle worker's hand is quicker
SPARE_THREADS = 6  #: beside one for each job in hand: files, hashes, the store
GRACE_S = 2.0  #: for the hands to let go at the next window's border, after SIGTERM
SWEEP_S = 3600.0  #: between two looks at what is kept too long


@dataclass
class JobConsumer:
    """Claims one kind of job, does up to `places` at a time, says how each ended."""

    kind: JobKind
    bench: WorkerContext
    queue: SqlQueue
    heart: LeaseRenewer
    closing: asyncio.Event
    crew: PoisonJobGuard = field(default_factory=PoisonJobGuard)
    places: int = 1

    async def run(self) -> None:
        """Work until the worker closes."""
        serving: set[asyncio.Task[None]] = set()
        async with asyncio.TaskGroup() as group:
            while not self.closing.is_set():
                if len(serving) >= self.places:
                    await asyncio.wait(serving, return_when=asyncio.FIRST_COMPLETED)
                    continue
                await asyncio.sleep(YIELD_S * len(serving))
                job = await self._claim()
                if job is None:
                    await self._rest()
                else:
                    task = group.create_task(self._serve(job))
                    serving.add(task)
                    task.add_done_callback(serving.discard)

    async def _claim(self) -> Job | None:
        """The next job, unless it must wait until it can be alone."""
        try:
            async with self.crew.turn:
                if not self.crew.may_claim(self.kind):
                    return None
                pulse = self.heart.pulse
                job = await self.queue.claim(pulse.name, [self.kind], pulse.lease_s)
                if self.crew.found(self.kind, job):
                    return job
        except StorageError:
            log.warning("line_down")
            await asyncio.sleep(DOWN_S)
            return None
        if job is not None:
            await self._put_back(job)
        return None

    async def _put_back(self, job: Job) -> None:
        """Hand a job back that was only looked at."""
        with self.heart.holding(job) as held:
            log.info("job_must_be_alone", job=job.id, attempt=job.attempts)
            await self._tell(held, lambda: self.queue.release(job))

    async def _rest(self) -> None:
        """Until there may be work."""
        try:
            await self.queue.wait(IDLE_S)
        except StorageError:
            await asyncio.sleep(DOWN_S)

    async def _serve(self, job: Job) -> None:
        """One job, from its claim to its next state."""
        try:
            await self._work(job)
        finally:
            self.crew.done(job)

    async def _work(self, job: Job) -> None:
        began = monotonic()
        with (
            structlog.contextvars.bound_contextvars(job=job.id, kind=job.kind.value, token=job.token),
            self.heart.holding(job) as held,
        ):
            log.info("job_claimed", attempt=job.attempts, key=job.key, orders=await self._asked_by(job))
            if self.closing.is_set():
                held.stop(StopReason.CLOSING)
            try:
                result = await work(self.bench, held)
                await self._tell(held, lambda: self.queue.finish(job, result))
            except SongRefused as refusal:
                record = to_record(refusal)
                await self._tell(held, lambda: self.queue.refuse(job, record))
                log.info("job_refused", refusal=record["kind"])
            except Stopped:
                await self._let_go(held)
            except Exception as failure:  # noqa: BLE001 - one bad song must not stop the line
                await self._give_back(held, failure)
            else:
                self._done(held, result, monotonic() - began)

    async def _asked_by(self, job: Job) -> list[int]:
        """The orders whose work begins, for the log; none are named while the line is down."""
        with suppress(StorageError):
            return await self.queue.waiting_orders(job)
        return []

    def _done(self, held: RunningJob, result: Json, took_s: float) -> None:
        """Say so, and how fast it was."""
        log.info("job_done", took_s=round(took_s, 2), song_s=round(result["song_s"], 2))
        if held.job.kind is JobKind.SEPARATE:
            self.heart.measured(held, result["song_s"])

    async def _let_go(self, held: RunningJob) -> None:
        """The work has stopped, for its reason."""
        log.info("job_stopped", why=held.why)
        if held.why in {StopReason.UNWANTED, StopReason.CLOSING}:
            await self._tell(held, lambda: self.queue.release(held.job))

    async def _give_back(self, held: RunningJob, failure: Exception) -> None:
        """Not the song's fault: another attempt, uncounted where only the store was away."""
        job = held.job
        if isinstance(failure, LeaseLost):
            log.warning("job_lost")
        elif isinstance(failure, StorageError) and not isinstance(failure, NotStored):
            log.warning("store_down", exc_info=failure)
            await self._tell(held, lambda: self.queue.release(job, DOWN_S))
        else:
            log.error("job_failed", attempt=job.attempts, exc_info=failure)
            if not isinstance(failure, SeparationFailed):
                failure = SeparationFailed(reason=type(failure).__name__)
            error = to_record(failure)
            pause_s = RETRY_S * 2 ** (job.attempts - 1)
            await self._tell(held, lambda: self.queue.fail(job, error, pause_s))

    async def _tell(self, held: RunningJob, say: Callable[[], Awaitable[None]]) -> None:
        """Write a job's next state, as often as it takes; a lease that was lost meanwhile ends it."""
        while held.why is not StopReason.LOST:
            try:
                await say()
            except LeaseLost:
                log.warning("job_lost")
            except StorageError:
                log.warning("line_down")
                await asyncio.sleep(DOWN_S)
                continue
            return


async def run(settings: SeparatorSettings) -> None:
    """Work until SIGTERM or SIGINT.

    Raises:
        ConfigError: A setting is wrong.
    """
    card = ready_card(settings.model, settings.weights_dir)
    name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(2)}"
    device = str(pick_device(settings.device))
    loading, folder = f"loading {card.name}", settings.weights_dir
    pulse = WorkerInfo(name, device, settings.lease_s, settings.beat_s, loading, folder)
    closing = _closing_on_signals()
    store = open_store(settings)
    tidied = await asyncio.to_thread(remove_stale_temp_dirs)
    async with open_queue(settings) as first, open_queue(settings) as second:
        with (
            LeaseRenewer(lambda: open_queue(settings), pulse) as heart,
            ModelCache(
                settings.device, settings.weights_dir, heart.loading, settings.models_bytes
            ) as engines,
        ):
            log.info("worker_started", worker=name, device=pulse.device, model=card.name, tidied=tidied)
            crew, places = PoisonJobGuard(), settings.songs_at_once
            asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(places + SPARE_THREADS))
            hands = [
                JobConsumer(
                    kind, WorkerContext(queue, store, engines, settings), queue, heart, closing, crew, many
                )
                for kind, queue, many in ((JobKind.SEPARATE, first, places), (JobKind.MIX, second, 1))
            ]
            separates, mixes = hands
            tasks = [asyncio.create_task(_warm_up(engines, card.name, separates), name=separates.kind)]
            tasks.append(asyncio.create_task(mixes.run(), name=mixes.kind))
            tasks.append(asyncio.create_task(_sweep_hourly(store, settings, closing)))
            stop = asyncio.create_task(closing.wait())
            await asyncio.wait([*tasks, stop], return_when=asyncio.FIRST_COMPLETED)
            closing.set()
            await _close(hands, tasks)
    log.info("worker_stopped", worker=name)


async def _warm_up(engines: ModelCache, model: str, hand: JobConsumer) -> None:
    """Load the model, then let the hand begin that needs it: until then others would be sooner done."""
    try:
        await asyncio.to_thread(engines.get, model)
    except ModelNotHere:  # its weights looked whole when it was chosen; each song finds its stand-in
        log.warning("model_not_loaded", model=model)
    await hand.run()


async def _sweep_hourly(store: ObjectStore, settings: SeparatorSettings, closing: asyncio.Event) -> None:
    """Forget what has had its time; any worker may, and one is always there."""
    while not closing.is_set():
        try:
            if any(gone := await delete_expired(store, settings)):
                log.info("expired_deleted", **gone._asdict())
        except StorageError:
            log.warning("retention_failed")
        with suppress(TimeoutError):
            await asyncio.wait_for(closing.wait(), SWEEP_S)


def _closing_on_signals() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set."""
    closing = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, closing.set)
    return closing


async def _close(hands: Sequence[JobConsumer], tasks: Sequence[asyncio.Task[None]]) -> None:
    """Let the hands let go; what they do not within `GRACE_S` is handed back for them."""
    heart, queue = hands[0].heart, hands[0].queue
    for held in heart.held():
        held.stop(StopReason.CLOSING)
    _, late = await asyncio.wait(tasks, timeout=GRACE_S)
    left = heart.held()
    for task in late:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for held in left:
        try:
            await queue.release(held.job)
        except (LeaseLost, StorageError) as why:
            log.warning("release_failed", job=held.job.id, why=type(why).__name__)
    for task in tasks:
        if not task.cancelled() and (bug := task.exception()):
            raise bug


def main(_arguments: Sequence[str] | None = None) -> None:
    """Run a worker; ends the process."""
    set_up_logs()
    end_with_serve()
    settings = SeparatorSettings()
    os.nice(settings.worker_nice)
    try:
        asyncio.run(liveness_file(settings.alive_file, run(settings)))
    except ConfigError as refusal:
        log.error("worker_refused", **refusal.facts)  # noqa: TRY400 - a wrong setting needs no trace
        sys.exit(ExitCode.CONFIG)
