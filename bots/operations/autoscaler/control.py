"""The fleet's loop: look at the line and at the places, start and stop workers so that they fit."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Protocol

import structlog

from bots.operations.autoscaler.size import Bounds, Size, jobs_in_line, leaving
from bots.operations.autoscaler.workers import Cluster, WorkerSlot
from bots.operations.lifecycle import stop_event
from separator import ConfigError, Filters, JobState, open_queue_admin
from storage import StorageError

if TYPE_CHECKING:
    from bots.settings import BotSettings
    from separator import QueueAdmin

log = structlog.get_logger()


class WorkerPool(Protocol):
    """Where workers can be put: `bots.operations.autoscaler.workers.Cluster`."""

    def start(self) -> WorkerSlot:
        """Ask for a place with a worker in it."""
        ...

    async def look(self, place: WorkerSlot) -> bool:
        """Whether it still stands."""
        ...

    async def stop(self, place: WorkerSlot) -> None:
        """Stop its worker gracefully and give it back."""
        ...


class Autoscaler:
    """The workers of one cluster."""

    def __init__(self, places: WorkerPool, keeper: QueueAdmin, bounds: Bounds) -> None:
        """Start with no worker."""
        self._where, self._keeper, self._size, self._bounds = places, keeper, Size(bounds), bounds
        self._places: list[WorkerSlot] = []  # oldest first
        self._stopping: set[asyncio.Task[None]] = set()

    async def step(self) -> None:
        """Look once, and act on it."""
        stand = await asyncio.gather(*(self._where.look(place) for place in self._places))
        self._places = [place for place, stands in zip(self._places, stand, strict=True) if stands]
        wanted = await self._wanted()
        have = len(self._places)
        for _ in range(have, wanted):
            self._places.append(self._where.start())
        if wanted < have:
            await self._let_go(have - wanted)
        if wanted != have:
            log.info("fleet_resized", workers=wanted, before=have)

    async def _wanted(self) -> int:
        """Workers that should run; as many as now while the line cannot be seen."""
        have = len(self._places)
        try:
            in_line = jobs_in_line(await self._keeper.stats())
        except StorageError:
            log.warning("line_down")
            return max(have, self._bounds.least)
        return self._size.wanted(in_line, have, time.monotonic())

    async def _let_go(self, many: int) -> None:
        """Stop some, without waiting for them."""
        running = await self._keeper.list_jobs(Filters(state=JobState.RUNNING))
        busy = {job.worker for job in running.jobs if job.worker}
        going = leaving([place.name for place in self._places], busy, many)
        for index in sorted(going, reverse=True):
            task = asyncio.create_task(self._where.stop(self._places.pop(index)))
            self._stopping.add(task)
            task.add_done_callback(self._stopping.discard)

    async def close(self) -> None:
        """Stop all workers; each hands back what it holds."""
        for place in self._places:
            self._stopping.add(asyncio.create_task(self._where.stop(place)))
        self._places = []
        await asyncio.gather(*self._stopping, return_exceptions=True)


async def run_autoscaler(settings: BotSettings) -> None:
    """Keep a fleet until SIGTERM or SIGINT.

    Raises:
        ConfigError: The database or the store is this machine's own, or there is no cluster.
    """
    for name in ("database_url", "storage_url"):
        if name not in settings.model_fields_set:
            raise ConfigError(setting=f"STEMBOT_{name.upper()}", value="")
    stopping = stop_event()
    cluster = await asyncio.to_thread(Cluster, settings)
    bounds = Bounds(
        settings.fleet_least, settings.fleet_most, settings.fleet_jobs_each, settings.fleet_idle_s
    )
    async with open_queue_admin(settings) as keeper:
        fleet = Autoscaler(cluster, keeper, bounds)
        try:
            while not stopping.is_set():
                await fleet.step()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), settings.fleet_look_s)
        finally:
            await fleet.close()
            cluster.close()
