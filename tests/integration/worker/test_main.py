"""A worker's jobs, from the claim to the next state: the real engine, real faults."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import imageio_ffmpeg
import pytest
import soundfile

from separator import ExitCode, JobState, OrderState
from separator.core.jobs import JobKind
from separator.inference.catalog.registry import EMBEDDED
from separator.inference.model_cache import ModelCache
from separator.queue import open_worker_queue
from separator.queue.client import open_queue_client
from separator.queue.songs import SongRecords
from separator.worker import main
from separator.worker.isolation import PoisonJobGuard
from separator.worker.lease import LeaseRenewer, WorkerInfo
from separator.worker.main import JobConsumer
from separator.worker.tasks import WorkerContext
from storage import Manifest, StorageError
from tests.programs import eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def models() -> Iterator[ModelCache]:
    with ModelCache("cpu") as models:
        yield models


@pytest.fixture
def working(settings, models):
    """A context in which both consumers of a worker are at work, over a store of one's choice."""

    @asynccontextmanager
    async def at_work(store, concurrency=3) -> AsyncIterator[None]:
        async with open_worker_queue(settings) as first, open_worker_queue(settings) as second:
            with LeaseRenewer(
                lambda: open_worker_queue(settings), WorkerInfo("w1", "cpu", 30, 0.5)
            ) as leases:
                closing, guard = asyncio.Event(), PoisonJobGuard()
                consumers = [
                    JobConsumer(
                        kind,
                        WorkerContext(queue, store, models, settings),
                        queue,
                        leases,
                        closing,
                        guard,
                        concurrency,
                    )
                    for kind, queue in ((JobKind.SEPARATE, first), (JobKind.MIX, second))
                ]
                tasks = [asyncio.create_task(each.run()) for each in consumers]
                try:
                    yield
                finally:
                    closing.set()
                    await asyncio.gather(*tasks)

    return at_work


async def _answer(queue, order):
    """The standing of an order, once its answer waits for a bot."""

    async def ready():
        standing = await queue.orders.order_status(order.id)
        return standing if standing.order.state is OrderState.READY else None

    return await eventually(ready, "the order is answered")


async def test_a_song_becomes_stems_and_the_wished_file(queue, asking, store, working, wheel_song, tmp_path):
    order = await asking.send(wheel_song.read_bytes(), "drumless", "My Song.mp3")
    async with working(store):
        standing = await _answer(queue, order)
    assert standing.state is JobState.DONE
    manifest = Manifest.from_json(await store.get(standing.result["manifest"]))
    lengths = set()
    for stem in manifest.stems:
        await store.get_file(stem.key, tmp_path / "stem.flac")
        lengths.add(soundfile.info(tmp_path / "stem.flac").frames)
        assert await store.size(stem.key) == stem.size_bytes
    assert lengths == {manifest.samples}
    assert sorted(json.loads(await store.get(manifest.peaks_key))["stems"]) == [
        "bass",
        "drums",
        "other",
        "vocals",
    ]
    [file] = standing.result["files"]
    assert (file["mix"], file["mime"], file["estimated"]) == ("drumless", "audio/mpeg", False)
    assert file["name"].endswith(" (drumless).mp3")
    assert await store.size(file["key"]) == file["size_bytes"]
    assert standing.result["song_s"] == pytest.approx(manifest.song_s)


async def test_a_second_wish_for_the_song_needs_no_second_separation(
    queue, asking, store, working, wheel_song
):
    first = await asking.send(wheel_song.read_bytes(), "vocals")
    second = await asking.send(wheel_song.read_bytes(), "drums,bass")
    async with working(store):
        one, two = await _answer(queue, first), await _answer(queue, second)
    assert one.result["manifest"] == two.result["manifest"]
    assert [file["mix"] for file in two.result["files"]] == ["drums", "bass"]


async def test_an_mp3_steps_down_until_it_fits(queue, asking, store, working, wheel_song):
    order = await asking.send(wheel_song.read_bytes(), "vocals", limit_bytes=350_000)
    async with working(store):
        [file] = (await _answer(queue, order)).result["files"]
    assert file["size_bytes"] <= 350_000
    assert file["key"].endswith("vocals-192.mp3")


async def test_a_file_that_is_no_song_is_refused_and_the_next_song_works(
    queue, asking, store, working, wheel_song
):
    bad = await asking.send(b"this is not music at all" * 100)
    good = await asking.send(wheel_song.read_bytes(), "vocals")
    async with working(store):
        refused, done = await _answer(queue, bad), await _answer(queue, good)
    assert (refused.state, refused.error["kind"]) == (JobState.REFUSED, "NotAudio")
    assert done.state is JobState.DONE


async def test_a_song_that_is_gone_is_to_be_sent_again_and_not_our_failure(
    queue, asking, store, working, wheel_song
):
    """Of a draft whose button was pressed after its song's time."""
    order = await asking.send(wheel_song.read_bytes(), "vocals")
    await store.delete(f"songs/{order.song}")
    async with working(store):
        told = await _answer(queue, order)
    assert (told.state, told.error["kind"]) == (JobState.REFUSED, "SongGone")


async def test_the_first_act_of_a_worker_that_comes_back_is_not_to_delete_what_waits(
    queue, asking, store, settings, working, wheel_song
):
    """No worker for two days, or a drained queue."""
    order = await asking.send(wheel_song.read_bytes(), "vocals")
    source, unwanted = f"songs/{order.song}/source", f"songs/{'0' * 64}/source"
    await store.put(unwanted, b"nobody waits for it")
    for key in (source, unwanted):
        then = time.time() - 2 * 86_400
        os.utime(settings.data_dir / "objects" / key, (then, then))
    closing = asyncio.Event()
    songs = SongRecords(queue.orders.database)
    task = asyncio.create_task(main._delete_expired_hourly(store, songs, settings, closing))

    async def deleted() -> bool:
        return await store.size(unwanted) is None

    await eventually(deleted, "the other song is deleted")
    closing.set()
    await task
    async with working(store):
        assert (await _answer(queue, order)).state is JobState.DONE


