"""Totals that a monitor reads: each is caused here, and seen to grow by exactly that much."""

from __future__ import annotations

import pytest

from separator.core.errors import LeaseLost
from separator.core.jobs import JobKind
from separator.queue import events

ERROR = {"kind": "NotAudio", "facts": {}}


async def total(queue, name: str, label: str = "") -> float:
    return (await queue.admin.stats()).totals.get((name, label), 0.0)


async def test_a_lease_that_lapses_is_counted_when_another_takes_the_job(database, queue, client):
    await client.submit()
    await client.claim(worker="dead")
    await database.advance_clock(31)
    assert await total(queue, "lapsed", "separate") == 0
    await client.claim(worker="next")
    assert await total(queue, "lapsed", "separate") == 1


async def test_a_lease_that_lapses_for_good_is_counted_too(database, queue, client):
    """Nobody may take it over: it has cost as many workers as it may."""
    await client.submit()
    for _ in range(3):
        await client.claim()
        await database.advance_clock(31)
    assert await queue.workers.claim("w1", JobKind.SEPARATE, 30) is None
    assert await total(queue, "lapsed", "separate") == 3
    assert await total(queue, "ended", "separate failed SeparationFailed") == 1


async def test_a_stale_write_is_counted_by_what_it_wanted_to_do(database, queue, client):
    await client.submit()
    late = await client.claim(worker="stalled")
    await database.advance_clock(31)
    await client.claim(worker="next")
    for write in (
        queue.workers.finish(late, {}),
        queue.workers.release(late),
        queue.workers.fail(late, ERROR, 0.0),
    ):
        with pytest.raises(LeaseLost):
            await write
    stale = [await total(queue, "stale", what) for what in ("finish", "release", "fail", "refuse")]
    assert stale == [1, 1, 1, 0]


async def test_a_look_at_a_lost_job_is_no_stale_write(database, queue, client):
    """The heart looks five times a second."""
    await client.submit()
    late = await client.claim(worker="stalled")
    await database.advance_clock(31)
    await client.claim(worker="next")
    with pytest.raises(LeaseLost):
        await queue.workers.is_cancelled(late)
    assert {name for name, _ in (await queue.admin.stats()).totals} == {"lapsed"}


async def test_a_stale_delivery_is_counted(database, queue, client):
    order = await client.submit()
    await client.finish_all()
    late = await queue.outbox.claim_delivery("telegram", 10)
    await database.advance_clock(11)
    await queue.outbox.claim_delivery("telegram", 10)
    with pytest.raises(LeaseLost):
        await queue.outbox.delivered(order.id, late.token, "receipt")
    assert await total(queue, "stale", "delivered") == 1


async def test_what_was_separated_is_counted_in_jobs_and_in_seconds_of_song(queue, client):
    await client.submit()
    await queue.workers.finish(await client.claim(), {"song_s": 200.5})
    await queue.workers.finish(await client.claim(JobKind.MIX), {"song_s": 200.5})
    assert await total(queue, "ended", "separate done") == 1
    assert await total(queue, "ended", "mix done") == 1
    assert await total(queue, "song_s") == 200.5


async def test_saying_it_twice_counts_once(queue, client):
    """A worker whose answer got lost says again that it is done."""
    await client.submit()
    job = await client.claim()
    await queue.workers.finish(job, {"song_s": 10})
    await queue.workers.finish(job, {"song_s": 10})
    assert await total(queue, "song_s") == 10


async def test_refusals_and_failures_are_counted_by_their_kind(queue, client):
    await client.submit()
    await queue.workers.refuse(await client.claim(), ERROR)
    assert await total(queue, "ended", "separate refused NotAudio") == 1
    assert await total(queue, "ended", "mix refused NotAudio") == 1


async def test_a_failure_of_ours_is_counted_by_what_broke(queue, client):
    """One word of the program's own; anything else would make a figure of every message."""
    for song, reason in (("a", "MemoryError"), ("b", "no space left on /dev/sda1")):
        await client.submit(song)
        for _ in range(3):
            error = {"kind": "SeparationFailed", "facts": {"reason": reason}}
            await queue.workers.fail(await client.claim(), error, 0.0)
    assert await total(queue, "ended", "separate failed SeparationFailed:MemoryError") == 1
    assert await total(queue, "ended", "separate failed SeparationFailed") == 1


async def test_answers_are_counted_by_platform_and_whether_they_came_in(queue, client):
    for song in "ab":
        await client.submit(song)
    await client.finish_all()
    one, two = [await queue.outbox.claim_delivery("telegram", 30) for _ in range(2)]
    await queue.outbox.delivered(one.status.order.id, one.token, "receipt")
    await queue.outbox.undelivered(two.status.order.id, two.token, None)
    assert await total(queue, "answers", "telegram sent") == 1
    assert await total(queue, "answers", "telegram unreachable") == 1


async def test_the_lag_of_an_answer_that_was_put_off_goes_on(database, queue, client):
    await client.submit()
    await client.finish_all()
    delivery = await queue.outbox.claim_delivery("telegram", 30)
    await database.advance_clock(5)
    await queue.outbox.undelivered(delivery.status.order.id, delivery.token, 60.0)
    await database.advance_clock(5)
    assert (await queue.admin.stats()).delivery_lag_s == pytest.approx(10)


async def test_claims_are_timed_and_written_down_now_and_then(queue, client, monkeypatch):
    monkeypatch.setattr(events, "FLUSH_S", 0.0)
    await client.submit()
    await client.claim()
    assert await queue.workers.claim("w1", JobKind.SEPARATE, 30) is None  # writes what the one before took
    stats = await queue.admin.stats()
    assert sum(many for (name, _), many in stats.totals.items() if name == "claims") == 1
    assert stats.totals["claim_ms", ""] > 0


async def test_an_idle_worker_writes_nothing(queue, monkeypatch):
    """Looking at an empty queue is no claim."""
    monkeypatch.setattr(events, "FLUSH_S", 0.0)
    for _ in range(3):
        assert await queue.workers.claim("w1", JobKind.SEPARATE, 30) is None
    assert (await queue.admin.stats()).totals == {}


async def test_totals_survive_that_rows_are_forgotten(database, queue, client):
    await client.submit()
    await client.finish_all()
    delivery = await queue.outbox.claim_delivery("telegram", 30)
    await queue.outbox.delivered(delivery.status.order.id, delivery.token, "receipt")
    await database.advance_clock(31 * 86_400)
    assert await queue.workers.prune(30 * 86_400) == 3
    assert await total(queue, "ended", "separate done") == 1
