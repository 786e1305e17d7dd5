"""The clock jumps by an hour, either way: work goes on, and nobody waits for the hour to come round."""

from __future__ import annotations

import pytest

from separator.core.errors import LeaseLost
from separator.core.jobs import JobKind
from tests.contract.queue.conftest import LEASE_S

HOUR_S = 3600.0


async def beat(queue) -> None:
    """A worker's sign of life, as its heart gives every few seconds."""
    await queue.workers.heartbeat("w2", "cpu", 1.0, "ready", frozenset())


async def test_a_clock_set_back_delays_no_job(queue, client, database):
    """What was due before is due now, although its hour is yet to come."""
    await client.submit()
    await database.advance_clock(-HOUR_S)
    await beat(queue)
    assert (await client.claim()).attempts == 1


async def test_a_clock_set_back_does_not_keep_the_lease_of_a_dead_worker(queue, client, database):
    await client.submit()
    dead = await client.claim()
    await database.advance_clock(-HOUR_S)
    await beat(queue)
    assert await queue.workers.claim("w2", JobKind.SEPARATE, LEASE_S) is None, (
        "a living one has its lease's time to renew"
    )
    await database.advance_clock(LEASE_S + 40)
    taken = await client.claim(worker="w2")
    assert (taken.id, taken.attempts) == (dead.id, 2)


async def test_a_living_worker_keeps_its_job_when_the_clock_is_set_back(queue, client, database):
    await client.submit()
    job = await client.claim()
    await database.advance_clock(-HOUR_S)
    await queue.workers.renew(job, LEASE_S)
    await beat(queue)
    assert await queue.workers.claim("w2", JobKind.SEPARATE, LEASE_S) is None
    await queue.workers.finish(job, {"manifest": "m"})


async def test_a_clock_set_back_delays_no_answer(queue, client, database):
    """One that waits to be sent, and one whose sender died."""
    await client.submit("a")
    await client.submit("b")
    await client.finish_all()
    first = await queue.outbox.claim_delivery("telegram", LEASE_S)
    await database.advance_clock(-HOUR_S)
    await beat(queue)
    assert await queue.outbox.claim_delivery("telegram", LEASE_S)
    await database.advance_clock(LEASE_S + 40)
    again = await queue.outbox.claim_delivery("telegram", LEASE_S)
    assert again.status.order.id == first.status.order.id


async def test_a_clock_set_back_makes_no_dead_worker_live(queue, database):
    """Else people would wait for it, told that somebody is there."""
    await queue.workers.heartbeat("dead", "cpu", 1.0, "ready", frozenset())
    await database.advance_clock(-HOUR_S)
    await beat(queue)
    await database.advance_clock(40)
    await beat(queue)
    assert [worker.name for worker in (await queue.admin.stats()).alive] == ["w2"]


async def test_a_clock_that_jumps_ahead_costs_a_lease_and_no_job(queue, client, database):
    """Anyone who held it may go on if nobody else was quicker; never do two finish it."""
    await client.submit()
    job = await client.claim()
    await database.advance_clock(HOUR_S)
    other = await client.claim(worker="w2")
    assert other.id == job.id
    with pytest.raises(LeaseLost):
        await queue.workers.finish(job, {"manifest": "m"})
    await queue.workers.finish(other, {"manifest": "m"})
