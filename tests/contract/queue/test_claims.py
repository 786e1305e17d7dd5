"""What the workers are promised: a job has one holder, who may come and go, and every ending is told."""

from __future__ import annotations

import asyncio

import pytest

from separator.core.errors import LeaseLost
from separator.core.jobs import JobKind, JobState, OrderState, Progress, Service
from separator.queue import claims
from tests.programs import eventually
from tests.queue_sides import claim_any

NOT_AUDIO = {"kind": "NotAudio", "facts": {}}
OURS = {"kind": "SeparationFailed", "facts": {}}


async def test_a_job_is_claimed_by_one_worker(queue, other, client):
    for song in "abcde":
        await client.submit(song, owner=f"telegram:{song}")
    claimed = await asyncio.gather(
        *(each.workers.claim("w", JobKind.SEPARATE, 30) for each in [queue, other] * 5)
    )
    assert len({job.id for job in claimed if job}) == len([job for job in claimed if job]) == 5


async def test_a_worker_knows_whose_work_it_begins(queue, client):
    """So that an order can be followed through the logs of all processes; those who left are not named."""
    first = await client.submit()
    second = await client.submit(owner="telegram:2")
    other = await client.submit("another song", owner="telegram:3")
    job = await client.claim()
    assert await queue.workers.waiting_orders(job) == [first.id, second.id]
    await queue.orders.cancel(first.id)
    assert await queue.workers.waiting_orders(job) == [second.id] != [other.id]


async def test_a_dead_workers_job_goes_to_the_next_once_its_lease_lapsed(database, queue, other, client):
    await client.submit()
    dead = await client.claim(worker="dead")
    await database.advance_clock(29)
    assert await other.workers.claim("w2", JobKind.SEPARATE, 30) is None
    await queue.workers.renew(dead, 30)
    await database.advance_clock(29)
    assert await other.workers.claim("w2", JobKind.SEPARATE, 30) is None, "it was renewed"
    await database.advance_clock(2)
    job = await client.claim(worker="w2", queue=other)
    assert (job.id, job.token, job.attempts, job.worker) == (dead.id, dead.token + 1, 2, "w2")


async def test_every_write_of_a_worker_that_lost_its_lease_is_refused(database, queue, other, client):
    """A stalled worker that wakes up must not touch what another has now."""
    order = await client.submit()
    stalled = await client.claim()
    await database.advance_clock(31)
    job = await client.claim(worker="w2", queue=other)
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


async def test_finish_against_expiry_is_decided_by_who_is_first(database, queue, other, client):
    """A lapsed lease that nobody took is still its holder's."""
    await client.submit()
    job = await client.claim()
    await database.advance_clock(31)
    await queue.workers.finish(job, {"manifest": "in time after all"})
    assert await other.workers.claim("w2", JobKind.SEPARATE, 30) is None
    await queue.workers.finish(job, {"manifest": "said twice"})  # the answer to the first got lost
    assert (await queue.orders.find_done("separate:a")).result == {"manifest": "in time after all"}


async def test_a_claim_whose_job_finished_between_look_and_write_takes_nothing(database, client, queue):
    """The write re-checks the state and the token that the look saw."""
    await client.submit()
    job = await client.claim()
    await database.advance_clock(31)
    looked = {"id": job.id, "token": job.token, "state": "running", "owner": job.owner}
    await queue.workers.finish(job, {"manifest": "done"})
    async with (await database.driver()).transaction() as tx:
        assert await claims.lease(tx, looked, "w2", 30) is None
    assert (await queue.orders.find_done("separate:a")).token == job.token


async def test_a_claim_on_a_job_that_was_renewed_after_the_look_takes_nothing(database, client, queue):
    await client.submit()
    job = await client.claim()
    await database.advance_clock(31)
    looked = {"id": job.id, "token": job.token, "state": "running", "owner": job.owner}
    await queue.workers.renew(job, 30)
    async with (await database.driver()).transaction() as tx:
        assert await claims.lease(tx, looked, "w2", 30) is None


async def test_a_claim_on_a_job_that_became_anothers_after_the_look_takes_nothing(database, client):
    """What its owner has running was counted; the new owner's was not."""
    for song in "abc":
        await client.submit(song, owner="telegram:many")
    job = await client.claim()
    looked = {"id": job.id + 4, "token": 0, "state": "queued", "owner": "telegram:many"}
    await client.submit("c", owner="telegram:guest", outputs="vocals:mp3")
    async with (await database.driver()).transaction() as tx:
        assert await claims.lease(tx, looked, "w2", 30) is None
    shared = await client.claim()
    assert (shared.id, shared.owner) == (looked["id"], "telegram:guest")


async def test_a_refused_song_is_told_to_everybody_who_asked_for_it(queue, client):
    mine, theirs = await client.submit(), await client.submit(owner="discord:2", outputs="vocals:mp3")
    await queue.workers.refuse(await client.claim(), NOT_AUDIO)
    for order, platform in ((mine, "telegram"), (theirs, "discord")):
        status = (await queue.outbox.claim_delivery(platform, 30)).status
        assert (status.order.id, status.state, status.error) == (order.id, JobState.REFUSED, NOT_AUDIO)
    assert await claim_any(queue.workers, "w1", 30) is None


