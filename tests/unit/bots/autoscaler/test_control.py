"""The autoscaler's loop matches workers to the queue, whatever dies in between."""

from dataclasses import dataclass, field

import pytest

from bots.operations.autoscaler.control import Autoscaler
from bots.operations.autoscaler.size import ScalingRules
from bots.operations.autoscaler.workers import WorkerSlot
from separator.queue.admin import Listing
from storage import StorageError
from tests.unit.bots.autoscaler.test_size import queue_stats


@dataclass
class FakePool:
    """Slots that start nothing but are counted."""

    dead: set[str] = field(default_factory=set)
    stopped: list[str] = field(default_factory=list)
    started: int = 0

    def start(self):
        self.started += 1
        return WorkerSlot(actor=None, name=f"node:{self.started}")

    async def is_running(self, slot):
        return slot.name not in self.dead

    async def stop(self, slot):
        self.stopped.append(slot.name)


class FakeQueue:
    """A queue of so many jobs."""

    def __init__(self, queued):
        self.queued = queued
        self.away = False

    async def stats(self):
        if self.away:
            raise StorageError
        return queue_stats(queued=self.queued)

    async def list_jobs(self, _filters):
        return Listing(now=0, jobs=())


@pytest.fixture
def pool():
    return FakePool()


def autoscaler(pool, queue, least=0):
    return Autoscaler(
        pool, queue, ScalingRules(min_workers=least, max_workers=3, jobs_per_worker=2, idle_s=0)
    )


async def test_workers_come_with_the_queue_and_go_with_it(pool):
    queue = FakeQueue(queued=6)
    scaler = autoscaler(pool, queue)
    await scaler.step()
    assert pool.started == 3
    queue.queued = 2
    await scaler.step()
    await scaler.close()
    assert sorted(pool.stopped) == ["node:1", "node:2", "node:3"]
    assert set(pool.stopped[:2]) == {"node:2", "node:3"}


async def test_a_dead_worker_is_reslotd(pool):
    scaler = autoscaler(pool, FakeQueue(queued=6))
    await scaler.step()
    pool.dead.add("node:2")
    await scaler.step()
    assert pool.started == 4


async def test_while_the_queue_cannot_be_read_the_workers_stay_as_they_are(pool):
    """A database that restarts must not stop the workers."""
    queue = FakeQueue(queued=6)
    scaler = autoscaler(pool, queue)
    await scaler.step()
    queue.away = True
    await scaler.step()
    assert (pool.started, pool.stopped) == (3, [])
