"""Turns at a device: order, fairness, and that no song pays for another."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from separator.audio.pcm_file import PcmFile
from separator.core.errors import SeparationFailed, Stopped
from separator.core.outputs import Stem
from separator.inference.engine import Engine
from separator.inference.scheduler import AHEAD, Scheduler, _Stream

CPU = torch.device("cpu")
WINDOW = 100


class Echo:
    """Gives back what it sees, and remembers the first sample of every window in every batch."""

    stems = (Stem.VOCALS, Stem.ACCOMPANIMENT)
    estimated: frozenset[Stem] = frozenset()
    rate_hz = 44_100
    window, hop = WINDOW, WINDOW

    def __init__(self):
        self.seen = []

    def separate(self, windows):
        self.seen.append([round(float(window[0, 0])) for window in windows])
        return torch.stack([windows, torch.zeros_like(windows)], dim=1)


class Picky(Echo):
    """Breaks on windows that begin with 13."""

    def separate(self, windows):
        made = super().separate(windows)
        if 13 in self.seen[-1]:
            raise RuntimeError("thirteen")
        return made


def engine_of(network, batch=1) -> Engine:
    engine = Engine(network, CPU)
    engine._batch = batch
    return engine


@pytest.fixture
def song(tmp_path):
    """Songs whose n-th window is all `first + n`."""

    def make(windows, first=0):
        sound = np.repeat(np.arange(first, first + windows), WINDOW)[:, None] * np.ones(2)
        path = tmp_path / f"{first}.f32"
        path.write_bytes(sound.astype("<f4").tobytes())
        return PcmFile(path, 44_100, windows * WINDOW)

    return make


def reads_of(frames):
    return range(0, frames.samples, WINDOW)


def numbers(windows):
    return [round(float(stems[0, 0, 0])) for stems in windows]


def batches_of(scheduler, most=1000):
    """The batches of a device whose songs consume every window at once: the stream of each window."""
    batches = []
    while (batch := scheduler._pick_batch()) and len(batches) < most:
        for request in batch:
            request.stream.consumed += 1
        batches.append([request.stream for request in batch])
    return batches


def add_streams(scheduler, engine, frames, lengths, **more):
    added = [
        _Stream(engine, frames, range(length), urgent=False, should_stop=lambda: False, **more)
        for length in lengths
    ]
    scheduler._streams += added
    return added


@pytest.mark.parametrize("batch", [1, 4])
def test_every_song_gets_all_its_windows_in_order(song, batch):
    """Twelve songs at a time, through batches that mix them."""
    frames = [song(5 + number, 100 * number) for number in range(12)]
    engine = engine_of(Echo(), batch)
    with Scheduler() as scheduler, ThreadPoolExecutor(12) as pool:
        found = pool.map(lambda each: numbers(scheduler.windows(engine, each, reads_of(each))), frames)
        assert list(found) == [list(range(100 * n, 100 * n + 5 + n)) for n in range(12)]
    assert not scheduler._streams
    assert max(len(batch) for batch in engine.network.seen) <= batch


def test_a_short_song_never_waits_behind_a_concert(song):
    """Counted in windows: it is done within three times its own."""
    scheduler, engine, frames = Scheduler(), engine_of(Echo()), song(1)
    concert, other = add_streams(scheduler, engine, frames, [1000, 1000])
    assert len(batches_of(scheduler, 100)) == 100
    [short] = add_streams(scheduler, engine, frames, [2])
    order = [stream for [stream] in batches_of(scheduler, 200)]
    assert order.index(short) == 0
    assert [index for index, stream in enumerate(order) if stream is short] == [0, 3]
    assert set(order) == {concert, other, short}


def test_songs_share_the_device_alike(song):
    scheduler, engine = Scheduler(), engine_of(Echo())
    songs = add_streams(scheduler, engine, song(1), [50, 50, 50])
    order = [stream for [stream] in batches_of(scheduler, 30)]
    assert [order.count(stream) for stream in songs] == [10, 10, 10]


def test_previews_go_before_everything_else(song):
    scheduler, engine, frames = Scheduler(), engine_of(Echo()), song(1)
    add_streams(scheduler, engine, frames, [50, 50])
    batches_of(scheduler, 10)
    preview = _Stream(engine, frames, range(4), urgent=True, should_stop=lambda: False)
    scheduler._streams.append(preview)
    assert [stream for [stream] in batches_of(scheduler, 4)] == [preview] * 4


def test_windows_of_several_songs_fill_one_batch(song):
    scheduler, engine = Scheduler(), engine_of(Echo(), 4)
    one, two = add_streams(scheduler, engine, song(1), [3, 9])
    assert [sorted(map(id, batch)) for batch in batches_of(scheduler, 8)][:2] == [
        sorted(map(id, [one, one, two, two])),
        sorted(map(id, [one, two, two, two])),
    ]


def test_a_batch_is_of_one_model_and_models_take_turns(song):
    scheduler, frames = Scheduler(), song(1)
    first, second = engine_of(Echo(), 4), engine_of(Echo(), 4)
    add_streams(scheduler, first, frames, [40])
    add_streams(scheduler, second, frames, [40])
    batches = [{stream.engine for stream in batch} for batch in batches_of(scheduler, 32)]
    assert batches[:4] == [{first}, {second}, {first}, {second}]


def test_a_slow_consumer_makes_nobody_wait_and_memory_does_not_grow(song):
    """The windows of a song that takes none pile up to a bound, and the others go on."""
    engine, slow, quick = engine_of(Echo()), song(50, 100), song(50, 200)
    with Scheduler() as scheduler:
        dawdling = scheduler.windows(engine, slow, reads_of(slow))
        assert numbers([next(dawdling)]) == [100]
        assert len(numbers(scheduler.windows(engine, quick, reads_of(quick)))) == 50
        read = [number for [number] in engine.network.seen if number < 200]
        assert len(read) <= AHEAD + 1
        assert numbers(dawdling) == list(range(101, 150))


def test_a_song_that_breaks_the_network_breaks_alone(song):
    """Its batch is done again for each song by itself."""
    engine, bad, good = engine_of(Picky(), 4), song(6, 10), song(12, 100)
    with Scheduler() as scheduler, ThreadPoolExecutor(2) as pool:
        failing = pool.submit(lambda: numbers(scheduler.windows(engine, bad, reads_of(bad))))
        working = pool.submit(lambda: numbers(scheduler.windows(engine, good, reads_of(good))))
        assert working.result(30) == list(range(100, 112))
        with pytest.raises(RuntimeError, match="thirteen"):
            failing.result(30)
        assert numbers(scheduler.windows(engine, song(2, 50), [0, WINDOW])) == [50, 51]


def test_a_song_whose_sound_is_gone_breaks_alone(song, tmp_path):
    engine, good = engine_of(Echo()), song(4, 100)
    gone = PcmFile(tmp_path / "gone.f32", 44_100, 400)
    with Scheduler() as scheduler:
        with pytest.raises(FileNotFoundError):
            numbers(scheduler.windows(engine, gone, reads_of(gone)))
        assert numbers(scheduler.windows(engine, good, reads_of(good))) == [100, 101, 102, 103]


def test_a_cancel_takes_effect_at_the_next_window_for_that_song_alone(song):
    engine, unwanted, wanted = engine_of(Echo()), song(40, 100), song(40, 200)
    cancelled = threading.Event()
    with Scheduler() as scheduler:
        windows = scheduler.windows(engine, unwanted, reads_of(unwanted), should_stop=cancelled.is_set)
        next(windows)
        cancelled.set()
        with pytest.raises(Stopped):
            next(windows)
        assert len(numbers(scheduler.windows(engine, wanted, reads_of(wanted)))) == 40
    assert len([batch for batch in engine.network.seen if batch[0] < 200]) <= 1 + AHEAD


def test_a_song_that_is_given_up_half_way_is_forgotten(song):
    engine, frames = engine_of(Echo()), song(40)
    with Scheduler() as scheduler:
        windows = scheduler.windows(engine, frames, reads_of(frames))
        next(windows)
        windows.close()
        assert not scheduler._streams


def test_closing_the_device_stops_the_songs_on_their_way(song):
    engine, frames = engine_of(Echo()), song(40)
    with Scheduler() as scheduler:
        windows = scheduler.windows(engine, frames, reads_of(frames))
        next(windows)
    with pytest.raises(Stopped):
        list(windows)


def test_a_machine_without_memory_fails_the_song_and_goes_on(song):
    class Glutton(Echo):
        def separate(self, windows):
            if 13 in super().separate(windows)[:, 0, 0, 0].int():
                raise torch.OutOfMemoryError
            return torch.stack([windows, windows], dim=1)

    engine = engine_of(Glutton())
    with Scheduler() as scheduler:
        with pytest.raises(SeparationFailed, match="memory"):
            numbers(scheduler.windows(engine, song(5, 10), [0, 100, 200, 300]))
        assert len(numbers(scheduler.windows(engine, song(2, 50), [0, WINDOW]))) == 2
