"""Which stored objects the queue still needs."""

from dataclasses import replace

from separator.core.jobs import JobKind, JobSpec, OrderState

DAY_S = 86_400.0
DRAFT_S = 7 * DAY_S
SONG, OTHER = "5" * 64, "6" * 64
SOURCE = f"songs/{SONG}/source"


def plan(song: str = SONG) -> list[JobSpec]:
    separate = JobSpec(JobKind.SEPARATE, f"separate:{song}", {"song": song, "source": f"songs/{song}/source"})
    return [separate, JobSpec(JobKind.MIX, f"mix:{separate.key}", {"separation": separate.key})]


async def test_a_song_is_needed_until_its_order_is_answered(database, queue, client):
    """However long no worker is there."""
    await queue.orders.submit(client.order(), plan())
    await database.advance_clock(30 * DAY_S)
    assert await queue.songs.keys_in_use(DRAFT_S) == {SOURCE}
    await queue.workers.finish(await client.claim(), {"manifest": "the-manifest"})
    assert await queue.songs.keys_in_use(DRAFT_S) == {SOURCE, "the-manifest"}
    result = {"manifest": "the-manifest", "files": [{"key": "a-mix"}]}
    await queue.workers.finish(await client.claim(JobKind.MIX), result)
    assert await queue.songs.keys_in_use(DRAFT_S) == {"the-manifest", "a-mix"}, "the bot is to send it"
    delivery = await queue.outbox.claim_delivery("telegram", 30)
    await queue.outbox.delivered(delivery.status.order.id, delivery.token, "receipt")
    assert await queue.songs.keys_in_use(DRAFT_S) == frozenset()


async def test_a_song_waits_for_its_button_for_as_long_as_that_is_set(database, queue, client):
    draft = await queue.orders.save_draft(client.order(outputs=":mp3"))
    assert draft.state is OrderState.DRAFT
    await database.advance_clock(2 * DAY_S)
    assert await queue.songs.keys_in_use(DRAFT_S) == {SOURCE}
    await database.advance_clock(6 * DAY_S)
    assert await queue.songs.keys_in_use(DRAFT_S) == frozenset()


async def test_stems_that_a_new_mix_is_made_of_are_needed(queue, client):
    mix = JobSpec(JobKind.MIX, "mix:x", {"manifest": "old-manifest"})
    await queue.orders.submit(client.order(), [mix])
    assert "old-manifest" in await queue.songs.keys_in_use(DRAFT_S)


async def test_what_was_taken_back_is_not_needed(queue, client):
    order = await queue.orders.submit(client.order(), plan())
    other = await queue.orders.submit(replace(client.order("discord:2"), song=OTHER), plan(OTHER))
    await queue.orders.cancel(order.id)
    assert await queue.songs.keys_in_use(DRAFT_S) == {f"songs/{OTHER}/source"}
    await queue.orders.cancel(other.id)
    assert await queue.songs.keys_in_use(DRAFT_S) == frozenset()
