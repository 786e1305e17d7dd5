"""Stems written while they come: whatever level they turn out to need, they add up and nothing is lost."""

from __future__ import annotations

from contextlib import ExitStack

import numpy as np
import pytest
import soundfile
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from separator.audio.decode import Decoded
from separator.audio.encode import quantize
from separator.core.outputs import Stem
from separator.pipeline.stem_writer import (
    BITS_16,
    BITS_24,
    CLIP_PEAK,
    HEADROOM,
    SAFE_PEAK,
    StemFormat,
    StemWriter,
)

STEMS = (Stem.VOCALS, Stem.DRUMS, Stem.OTHER)


def song_of(path, sound, *, deep=False) -> Decoded:
    """`sound`: (samples, 2)."""
    path.write_bytes(sound.astype("<f4").tobytes())
    rms = float(np.sqrt(np.square(sound).mean()))
    return Decoded(path, 44_100, len(sound), float(np.abs(sound).max()), rms, deep)


def blocks_of(sound, factors, size):
    """Blocks of three stems that add up to the song, the first two `factor` times as loud as it."""
    for number, start in enumerate(range(0, len(sound), size)):
        block = torch.from_numpy(sound[start : start + size].astype(np.float32).T)
        factor = factors[number % len(factors)]
        yield torch.stack([factor * block, -0.5 * factor * block, (1 - 0.5 * factor) * block])


def written(folder, sound, factors, size=5000, **more):
    """The files after all blocks, what was begun of them, and the steps in them."""
    begun = []
    song = song_of(folder / "song.f32", sound, **more)
    with StemWriter(song, STEMS, folder, begun.append) as writer:
        for block in blocks_of(sound, factors, size):
            writer.push(block)
    bits = writer.files.format.bits
    steps = [
        soundfile.read(path, dtype="int32", always_2d=True)[0] >> (32 - bits)
        for path in writer.files.paths.values()
    ]
    return writer, begun, steps


def noise(samples, seed=1, peak=0.5):
    return np.random.default_rng(seed).uniform(-peak, peak, (samples, 2)).astype(np.float32)


@given(
    samples=st.integers(1, 40_000),
    factors=st.lists(st.floats(0.1, 6.0), min_size=1, max_size=8),
    size=st.integers(1000, 9000),
    deep=st.booleans(),
)
@settings(deadline=None, max_examples=25)
def test_the_stems_add_up_to_the_songs_own_steps(samples, factors, size, deep, tmp_path_factory):
    """To the step, however often all was made softer on the way; and none is clipped."""
    sound = noise(samples)
    writer, begun, steps = written(tmp_path_factory.mktemp("stems"), sound, factors, size, deep=deep)
    level = writer.files.format
    full = 1 << (level.bits - 1)
    assert all(len(each) == samples for each in steps)
    assert np.array_equal(sum(steps), quantize(sound * level.gain, level.bits))
    assert max(np.abs(each).max() for each in steps) <= CLIP_PEAK * full + 3
    assert [each.generation for each in begun] == list(range(len(begun)))
    assert [each.format.gain for each in begun] == sorted((each.format.gain for each in begun), reverse=True)


def test_what_was_written_before_is_as_soft_as_what_comes_after(tmp_path):
    """Half a step for the first rounding, half a step for the second."""
    sound = noise(30_000)
    writer, begun, steps = written(tmp_path, sound, [1.0, 1.0, 1.0, 3.0])
    assert len(begun) == 2
    blocks = torch.cat(list(blocks_of(sound, [1.0, 1.0, 1.0, 3.0], 5000)), dim=-1).numpy()
    meant = blocks[0].T * np.float64(writer.files.format.gain) * (1 << 15)
    assert np.abs(steps[0] - meant).max() < 1.01
    assert writer.files.format.gain == pytest.approx(SAFE_PEAK * HEADROOM / np.abs(blocks).max())


def test_at_gain_one_nothing_is_touched(tmp_path):
    sound = np.round(noise(20_000) * 32768) / np.float32(32768)
    writer, begun, steps = written(tmp_path, sound, [1.0])
    assert (writer.files.format, len(begun)) == (StemFormat(1.0, BITS_16), 1)
    assert np.array_equal(sum(steps), (sound * 32768).astype(int))


def test_a_rise_of_less_than_the_spare_costs_nothing(tmp_path):
    """A song that grows louder slowly is not written again with every block."""
    factors = [2.1, 2.15, 2.2, 2.25, 2.3]
    _, begun, _ = written(tmp_path, noise(40_000), factors)
    assert len(begun) == 2


def test_a_song_that_becomes_quiet_by_its_stems_gets_more_bits(tmp_path):
    """At the smaller gain 16 bits would not hold 60 dB of it; what is there gets them too."""
    sound = noise(30_000, peak=0.04)
    writer, begun, steps = written(tmp_path, sound, [1.0, 1.0, 60.0])
    assert [each.format.bits for each in begun] == [BITS_16, BITS_24]
    assert np.array_equal(sum(steps), quantize(sound * writer.files.format.gain, BITS_24))


def test_files_that_were_made_anew_leave_nothing_behind(tmp_path):
    writer, _, _ = written(tmp_path, noise(30_000), [1.0, 3.0, 5.0])
    assert {*tmp_path.glob("*.flac")} == {*writer.files.paths.values()}


def test_files_are_closed_when_the_song_is_given_up(tmp_path):
    sound = noise(9000)
    song = song_of(tmp_path / "song.f32", sound)
    with ExitStack() as stack:
        writer = stack.enter_context(StemWriter(song, STEMS, tmp_path))
        writer.push(next(blocks_of(sound, [1.0], 5000)))
    assert soundfile.info(writer.files.paths[Stem.VOCALS]).frames == 5000
