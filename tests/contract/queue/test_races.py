"""Races, each in the order that hurts most: one transaction stands before its decisive statement meanwhile.

On PostgreSQL the other one passes it there, or waits for its locks; on SQLite it waits for its end. Either
way exactly one of them wins, and the loser is told.
"""

from __future__ import annotations

import asyncio

import pytest

from separator.core.errors import LeaseLost
from separator.core.jobs import JobKind, JobState, OrderState
from separator.queue import Queue
from separator.queue.db.migrate import migrate, migrations
from tests.contract.queue.conftest import LEASE_S, PER_OWNER
from tests.contract.queue.interleaving import BEGIN, Halting, interleave
from tests.queue_sides import claim_any

# The decisive statements, by their first words.
LEASE = "UPDATE job SET state = 'running'"
END = "UPDATE job SET state = :to"
TAKE_BACK = "UPDATE orders SET state = 'cancelled'"
SENDING = "UPDATE orders SET state = 'sending'"
ANSWER = "UPDATE orders SET state = 'ready'"
INSERT_JOB = "INSERT INTO job"
LINK = "UPDATE orders SET job = :job"


@pytest.fixture
async def race(database, queue):  # noqa: ARG001 - the table is there
    """Runs what one process does, halted, against what the others do."""
    halting, passing = Halting(await database.driver()), Halting(await database.driver())
    queues = Queue.of(halting, PER_OWNER), Queue.of(passing, PER_OWNER)

    async def run(halted, before, meanwhile):
        halting.halt_before(before)

        async def stuck() -> bool:
            return passing.queueing > 0 if database.single_writer else await database.waits_for_lock()

        return await interleave((halting, halted(queues[0])), meanwhile(queues[1]), stuck)

    return run


def takes(queue):
    return queue.workers.claim("w2", JobKind.SEPARATE, LEASE_S)


@pytest.mark.parametrize("before", [BEGIN, LEASE])
async def test_a_claim_whose_job_is_finished_between_its_look_and_its_write(
    database, queue, client, race, before
):
    """The lease has lapsed, the claim has chosen the job, and now its old holder finishes it."""
    await client.submit()
    job = await client.claim()
    await database.advance_clock(LEASE_S + 1)
    taken, finished = await race(takes, before, lambda each: each.workers.finish(job, {"manifest": "old"}))
    if finished is None:
        assert taken is None
        assert (await queue.orders.find_done(job.key)).token == job.token
    else:
        assert isinstance(finished, LeaseLost)
        assert (taken.id, taken.token) == (job.id, job.token + 1)
        assert await queue.orders.find_done(job.key) is None


@pytest.mark.parametrize("before", [BEGIN, END])
async def test_a_finish_whose_lease_is_taken_at_the_last_moment(database, queue, client, race, before):
    """The other way round: the old holder stands before its word DONE, and the row is claimed."""
    await client.submit()
    job = await client.claim()
    await database.advance_clock(LEASE_S + 1)
    finished, taken = await race(lambda each: each.workers.finish(job, {"manifest": "old"}), before, takes)
    if taken is None:
        assert finished is None
        assert (await queue.orders.find_done(job.key)).token == job.token
    else:
        assert isinstance(finished, LeaseLost)
        assert taken.token == job.token + 1
        await queue.workers.finish(taken, {"manifest": "new"})
        assert (await queue.orders.find_done(job.key)).result == {"manifest": "new"}


@pytest.mark.parametrize("before", [BEGIN, LEASE])
async def test_a_claim_whose_job_is_renewed_at_the_last_moment(database, client, race, before):
    """A stalled worker wakes up just in time, or just too late; it knows which."""
    await client.submit()
    job = await client.claim()
    await database.advance_clock(LEASE_S + 1)
    taken, renewed = await race(takes, before, lambda each: each.workers.renew(job, LEASE_S))
    assert (taken is None) is (renewed is False)
    if taken is not None:
        assert isinstance(renewed, LeaseLost)


@pytest.mark.parametrize(
    ("claims_first", "before"), [(True, BEGIN), (True, LEASE), (False, BEGIN), (False, TAKE_BACK)]
)
async def test_a_claim_against_a_cancel(queue, client, race, claims_first, before):
    """Either the job never runs, or its worker is told to stop; the order is taken back in any case."""
    order = await client.submit()
    if claims_first:
        taken, cancelled = await race(takes, before, lambda each: each.orders.cancel(order.id))
    else:
        cancelled, taken = await race(lambda each: each.orders.cancel(order.id), before, takes)
    assert cancelled is True
    if taken is not None:
        assert await queue.workers.is_cancelled(taken)
        await queue.workers.release(taken)
    assert (await queue.orders.order_status(order.id)).state is JobState.CANCELLED
    assert (await queue.orders.order(order.id)).state is OrderState.CANCELLED
    assert await claim_any(queue.workers, "w3", LEASE_S) is None


