"""What an operator sees, and that forgetting forgets nothing that somebody waits for."""

from __future__ import annotations

import pytest

from separator.core.jobs import JobKind, JobState

DAY_S = 86_400.0


async def test_what_is_long_over_is_forgotten_and_what_waits_is_not(house, queue, asking):
    sent = await asking.ask("sent")
    await asking.work_off()
    delivery = await queue.claim_delivery("telegram", 30)
    await queue.delivered(sent.id, delivery.token, "receipt")
    unsent = await asking.ask("unsent")
    await asking.work_off()
    await house.later(31 * DAY_S)
    in_line = await asking.ask("in line")
    assert await queue.prune(30 * DAY_S) == 3, "an order, its mix, its separation"
    assert await queue.order(sent.id) is None
    assert await queue.find_done("separate:sent") is None
    assert (await queue.claim_delivery("telegram", 30)).status.order.id == unsent.id
    assert (await asking.take()).key == "separate:in line"
    assert await queue.order(in_line.id) is not None


async def test_young_rows_stay(house, queue, asking):
    await asking.ask()
    await asking.work_off()
    await house.later(29 * DAY_S)
    assert await queue.prune(30 * DAY_S) == 0


async def test_the_line_in_numbers(house, queue, asking):
    await asking.ask("a")
    await asking.ask("b", owner="discord:2", prio=3)
    await queue.heartbeat("w1", "cpu", 4.0)
    await asking.take(worker="dead")
    await house.later(40)
    figures = await queue.stats()
    assert figures.depth == {("queued", 0): 1, ("running", 3): 1, ("waiting", 0): 1, ("waiting", 3): 1}
    assert (figures.lapsed, figures.unsent, figures.delivery_lag_s) == (1, 0, 0.0)
    assert figures.oldest_wait_s == pytest.approx(40)
    [worker] = figures.workers
    assert (worker.name, worker.device, worker.speed, worker.silent_s) == (
        "w1",
        "cpu",
        4.0,
        pytest.approx(40),
    )


async def test_the_lag_of_answers_is_that_of_the_oldest(house, queue, asking):
    await asking.ask()
    await asking.work_off()
    await house.later(7)
    figures = await queue.stats()
    assert (figures.unsent, figures.delivery_lag_s) == (1, pytest.approx(7))


async def test_jobs_are_listed_newest_first_and_by_state(queue, asking):
    await asking.ask("a")
    running = await asking.take()
    await asking.ask("b")
    assert [job.kind for job in await queue.jobs(2)] == [JobKind.MIX, JobKind.SEPARATE]
    assert [job.id for job in await queue.jobs(9, JobState.RUNNING)] == [running.id]
    assert await queue.job(running.id) == running
    assert await queue.job(10_000) is None


async def test_a_census_counts_jobs_and_orders_by_state(queue, asking):
    await asking.ask("a")
    await asking.work_off()
    await asking.ask("b")
    assert await queue.count_by_state() == ({"done": 2, "queued": 1, "waiting": 1}, {"open": 1, "ready": 1})
