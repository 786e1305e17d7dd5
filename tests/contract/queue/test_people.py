"""What is remembered of people, on each database, and that it goes when they say so."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from separator.core.errors import LeaseLost
from separator.core.jobs import JobKind, OrderState
from tests.queue_sides import claim_any

ANN, BEN = "telegram:1", "telegram:2"


async def finished(queue, client, song="a", owner=ANN, **facts):
    """An order of this song that was made and sent."""
    new = replace(client.order(owner), song=song * 64, **facts)
    order = await queue.orders.submit(new, client.plan(song))
    while job := await claim_any(queue.workers, "w1", 30):
        files = [{"key": f"mixes/{song}.mp3"}] if job.kind is JobKind.MIX else []
        await queue.workers.finish(job, {"manifest": f"stems of {song}", "files": files})
    delivery = await queue.outbox.claim_delivery("telegram", 30)
    await queue.outbox.delivered(order.id, delivery.token, "message 5")
    return order


async def test_what_somebody_chose_is_read_by_another_process(queue, other):
    await queue.people.set_preferences(ANN, {"language": "de"})
    await queue.people.set_preferences(ANN, {"language": "fr", "format": "flac"})
    assert await other.people.preferences([ANN, BEN]) == {ANN: {"language": "fr", "format": "flac"}}
    await queue.people.set_preferences(ANN, {})
    assert await other.people.preferences([ANN]) == {}


async def test_a_request_of_a_later_version_is_read_without_what_it_adds(queue, client):
    new = replace(client.order(ANN), song="", outputs="vocals:mp3")
    await queue.people.add_pending(new)
    async with queue.people.database.driver.transaction() as tx:
        row = await tx.one("SELECT facts FROM request")
        await tx.all(
            "UPDATE request SET facts = :facts", facts=json.dumps(json.loads(row["facts"]) | {"more": 1})
        )
    assert await queue.people.find_pending(new.request_id) == new


async def test_a_request_is_read_by_earlier_versions_and_theirs_by_this_one(queue, client, database):
    """They called the outputs a wish, and two versions run side by side during an update."""
    new = replace(client.order(ANN), song="", outputs="vocals:mp3")
    await queue.people.add_pending(new)
    async with (await database.driver()).transaction() as tx:
        row = await tx.one("SELECT facts FROM request")
        assert json.loads(row["facts"])["wish"] == "vocals:mp3"
        assert "outputs" not in json.loads(row["facts"])
    assert await queue.people.find_pending(new.request_id) == new


async def test_a_request_is_known_until_its_song_has_come(queue, other, client, database):
    """A bot that was killed while it fetched finds the message that it had answered already."""
    new = replace(client.order(ANN), song="", reply_to="status 1")
    await queue.people.add_pending(new)
    await queue.people.add_pending(replace(new, reply_to="status 2"))
    assert (await other.people.find_pending(new.request_id)).reply_to == "status 2"
    assert await other.people.stale_pending("telegram", 60) == []
    await database.advance_clock(61)
    assert [each.request_id for each in await other.people.stale_pending("telegram", 60)] == [new.request_id]
    assert await other.people.remove_pending(new.request_id)
    assert not await queue.people.remove_pending(new.request_id)
    assert await queue.people.find_pending(new.request_id) is None


async def test_ids_of_files_outlive_the_process(queue, other):
    await queue.people.add_file_ids("telegram", {"mixes/a": "old", "mixes/b": "B"})
    await queue.people.add_file_ids("telegram", {"mixes/a": "A"})
    assert await other.people.file_ids("telegram", ["mixes/a", "mixes/b", "mixes/c"]) == {
        "mixes/a": "A",
        "mixes/b": "B",
    }
    assert await other.people.file_ids("discord", ["mixes/a"]) == {}


async def test_recent_results_are_ones_own_and_each_is_there_once(queue, client):
    await finished(queue, client, "a")
    await finished(queue, client, "b", BEN)
    newest = await finished(queue, client, "c")
    again = await finished(queue, client, "a")
    await queue.orders.submit(client.order(ANN), client.plan("not done yet"))
    made = await queue.people.finished_orders(ANN, 10)
    assert [each.order.id for each in made] == [again.id, newest.id]
    assert made[0].result["files"] == [{"key": "mixes/a.mp3"}]


async def test_a_place_knows_what_it_was_answered(queue, client):
    order = await finished(queue, client, "a", place="group")
    song, outputs = "a" * 64, order.outputs
    assert (await queue.people.find_answered("group", song, outputs)).id == order.id
    assert await queue.people.find_answered("another", song, outputs) is None
    assert await queue.people.find_answered("group", song, "vocals:mp3") is None


async def test_a_place_counts_its_songs_of_the_last_day(queue, client, database):
    await finished(queue, client, "a", place="group")
    await database.advance_clock(3600)
    await finished(queue, client, "b", BEN, place="group")
    assert await queue.people.orders_within("group", 86_400) == (2, pytest.approx(82_800, abs=5))
    await database.advance_clock(82_801)
    assert (await queue.people.orders_within("group", 86_400))[0] == 1
    assert await queue.people.orders_within("elsewhere", 86_400) == (0, 86_400)


async def test_forgetting_somebody_leaves_what_others_asked_for(queue, client):
    await finished(queue, client, "a")
    await finished(queue, client, "b")
    theirs = await finished(queue, client, "b", BEN)
    await queue.people.set_preferences(ANN, {"language": "de"})
    await queue.people.add_file_ids("telegram", {"mixes/a.mp3": "A", "mixes/b.mp3": "B"})
    gone = await queue.people.forget(ANN)
    assert (gone.orders, gone.songs, gone.files) == (2, {"a" * 64}, {"mixes/a.mp3"})
    assert await queue.people.finished_orders(ANN, 10) == []
    assert await queue.people.preferences([ANN]) == {}
    assert [each.order.id for each in await queue.people.finished_orders(BEN, 10)] == [theirs.id]
    assert await queue.people.file_ids("telegram", ["mixes/a.mp3", "mixes/b.mp3"]) == {"mixes/b.mp3": "B"}
    assert await queue.orders.find_done("separate:a") is None
    assert await queue.orders.find_done("separate:b") is not None


async def test_one_song_of_somebody_is_forgotten_and_the_others_stay(queue, client):
    await finished(queue, client, "a")
    kept = await finished(queue, client, "b")
    await queue.people.set_preferences(ANN, {"language": "de"})
    gone = await queue.people.forget(ANN, "a" * 64)
    assert (gone.orders, gone.songs, gone.files) == (1, {"a" * 64}, {"mixes/a.mp3"})
    assert [each.order.id for each in await queue.people.finished_orders(ANN, 10)] == [kept.id]
    assert await queue.people.preferences([ANN]) == {ANN: {"language": "de"}}


async def test_an_answer_that_is_too_large_is_made_smaller_and_sent_by_any_bot_that_claims_it(queue, client):
    order = await client.submit("a")
    await client.finish_all()
    claimed = await queue.outbox.claim_delivery("telegram", 30)
    await queue.outbox.replan(claimed, 99, client.plan("a", outputs="smaller")[1:])
    assert (await queue.orders.order(order.id)).state is OrderState.OPEN
    await client.finish_all()
    again = await queue.outbox.claim_delivery("telegram", 30)
    assert (again.status.order.id, again.status.order.limit_bytes) == (order.id, 99)
    assert "smaller" in again.status.result["manifest"]
    with pytest.raises(LeaseLost):
        await queue.outbox.replan(claimed, 98, [])
    await queue.outbox.replan(again, 98, [])
    assert (await queue.outbox.claim_delivery("telegram", 30)).status.order.limit_bytes == 98
