"""What an operator sees, and that forgetting forgets nothing that somebody waits for."""

from __future__ import annotations

import pytest

from separator.core.jobs import JobKind, JobState
from separator.queue.admin import Filters

DAY_S = 86_400.0


async def test_what_is_long_over_is_forgotten_and_what_waits_is_not(database, queue, client):
    sent = await client.submit("sent")
    await client.finish_all()
    delivery = await queue.outbox.claim_delivery("telegram", 30)
    await queue.outbox.delivered(sent.id, delivery.token, "receipt")
    unsent = await client.submit("unsent")
    await client.finish_all()
    await database.advance_clock(31 * DAY_S)
    queued = await client.submit("queued")
    assert await queue.workers.prune(30 * DAY_S) == 3, "an order, its mix, its separation"
    assert await queue.orders.order(sent.id) is None
    assert await queue.orders.find_done("separate:sent") is None
    assert (await queue.outbox.claim_delivery("telegram", 30)).status.order.id == unsent.id
    assert (await client.claim()).key == "separate:queued"
    assert await queue.orders.order(queued.id) is not None


async def test_young_rows_stay(database, queue, client):
    await client.submit()
    await client.finish_all()
    await database.advance_clock(29 * DAY_S)
    assert await queue.workers.prune(30 * DAY_S) == 0


async def test_the_line_in_numbers(database, queue, client):
    await client.submit("a")
    await client.submit("b", owner="discord:2")
    await queue.workers.heartbeat("w1", "cpu", 4.0)
    await client.claim(worker="dead")
    await database.advance_clock(40)
    stats = await queue.admin.stats()
    assert stats.depth == {"queued": 1, "running": 1, "waiting": 2}
    assert (stats.lapsed, stats.unsent, stats.delivery_lag_s) == (1, 0, 0.0)
    assert stats.oldest_wait_s == pytest.approx(40)
    [worker] = stats.workers
    assert (worker.name, worker.device, worker.speed, worker.silent_s) == (
        "w1",
        "cpu",
        4.0,
        pytest.approx(40),
    )


async def test_the_lag_of_answers_is_that_of_the_oldest(database, queue, client):
    await client.submit()
    await client.finish_all()
    await database.advance_clock(7)
    stats = await queue.admin.stats()
    assert (stats.unsent, stats.delivery_lag_s) == (1, pytest.approx(7))


async def test_jobs_are_listed_newest_first_and_by_state(queue, client):
    await client.submit("a")
    running = await client.claim()
    await client.submit("b")
    newest = await queue.admin.list_jobs(Filters(most=2))
    assert [job.kind for job in newest.jobs] == [JobKind.MIX, JobKind.SEPARATE]
    found = await queue.admin.list_jobs(Filters(JobState.RUNNING))
    assert [job.id for job in found.jobs] == [running.id]
    assert (await queue.admin.history(running.id)).job == running
    assert await queue.admin.history(10_000) is None


async def test_a_census_counts_jobs_and_orders_by_state(queue, client):
    await client.submit("a")
    await client.finish_all()
    await client.submit("b")
    assert await queue.admin.count_by_state() == (
        {"done": 2, "queued": 1, "waiting": 1},
        {"open": 1, "ready": 1},
    )
