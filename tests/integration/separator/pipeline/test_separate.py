"""A song taken apart for real: length, sum, silence, level, tags."""

from __future__ import annotations

import json

import numpy as np
import pytest
import soundfile
import torch

from separator.audio.decode import decode
from separator.core.errors import NoSound, SongRefused, Stopped
from separator.core.outputs import Stem
from separator.inference.engine import Engine
from separator.pipeline.separate import separate_song
from separator.pipeline.stem_writer import HEADROOM, SAFE_PEAK
from tests.separation import separate_blocks


class Opposites:
    """Two stems that add up to the song and are both far louder than it."""

    stems = (Stem.VOCALS, Stem.ACCOMPANIMENT)
    estimated: frozenset[Stem] = frozenset()
    rate_hz, window, hop = 44_100, 50_000, 40_000

    def separate(self, windows):
        return torch.stack([3 * windows, -2 * windows], dim=1)


class Thirds(Opposites):
    """Three stems whose rounding errors would add up."""

    stems = (Stem.VOCALS, Stem.DRUMS, Stem.OTHER)

    def separate(self, windows):
        return torch.stack([windows / 3] * 3, dim=1)


def sounds_of(parts):
    return [soundfile.read(each.path, dtype="float64")[0] for each in parts.stems]


AWKWARD = (
    *("01", "03", "05", "09", "11", "13", "15", "21", "23", "25", "27", "39"),
    *("d01", "d02", "d03", "d04", "d05", "d06", "d07", "d13", "d15", "ref"),
)


@pytest.mark.parametrize("start", AWKWARD)
def test_an_awkward_file_that_decodes_keeps_the_laws(shared, engine, tmp_path, assert_laws, start):
    (path,) = (each for each in (shared / "awkward").iterdir() if each.name.startswith(start))
    assert_laws(separate_song(path, tmp_path / "parts", engine), path)


def test_a_refused_song_does_not_keep_the_next_one_from_working(shared, wav, tmp_path, assert_laws):
    engine, source = Engine(Thirds(), torch.device("cpu")), wav()
    refused = 0
    for path in sorted((shared / "awkward").iterdir()):
        if path.name.startswith(("07", "17", "19", "29", "31", "33", "35", "37", "README", "d14")):
            refused += 1
            with pytest.raises(SongRefused):
                separate_song(path, tmp_path / "parts", engine)
            assert_laws(separate_song(source, tmp_path / "parts", engine), source)
    assert refused == 10


def test_the_song_in_the_wheel_comes_apart(wheel_song, engine, tmp_path, assert_laws):
    parts = separate_song(wheel_song, tmp_path / "parts", engine)
    assert_laws(parts, wheel_song)
    assert [each.stem for each in parts.stems] == [Stem.VOCALS, Stem.DRUMS, Stem.BASS, Stem.OTHER]
    assert not any(each.estimated for each in parts.stems)
    assert all(np.abs(sound).max() > 0.01 for sound in sounds_of(parts))
    assert parts.took_s > 0


def test_sixteen_bit_stems_add_up_to_the_song_bit_for_bit(wav, tmp_path):
    """The last stem takes what rounding the others leaves, so a third of everything is still everything."""
    source = wav()
    parts = separate_song(source, tmp_path / "parts", Engine(Thirds(), torch.device("cpu")))
    assert parts.bits == 16
    stems = [soundfile.read(each.path, dtype="int16")[0].astype(int) for each in parts.stems]
    assert np.array_equal(sum(stems), soundfile.read(source, dtype="int16")[0])


def test_a_stem_that_would_clip_is_scaled_with_its_siblings(wav, tmp_path, assert_laws):
    source = wav()
    parts = separate_song(source, tmp_path / "parts", Engine(Opposites(), torch.device("cpu")))
    assert parts.gain < 1
    peaks = [np.abs(sound).max() for sound in sounds_of(parts)]
    assert SAFE_PEAK * HEADROOM - 1e-4 <= max(peaks) <= SAFE_PEAK + 1e-4
    assert peaks[1] / peaks[0] == pytest.approx(2 / 3, abs=1e-3)
    assert_laws(parts, source)
    outline = json.loads(parts.peaks.read_text())["stems"]["vocals"]
    assert max(outline) == round(max(peaks) * 255)


