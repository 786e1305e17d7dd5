"""What an operator can do: find a job, read its history, cancel it, retry it, drain the queue."""

from __future__ import annotations

import pytest

from separator.core.errors import LeaseLost
from separator.core.jobs import JobKind, JobState, OrderState, Service
from separator.queue.admin import Filters
from tests.queue_sides import claim_any

ERROR = {"kind": "SeparationFailed", "facts": {}}


async def fail(queue, client, kind: JobKind = JobKind.SEPARATE):
    """Use up every attempt of the next job of this kind; returns it."""
    while True:
        job = await client.claim(kind)
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


async def test_jobs_are_found_by_person_through_all_that_their_orders_wait_for(queue, client):
    """The second person's separation was made for the first, so its own owner is not theirs."""
    await client.submit("a", "telegram:1", outputs="vocals:mp3")
    await client.submit("a", "telegram:2", outputs="bass:mp3")
    await client.submit("b", "telegram:3")
    listing = await queue.admin.list_jobs(Filters(owner="telegram:2"))
    assert [job.key for job in listing.jobs] == ["mix:separate:a:bass:mp3", "separate:a"]


async def test_jobs_are_found_by_state_and_age_newest_first(database, queue, client):
    await client.submit("old")
    await database.advance_clock(60)
    await client.submit("new")
    keys = lambda listing: [job.key for job in listing.jobs]  # noqa: E731 - looked at three times
    assert keys(await queue.admin.list_jobs(Filters(state=JobState.QUEUED))) == [
        "separate:new",
        "separate:old",
    ]
    assert keys(await queue.admin.list_jobs(Filters(state=JobState.QUEUED, older_s=30))) == ["separate:old"]
    newest = await queue.admin.list_jobs(Filters(most=1))
    assert (len(newest.jobs), newest.now) == (1, 1_000_060.0)


async def test_a_story_tells_every_attempt_and_who_waits(database, queue, client):
    order = await client.submit()
    job = await client.claim(worker="w1")
    await database.advance_clock(31)
    again = await client.claim(worker="w2")
    await queue.workers.fail(again, ERROR, 0.0)
    await queue.workers.finish(await client.claim(worker="w3"), {"manifest": "m"})
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


async def test_a_history_is_forgotten_with_its_job(database, queue, client):
    order = await client.submit()
    await client.finish_all()
    await answer(queue)
    await database.advance_clock(31 * 86_400)
    await queue.workers.prune(30 * 86_400)
    assert await queue.admin.history(order.job) is None


async def test_a_queued_job_that_is_cancelled_answers_everybody_who_waited(queue, client):
    """Through the outbox, so that a bot that is down now tells them when it is back."""
    one = await client.submit("a", "telegram:1", outputs="vocals:mp3")
    two = await client.submit("a", "telegram:2", outputs="bass:mp3")
    [job] = (await queue.admin.list_jobs(Filters(state=JobState.QUEUED))).jobs
    assert await queue.admin.cancel_job(job.id) is JobState.QUEUED
    told = [await answer(queue), await answer(queue)]
    assert [(each.order.id, each.state, each.error) for each in told] == [
        (one.id, JobState.CANCELLED, None),
        (two.id, JobState.CANCELLED, None),
    ]
    assert await claim_any(queue.workers, "w1", 30) is None


async def test_a_running_job_that_is_cancelled_stops_and_answers_when_it_has(queue, client):
    order = await client.submit()
    job = await client.claim()
    assert await queue.admin.cancel_job(job.id) is JobState.RUNNING
    assert await queue.workers.is_cancelled(job)
    await queue.workers.release(job)
    status = await answer(queue)
    assert (status.order.id, status.state) == (order.id, JobState.CANCELLED)


async def test_a_job_of_a_dead_worker_that_is_cancelled_ends_with_its_lease(database, queue, client):
    await client.submit()
    job = await client.claim()
    await queue.admin.cancel_job(job.id)
    await database.advance_clock(31)
    assert await claim_any(queue.workers, "w2", 30) is None
    assert (await answer(queue)).state is JobState.CANCELLED


async def test_a_job_whose_lease_has_lapsed_is_cancelled_without_a_worker(database, queue, client):
    """Else its people would wait for the next worker to hear that it was cancelled."""
    await client.submit()
    job = await client.claim()
    await database.advance_clock(31)
    assert await queue.admin.cancel_job(job.id) is JobState.RUNNING
    assert (await answer(queue)).state is JobState.CANCELLED
    with pytest.raises(LeaseLost):
        await queue.workers.finish(job, {})


async def test_cancelling_one_mix_leaves_the_song_to_those_who_wait_for_another(queue, client):
    one = await client.submit("a", "telegram:1", outputs="vocals:mp3")
    two = await client.submit("a", "telegram:2", outputs="bass:mp3")
    assert await queue.admin.cancel_job(one.job) is JobState.WAITING
    assert (await answer(queue)).order.id == one.id
    assert await queue.admin.cancel_job(two.job) is JobState.WAITING
    assert (await answer(queue)).order.id == two.id
    assert await claim_any(queue.workers, "w1", 30) is None, "nobody wants the song any more"