async def test_a_refused_song_is_not_kept_from_being_sent_again(queue, client):
    """Somebody who fixed the file, or the machine, asks again and gets a new try."""
    await client.submit()
    await queue.workers.refuse(await client.claim(), NOT_AUDIO)
    await client.submit()
    assert len(await client.finish_all()) == 2


async def test_a_failed_attempt_is_tried_again_after_its_pause_and_in_the_end_told(database, queue, client):
    order = await client.submit()
    for attempt in (1, 2, 3):
        job = await client.claim()
        assert job.attempts == attempt
        await queue.workers.fail(job, OURS, retry_in_s=60)
        assert await queue.workers.claim("w1", JobKind.SEPARATE, 30) is None
        await database.advance_clock(61)
    status = (await queue.outbox.claim_delivery("telegram", 30)).status
    assert (status.order.id, status.state, status.error) == (order.id, JobState.FAILED, OURS)


async def test_a_job_that_kills_its_workers_fails_and_the_next_one_is_unharmed(database, queue, client):
    poison = await client.submit("poison")
    good = await client.submit("good")
    for _ in range(3):
        assert (await client.claim()).key == "separate:poison", "orphaned work goes first"
        await database.advance_clock(31)
    assert (await client.claim()).key == "separate:good"
    status = await queue.orders.order_status(poison.id)
    assert (status.state, status.error, status.order.state) == (JobState.FAILED, OURS, OrderState.READY)
    assert (await queue.orders.order(good.id)).state is OrderState.OPEN


async def test_a_released_job_is_claimable_at_once_and_has_its_attempt_back(queue, client):
    await client.submit()
    first = await client.claim()
    await queue.workers.report(first, Progress("separate", 3, 4))
    await queue.workers.release(first)
    again = await client.claim(worker="w2")
    assert (again.id, again.attempts, again.token) == (first.id, 1, first.token + 1)


async def test_a_released_job_has_its_owners_turn_back(queue, client):
    """A worker that is restarted, or only looked at a job, sends no owner to the end of the queue."""
    await client.submit("first", owner="telegram:1")
    await client.submit("second", owner="telegram:2")
    for _ in range(3):
        job = await client.claim()
        assert job.owner == "telegram:1"
        await queue.workers.release(job)
    assert (await client.claim()).owner == "telegram:1"


async def test_a_job_that_is_released_for_a_while_lets_others_go_first(database, queue, client):
    """Where its stored song cannot be read, it must not stand before everybody else's again and again."""
    await client.submit("unreadable", owner="telegram:1")
    await queue.workers.release(await client.claim(), 60)
    assert await queue.workers.claim("w1", JobKind.SEPARATE, 30) is None
    await client.submit("other", owner="telegram:2")
    await database.advance_clock(61)
    assert [(await client.claim()).owner for _ in range(2)] == ["telegram:2", "telegram:1"]


async def test_a_job_that_nobody_wants_is_not_taken_over_from_a_dead_worker(database, queue, client):
    order = await client.submit()
    await client.claim()
    await queue.orders.cancel(order.id)
    await database.advance_clock(31)
    assert await claim_any(queue.workers, "w2", 30) is None
    assert (await queue.orders.order_status(order.id)).state is JobState.CANCELLED


@pytest.mark.parametrize("ending", ["fail", "release"])
async def test_a_job_that_nobody_wants_is_cancelled_however_its_worker_lets_go(queue, client, ending):
    order = await client.submit()
    job = await client.claim()
    await queue.orders.cancel(order.id)
    await (queue.workers.fail(job, OURS, 0) if ending == "fail" else queue.workers.release(job))
    assert (await queue.orders.order_status(order.id)).state is JobState.CANCELLED


async def test_work_that_finished_before_it_was_stopped_is_kept(queue, client):
    """The stems are there; the next who asks has them."""
    order = await client.submit()
    job = await client.claim()
    await queue.orders.cancel(order.id)
    await queue.workers.finish(job, {"manifest": "kept"})
    assert (await queue.orders.find_done("separate:a")).result == {"manifest": "kept"}
    assert await claim_any(queue.workers, "w1", 30) is None, "the mix was cancelled"


async def test_a_dead_mix_is_taken_over_like_any_other(database, queue, client):
    await client.submit()
    await queue.workers.finish(await client.claim(), {})
    await client.claim(JobKind.MIX)
    await database.advance_clock(31)
    assert (await client.claim(JobKind.MIX, worker="w2")).attempts == 2


async def test_waiting_ends_when_another_process_writes(queue, other, client):
    """No sleep decides this test: the wait would otherwise last longer than a test may."""
    await queue.workers.wait(0)
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        waiting = group.create_task(queue.workers.wait(3600))
        await asyncio.sleep(0)
        await other.orders.submit(client.order(), client.plan())
    assert waiting.done()


