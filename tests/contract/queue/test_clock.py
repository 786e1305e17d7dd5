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


async def test_a_clock_set_back_delays_no_job(queue, asking, house):
    """What was due before is due now, although its hour is yet to come."""
    await asking.ask()
    await house.later(-HOUR_S)
    await beat(queue)
    assert (await asking.take()).attempts == 1


async def test_a_clock_set_back_does_not_keep_the_lease_of_a_dead_worker(queue, asking, house):
    await asking.ask()
    dead = await asking.take()
    await house.later(-HOUR_S)
    await beat(queue)
    assert await queue.workers.claim("w2", JobKind.SEPARATE, LEASE_S) is None, (
        "a living one has its lease's time to renew"
    )
    await house.later(LEASE_S + 40)
    taken = await asking.take(worker="w2")
    assert (taken.id, taken.attempts) == (dead.id, 2)


async def test_a_living_worker_keeps_its_job_when_the_clock_is_set_back(queue, asking, house):
    await asking.ask()
    job = await asking.take()
    await house.later(-HOUR_S)
    await queue.workers.renew(job, LEASE_S)
    await beat(queue)
    assert await queue.workers.claim("w2", JobKind.SEPARATE, LEASE_S) is None
    await queue.workers.finish(job, {"manifest": "m"})


async def test_a_clock_set_back_delays_no_answer(queue, asking, house):
    """One that waits to be sent, and one whose sender died."""
    await asking.ask("a")
    await asking.ask("b")
    await asking.work_off()
    first = await queue.outbox.claim_delivery("telegram", LEASE_S)
    await house.later(-HOUR_S)
    await beat(queue)
    assert await queue.outbox.claim_delivery("telegram", LEASE_S)
    await house.later(LEASE_S + 40)
    again = await queue.outbox.claim_delivery("telegram", LEASE_S)
    assert again.status.order.id == first.status.order.id


async def test_a_clock_set_back_makes_no_dead_worker_live(queue, house):
    """Else people would wait for it, told that somebody is there."""
    await queue.workers.heartbeat("dead", "cpu", 1.0, "ready", frozenset())
    await house.later(-HOUR_S)
    await beat(queue)
    await house.later(40)
    await beat(queue)
    assert [worker.name for worker in (await queue.admin.stats()).alive] == ["w2"]


async def test_a_clock_that_jumps_ahead_costs_a_lease_and_no_job(queue, asking, house):
    """Whoever held it may go on if nobody else was quicker; never do two finish it."""
    await asking.ask()
    job = await asking.take()
    await house.later(HOUR_S)
    other = await asking.take(worker="w2")
    assert other.id == job.id
    with pytest.raises(LeaseLost):
        await queue.workers.finish(job, {"manifest": "m"})
    await queue.workers.finish(other, {"manifest": "m"})
