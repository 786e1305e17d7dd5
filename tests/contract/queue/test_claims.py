"""What the workers are promised: a job has one holder, who may come and go, and every ending is told."""

from __future__ import annotations

import asyncio

import pytest

from separator.core.errors import LeaseLost
from separator.core.jobs import JobKind, JobState, OrderState, Progress
from separator.queue import claims
from tests.queue_sides import claim_any

NOT_AUDIO = {"kind": "NotAudio", "facts": {}}
OURS = {"kind": "SeparationFailed", "facts": {}}


async def test_a_job_is_claimed_by_one_worker(queue, other, asking):
    for song in "abcde":
        await asking.ask(song, owner=f"telegram:{song}")
    claimed = await asyncio.gather(
        *(each.workers.claim("w", JobKind.SEPARATE, 30) for each in [queue, other] * 5)
    )
    assert len({job.id for job in claimed if job}) == len([job for job in claimed if job]) == 5


async def test_a_worker_knows_whose_work_it_begins(queue, asking):
    """So that an order can be followed through the logs of all processes; those who left are not named."""
    first = await asking.ask()
    second = await asking.ask(owner="telegram:2")
    other = await asking.ask("another song", owner="telegram:3")
    job = await asking.take()
    assert await queue.workers.waiting_orders(job) == [first.id, second.id]
    await queue.orders.cancel(first.id)
    assert await queue.workers.waiting_orders(job) == [second.id] != [other.id]


async def test_a_dead_workers_job_goes_to_the_next_once_its_lease_lapsed(house, queue, other, asking):
    await asking.ask()
    dead = await asking.take(worker="dead")
    await house.later(29)
    assert await other.workers.claim("w2", JobKind.SEPARATE, 30) is None
    await queue.workers.renew(dead, 30)
    await house.later(29)
    assert await other.workers.claim("w2", JobKind.SEPARATE, 30) is None, "it was renewed"
    await house.later(2)
    job = await asking.take(worker="w2", queue=other)
    assert (job.id, job.token, job.attempts, job.worker) == (dead.id, dead.token + 1, 2, "w2")


async def test_every_write_of_a_worker_that_lost_its_lease_is_refused(house, queue, other, asking):
    """A stalled worker that wakes up must not touch what another has now."""
    order = await asking.ask()
    stalled = await asking.take()
    await house.later(31)
    job = await asking.take(worker="w2", queue=other)
    for write in (
        queue.workers.renew(stalled, 30),
        queue.workers.is_cancelled(stalled),
        queue.workers.finish(stalled, {"manifest": "stale"}),
        queue.workers.refuse(stalled, NOT_AUDIO),
        queue.workers.fail(stalled, OURS, 0),
        queue.workers.release(stalled),
        queue.workers.release(stalled),
    ):
        with pytest.raises(LeaseLost):
            await write
    await queue.workers.report(stalled, Progress("separate", 9, 9))  # best effort: no word of it
    assert (await queue.orders.order_status(order.id)).progress == Progress()
    await other.workers.finish(job, {"manifest": "fresh"})
    with pytest.raises(LeaseLost):
        await queue.workers.finish(stalled, {"manifest": "stale"})
    assert (await queue.orders.find_done("separate:a")).result == {"manifest": "fresh"}


async def test_finish_against_expiry_is_decided_by_who_is_first(house, queue, other, asking):
    """A lapsed lease that nobody took is still its holder's."""
    await asking.ask()
    job = await asking.take()
    await house.later(31)
    await queue.workers.finish(job, {"manifest": "in time after all"})
    assert await other.workers.claim("w2", JobKind.SEPARATE, 30) is None
    await queue.workers.finish(job, {"manifest": "said twice"})  # the answer to the first got lost
    assert (await queue.orders.find_done("separate:a")).result == {"manifest": "in time after all"}


async def test_a_claim_whose_job_finished_between_look_and_write_takes_nothing(house, asking, queue):
    """The write re-checks the state and the token that the look saw."""
    await asking.ask()
    job = await asking.take()
    await house.later(31)
    looked = {"id": job.id, "token": job.token, "state": "running", "owner": job.owner}
    await queue.workers.finish(job, {"manifest": "done"})
    async with (await house.driver()).transaction() as tx:
        assert await claims.lease(tx, looked, "w2", 30) is None
    assert (await queue.orders.find_done("separate:a")).token == job.token


async def test_a_claim_on_a_job_that_was_renewed_after_the_look_takes_nothing(house, asking, queue):
    await asking.ask()
    job = await asking.take()
    await house.later(31)
    looked = {"id": job.id, "token": job.token, "state": "running", "owner": job.owner}
    await queue.workers.renew(job, 30)
    async with (await house.driver()).transaction() as tx:
        assert await claims.lease(tx, looked, "w2", 30) is None


async def test_a_claim_on_a_job_that_became_anothers_after_the_look_takes_nothing(house, asking):
    """What its owner has in hand was counted; the new owner's was not."""
    for song in "abc":
        await asking.ask(song, owner="telegram:many")
    job = await asking.take()
    looked = {"id": job.id + 4, "token": 0, "state": "queued", "owner": "telegram:many"}
    await asking.ask("c", owner="telegram:guest", outputs="vocals:mp3")
    async with (await house.driver()).transaction() as tx:
        assert await claims.lease(tx, looked, "w2", 30) is None
    shared = await asking.take()
    assert (shared.id, shared.owner) == (looked["id"], "telegram:guest")