@pytest.mark.parametrize(("level", "bits"), [(0.3, 16), (0.003, 24)])
def test_a_quiet_song_is_kept_in_24_bits(wav, tmp_path, assert_laws, level, bits):
    """60 dB below a song at -50 dB is under the last step of 16 bits."""
    source = wav(np.random.default_rng(3).normal(0, level / 4, (44_100, 2)), subtype="FLOAT")
    parts = separate_song(source, tmp_path / "parts", Engine(Thirds(), torch.device("cpu")))
    assert_laws(parts, source)
    if bits == 24:
        assert parts.bits == 24


def test_a_24_bit_song_stays_one(wav, tmp_path):
    source = wav(subtype="PCM_24")
    parts = separate_song(source, tmp_path / "parts", Engine(Thirds(), torch.device("cpu")))
    assert {soundfile.info(each.path).subtype for each in parts.stems} == {"PCM_24"}


def test_a_silent_passage_stays_silent(wav, engine, tmp_path):
    """Away from the sound, where no frame of the picture reaches it, there is nothing at all."""
    sound = np.zeros((44_100 * 14, 2))
    sound[: 44_100 * 2] = 0.1 * np.random.default_rng(4).normal(size=(88_200, 2))
    parts = separate_song(wav(sound), tmp_path / "parts", engine)
    for stem in sounds_of(parts):
        assert not stem[44_100 * 3 :].any()


def test_a_song_of_nothing_is_refused(wav, engine, tmp_path):
    with pytest.raises(NoSound):
        separate_song(wav(np.zeros((44_100, 2))), tmp_path / "parts", engine)


def test_tags_and_cover_come_along(shared, tmp_path):
    path = next((shared / "awkward").glob("d05*"))
    parts = separate_song(path, tmp_path / "parts", Engine(Thirds(), torch.device("cpu")))
    assert "音楽" in parts.tags.title
    assert parts.cover is not None
    assert parts.cover.suffix == ".png"
    assert parts.song_tags().cover.data == parts.cover.read_bytes()


def test_progress_is_told_in_the_order_of_work(wav, tmp_path):
    reported = []
    separate_song(
        wav(), tmp_path / "parts", Engine(Thirds(), torch.device("cpu")), on_progress=reported.append
    )
    stages = [each.stage for each in reported]
    assert stages == sorted(stages, key=["decode", "separate", "encode"].index)
    assert [each.done for each in reported if each.stage == "separate"] == [1, 2]
    assert reported[-1].share == 1.0


@pytest.mark.parametrize("stage", ["decode", "separate", "encode"])
def test_work_that_nobody_wants_stops_and_leaves_no_sound_behind(wav, tmp_path, stage):
    reached = []
    with pytest.raises(Stopped):
        separate_song(
            wav(),
            tmp_path / "parts",
            Engine(Thirds(), torch.device("cpu")),
            on_progress=lambda reported: reached.append(reported.stage),
            should_stop=lambda: stage in reached,
        )
    assert reached[-1] == stage
    assert not list((tmp_path / "parts").glob(".sound-*"))


def test_memory_does_not_grow_with_the_song(wav, tmp_path):
    """The stems of a song never stand in memory: no array is as long as the song."""
    longest = 0

    class Watchful(Thirds):
        def separate(self, windows):
            nonlocal longest
            longest = max(longest, windows.numel())
            return super().separate(windows)

    source = wav(0.1 * np.ones((44_100 * 60, 1)))
    blocks = []
    engine = Engine(Watchful(), torch.device("cpu"))
    song = decode(source, tmp_path / "song.f32")
    blocks = [block.numel() for block in separate_blocks(engine, song)]
    assert longest <= 2 * Thirds.window * engine._batch
    assert max(blocks) <= 3 * 2 * Thirds.window