async def test_what_has_ended_cannot_be_cancelled(queue, client):
    order = await client.submit()
    await client.finish_all()
    assert await queue.admin.cancel_job(order.job) is JobState.DONE
    assert (await answer(queue)).state is JobState.DONE
    assert await queue.admin.cancel_job(10_000) is None


@pytest.mark.parametrize("sent", [True, False])
async def test_a_failed_song_that_is_retried_is_answered_again(queue, client, sent):
    """Whether its people have already been told that it failed, or not yet."""
    order = await client.submit()
    failed = await fail(queue, client)
    if sent:
        assert (await answer(queue)).state is JobState.FAILED
    assert await queue.admin.retry(failed.id) == 1
    assert (await queue.orders.order_status(order.id)).state is JobState.QUEUED
    assert [each.order.id for each in await queue.orders.open_orders("telegram")] == [order.id]
    assert await answer(queue) is None
    await client.finish_all()
    status = await answer(queue)
    assert (status.order.id, status.state) == (order.id, JobState.DONE)
    story = await queue.admin.history(failed.id)
    assert (story.job.state, story.events[-1].what) == (JobState.FAILED, "retried")


async def test_a_failed_mix_that_is_retried_separates_no_more(queue, client):
    order = await client.submit()
    await queue.workers.finish(await client.claim(), {"manifest": "m"})
    await fail(queue, client, JobKind.MIX)
    assert await queue.admin.retry(order.job) == 1
    assert [job.kind for job in await client.finish_all()] == [JobKind.MIX]


async def test_retrying_joins_work_that_is_under_way(queue, client):
    """Somebody else has asked for the same song since."""
    first = await client.submit("a", "telegram:1")
    failed = await fail(queue, client)
    await answer(queue)
    second = await client.submit("a", "telegram:2")
    assert await queue.admin.retry(failed.id) == 1
    assert (await queue.orders.order(first.id)).job == second.job
    assert len(await client.finish_all()) == 2


async def test_retrying_twice_is_retrying_once(queue, client):
    await client.submit()
    failed = await fail(queue, client)
    assert await queue.admin.retry(failed.id) == 1
    assert await queue.admin.retry(failed.id) == 0


async def test_only_what_failed_for_somebody_is_retried(queue, client):
    order = await client.submit()
    assert await queue.admin.retry(order.job) == 0
    assert await queue.admin.retry(10_000) == 0
    failed = await fail(queue, client)
    await answer(queue)
    await queue.admin.retry(failed.id)
    await queue.orders.cancel(order.id)
    assert await queue.admin.retry(failed.id) == 0, "its user has cancelled it"


async def test_a_bot_about_to_tell_of_a_failure_loses_its_claim_when_it_is_retried(queue, client):
    """Else the old answer would end an order that is in the queue again."""
    order = await client.submit()
    failed = await fail(queue, client)
    late = await queue.outbox.claim_delivery("telegram", 600)
    assert await queue.admin.retry(failed.id) == 1
    with pytest.raises(LeaseLost):
        await queue.outbox.delivered(order.id, late.token, "receipt")
    assert (await queue.orders.order(order.id)).state is OrderState.OPEN


async def test_a_drained_line_begins_nothing_new_and_finishes_what_is_held(queue, other, client):
    """On every machine, since it stands in the table; people are told."""
    await client.submit("held")
    job = await client.claim()
    order = await client.submit("queued")
    await other.admin.drain(on=True)
    await other.admin.drain(on=True)
    assert await claim_any(queue.workers, "w1", 30) is None
    await queue.workers.finish(job, {"manifest": "m"})
    assert await claim_any(queue.workers, "w1", 30) is None
    assert (await queue.orders.order_status(order.id)).service is Service.DRAINED
    assert (await queue.admin.stats()).drained
    await other.admin.drain(on=False)
    assert len(await client.finish_all()) == 3


async def test_a_worker_that_is_busy_sees_a_drain_too(queue, client):
    """After a claim that found work, the next one does not look first."""
    await client.submit("a", "telegram:1")
    await client.submit("b", "telegram:2")
    await client.claim()
    await queue.admin.drain(on=True)
    assert await queue.workers.claim("w1", JobKind.SEPARATE, 30) is None


async def test_the_end_of_a_drain_wakes_those_who_wait(queue, other, client):
    await client.submit()
    await queue.admin.drain(on=True)
    assert await other.workers.claim("w1", JobKind.SEPARATE, 30) is None
    await other.workers.wait(0.0)
    await queue.admin.drain(on=False)
    await other.workers.wait(30.0)
    assert await other.workers.claim("w1", JobKind.SEPARATE, 30) is not None
