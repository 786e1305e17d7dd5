"""What a person is told while waiting: the place, true progress, honest times, and when nobody is there."""

from __future__ import annotations

import pytest

from separator.core.jobs import JobKind, JobState, OrderState, Position, Progress, Service
from tests.queue_sides import position


async def test_the_position_is_that_of_the_coming_claims(queue, client):
    first = await client.submit("a", owner="telegram:1")
    second = await client.submit("b", owner="telegram:1")
    third = await client.submit("c", owner="telegram:2")
    places = [(await position(queue.orders, order.id)).before for order in (first, third, second)]
    assert places == [0, 1, 2]
    assert [(await client.claim()).key for _ in range(3)] == ["separate:a", "separate:c", "separate:b"]


async def test_running_work_counts_as_before(queue, client):
    first = await client.submit("a", owner="telegram:1")
    second = await client.submit("b", owner="telegram:2")
    await client.claim()
    assert (await position(queue.orders, first.id)).before == 0
    assert (await position(queue.orders, second.id)).before == 1


async def test_no_time_is_told_while_nothing_was_measured(queue, client):
    order = await client.submit()
    await queue.workers.heartbeat("w1", "cpu", None)
    assert await position(queue.orders, order.id) == Position(before=0, eta_s=None)


async def test_the_time_to_go_follows_the_measured_speed(queue, client):
    await queue.workers.heartbeat("w1", "cpu", 4.0)
    first = await client.submit("a", owner="telegram:1", song_s=200)
    second = await client.submit("b", owner="telegram:2", song_s=100)
    assert (await position(queue.orders, first.id)).eta_s == pytest.approx(50)
    assert (await position(queue.orders, second.id)).eta_s == pytest.approx(75)
    await queue.workers.report(await client.claim(), Progress("separate", 1, 2))
    assert (await position(queue.orders, first.id)).eta_s == pytest.approx(25)
    assert (await position(queue.orders, second.id)).eta_s == pytest.approx(50)
    await queue.workers.heartbeat("w2", "cuda", 4.0)
    assert (await position(queue.orders, second.id)).eta_s == pytest.approx(25)


async def test_the_length_of_a_song_is_known_once_its_worker_has_decoded_it(queue, client):
    await queue.workers.heartbeat("w1", "cpu", 2.0)
    order = await client.submit()
    job = await client.claim()
    assert (await position(queue.orders, order.id)).eta_s is None, "nothing was separated yet"
    await queue.workers.report(job, Progress("separate", 1, 4, song_s=100))
    assert (await position(queue.orders, order.id)).eta_s == pytest.approx(100 / 2 * 3 / 4)
    await queue.workers.report(job, Progress("separate", 2, 4))
    assert (await position(queue.orders, order.id)).eta_s == pytest.approx(100 / 2 / 2), "it stays known"


async def test_a_song_of_unknown_length_is_taken_for_a_usual_one(database, queue, client):
    await queue.workers.heartbeat("w1", "cpu", 2.0)
    await client.submit("known")
    await queue.workers.finish(await client.claim(), {"song_s": 300})
    mix = await client.claim(JobKind.MIX)
    await database.advance_clock(4)
    await queue.workers.finish(mix, {})
    order = await client.submit("unknown")
    assert (await position(queue.orders, order.id)).eta_s == pytest.approx(300 / 2 + 4)


async def test_an_order_outside_the_queue_has_no_position(queue, client):
    draft = await queue.orders.save_draft(client.order())
    done = await client.submit()
    await client.finish_all()
    assert await position(queue.orders, draft.id) is None
    assert await position(queue.orders, done.id) is None
    assert await position(queue.orders, 10_000) is None


async def test_open_orders_are_those_of_one_platform_oldest_first(queue, client):
    orders = [await client.submit(song) for song in "ab"]
    await client.submit("c", owner="discord:2")
    assert [status.order.id for status in await queue.orders.open_orders("telegram")] == [
        order.id for order in orders
    ]
    assert await queue.orders.open_orders("web") == []


async def test_a_standing_tells_of_the_separation_then_of_the_mix(queue, client):
    order = await client.submit()
    assert (await queue.orders.order_status(order.id)).state is JobState.QUEUED
    job = await client.claim()
    await queue.workers.report(job, Progress("separate", 3, 12))
    status = await queue.orders.order_status(order.id)
    assert (status.state, status.progress.share) == (JobState.RUNNING, 0.25)
    await queue.workers.finish(job, {"manifest": "m"})
    status = await queue.orders.order_status(order.id)
    assert (status.state, status.progress, status.result) == (JobState.QUEUED, Progress(), None)
    await queue.workers.finish(await client.claim(JobKind.MIX), {"files": ["f"]})
    status = await queue.orders.order_status(order.id)
    assert (status.order.state, status.state, status.result) == (
        OrderState.READY,
        JobState.DONE,
        {"files": ["f"]},
    )