async def test_a_change_between_looking_and_waiting_is_not_slept_through(queue, other, client):
    await queue.workers.wait(0)
    assert await claim_any(queue.workers, "w1", 30) is None
    await other.orders.submit(client.order(), client.plan())
    async with asyncio.timeout(10):
        await queue.workers.wait(3600)


async def test_waiting_ends_with_its_time(queue):
    await queue.workers.wait(0)
    async with asyncio.timeout(10):
        await queue.workers.wait(0.01)


async def test_what_a_worker_died_over_is_for_an_idle_one_from_then_on(database, queue, client):
    """It may kill the next one, too, and what else runs there. A job that merely failed kills nobody."""
    await client.submit()
    await client.claim(worker="dead")
    await database.advance_clock(31)
    assert await queue.workers.claim("busy", JobKind.SEPARATE, 30, idle=False) is None
    job = await client.claim(worker="idle")
    assert job.alone
    await queue.workers.fail(job, OURS, 0)
    assert await queue.workers.claim("busy", JobKind.SEPARATE, 30, idle=False) is None
    assert (await client.claim(worker="idle")).alone

    await client.submit("b", owner="telegram:2")
    failed = await queue.workers.claim("busy", JobKind.SEPARATE, 30, idle=False)
    await queue.workers.fail(failed, OURS, 0)
    again = await queue.workers.claim("busy", JobKind.SEPARATE, 30, idle=False)
    assert (again.id, again.attempts, again.alone) == (failed.id, 2, False)


async def test_a_busy_fleet_keeps_one_worker_for_a_suspect_at_a_time(database, queue, other, client):
    """Nobody idle, it would wait for ever; all of them kept for it, everybody else would wait."""
    assert not await queue.workers.reserve_suspect("w1", JobKind.SEPARATE)
    for song in "ab":
        await client.submit(song, owner=f"telegram:{song}")
        await client.claim(worker="dead")
    await database.advance_clock(31)
    assert await queue.workers.reserve_suspect("w1", JobKind.SEPARATE)
    assert await queue.workers.reserve_suspect("w1", JobKind.SEPARATE)
    assert not await other.workers.reserve_suspect("w2", JobKind.SEPARATE)
    await database.advance_clock(11)
    assert await other.workers.reserve_suspect("w2", JobKind.SEPARATE), "the first has died"


async def test_a_job_that_the_store_fails_is_tried_ever_less_often_and_given_up_in_a_day(
    database, queue, client
):
    """It was separated again without end, uncounted, and nobody was told."""
    order = await client.submit()
    rounds, waited_s = 0, 0.0
    while job := await queue.workers.claim("w1", JobKind.SEPARATE, 30):
        assert job.attempts == 1, "no try of it counts as the song's"
        rounds += 1
        await queue.workers.postpone(job, OURS)
        status = await queue.orders.order_status(order.id)
        if status.state is JobState.FAILED:
            break
        await queue.workers.heartbeat("w1", "cpu", None, "ready")
        status = await queue.orders.order_status(order.id)
        assert (status.state, status.service) == (JobState.QUEUED, Service.STORAGE), "people see why"
        pause_s = min(2.0**rounds, 600)
        await database.advance_clock(pause_s - 1)
        assert await queue.workers.claim("w1", JobKind.SEPARATE, 30) is None
        await database.advance_clock(2)
        waited_s += pause_s + 1
    assert rounds < 160
    assert 86_400 <= waited_s < 86_400 + 700
    assert (status.error, status.order.state) == (OURS, OrderState.READY)


async def test_a_job_that_the_store_failed_and_nobody_wants_any_more_is_cancelled(queue, client):
    order = await client.submit()
    job = await client.claim()
    await queue.orders.cancel(order.id)
    await queue.workers.postpone(job, OURS)
    assert (await queue.orders.order_status(order.id)).state is JobState.CANCELLED


async def test_a_claim_whose_answer_got_lost_is_given_back_and_suspected_of_nothing(database, queue, client):
    """COMMIT was done, the connection broke, the claim was tried again: nobody runs the first job."""
    await client.submit()
    lost = await client.claim(worker="w1")
    await client.submit("b", owner="telegram:2")
    known = await client.claim(worker="w1")
    assert await queue.workers.release_unknown("w1", frozenset({known.id})) == [], "it may be on its way"
    await database.advance_clock(31)
    assert await queue.workers.release_unknown("w2", frozenset()) == []
    assert await queue.workers.release_unknown("w1", frozenset({known.id})) == [lost.id]
    again = await queue.workers.claim("w2", JobKind.SEPARATE, 30, idle=False)
    assert (again.id, again.attempts, again.alone) == (lost.id, 1, False)


async def test_a_cancel_is_noticed_and_silence_asks_no_table(queue, other, client):
    """Every job in hand was asked for five times a second: 1,500 queries a second of a fleet, for nothing."""
    order = await client.submit()
    await client.claim()

    async def quiet() -> bool:
        return not await queue.workers.notices_cancel()

    await eventually(quiet, "what came before is known")
    await other.orders.cancel(order.id)

    async def noticed() -> bool:
        return await queue.workers.notices_cancel()

    await eventually(noticed, "the cancel is noticed")
