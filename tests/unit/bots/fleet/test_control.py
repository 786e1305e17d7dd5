"""The fleet's loop brings line and places together, whatever dies in between."""

from dataclasses import dataclass, field

import pytest

from bots.operations.autoscaler.control import Autoscaler
from bots.operations.autoscaler.size import Bounds
from bots.operations.autoscaler.workers import WorkerSlot
from separator import Listing
from storage import StorageError
from tests.unit.bots.fleet.test_size import figures


@dataclass
class Ground:
    """Places that come to nothing but are counted."""

    dead: set[str] = field(default_factory=set)
    stopped: list[str] = field(default_factory=list)
    begun: int = 0

    def start(self):
        self.begun += 1
        return WorkerSlot(actor=None, name=f"node:{self.begun}")

    async def look(self, place):
        return place.name not in self.dead

    async def stop(self, place):
        self.stopped.append(place.name)


class QueueClient:
    """A keeper of a line of so many jobs."""

    def __init__(self, queued):
        self.queued = queued
        self.away = False

    async def stats(self):
        if self.away:
            raise StorageError
        return figures(queued=self.queued)

    async def list_jobs(self, _filters):
        return Listing(now=0, jobs=())


@pytest.fixture
def ground():
    return Ground()


def fleet(ground, line, least=0):
    return Autoscaler(ground, line, Bounds(least=least, most=3, jobs_each=2, idle_s=0))


async def test_workers_come_with_the_line_and_go_with_it(ground):
    line = QueueClient(queued=6)
    of = fleet(ground, line)
    await of.step()
    assert ground.begun == 3
    line.queued = 2
    await of.step()
    await of.close()
    assert sorted(ground.stopped) == ["node:1", "node:2", "node:3"]
    assert set(ground.stopped[:2]) == {"node:2", "node:3"}


async def test_a_dead_worker_is_replaced(ground):
    of = fleet(ground, QueueClient(queued=6))
    await of.step()
    ground.dead.add("node:2")
    await of.step()
    assert ground.begun == 4


async def test_while_the_line_cannot_be_seen_the_fleet_stays_as_it_is(ground):
    """A database that restarts must not send the workers home."""
    line = QueueClient(queued=6)
    of = fleet(ground, line)
    await of.step()
    line.away = True
    await of.step()
    assert (ground.begun, ground.stopped) == (3, [])