async def test_progress_of_an_attempt_that_ended_is_forgotten(database, queue, client):
    order = await client.submit()
    await queue.workers.report(await client.claim(), Progress("separate", 3, 4))
    await database.advance_clock(31)
    await client.claim(worker="w2")
    assert (await queue.orders.order_status(order.id)).progress == Progress()


async def test_people_are_told_when_no_worker_is_there(database, queue, client):
    """20 s after the last sign of life: telling takes some of the 30 s in which they must learn it."""
    order = await client.submit()
    assert (await queue.orders.order_status(order.id)).service is Service.NOBODY
    await queue.workers.heartbeat("w1", "cpu", None)
    assert (await queue.orders.order_status(order.id)).service is Service.OPEN
    await database.advance_clock(20)
    assert (await queue.orders.open_orders("telegram"))[0].service is Service.NOBODY


async def test_people_are_told_that_the_model_is_loading_while_no_worker_has_one(queue, client):
    order = await client.submit()
    await queue.workers.heartbeat("w1", "cpu", None, "loading htdemucs")
    assert (await queue.orders.order_status(order.id)).service is Service.LOADING
    await queue.workers.heartbeat("w2", "cuda", None, "ready")
    assert (await queue.orders.order_status(order.id)).service is Service.OPEN
    await queue.workers.remove_worker("w2")
    await queue.workers.heartbeat("w1", "cpu", None, "ready")
    assert (await queue.orders.order_status(order.id)).service is Service.OPEN


async def test_only_weights_that_every_living_worker_can_load_are_counted_on(database, queue):
    """Any of them may claim any job. While none lives, nothing is known."""
    assert await queue.orders.common_weights() is None
    await queue.workers.heartbeat("w1", "cuda", None, "ready", frozenset({"a.safetensors", "b.th"}))
    assert await queue.orders.common_weights() == {"a.safetensors", "b.th"}
    await queue.workers.heartbeat("w2", "cpu", None, "ready", frozenset({"b.th"}))
    assert await queue.orders.common_weights() == {"b.th"}
    await queue.workers.heartbeat("w3", "cpu", None)
    assert await queue.orders.common_weights() == frozenset()
    await database.advance_clock(20)
    assert await queue.orders.common_weights() is None


async def test_a_worker_that_says_good_bye_is_not_waited_for(queue, client):
    order = await client.submit()
    await queue.workers.heartbeat("w1", "cpu", None)
    await queue.workers.remove_worker("w1")
    assert (await queue.orders.order_status(order.id)).service is Service.NOBODY


async def test_a_measured_speed_is_kept_until_a_new_one(queue, client):
    await queue.workers.heartbeat("w1", "cpu", 5.0)
    await queue.workers.heartbeat("w1", "cpu", None)
    order = await client.submit(song_s=100)
    assert (await position(queue.orders, order.id)).eta_s == pytest.approx(20)


async def test_a_worker_that_measured_nothing_yet_is_taken_to_be_as_fast_as_work_was_of_late(
    database, queue, client
):
    """A restarted worker must not make every person's time to go disappear."""
    await client.submit("before")
    job = await client.claim()
    await database.advance_clock(20)
    await queue.workers.finish(job, {"song_s": 100})
    order = await client.submit("now", song_s=50)
    assert (await position(queue.orders, order.id)).eta_s is None, "nobody is there to do it"
    await queue.workers.heartbeat("restarted", "cpu", None)
    assert (await position(queue.orders, order.id)).eta_s == pytest.approx(10)


async def test_what_can_be_heard_early_is_told_until_another_worker_begins_again(queue, client):
    """What the first one stored is an orphan then."""
    order = await client.submit()
    job = await client.claim()
    await queue.workers.report(job, Progress("separate", 3, 4, "preview/manifest.json", "live/live.json"))
    told = (await queue.orders.order_status(order.id)).progress
    assert (told.preview, told.live) == ("preview/manifest.json", "live/live.json")
    await queue.workers.release(job)
    await client.claim()
    assert (await queue.orders.order_status(order.id)).progress == Progress()


async def test_songs_that_shared_a_device_do_not_make_it_look_slow(database, queue, client):
    """Three songs in a minute are a minute's work, though each took that long."""
    for song in "abc":
        await client.submit(song, owner=f"telegram:{song}")
    jobs = [await client.claim() for _ in range(3)]
    await database.advance_clock(60)
    for job in jobs:
        await queue.workers.finish(job, {"song_s": 100})
    await queue.workers.heartbeat("restarted", "cpu", None)
    order = await client.submit("now", song_s=50)
    assert (await position(queue.orders, order.id)).eta_s == pytest.approx(10)
