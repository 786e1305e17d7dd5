"""A separation heard while it is made: what is stored, when, and that it is the finished sound."""

from __future__ import annotations

import asyncio
import io
import json
from concurrent.futures import Future
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import soundfile
import torch

from separator.core.jobs import Job, JobKind, JobState
from separator.core.outputs import Stem
from separator.inference.engine import Engine
from separator.pipeline.separate import separate_song
from separator.queue.songs import link_folder
from separator.worker.lease import RunningJob
from separator.worker.live_publisher import LivePublisher, _with_samples
from storage import LiveIndex, Manifest, NotStored, StorageError, StorageSettings, open_store
from storage.flac_index import index_flac

RATE_HZ = 44_100
BASE = "songs/aa/m@1/7-1"


class Paced:
    """Two stems; waits before windows that the test names, and makes the song louder from one of them on."""

    stems = (Stem.VOCALS, Stem.ACCOMPANIMENT)
    estimated = frozenset({Stem.ACCOMPANIMENT})
    rate_hz, window, hop = RATE_HZ, 5 * RATE_HZ, 5 * RATE_HZ

    def __init__(self, gates=None, loud_from=1000):
        self.gates, self.loud_from, self.seen = gates or {}, loud_from, 0

    def separate(self, windows):
        if gate := self.gates.get(self.seen):
            gate.result(20)
        factor = 3.0 if self.seen >= self.loud_from else 0.75
        self.seen += 1
        return torch.stack([windows * factor, windows * (1 - factor)], dim=1)


@pytest.fixture
def store(tmp_path):
    return open_store(StorageSettings(data_dir=tmp_path / "data", _env_file=None))


@pytest.fixture
def running():
    args = {"song": "aa", "model": "m", "version": "1"}
    return RunningJob(Job(7, JobKind.SEPARATE, "key", JobState.RUNNING, "test:1", args, token=1))


@pytest.fixture
def source(wav):
    """50 s, as loud as 3 times it would clip."""
    sound = 0.25 * np.sin(2 * np.pi * 220 * np.arange(50 * RATE_HZ) / RATE_HZ)
    noise = np.random.default_rng(1).normal(0, 0.02, (50 * RATE_HZ, 2))
    return wav(sound[:, None] + noise + 0.05)


async def follow(store, running, source, folder, network, base=BASE):
    """Separate a song while it is followed; returns the parts, and the follower."""
    live = LivePublisher(store, running, base, link_folder(base))
    async with live.publishing():
        parts = await asyncio.to_thread(
            separate_song, source, folder, Engine(network, torch.device("cpu")), observer=live
        )
    return parts, live


async def until(running, store, samples):
    """The index, as soon as so much of the song can be heard."""
    while True:
        if running.live:
            index = LiveIndex.from_json(await store.get(running.live))
            if index.ready_samples >= samples:
                return index
        await asyncio.sleep(0.02)


async def heard(store, index, stem):
    """What a player makes of a stem's segments: (samples, channels), whole steps."""
    sound = b""
    for (_, start), (_, end) in pairwise(stem.cuts):
        place = index.locate(stem, start, end)
        sound += b"".join([chunk async for chunk in store.stream(place.key, place.start, place.end)])
    head = _with_samples(stem.streaminfo, stem.cuts[-1][0])
    return soundfile.read(io.BytesIO(b"fLaC\x80\x00\x00\x22" + head + sound), dtype="int16")[0]


async def test_the_first_seconds_are_heard_while_the_rest_is_still_to_come(store, running, source, tmp_path):
    """Byte for byte what the finished stems are, and cut where they are."""
    gate: Future[None] = Future()
    work = asyncio.create_task(follow(store, running, source, tmp_path / "parts", Paced({6: gate})))
    index = await until(running, store, 20 * RATE_HZ)
    assert not work.done()
    assert (index.samples, index.gain, index.generation, index.manifest) == (50 * RATE_HZ, 1.0, 0, "")
    assert [(stem.name, stem.estimated) for stem in index.stems] == [
        ("vocals", False),
        ("accompaniment", True),
    ]
    early = {stem.name: await heard(store, index, stem) for stem in index.stems}
    peaks = json.loads(await store.get(index.peaks_key))
    assert len(peaks["song"]) == 50 * 20
    assert 20 * 20 <= len(peaks["stems"]["vocals"]) < 40 * 20
    gate.set_result(None)
    parts, live = await work
    for stem, made in zip(index.stems, parts.stems, strict=True):
        whole = await index_flac(chunked(made.path.read_bytes()))
        assert [(cut.sample, cut.byte) for cut in whole.cuts[: len(stem.cuts)]] == list(stem.cuts)
        final = soundfile.read(made.path, dtype="int16")[0]
        assert len(early[stem.name]) >= 20 * RATE_HZ
        assert np.array_equal(early[stem.name], final[: len(early[stem.name])])
    await live.finish("the/manifest.json")
    assert LiveIndex.from_json(await store.get(running.live)).manifest == "the/manifest.json"


