"""What an operator can do: find a job, read its story, call it off, try it again, drain the line."""

from __future__ import annotations

import pytest

from separator.core.errors import LeaseLost
from separator.core.jobs import JobKind, JobState, OrderState, Service
from separator.queue.admin import Filters
from tests.queue_sides import claim_any

ERROR = {"kind": "SeparationFailed", "facts": {}}


async def fail(queue, asking, kind: JobKind = JobKind.SEPARATE):
    """Use up every attempt of the next job of this kind; returns it."""
    while True:
        job = await asking.take(kind)
        await queue.workers.fail(job, ERROR, 0.0)
        if job.attempts == job.max_attempts:
            return job


async def answer(queue, platform: str = "telegram"):
    """Deliver what waits, and say in which state its work was."""
    delivery = await queue.outbox.claim_delivery(platform, 30)
    if delivery is None:
        return None
    await queue.outbox.delivered(delivery.status.order.id, delivery.token, "receipt")
    return delivery.status


async def test_jobs_are_found_by_person_through_all_that_their_orders_wait_for(queue, asking):
    """The second person's separation was made for the first, so its own owner is not theirs."""
    await asking.ask("a", "telegram:1", outputs="vocals:mp3")
    await asking.ask("a", "telegram:2", outputs="bass:mp3")
    await asking.ask("b", "telegram:3")
    listing = await queue.admin.list_jobs(Filters(owner="telegram:2"))
    assert [job.key for job in listing.jobs] == ["mix:separate:a:bass:mp3", "separate:a"]


async def test_jobs_are_found_by_state_and_age_newest_first(house, queue, asking):
    await asking.ask("old")
    await house.later(60)
    await asking.ask("new")
    keys = lambda listing: [job.key for job in listing.jobs]  # noqa: E731 - looked at three times
    assert keys(await queue.admin.list_jobs(Filters(state=JobState.QUEUED))) == [
        "separate:new",
        "separate:old",
    ]
    assert keys(await queue.admin.list_jobs(Filters(state=JobState.QUEUED, older_s=30))) == ["separate:old"]
    newest = await queue.admin.list_jobs(Filters(most=1))
    assert (len(newest.jobs), newest.now) == (1, 1_000_060.0)


async def test_a_story_tells_every_attempt_and_who_waits(house, queue, asking):
    order = await asking.ask()
    job = await asking.take(worker="w1")
    await house.later(31)
    again = await asking.take(worker="w2")
    await queue.workers.fail(again, ERROR, 0.0)
    await queue.workers.finish(await asking.take(worker="w3"), {"manifest": "m"})
    story = await queue.admin.history(job.id)
    assert [(event.what, event.who, event.why) for event in story.events] == [
        ("claimed", "w1", ""),
        ("lapsed", "", ""),
        ("claimed", "w2", ""),
        ("again", "", "SeparationFailed"),
        ("claimed", "w3", ""),
        ("done", "w3", ""),
    ]
    assert [each.id for each in story.orders] == [order.id]
    assert story.after == (order.job,)
    assert (story.job.attempts, story.job.state, story.now) == (3, JobState.DONE, 1_000_031.0)
    assert await queue.admin.history(10_000) is None


async def test_a_story_is_forgotten_with_its_job(house, queue, asking):
    order = await asking.ask()
    await asking.work_off()
    await answer(queue)
    await house.later(31 * 86_400)
    await queue.workers.prune(30 * 86_400)
    assert await queue.admin.history(order.job) is None


async def test_a_job_in_line_that_is_called_off_answers_everybody_who_waited(queue, asking):
    """Through the outbox, so that a bot that is down now tells them when it is back."""
    one = await asking.ask("a", "telegram:1", outputs="vocals:mp3")
    two = await asking.ask("a", "telegram:2", outputs="bass:mp3")
    [job] = (await queue.admin.list_jobs(Filters(state=JobState.QUEUED))).jobs
    assert await queue.admin.cancel_job(job.id) is JobState.QUEUED
    told = [await answer(queue), await answer(queue)]
    assert [(each.order.id, each.state, each.error) for each in told] == [
        (one.id, JobState.CANCELLED, None),
        (two.id, JobState.CANCELLED, None),
    ]
    assert await claim_any(queue.workers, "w1", 30) is None


async def test_a_running_job_that_is_called_off_stops_and_answers_when_it_has(queue, asking):
    order = await asking.ask()
    job = await asking.take()
    assert await queue.admin.cancel_job(job.id) is JobState.RUNNING
    assert await queue.workers.is_cancelled(job)
    await queue.workers.release(job)
    standing = await answer(queue)
    assert (standing.order.id, standing.state) == (order.id, JobState.CANCELLED)


async def test_a_job_of_a_dead_worker_that_is_called_off_ends_with_its_lease(house, queue, asking):
    await asking.ask()
    job = await asking.take()
    await queue.admin.cancel_job(job.id)
    await house.later(31)
    assert await claim_any(queue.workers, "w2", 30) is None
    assert (await answer(queue)).state is JobState.CANCELLED


async def test_a_job_whose_lease_has_lapsed_is_called_off_without_a_worker(house, queue, asking):
    """Else its people would wait for the next worker to hear that it was cancelled."""
    await asking.ask()
    job = await asking.take()
    await house.later(31)
    assert await queue.admin.cancel_job(job.id) is JobState.RUNNING
    assert (await answer(queue)).state is JobState.CANCELLED
    with pytest.raises(LeaseLost):
        await queue.workers.finish(job, {})


