"""The autoscaler's loop: compares the queue with the running workers, and starts or stops some."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Protocol

import structlog

from bots.operations.autoscaler.size import ScalingPolicy, ScalingRules, choose_to_stop, pending_jobs
from bots.operations.autoscaler.workers import RayCluster, WorkerSlot
from bots.operations.lifecycle import stop_event
from separator import Filters, JobState, open_queue_admin
from separator.core.errors import ConfigError
from storage import StorageError

if TYPE_CHECKING:
    from bots.settings import BotSettings
    from separator import QueueAdmin

log = structlog.get_logger()


class WorkerPool(Protocol):
    """Where workers run: `bots.operations.autoscaler.workers.RayCluster`."""

    def start(self) -> WorkerSlot:
        """Ask for a slot with a worker in it."""
        ...

    async def is_running(self, slot: WorkerSlot) -> bool:
        """Whether its worker runs or starts."""
        ...

    async def stop(self, slot: WorkerSlot) -> None:
        """Stop its worker gracefully and free the slot."""
        ...


class Autoscaler:
    """The workers of one pool."""

    def __init__(self, pool: WorkerPool, admin: QueueAdmin, rules: ScalingRules) -> None:
        self._pool, self._admin, self._rules = pool, admin, rules
        self._policy = ScalingPolicy(rules)
        self._slots: list[WorkerSlot] = []  # oldest first
        self._stopping: set[asyncio.Task[None]] = set()

    async def step(self) -> None:
        """Compare once, and act on it."""
        running = await asyncio.gather(*(self._pool.is_running(slot) for slot in self._slots))
        self._slots = [slot for slot, runs in zip(self._slots, running, strict=True) if runs]
        target = await self._target()
        before = len(self._slots)
        for _ in range(before, target):
            self._slots.append(self._pool.start())
        if target < before:
            await self._stop(before - target)
        if target != before:
            log.info("workers_scaled", workers=target, before=before)

    async def _target(self) -> int:
        """Workers that should run; as many as now while the queue cannot be read."""
        workers = len(self._slots)
        try:
            pending = pending_jobs(await self._admin.stats())
        except StorageError as error:
            log.warning("queue_unavailable", error=type(error).__name__)
            return max(workers, self._rules.min_workers)
        return self._policy.target(pending, workers, time.monotonic())

    async def _stop(self, count: int) -> None:
        """Stop some workers, without waiting for them."""
        running = await self._admin.list_jobs(Filters(state=JobState.RUNNING))
        busy = {job.worker for job in running.jobs if job.worker}
        chosen = choose_to_stop([slot.name for slot in self._slots], busy, count)
        for index in sorted(chosen, reverse=True):
            task = asyncio.create_task(self._pool.stop(self._slots.pop(index)))
            self._stopping.add(task)
            task.add_done_callback(self._stopping.discard)

    async def close(self) -> None:
        """Stop all workers; each returns its jobs to the queue."""
        for slot in self._slots:
            self._stopping.add(asyncio.create_task(self._pool.stop(slot)))
        self._slots = []
        await asyncio.gather(*self._stopping, return_exceptions=True)


async def run_autoscaler(settings: BotSettings) -> None:
    """Scale workers until SIGTERM or SIGINT.

    Raises:
        ConfigError: The database or the store is local to this machine, or there is no cluster.
    """
    for name in ("database_url", "storage_url"):
        if name not in settings.model_fields_set:
            raise ConfigError(setting=f"STEMBOT_{name.upper()}", value="")
    stopping = stop_event()
    cluster = await asyncio.to_thread(RayCluster, settings)
    rules = ScalingRules(
        settings.fleet_least, settings.fleet_most, settings.fleet_jobs_each, settings.fleet_idle_s
    )
    async with open_queue_admin(settings) as admin:
        autoscaler = Autoscaler(cluster, admin, rules)
        try:
            while not stopping.is_set():
                await autoscaler.step()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), settings.fleet_look_s)
        finally:
            await autoscaler.close()
            cluster.close()
