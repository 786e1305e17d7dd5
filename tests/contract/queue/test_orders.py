"""What the bots are promised: asking twice is harmless, work is shared, cancelling harms nobody else."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from separator.core.errors import LeaseLost
from separator.core.jobs import Job, JobKind, JobSpec, JobState, OrderState
from tests.queue_sides import claim_any


async def test_an_order_waits_for_its_separation_then_its_mix(queue, client):
    order = await client.submit()
    assert (order.state, order.id > 0) == (OrderState.OPEN, True)
    assert await queue.workers.claim("w1", JobKind.MIX, 30) is None, "the mix waits for the stems"
    assert [job.kind for job in await client.finish_all()] == [JobKind.SEPARATE, JobKind.MIX]
    assert (await queue.orders.order(order.id)).state is OrderState.READY


async def test_asking_twice_with_one_message_is_asking_once(queue, client):
    """A bot that crashed after writing the order reads the same message again."""
    new, plan = client.order(), client.plan()
    first = await queue.orders.submit(new, plan)
    second = await queue.orders.submit(replace(new, outputs="vocals:mp3"), client.plan("another song"))
    assert second == first
    assert len(await client.finish_all()) == 2
    assert await queue.orders.submit(new, plan) == await queue.orders.order(first.id)
    assert await claim_any(queue.workers, "w1", 30) is None, "nothing was added after the end, either"


async def test_one_message_through_two_processes_at_once_is_one_order(queue, other, client):
    new = client.order()
    orders = await asyncio.gather(*(each.orders.submit(new, client.plan()) for each in [queue, other] * 5))
    assert len({order.id for order in orders}) == 1
    assert len(await client.finish_all()) == 2


async def test_the_same_song_by_two_people_at_once_is_separated_once(queue, other, client):
    """Also when both bots write in the same millisecond."""
    for song in "abcdefgh":
        mine, theirs = client.order("telegram:1"), client.order("discord:2")
        a, b = await asyncio.gather(
            queue.orders.submit(mine, client.plan(song)),
            other.orders.submit(theirs, client.plan(song, outputs="vocals:mp3")),
        )
        assert a.job != b.job
        done = await client.finish_all()
        assert sorted(job.kind for job in done) == [JobKind.MIX, JobKind.MIX, JobKind.SEPARATE]
        assert {(await queue.orders.order(each.id)).state for each in (a, b)} == {OrderState.READY}


async def test_the_same_wish_shares_the_mix_too(queue, client):
    mine, theirs = await client.submit(owner="telegram:1"), await client.submit(owner="discord:2")
    assert mine.job == theirs.job
    await client.finish_all()
    assert (await queue.outbox.claim_delivery("telegram", 30)).status.order.id == mine.id
    assert (await queue.outbox.claim_delivery("discord", 30)).status.order.id == theirs.id


async def test_a_plan_made_just_before_the_separation_was_done_starts_no_second_one(queue, client):
    """The front end looked, found nothing done, and wrote its plan a moment too late."""
    await client.submit(outputs="vocals:mp3")
    await client.finish_all()
    order = await client.submit(outputs="bass:mp3")
    assert [job.kind for job in await client.finish_all()] == [JobKind.MIX]
    assert (await queue.orders.order(order.id)).state is OrderState.READY
    assert (await client.submit(outputs="bass:mp3", owner="discord:2")).state is OrderState.READY


async def test_stems_that_were_done_long_ago_are_the_plans_business(database, client):
    """They may be forgotten in storage by now: who plans a separation gets one."""
    await client.submit(outputs="vocals:mp3")
    await client.finish_all()
    await database.advance_clock(3600)
    await client.submit(outputs="bass:mp3")
    assert [job.kind for job in await client.finish_all()] == [JobKind.SEPARATE, JobKind.MIX]


async def test_a_mix_of_stored_stems_is_claimable_at_once(queue, client):
    await queue.orders.submit(client.order(), [JobSpec(JobKind.MIX, "mix:stored", {"manifest": "key"})])
    assert (await client.claim(JobKind.MIX)).args == {"manifest": "key"}


async def test_a_done_mix_answers_at_once(queue, client):
    await client.submit()
    _, mix = await client.finish_all()
    order = await queue.orders.answer_from(client.order("discord:2"), mix.id)
    delivery = await queue.outbox.claim_delivery("discord", 30)
    assert (delivery.status.order.id, delivery.status.result) == (
        order.id,
        {"manifest": f"stems of {mix.key}"},
    )


async def test_only_a_done_job_answers(queue, client):
    order = await client.submit()
    with pytest.raises(ValueError, match="done"):
        await queue.orders.answer_from(client.order(), order.job)


async def test_an_order_without_a_plan_is_refused_and_leaves_nothing(queue, client):
    new = client.order()
    with pytest.raises(ValueError, match="plan"):
        await queue.orders.submit(new, [])
    assert await queue.orders.find_order(new.request_id) is None


async def test_a_draft_is_kept_and_found_by_its_message(queue, client):
    new = client.order(outputs="")
    draft = await queue.orders.save_draft(new)
    assert draft.state is OrderState.DRAFT
    assert await queue.orders.save_draft(new) == draft
    assert await queue.orders.find_order(new.request_id) == draft
    assert await queue.orders.open_orders("telegram") == []
    assert await queue.orders.cancel(draft.id)


async def test_taking_an_order_back_ends_the_work_that_nobody_else_wants(queue, client):
    order = await client.submit()
    assert await queue.orders.cancel(order.id)
    assert not await queue.orders.cancel(order.id)
    assert await claim_any(queue.workers, "w1", 30) is None
    assert await queue.outbox.claim_delivery("telegram", 30) is None, "nobody waits for an answer"
    assert (await queue.orders.order_status(order.id)).state is JobState.CANCELLED


async def test_taking_an_order_back_leaves_the_work_that_others_want(queue, client):
    mine = await client.submit(owner="telegram:1")
    same_mix = await client.submit(owner="discord:2")
    same_stems = await client.submit(owner="discord:3", outputs="vocals:mp3")
    assert await queue.orders.cancel(mine.id)
    assert await queue.orders.cancel(same_mix.id), "the mix ends, the separation is still wanted"
    assert [job.key for job in await client.finish_all()] == ["separate:a", "mix:separate:a:vocals:mp3"]
    assert (await queue.orders.order(same_stems.id)).state is OrderState.READY
    assert (await queue.orders.order(mine.id)).state is OrderState.CANCELLED


async def test_taking_back_the_last_order_stops_running_work_through_its_worker(queue, client):
    order = await client.submit()
    job = await client.claim()
    assert await queue.workers.renew(job, 30) is False
    assert await queue.workers.is_cancelled(job) is False
    assert await queue.orders.cancel(order.id)
    assert await queue.workers.renew(job, 30) is True
    assert await queue.workers.is_cancelled(job) is True
    await queue.workers.release(job)
    assert (await queue.orders.order_status(order.id)).state is JobState.CANCELLED
    assert await claim_any(queue.workers, "w1", 30) is None


async def test_somebody_who_comes_while_it_is_being_stopped_gets_the_work_after_all(queue, client):
    """Shared work is wanted again; the worker that let go of it releases it."""
    order = await client.submit()
    job = await client.claim()
    await queue.orders.cancel(order.id)
    later = await client.submit(owner="discord:2")
    await queue.workers.release(job)
    assert [each.kind for each in await client.finish_all()] == [JobKind.SEPARATE, JobKind.MIX]
    assert (await queue.orders.order(later.id)).state is OrderState.READY


async def test_an_order_that_is_answered_cannot_be_taken_back(queue, client):
    order = await client.submit()
    await client.finish_all()
    assert not await queue.orders.cancel(order.id)
    assert not await queue.orders.cancel(10_000)


async def test_cancel_against_claim_ends_one_way_or_the_other(queue, other, client):
    """Anyone who is first, the job is either never run, or its worker is told to stop."""
    for song in range(20):
        order = await client.submit(str(song))
        taken, cancelled = await asyncio.gather(
            other.workers.claim("w1", JobKind.SEPARATE, 30), queue.orders.cancel(order.id)
        )
        assert cancelled
        if taken is not None:
            assert await other.workers.renew(taken, 30) is True
            await other.workers.release(taken)
        assert (await queue.orders.order_status(order.id)).state is JobState.CANCELLED


async def test_an_answer_is_claimed_by_one_sender(queue, other, client):
    order = await client.submit()
    await client.finish_all()
    claims = await asyncio.gather(
        *(each.outbox.claim_delivery("telegram", 30) for each in [queue, other] * 5)
    )
    [delivery] = [claim for claim in claims if claim]
    assert await queue.outbox.claim_delivery("discord", 30) is None
    await queue.outbox.delivered(order.id, delivery.token, "message 7")
    await queue.outbox.delivered(order.id, delivery.token, "message 7")  # the first reply got lost
    sent = await queue.orders.order(order.id)
    assert (sent.state, sent.receipt) == (OrderState.SENT, "message 7")


async def test_the_answer_of_a_dead_bot_goes_to_the_next_and_the_dead_one_is_refused(
    database, queue, other, client
):
    order = await client.submit()
    await client.finish_all()
    dead = await queue.outbox.claim_delivery("telegram", 30)
    await database.advance_clock(29)
    assert await other.outbox.claim_delivery("telegram", 30) is None
    await database.advance_clock(2)
    alive = await other.outbox.claim_delivery("telegram", 30)
    for late in (
        queue.outbox.delivered(order.id, dead.token, "x"),
        queue.outbox.undelivered(order.id, dead.token, 1.0),
    ):
        with pytest.raises(LeaseLost):
            await late
    await other.outbox.delivered(order.id, alive.token, "y")
    assert (await queue.orders.order(order.id)).receipt == "y"


async def test_a_claim_on_an_answer_lasts_as_long_as_it_is_renewed(database, queue, other, client):
    """An upload may take minutes; a bot that was killed in one is succeeded within the lease."""
    order = await client.submit()
    await client.finish_all()
    sending = await queue.outbox.claim_delivery("telegram", 60)
    for _ in range(5):
        await database.advance_clock(50)
        await queue.outbox.renew_delivery(order.id, sending.token, 60)
        assert await other.outbox.claim_delivery("telegram", 60) is None
    await database.advance_clock(59)
    assert await other.outbox.claim_delivery("telegram", 60) is None
    await database.advance_clock(2)
    succeeding = await other.outbox.claim_delivery("telegram", 60)
    assert succeeding.status.order.id == order.id
    with pytest.raises(LeaseLost):
        await queue.outbox.renew_delivery(order.id, sending.token, 60)
    with pytest.raises(LeaseLost):
        await queue.outbox.delivered(order.id, sending.token, "too late")
    await other.outbox.delivered(order.id, succeeding.token, "once")
    with pytest.raises(LeaseLost):
        await other.outbox.renew_delivery(order.id, succeeding.token, 60)
    assert (await queue.orders.order(order.id)).receipt == "once"


async def test_an_answer_that_could_not_be_sent_is_tried_again_after_its_time(database, queue, client):
    order = await client.submit()
    await client.finish_all()
    delivery = await queue.outbox.claim_delivery("telegram", 30)
    await queue.outbox.undelivered(order.id, delivery.token, 60)
    await database.advance_clock(59)
    assert await queue.outbox.claim_delivery("telegram", 30) is None
    await database.advance_clock(2)
    again = await queue.outbox.claim_delivery("telegram", 30)
    await queue.outbox.undelivered(order.id, again.token, None)
    unsent = await queue.orders.order(order.id)
    assert (unsent.state, unsent.receipt) == (OrderState.SENT, "")


async def test_answers_go_out_in_the_order_in_which_they_were_ready(database, queue, client):
    orders = []
    for song in "abc":
        orders.append((await client.submit(song)).id)
        await client.finish_all()
        await database.advance_clock(1)
    assert [(await queue.outbox.claim_delivery("telegram", 30)).status.order.id for _ in orders] == orders


async def test_counts_and_recent_orders_are_the_owners_own(queue, client):
    mine = [await client.submit(song) for song in "ab"]
    await client.submit("c", owner="discord:2")
    assert await queue.orders.counts("telegram:1") == (2, 3)
    assert [order.id for order in await queue.orders.recent("telegram:1", 5)] == [mine[1].id, mine[0].id]
    await client.finish_all()
    assert await queue.orders.counts("telegram:1") == (0, 0)


async def test_the_newest_done_job_is_found_by_its_key(database, queue, client):
    assert await queue.orders.find_done("separate:a") is None
    found: list[Job] = []
    for _ in range(2):
        await client.submit()
        await client.finish_all()
        found.append(await queue.orders.find_done("separate:a"))
        await database.advance_clock(3600)
    assert found[1].id > found[0].id
    assert found[1].result == {"manifest": "stems of separate:a"}
