"""Limits hold to the song and to the second, on each database, however many ask at once."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from separator.core.errors import Busy
from separator.core.jobs import JobKind, JobState, Progress
from separator.core.limits import ADDRESS, DAY_S, Quota, Quotas
from separator.queue import WorkerQueue
from separator.queue.database import Database
from tests.contract.queue.conftest import LEASE_S

ANN, BEN = "telegram:1", "telegram:2"
GROUP, HOUSE = "telegram:chat:-5", f"{ADDRESS}x"
WIDE = Quota(1000, 0)
RULES = Quotas(person=WIDE, group=WIDE, address=WIDE, waiting_all=1000)
HOUR = replace(RULES, person=Quota(1000, 3600))


async def submit(queue, client, song, rules, owner=ANN, place=""):
    return await queue.orders.submit(replace(client.order(owner), place=place), client.plan(song), rules)


async def separated(queue, song_s, worker="w1"):
    """The next song is taken apart, and turned out to be so long."""
    job = await queue.workers.claim(worker, JobKind.SEPARATE, LEASE_S)
    await queue.workers.finish(job, {"manifest": "m", "song_s": song_s})
    return job


async def refused(asked):
    """The limit that somebody meets."""
    with pytest.raises(Busy) as met:
        await asked
    return met.value.facts


async def test_songs_taken_apart_count_by_their_length_until_the_day_is_full(queue, client, database):
    await submit(queue, client, "a", HOUR)
    await separated(queue, 3599.5)
    await submit(queue, client, "b", HOUR)
    await database.advance_clock(100)
    await separated(queue, 300.0)
    met = await refused(submit(queue, client, "c", HOUR))
    assert met["limit"] == "day"
    assert met["limit_s"] == 3600
    assert met["ends_s"] == pytest.approx(DAY_S - 100, abs=2)
    await database.advance_clock(DAY_S - 110)
    await refused(submit(queue, client, "c", HOUR))
    await database.advance_clock(15)
    assert await submit(queue, client, "c", HOUR)
    left = await queue.people.quota_usage(ANN, HOUR.person)
    assert (left.used_s, left.ends_s) == (300.0, 0.0)


async def test_somebody_elses_day_is_their_own(queue, client):
    await submit(queue, client, "a", HOUR)
    await separated(queue, 4000.0)
    await refused(submit(queue, client, "b", HOUR))
    assert await submit(queue, client, "b", HOUR, owner=BEN)


async def test_what_is_stored_or_shared_costs_nothing_and_passes_a_full_day(queue, client):
    """Only taking a song apart is counted: no mix of stored stems, no song that is on its way already."""
    await submit(queue, client, "a", HOUR)
    await separated(queue, 4000.0)
    [_, mix] = client.plan("a", outputs="vocals:mp3")
    assert await queue.orders.submit(client.order(ANN), [mix], HOUR)
    await submit(queue, client, "b", HOUR, owner=BEN)
    assert await submit(queue, client, "b", HOUR)
    await separated(queue, 50.0)
    assert (await queue.people.quota_usage(BEN, HOUR.person)).used_s == 50.0
    assert (await queue.people.quota_usage(ANN, HOUR.person)).used_s == 4000.0


async def test_a_song_that_was_refused_or_called_off_costs_nothing(queue, client):
    await submit(queue, client, "a", HOUR)
    await queue.workers.refuse(await client.claim(), {"kind": "NoSound", "facts": {"song_s": 100.0}})
    order = await submit(queue, client, "b", HOUR)
    job = await client.claim()
    await queue.orders.cancel(order.id)
    await queue.workers.release(job)
    assert (await queue.people.quota_usage(ANN, HOUR.person)).used_s == 0


async def heard(queue, job, song_s, done=99):
    """Its length is known, and so much of it can be played."""
    await queue.workers.report(job, Progress("separate", done, 100, live="live.json", song_s=song_s))


async def used(queue, *whos):
    return [(await queue.people.quota_usage(who, HOUR.person)).used_s for who in whos]


async def test_whoever_listens_to_a_song_while_it_is_made_and_cancels_it_has_used_it(queue, client):
    """Ten songs cancelled at 99 % cost nothing."""
    order = await submit(queue, client, "a", HOUR)
    job = await client.claim()
    await heard(queue, job, 3600.0, done=1)
    await heard(queue, job, 3600.0)
    assert (await refused(submit(queue, client, "b", HOUR)))["limit"] == "day"
    await queue.orders.cancel(order.id)
    await queue.workers.release(job)
    assert await used(queue, ANN) == [3600.0]


@pytest.mark.parametrize("end", ["refuse", "fail"])
async def test_what_is_refused_or_fails_is_given_back(queue, client, end):
    await submit(queue, client, "a", HOUR, place=GROUP)
    job = await client.claim()
    await heard(queue, job, 900.0)
    assert await used(queue, ANN, GROUP) == [900.0, 900.0]
    if end == "refuse":
        await queue.workers.refuse(job, {"kind": "NoSound", "facts": {}})
    for attempt in range(3 if end == "fail" else 0):
        await queue.workers.fail(job, {"kind": "SeparationFailed", "facts": {}}, 0)
        job = job if attempt == 2 else await client.claim()
    assert await used(queue, ANN, GROUP) == [0, 0]


async def test_what_the_operator_cancels_is_given_back(queue, client):
    await submit(queue, client, "a", HOUR)
    job = await client.claim()
    await heard(queue, job, 900.0)
    await queue.admin.cancel_job(job.id)
    await queue.workers.release(job)
    assert await used(queue, ANN) == [0]


@pytest.mark.parametrize("when", ["before", "while"])
async def test_whoever_joins_pays_when_the_first_cancels(queue, client, when):
    """The first one paid for what another had."""
    first = await submit(queue, client, "a", HOUR, place=GROUP)
    await submit(queue, client, "a", HOUR, owner=BEN)
    if when == "before":
        await queue.orders.cancel(first.id)
    job = await client.claim()
    await heard(queue, job, 900.0)
    if when == "while":
        assert await used(queue, ANN, GROUP, BEN) == [900.0, 900.0, 0]
        await queue.orders.cancel(first.id)
    assert await used(queue, ANN, GROUP, BEN) == [0, 0, 900.0]
    await queue.workers.finish(job, {"manifest": "m", "song_s": 901.0})
    assert await used(queue, ANN, GROUP, BEN) == [0, 0, 901.0]


async def test_a_song_counts_once_though_two_workers_say_that_it_is_done(queue, other, client, database):
    """The first one's lease lapsed; it wakes up, and both finish at the same moment."""
    await submit(queue, client, "a", HOUR)
    late = await client.claim()
    await database.advance_clock(LEASE_S + 1)
    job = await client.claim(worker="w2")
    done = {"manifest": "m", "song_s": 100.0}
    await asyncio.gather(
        queue.workers.finish(job, done), other.workers.finish(late, done), return_exceptions=True
    )
    await queue.workers.finish(job, done)
    assert (await queue.people.quota_usage(ANN, HOUR.person)).used_s == 100.0