async def test_a_song_that_must_be_softer_is_stored_anew(store, running, source, tmp_path):
    """A new generation under new keys; the old index was never wrong about the old pieces."""
    loud, last = Future(), Future()
    network = Paced({6: loud, 9: last}, loud_from=6)
    work = asyncio.create_task(follow(store, running, source, tmp_path / "parts", network))
    before = await until(running, store, 20 * RATE_HZ)
    loud.set_result(None)
    while (after := await until(running, store, 30 * RATE_HZ)).generation == before.generation:
        await asyncio.sleep(0.02)
    last.set_result(None)
    parts, _ = await work
    assert (before.gain, after.gain) == (1.0, parts.gain)
    assert parts.gain < 1
    for stem, made in zip(after.stems, parts.stems, strict=True):
        early = await heard(store, after, stem)
        assert np.array_equal(early, soundfile.read(made.path, dtype="int16")[0][: len(early)])
    assert np.abs(await heard(store, before, before.stems[0])).max() > 0


async def test_a_preview_is_a_small_separation_of_its_own(store, running, wav, tmp_path):
    sound = np.random.default_rng(1).normal(0, 0.1, (70 * RATE_HZ, 2))
    parts, _ = await follow(store, running, wav(sound), tmp_path / "parts", Paced())
    manifest = Manifest.from_json(await store.get(running.preview))
    assert running.progress.preview == running.preview == f"{BASE}/preview/manifest.json"
    assert 25 <= manifest.song_s <= 32
    assert parts.song_s == 70
    for stem in manifest.stems:
        await store.get_file(stem.key, tmp_path / "stem.flac")
        assert soundfile.info(tmp_path / "stem.flac").frames == manifest.samples
        assert await store.size(stem.key) == stem.size_bytes
    assert len(json.loads(await store.get(manifest.peaks_key))["stems"]["vocals"]) == manifest.song_s * 20


async def test_a_song_of_a_few_seconds_has_nothing_to_be_heard_early(store, running, wav, tmp_path):
    _, live = await follow(store, running, wav(), tmp_path / "parts", Paced())
    await live.finish("the/manifest.json")
    assert not running.live
    assert not await store.list_ages(BASE)


class Broken:
    """A store that takes nothing, at first or at all."""

    def __init__(self, store, failures=10**9):
        self._store, self.left = store, failures

    def __getattr__(self, name):
        async def call(*args):
            if name.startswith("put") and self.left:
                self.left -= 1
                raise StorageError(doing=name)
            return await getattr(self._store, name)(*args)

        return call


async def test_a_store_that_is_away_costs_the_separation_nothing(store, running, source, tmp_path):
    parts, live = await follow(Broken(store), running, source, tmp_path / "parts", Paced())
    await live.finish("the/manifest.json")
    assert parts.song_s == 50
    assert not running.live


async def test_what_a_store_refused_is_stored_later(store, running, source, tmp_path, monkeypatch):
    """The index names nothing that is not there."""
    monkeypatch.setattr("separator.worker.live_publisher.OUTAGE_PAUSE_S", 0.05)
    gate: Future[None] = Future()
    flaky = Broken(store, 3)
    work = asyncio.create_task(follow(flaky, running, source, tmp_path / "parts", Paced({8: gate})))
    index = await until(running, store, 30 * RATE_HZ)
    gate.set_result(None)
    await work
    assert not flaky.left
    for stem in index.stems:
        assert len(await heard(store, index, stem)) >= 30 * RATE_HZ
        with pytest.raises(NotStored):
            index.locate(stem, stem.pieces[-1], stem.pieces[-1] + 10)


async def chunked(data):
    yield data


async def test_every_claim_of_a_job_publishes_under_the_same_key(store, running, source, tmp_path):
    """So a link to it lasts, and a page knows that bytes which it read before are others now."""
    links, generations = [], []
    for token in (1, 2):
        claim = RunningJob(replace(running.job, token=token))
        base = f"songs/aa/m@1/7-{token}"
        gate: Future[None] = Future()
        work = asyncio.create_task(
            follow(store, claim, source, tmp_path / str(token), Paced({6: gate}), base)
        )
        index = await until(claim, store, 20 * RATE_HZ)
        gate.set_result(None)
        await work
        links.append(claim.live)
        generations.append(index.generation)
        assert index.base == base
    assert links == ["songs/aa/m@1/7/live/live.json"] * 2
    assert generations == [0, 1000]