async def test_what_is_uploaded_while_its_owner_is_forgotten_does_not_stay(
    queue, asking, store, settings, working, wheel_song
):
    """The upload under way ended after "forgotten", and lay there for a week without a row."""
    uploading, go_on = asyncio.Event(), asyncio.Event()

    class Slow(type(store)):
        async def put_file(self, key, path):
            if key.endswith("vocals.flac") and "preview" not in key:
                uploading.set()
                await go_on.wait()
            await super().put_file(key, path)

    order = await asking.send(wheel_song.read_bytes(), "vocals")
    slow = Slow(store._backend, store._spool, store._folder)
    async with open_queue_client(settings) as client, working(slow):
        await uploading.wait()
        await client.forget(order.owner)
        assert await client.store.list_ages("songs") == {}
        go_on.set()

        async def stopped() -> bool:
            return (await queue.admin.count_by_state())[0].get("running", 0) == 0

        await eventually(stopped, "the worker has stopped it")
        assert await client.store.list_ages("songs") == {}


async def test_a_failure_of_ours_is_tried_again_then_told_and_the_next_song_works(
    queue, asking, store, working, wheel_song, monkeypatch
):
    monkeypatch.setattr(main, "RETRY_PAUSE_S", 0.0)
    lost = await asking.send(b"a song that meets a bug")
    run_job = main.run_job

    async def with_a_bug(context, running):
        if running.job.args["song"] == lost.song:
            raise MemoryError
        return await run_job(context, running)

    monkeypatch.setattr(main, "run_job", with_a_bug)
    good = await asking.send(wheel_song.read_bytes(), "vocals")
    async with working(store):
        failed, done = await _answer(queue, lost), await _answer(queue, good)
    assert (failed.state, failed.error["kind"]) == (JobState.FAILED, "SeparationFailed")
    assert done.state is JobState.DONE


class Flaky:
    """A store that is away for its first calls of every kind."""

    def __init__(self, store, failures: int) -> None:
        self._store, self._left = store, {"put_file": failures, "get_file": failures}

    def __getattr__(self, name: str):
        async def call(*args):
            if self._left.get(name, 0):
                self._left[name] -= 1
                raise StorageError(doing=name)
            return await getattr(self._store, name)(*args)

        return call


async def test_storage_that_is_away_for_a_while_costs_time_and_nothing_else(
    queue, asking, store, working, wheel_song
):
    order = await asking.send(wheel_song.read_bytes(), "vocals")
    async with working(Flaky(store, 1)):
        standing = await _answer(queue, order)
    assert standing.state is JobState.DONE
    assert (await queue.orders.find_done(_separation_of(order))).attempts == 1


def _separation_of(order) -> str:
    return f"separate:{order.song}:{EMBEDDED.name}@{EMBEDDED.version}"


@pytest.mark.processes
async def test_sigterm_hands_the_running_job_back_and_ends_well(program, queue, asking, wheel_song, tmp_path):
    """Nothing is lost and nothing is blamed: the next worker finds it as if it had not been touched."""
    process = program.worker()
    order = await asking.send(long_song(wheel_song, tmp_path))
    await eventually(_separating(queue), "the separation is under way")
    began = asyncio.get_running_loop().time()
    process.terminate()

    async def handed_back() -> bool:
        return (await queue.orders.order_status(order.id)).state is JobState.QUEUED

    await eventually(handed_back, "the job is back in the line")
    assert asyncio.get_running_loop().time() - began < 5, "2 s of grace, and a slow machine"
    assert await asyncio.to_thread(process.wait, 30) == 0
    assert (await queue.workers.claim("w2", JobKind.SEPARATE, 30)).attempts == 1


@pytest.mark.processes
async def test_a_killed_workers_job_is_taken_over_within_the_lease_and_a_second(
    program, queue, asking, wheel_song, tmp_path
):
    program.environment |= {"STEMBOT_LEASE_S": "2", "STEMBOT_BEAT_S": "0.5"}
    program.worker("first")
    order = await asking.send(long_song(wheel_song, tmp_path))
    await eventually(_separating(queue), "the separation is under way")
    program.worker("second")
    await eventually(_said(program, "second", "engine_ready"), "the second worker stands by")
    program.kill("first")
    killed = asyncio.get_running_loop().time()
    await eventually(_said(program, "second", "job_claimed"), "the second worker takes over")
    assert asyncio.get_running_loop().time() - killed < 2 + 1
    assert (await queue.orders.order(order.id)).state is OrderState.OPEN


@pytest.mark.processes
async def test_a_worker_with_a_wrong_setting_refuses_to_start(program):
    program.environment |= {"STEMBOT_MODEL": "nosuchmodel"}
    assert await asyncio.to_thread(program.worker().wait, 60) == ExitCode.CONFIG
    assert "nosuchmodel" in program.log("worker")


def long_song(source: Path, folder: Path) -> bytes:
    """The song 20 times over: long enough to stop a worker in the middle of it."""
    path = folder / "long.mp3"
    ffmpeg = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-stream_loop", "19", "-i", str(source)]
    subprocess.run([*ffmpeg, "-b:a", "128k", str(path)], check=True)
    return path.read_bytes()


def _separating(queue):
    async def look() -> bool:
        return any(
            each.progress.stage == "separate" and each.progress.done
            for each in await queue.orders.open_orders("test")
        )

    return look


def _said(program, name: str, event: str):
    async def look() -> bool:
        return event in program.log(name)

    return look