async def test_a_song_that_comes_at_anothers_turn_is_still_borne_by_who_asked_first(queue, client):
    for song in "abc":
        await submit(queue, client, song, HOUR, place=GROUP)
    await submit(queue, client, "c", HOUR, owner=BEN)
    [shared] = [job for job in [await client.claim() for _ in range(2)] if job.owner == BEN]
    await queue.workers.finish(shared, {"manifest": "m", "song_s": 100.0})
    used = [(await queue.people.quota_usage(who, HOUR.person)).used_s for who in (ANN, GROUP, BEN)]
    assert used == [100.0, 100.0, 0.0]


async def test_many_songs_done_at_once_are_all_counted(database, queue, client):
    for number in range(12):
        await submit(queue, client, f"s{number}", HOUR, place=GROUP)
    workers = [WorkerQueue(Database(await database.driver()), per_owner=100) for _ in range(4)]
    jobs = [await workers[number % 4].claim("w", JobKind.SEPARATE, LEASE_S) for number in range(12)]
    done = [
        workers[number % 4].finish(job, {"manifest": "m", "song_s": 1.0 + number})
        for number, job in enumerate(jobs)
    ]
    await asyncio.gather(*done)
    assert (await queue.people.quota_usage(ANN, HOUR.person)).used_s == 12 + sum(range(12))
    assert (await queue.people.quota_usage(GROUP, HOUR.group)).used_s == 12 + sum(range(12))