async def test_a_refused_song_is_told_to_everybody_who_asked_for_it(queue, asking):
    mine, theirs = await asking.ask(), await asking.ask(owner="discord:2", outputs="vocals:mp3")
    await queue.workers.refuse(await asking.take(), NOT_AUDIO)
    for order, platform in ((mine, "telegram"), (theirs, "discord")):
        standing = (await queue.outbox.claim_delivery(platform, 30)).status
        assert (standing.order.id, standing.state, standing.error) == (order.id, JobState.REFUSED, NOT_AUDIO)
    assert await claim_any(queue.workers, "w1", 30) is None


async def test_a_refused_song_is_not_kept_from_being_sent_again(queue, asking):
    """Who mended the file, or the machine, asks anew and gets a new try."""
    await asking.ask()
    await queue.workers.refuse(await asking.take(), NOT_AUDIO)
    await asking.ask()
    assert len(await asking.work_off()) == 2


async def test_a_failed_attempt_is_tried_again_after_its_pause_and_in_the_end_told(house, queue, asking):
    order = await asking.ask()
    for attempt in (1, 2, 3):
        job = await asking.take()
        assert job.attempts == attempt
        await queue.workers.fail(job, OURS, retry_in_s=60)
        assert await queue.workers.claim("w1", JobKind.SEPARATE, 30) is None
        await house.later(61)
    standing = (await queue.outbox.claim_delivery("telegram", 30)).status
    assert (standing.order.id, standing.state, standing.error) == (order.id, JobState.FAILED, OURS)


async def test_a_job_that_kills_its_workers_fails_and_the_next_one_is_unharmed(house, queue, asking):
    poison = await asking.ask("poison")
    good = await asking.ask("good")
    for _ in range(3):
        assert (await asking.take()).key == "separate:poison", "orphaned work goes first"
        await house.later(31)
    assert (await asking.take()).key == "separate:good"
    standing = await queue.orders.order_status(poison.id)
    assert (standing.state, standing.error, standing.order.state) == (JobState.FAILED, OURS, OrderState.READY)
    assert (await queue.orders.order(good.id)).state is OrderState.OPEN


async def test_a_released_job_is_claimable_at_once_and_has_its_attempt_back(queue, asking):
    await asking.ask()
    first = await asking.take()
    await queue.workers.report(first, Progress("separate", 3, 4))
    await queue.workers.release(first)
    again = await asking.take(worker="w2")
    assert (again.id, again.attempts, again.token) == (first.id, 1, first.token + 1)


async def test_a_released_job_has_its_owners_turn_back(queue, asking):
    """A worker that is restarted, or only looked at a job, does not send its owner to the end of the line."""
    await asking.ask("first", owner="telegram:1")
    await asking.ask("second", owner="telegram:2")
    for _ in range(3):
        job = await asking.take()
        assert job.owner == "telegram:1"
        await queue.workers.release(job)
    assert (await asking.take()).owner == "telegram:1"


async def test_a_job_that_is_released_for_a_while_lets_others_go_first(house, queue, asking):
    """Where its stored song cannot be read, it must not stand before everybody else's again and again."""
    await asking.ask("unreadable", owner="telegram:1")
    await queue.workers.release(await asking.take(), 60)
    assert await queue.workers.claim("w1", JobKind.SEPARATE, 30) is None
    await asking.ask("other", owner="telegram:2")
    await house.later(61)
    assert [(await asking.take()).owner for _ in range(2)] == ["telegram:2", "telegram:1"]


async def test_a_job_that_nobody_wants_is_not_taken_over_from_a_dead_worker(house, queue, asking):
    order = await asking.ask()
    await asking.take()
    await queue.orders.cancel(order.id)
    await house.later(31)
    assert await claim_any(queue.workers, "w2", 30) is None
    assert (await queue.orders.order_status(order.id)).state is JobState.CANCELLED


@pytest.mark.parametrize("ending", ["fail", "release"])
async def test_a_job_that_nobody_wants_is_cancelled_however_its_worker_lets_go(queue, asking, ending):
    order = await asking.ask()
    job = await asking.take()
    await queue.orders.cancel(order.id)
    await (queue.workers.fail(job, OURS, 0) if ending == "fail" else queue.workers.release(job))
    assert (await queue.orders.order_status(order.id)).state is JobState.CANCELLED


async def test_work_that_finished_before_it_was_stopped_is_kept(queue, asking):
    """The stems are there; whoever asks next has them."""
    order = await asking.ask()
    job = await asking.take()
    await queue.orders.cancel(order.id)
    await queue.workers.finish(job, {"manifest": "kept"})
    assert (await queue.orders.find_done("separate:a")).result == {"manifest": "kept"}
    assert await claim_any(queue.workers, "w1", 30) is None, "the mix was cancelled"


async def test_a_dead_mix_is_taken_over_like_any_other(house, queue, asking):
    await asking.ask()
    await queue.workers.finish(await asking.take(), {})
    await asking.take(JobKind.MIX)
    await house.later(31)
    assert (await asking.take(JobKind.MIX, worker="w2")).attempts == 2


async def test_waiting_ends_when_another_process_writes(queue, other, asking):
    """No sleep decides this test: the wait would otherwise last longer than a test may."""
    await queue.workers.wait(0)
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        waiting = group.create_task(queue.workers.wait(3600))
        await asyncio.sleep(0)
        await other.orders.submit(asking.order(), asking.plan())
    assert waiting.done()


async def test_a_change_between_looking_and_waiting_is_not_slept_through(queue, other, asking):
    await queue.workers.wait(0)
    assert await claim_any(queue.workers, "w1", 30) is None
    await other.orders.submit(asking.order(), asking.plan())
    async with asyncio.timeout(10):
        await queue.workers.wait(3600)


async def test_waiting_ends_with_its_time(queue):
    await queue.workers.wait(0)
    async with asyncio.timeout(10):
        await queue.workers.wait(0.01)