@pytest.mark.parametrize("before", [BEGIN, SENDING])
async def test_two_bots_that_claim_one_answer(queue, client, race, before):
    """Both have seen it; one sends it."""
    order = await client.submit()
    await client.finish_all()
    claims = await race(
        lambda each: each.outbox.claim_delivery("telegram", 60),
        before,
        lambda each: each.outbox.claim_delivery("telegram", 60),
    )
    [delivery] = [claim for claim in claims if claim is not None]
    await queue.outbox.delivered(order.id, delivery.token, "once")
    assert (await queue.orders.order(order.id)).receipt == "once"


@pytest.mark.parametrize("before", [BEGIN, SENDING])
async def test_a_bot_that_wakes_up_while_its_answer_is_taken_over(database, queue, client, race, before):
    """The lease of the claim has lapsed: one `sent` is written down, by the one that was first."""
    order = await client.submit()
    await client.finish_all()
    old = await queue.outbox.claim_delivery("telegram", 60)
    await database.advance_clock(61)
    new, told = await race(
        lambda each: each.outbox.claim_delivery("telegram", 60),
        before,
        lambda each: each.outbox.delivered(order.id, old.token, "old"),
    )
    assert (new is None) is (told is None)
    if new is not None:
        assert isinstance(told, LeaseLost)
        await queue.outbox.delivered(order.id, new.token, "new")
    assert (await queue.orders.order(order.id)).receipt == ("new" if new else "old")


@pytest.mark.parametrize("before", [BEGIN, INSERT_JOB, LINK])
@pytest.mark.parametrize("outputs", ["-drums:mp3", "vocals:mp3"])
async def test_the_same_song_by_two_people_in_the_same_moment(queue, client, race, before, outputs):
    """Both found nothing in flight; one separation is made, and one mix where the wish is the same, too."""
    mine, theirs = client.order("telegram:1"), client.order("discord:2", outputs=outputs)
    a, b = await race(
        lambda each: each.orders.submit(mine, client.plan()),
        before,
        lambda each: each.orders.submit(theirs, client.plan(outputs=outputs)),
    )
    done = await client.finish_all()
    assert sorted(job.kind for job in done) == [JobKind.MIX] * (1 + (outputs != "-drums:mp3")) + [
        JobKind.SEPARATE
    ]
    assert {(await queue.orders.order(order.id)).state for order in (a, b)} == {OrderState.READY}


@pytest.mark.parametrize("before", [BEGIN, LINK])
async def test_an_order_for_work_that_ends_in_the_same_moment(queue, client, race, before):
    """It has found the mix running and shares it; the mix must not end without an answer to it."""
    await client.submit()
    await queue.workers.finish(await client.claim(), {"manifest": "m"})
    mix = await client.claim(JobKind.MIX)
    late = client.order("discord:2")
    order, finished = await race(
        lambda each: each.orders.submit(late, client.plan()),
        before,
        lambda each: each.workers.finish(mix, {"files": []}),
    )
    assert finished is None
    assert (await queue.orders.order(order.id)).state is OrderState.READY
    assert await claim_any(queue.workers, "w2", LEASE_S) is None, "nothing was made twice"


@pytest.mark.parametrize("before", [BEGIN, ANSWER])
async def test_an_order_taken_back_while_its_work_ends(queue, client, race, before):
    """It is answered, or it is taken back; never both."""
    order = await client.submit()
    await queue.workers.finish(await client.claim(), {"manifest": "m"})
    mix = await client.claim(JobKind.MIX)
    finished, cancelled = await race(
        lambda each: each.workers.finish(mix, {"files": []}),
        before,
        lambda each: each.orders.cancel(order.id),
    )
    assert finished is None
    state = (await queue.orders.order(order.id)).state
    assert state is (OrderState.CANCELLED if cancelled else OrderState.READY)


@pytest.mark.parametrize("before", [BEGIN, "CREATE TABLE job", "INSERT INTO move"])
async def test_two_workers_that_migrate_at_once(database, before):
    """The second finds a table half made by the first, waits, and makes nothing again."""
    halting, passing = Halting(await database.driver()), Halting(await database.driver())
    halting.halt_before(before)

    async def stuck() -> bool:
        return passing.queueing > 0 if database.single_writer else await database.waits_for_lock()

    async with asyncio.timeout(30):
        assert await interleave((halting, migrate(halting)), migrate(passing), stuck) == (None, None)
    async with halting.read_transaction() as tx:
        rows = await tx.all("SELECT number, name FROM migration ORDER BY number")
    assert rows == [{"number": step.number, "name": step.name} for step in migrations()]