@pytest.mark.parametrize(
    ("rules", "limit", "place"),
    [
        (replace(RULES, person=Quota(3, 0)), "jobs_waiting", ""),
        (replace(RULES, group=Quota(3, 0)), "group_jobs_waiting", GROUP),
        (replace(RULES, address=Quota(3, 0)), "address_jobs_waiting", HOUSE),
        (replace(RULES, waiting_all=3), "jobs_waiting_all", ""),
    ],
)
async def test_as_many_wait_as_may_however_many_ask_at_once(database, queue, client, rules, limit, place):
    queues = [queue, *[await database.open() for _ in range(3)]]
    submitted = [
        submit(
            queues[number % 4], client, f"s{number}", rules, ANN if not place else f"telegram:{number}", place
        )
        for number in range(10)
    ]
    answers = await asyncio.gather(*submitted, return_exceptions=True)
    met = [each for each in answers if isinstance(each, Busy)]
    assert len(answers) - len(met) == 3
    assert {each.facts["limit"] for each in met} == {limit}
    assert {each.facts["most"] for each in met} == {3}
    assert (await queue.admin.stats()).depth[JobState.QUEUED] == 3


@pytest.mark.parametrize(("place", "limit"), [(GROUP, "group_day"), (HOUSE, "address_day")])
async def test_people_of_a_place_share_its_day_and_have_theirs_elsewhere(queue, client, place, limit):
    rules = replace(RULES, group=Quota(1000, 60), address=Quota(1000, 60))
    await submit(queue, client, "a", rules, place=place)
    await separated(queue, 61.0)
    assert (await refused(submit(queue, client, "b", rules, owner=BEN, place=place)))["limit"] == limit
    assert await submit(queue, client, "b", rules, owner=BEN)


async def test_the_same_request_again_is_its_order_also_when_the_day_is_full_by_now(queue, client):
    order = await submit(queue, client, "a", HOUR)
    await separated(queue, 4000.0)
    again = client.order(ANN, request=order.request_id)
    assert (await queue.orders.submit(again, client.plan("b"), HOUR)).id == order.id


async def test_a_refused_order_leaves_nothing_behind(queue, client):
    await refused(submit(queue, client, "a", replace(RULES, waiting_all=0)))
    assert await queue.orders.recent(ANN, 10) == []
    assert (await queue.admin.stats()).depth == {}


async def test_to_have_everything_deleted_makes_no_new_allowance(queue, client):
    """Else `/privacy` would be the way round every limit; the day's stats go when the day is over."""
    await submit(queue, client, "a", HOUR)
    await separated(queue, 4000.0)
    await queue.people.forget(ANN)
    assert (await refused(submit(queue, client, "b", HOUR)))["limit"] == "day"


async def test_what_songs_cost_is_kept_for_a_day_and_no_longer(queue, client, database):
    await submit(queue, client, "a", HOUR)
    await separated(queue, 4000.0)
    await database.advance_clock(DAY_S + 1)
    await queue.workers.prune(7 * DAY_S)
    async with (await database.driver()).read_transaction() as tx:
        rows = await tx.all("SELECT * FROM charge")
    assert rows == []


async def test_who_is_blocked_is_so_in_every_process_until_the_time_is_up(queue, other, database):
    await queue.admin.block(ANN, 60.0, "floods")
    await queue.admin.block(GROUP)
    found = await other.people.find_block([BEN, ANN])
    assert (found.who, found.why) == (ANN, "floods")
    assert found.ends_s == pytest.approx(60, abs=2)
    assert (await other.people.find_block(["", GROUP])).ends_s is None
    assert await other.people.find_block([BEN, ""]) is None
    assert [each.who for each in await other.admin.blocks()] == [ANN, GROUP]
    await database.advance_clock(61)
    assert await other.people.find_block([ANN]) is None
    assert await queue.admin.unblock(GROUP)
    assert not await queue.admin.unblock(GROUP)
    assert await other.admin.blocks() == ()
