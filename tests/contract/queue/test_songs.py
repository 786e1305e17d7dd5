"""Which stored objects the queue still needs."""

from dataclasses import replace

from separator.core.jobs import JobKind, JobSpec, OrderState
from separator.queue.songs import link_folder, result_folder

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


ANN, BEN = "telegram:1", "telegram:2"
FOLDER = f"songs/{SONG}"


async def cancel_and_forget(queue, order):
    """What `QueueClient.forget` does for somebody with one order."""
    await queue.orders.cancel(order.id)
    return await queue.people.forget(order.owner)


async def test_what_a_running_job_may_still_store_is_deleted_when_it_has_ended(database, queue, client):
    """A worker hears a fifth of a second later, and ends the upload that is under way."""
    order = await queue.orders.submit(client.order(ANN), plan())
    job = await client.claim()
    assert (await cancel_and_forget(queue, order)).songs == {SONG}
    assert await queue.songs.is_forgotten(job.id)
    assert await queue.songs.forgotten_of(job.id) == frozenset(), "the job runs"
    assert await queue.songs.forgotten() == {FOLDER}, "the job runs"
    await queue.workers.release(job)
    folders = {result_folder(job), link_folder(result_folder(job))}
    assert await queue.songs.forgotten_of(job.id) == folders
    assert await queue.songs.forgotten() == {FOLDER, *folders}
    assert await queue.admin.history(job.id) is None, "its row names the song"
    await database.advance_clock(DAY_S + 1)
    await queue.songs.forgotten()
    assert await queue.songs.forgotten() == frozenset()


async def test_what_somebody_else_joins_after_it_was_forgotten_stays(queue, client):
    order = await queue.orders.submit(client.order(ANN), plan())
    job = await client.claim()
    await cancel_and_forget(queue, order)
    await queue.orders.submit(client.order(BEN), plan())
    await queue.workers.finish(job, {"manifest": "there"})
    assert await queue.songs.forgotten() == frozenset()


async def test_a_song_that_somebody_else_is_sending_is_not_deleted(database, queue, other, client):
    """Between its upload and its order's row no order names it."""
    order = await queue.orders.submit(client.order(ANN), plan())
    assert await other.songs.claim_upload("telegram:ben", SONG)
    assert (await cancel_and_forget(queue, order)).songs == frozenset()
    assert await queue.songs.forgotten() == frozenset()
    await other.orders.submit(client.order(BEN, request="telegram:ben"), plan())
    await database.advance_clock(3600)
    assert await queue.songs.forgotten() == frozenset()


async def test_a_song_whose_sender_never_ordered_is_deleted_in_the_end(database, queue, other, client):
    order = await queue.orders.submit(client.order(ANN), plan())
    await other.songs.claim_upload("telegram:ben", SONG)
    await cancel_and_forget(queue, order)
    await database.advance_clock(3600)
    assert await queue.songs.forgotten() == {FOLDER}


async def test_a_song_that_is_being_deleted_is_stored_after_that(queue, other, client):
    order = await queue.orders.submit(client.order(ANN), plan())
    await cancel_and_forget(queue, order)
    assert not await other.songs.claim_upload("telegram:ben", SONG)
    await queue.songs.deleted({FOLDER})
    assert await other.songs.claim_upload("telegram:ben", SONG)
    assert await queue.songs.forgotten() == frozenset()


async def test_a_deletion_whose_process_was_killed_holds_nobody_up_for_long(database, queue, other, client):
    order = await queue.orders.submit(client.order(ANN), plan())
    await cancel_and_forget(queue, order)
    await database.advance_clock(300)
    assert await other.songs.claim_upload("telegram:ben", SONG)


async def test_upkeep_is_done_by_one_worker_for_all(database, queue, other):
    assert await queue.songs.take_turn("retention", 3600)
    assert not await other.songs.take_turn("retention", 3600)
    await database.advance_clock(3601)
    assert await other.songs.take_turn("retention", 3600)
    assert not await queue.songs.take_turn("retention", 3600)
