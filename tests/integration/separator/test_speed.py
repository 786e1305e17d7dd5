"""The contenders of `benchmarks.speed` do the same work, so that their times can be compared."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from benchmarks import speed, speed_parts
from separator.inference import engine


@pytest.fixture
def folder(tmp_path):
    """10 s of music, which both ways see in one window."""
    assert speed.write_song(tmp_path, None, 10) == 10
    return tmp_path


def test_the_plain_way_and_ours_give_the_same_stems_of_one_window(folder, monkeypatch):
    monkeypatch.setattr(
        engine, "enforce_consistency", engine.enforce_consistency
    )  # put back what the contender takes away
    samples = speed_parts.song_of(folder).samples
    for name in speed.MODELS["spleeter"]:
        run, precision = speed_parts.CONTENDERS[name](folder)
        speed_parts.consume(run(), folder / f"{name}.f32", samples)
        assert precision == "float32"
    first, second = speed.MODELS["spleeter"]
    assert speed.agreement_db(folder, second, first) < -40  # all but the frames across the song's end


def test_blocks_are_kept_as_whole_stems(tmp_path):
    made = torch.arange(2 * 2 * 10, dtype=torch.float32).reshape(2, 2, 10)
    speed_parts.consume(made.split(4, dim=-1), tmp_path / "made.f32", 10)
    assert np.array_equal(np.fromfile(tmp_path / "made.f32", dtype=np.float32), made.flatten().numpy())


def test_the_worst_stem_counts(tmp_path):
    """A difference of a hundredth is -40 dB; a quiet stem is held to its own loudness."""
    (tmp_path / "song.f32").write_bytes(bytes(8 * 10))
    theirs = np.ones((2, 20), dtype=np.float32)
    theirs[1] *= 0.01
    ours = theirs.copy()
    ours[0] *= 1.001
    ours[1] *= 1.01
    for name, stems in (("a", ours), ("b", theirs)):
        (tmp_path / f"{name}.f32").write_bytes(stems.tobytes())
    assert speed.agreement_db(tmp_path, "a", "b") == pytest.approx(-40, abs=0.1)


def test_a_song_is_repeated_until_it_is_long_enough(tmp_path):
    assert speed.write_song(tmp_path, None, 25) == 25
    assert speed_parts.song_of(tmp_path).samples == 25 * 44_100
    assert (tmp_path / "song.mp3").stat().st_size > 25 * 128_000 / 8