async def test_calling_off_one_mix_leaves_the_song_to_those_who_wait_for_another(queue, asking):
    one = await asking.ask("a", "telegram:1", outputs="vocals:mp3")
    two = await asking.ask("a", "telegram:2", outputs="bass:mp3")
    assert await queue.admin.cancel_job(one.job) is JobState.WAITING
    assert (await answer(queue)).order.id == one.id
    assert await queue.admin.cancel_job(two.job) is JobState.WAITING
    assert (await answer(queue)).order.id == two.id
    assert await claim_any(queue.workers, "w1", 30) is None, "nobody wants the song any more"


async def test_what_has_ended_cannot_be_called_off(queue, asking):
    order = await asking.ask()
    await asking.work_off()
    assert await queue.admin.cancel_job(order.job) is JobState.DONE
    assert (await answer(queue)).state is JobState.DONE
    assert await queue.admin.cancel_job(10_000) is None


@pytest.mark.parametrize("sent", [True, False])
async def test_a_failed_song_that_is_tried_again_is_answered_again(queue, asking, sent):
    """Whether its people have already been told that it failed, or not yet."""
    order = await asking.ask()
    failed = await fail(queue, asking)
    if sent:
        assert (await answer(queue)).state is JobState.FAILED
    assert await queue.admin.retry(failed.id) == 1
    assert (await queue.orders.order_status(order.id)).state is JobState.QUEUED
    assert [each.order.id for each in await queue.orders.open_orders("telegram")] == [order.id]
    assert await answer(queue) is None
    await asking.work_off()
    standing = await answer(queue)
    assert (standing.order.id, standing.state) == (order.id, JobState.DONE)
    story = await queue.admin.history(failed.id)
    assert (story.job.state, story.events[-1].what) == (JobState.FAILED, "retried")


async def test_a_failed_mix_that_is_tried_again_separates_no_more(queue, asking):
    order = await asking.ask()
    await queue.workers.finish(await asking.take(), {"manifest": "m"})
    await fail(queue, asking, JobKind.MIX)
    assert await queue.admin.retry(order.job) == 1
    assert [job.kind for job in await asking.work_off()] == [JobKind.MIX]


async def test_trying_again_joins_work_that_is_under_way(queue, asking):
    """Somebody else has asked for the same song since."""
    first = await asking.ask("a", "telegram:1")
    failed = await fail(queue, asking)
    await answer(queue)
    second = await asking.ask("a", "telegram:2")
    assert await queue.admin.retry(failed.id) == 1
    assert (await queue.orders.order(first.id)).job == second.job
    assert len(await asking.work_off()) == 2


async def test_trying_again_twice_is_trying_again_once(queue, asking):
    await asking.ask()
    failed = await fail(queue, asking)
    assert await queue.admin.retry(failed.id) == 1
    assert await queue.admin.retry(failed.id) == 0


async def test_only_what_failed_for_somebody_is_tried_again(queue, asking):
    order = await asking.ask()
    assert await queue.admin.retry(order.job) == 0
    assert await queue.admin.retry(10_000) == 0
    failed = await fail(queue, asking)
    await answer(queue)
    await queue.admin.retry(failed.id)
    await queue.orders.cancel(order.id)
    assert await queue.admin.retry(failed.id) == 0, "its person has taken it back"


async def test_a_bot_about_to_tell_of_a_failure_loses_its_claim_when_it_is_tried_again(queue, asking):
    """Else the old answer would end an order that is in line again."""
    order = await asking.ask()
    failed = await fail(queue, asking)
    late = await queue.outbox.claim_delivery("telegram", 600)
    assert await queue.admin.retry(failed.id) == 1
    with pytest.raises(LeaseLost):
        await queue.outbox.delivered(order.id, late.token, "receipt")
    assert (await queue.orders.order(order.id)).state is OrderState.OPEN


async def test_a_drained_line_begins_nothing_new_and_finishes_what_is_held(queue, other, asking):
    """On every machine, since it stands in the table; people are told."""
    await asking.ask("held")
    job = await asking.take()
    order = await asking.ask("in line")
    await other.admin.drain(on=True)
    await other.admin.drain(on=True)
    assert await claim_any(queue.workers, "w1", 30) is None
    await queue.workers.finish(job, {"manifest": "m"})
    assert await claim_any(queue.workers, "w1", 30) is None
    assert (await queue.orders.order_status(order.id)).service is Service.DRAINED
    assert (await queue.admin.stats()).drained
    await other.admin.drain(on=False)
    assert len(await asking.work_off()) == 3


async def test_a_worker_that_is_busy_sees_a_drain_too(queue, asking):
    """After a claim that found work, the next one does not look first."""
    await asking.ask("a", "telegram:1")
    await asking.ask("b", "telegram:2")
    await asking.take()
    await queue.admin.drain(on=True)
    assert await queue.workers.claim("w1", JobKind.SEPARATE, 30) is None


async def test_the_end_of_a_drain_wakes_those_who_wait(queue, other, asking):
    await asking.ask()
    await queue.admin.drain(on=True)
    assert await other.workers.claim("w1", JobKind.SEPARATE, 30) is None
    await other.workers.wait(0.0)
    await queue.admin.drain(on=False)
    await other.workers.wait(30.0)
    assert await other.workers.claim("w1", JobKind.SEPARATE, 30) is not None
