"""Which model an order gets: that of the workers, wherever they are, and not of the machine with the bot."""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING

import pytest

from separator import NewOrder, QueueClient, SeparatorSettings, open_queue_client
from separator.core.errors import UnknownWish
from separator.core.jobs import JobKind, OrderState
from separator.core.outputs import OutputSpec
from separator.inference.catalog import card_of
from separator.queue import open_worker_queue
from storage import Manifest, delete_expired

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from separator.queue import WorkerQueue

GUITAR = OutputSpec.from_code("guitar:mp3")
SIX_STEMS = frozenset(file.name for file in card_of("htdemucs_6s").files)


@pytest.fixture
def settings(tmp_path) -> SeparatorSettings:
    """A machine with a bot: no weights lie here."""
    return SeparatorSettings(_env_file=None, data_dir=tmp_path)


@pytest.fixture
async def queue(settings) -> AsyncIterator[QueueClient]:
    async with open_queue_client(settings) as queue:
        yield queue


@pytest.fixture
async def workers(settings) -> AsyncIterator[WorkerQueue]:
    """The queue as workers on other machines have it open."""
    async with open_worker_queue(settings) as queue:
        yield queue


async def model_of(queue: QueueClient, workers: WorkerQueue, number: int, outputs: OutputSpec) -> str:
    """The model that a new order's song is given to."""
    order = NewOrder(f"t:{number}", f"t:{number}", "t", "chat", f"{number:064}", "Song.mp3", outputs.code)
    await queue.submit(order)
    job = await workers.claim("w1", JobKind.SEPARATE, 30)
    return str(job.args["model"])


async def test_an_order_gets_the_model_that_the_workers_have(queue, workers):
    """Also while they are away for a moment, as in an upgrade."""
    with pytest.raises(UnknownWish):
        await queue.check(GUITAR)
    await workers.heartbeat("w1", "cuda", None, "ready", SIX_STEMS)
    await queue.check(GUITAR)
    assert await model_of(queue, workers, 1, GUITAR) == "htdemucs_6s"
    await workers.remove_worker("w1")
    assert await model_of(queue, workers, 2, GUITAR) == "htdemucs_6s"


async def test_what_one_worker_lacks_is_not_counted_on(queue, workers):
    """It could be the one that claims the job."""
    await workers.heartbeat("w1", "cuda", None, "ready", SIX_STEMS)
    await workers.heartbeat("w2", "cpu", None, "ready")
    with pytest.raises(UnknownWish):
        await queue.check(GUITAR)
    assert await model_of(queue, workers, 1, OutputSpec.from_code("vocals:mp3")) == "spleeter-rhythm"


async def test_weights_that_lie_with_the_bot_alone_are_of_no_use(queue, workers, settings):
    settings.weights_dir.mkdir()
    for file in card_of("htdemucs_6s").files:
        with (settings.weights_dir / file.name).open("wb") as sparse:
            sparse.truncate(file.size_bytes)
    await queue.check(GUITAR)  # nobody is there to say otherwise
    await workers.heartbeat("w1", "cpu", None, "ready")
    with pytest.raises(UnknownWish):
        await queue.check(GUITAR)


async def sent(data: bytes = b"a song") -> AsyncIterator[bytes]:
    yield data


def order_of(owner: str, song: str, number: int = 1) -> NewOrder:
    return NewOrder(f"{owner}:{number}", owner, "t", "chat", song, "Song.mp3", "vocals:mp3")


async def test_a_song_stays_that_somebody_sends_while_another_forgets_it(queue, settings):
    """It was deleted between the upload and the order's row, so the order failed."""
    song = (await queue.store_song("t:ann:1", sent(), 100)).sha256
    await queue.submit(order_of("t:ann", song))
    async with open_queue_client(settings) as other:
        await other.store_song("t:ben:1", sent(), 100)
        await queue.forget("t:ann")
        await other.submit(order_of("t:ben", song))
    assert await queue.store.size(f"songs/{song}/source") == 6


async def test_a_song_that_is_sent_while_it_is_being_deleted_is_stored_again(queue, settings, monkeypatch):
    song = (await queue.store_song("t:ann:1", sent(), 100)).sha256
    await queue.submit(order_of("t:ann", song))
    deleting, asked, go_on = asyncio.Event(), asyncio.Event(), asyncio.Event()
    delete = queue.store.delete

    async def slowly(prefix: str) -> int:
        deleting.set()
        await go_on.wait()
        return await delete(prefix)

    monkeypatch.setattr(queue.store, "delete", slowly)
    async with open_queue_client(settings) as other:
        claim = other.songs.claim_upload

        async def told(request_id: str, song: str) -> bool:
            claimed = await claim(request_id, song)
            asked.set()
            return claimed

        monkeypatch.setattr(other.songs, "claim_upload", told)
        forgetting = asyncio.create_task(queue.forget("t:ann"))
        await deleting.wait()
        sending = asyncio.create_task(other.store_song("t:ben:1", sent(), 100))
        await asked.wait()
        go_on.set()
        await forgetting
        await sending
    assert await queue.store.size(f"songs/{song}/source") == 6


async def test_an_upload_that_breaks_off_keeps_nothing_from_being_forgotten(queue):
    async def broken() -> AsyncIterator[bytes]:
        yield b"a "
        raise ConnectionError

    song = (await queue.store_song("t:ann:1", sent(), 100)).sha256
    await queue.submit(order_of("t:ann", song))
    with pytest.raises(ConnectionError):
        await queue.store_song("t:ben:1", broken(), 100)
    assert (await queue.forget("t:ann")).songs == {song}
    assert await queue.store.size(f"songs/{song}/source") is None


async def test_what_is_answered_from_storage_is_stored_for_the_whole_time_again(queue, workers, settings):
    """A link that was promised for a week ended within the hour, as the stems were a week old by then."""
    card = card_of("auto")
    song = (await queue.store_song("t:ann:1", sent(), 100)).sha256
    await queue.submit(order_of("t:ann", song))
    folder, mix = f"songs/{song}/{card.name}@{card.version}/1-1", f"mixes/{'0' * 32}/2-1"
    manifest = Manifest(song, card.name, card.version, 44_100, 9, (), f"{folder}/peaks.json")
    keys = [f"{folder}/manifest.json", f"{folder}/vocals.flac", f"{mix}/vocals-320.mp3"]
    for key in keys:
        await queue.store.put(key, manifest.to_json())
    await workers.finish(
        await workers.claim("w1", JobKind.SEPARATE, 30), {"manifest": keys[0], "song_s": 1.0}
    )
    job = await workers.claim("w1", JobKind.MIX, 30)
    await workers.finish(job, {"manifest": keys[0], "files": [{"key": keys[2]}]})
    then = time.time() - settings.keep_stems_s - 60
    for key in keys:
        os.utime(settings.data_dir / "objects" / key, (then, then))
    order = await queue.submit(order_of("t:ben", song))
    assert order.state is OrderState.READY
    await delete_expired(queue.store, settings)
    for key in keys:
        assert await queue.store.size(key)
    await queue.forget("t:ben")
    await queue.forget("t:ann")
    assert {*await queue.store.list_ages("mixes"), *await queue.store.list_ages("songs")} == set()
