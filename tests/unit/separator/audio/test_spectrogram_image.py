"""The pictures of a song show what is there, where it is, and whose it is."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest

from separator.audio.spectrogram_image import COLUMNS, HIGH_HZ, LOW_HZ, ROWS, SpectrogramRenderer

RATE_HZ = 44_100
SAMPLES = 2 * RATE_HZ


def tone(hertz: float, loud: float = 0.3, samples: int = SAMPLES) -> np.ndarray:
    """(2, samples), float32."""
    wave = loud * np.sin(2 * np.pi * hertz * np.arange(samples) / RATE_HZ)
    return np.stack([wave, wave]).astype(np.float32)


def shown(png: bytes) -> np.ndarray:
    """(rows, columns) of 0 to 255."""
    width, height = struct.unpack(">II", png[16:24])
    length = struct.unpack(">I", png[33:37])[0]
    lines = np.frombuffer(zlib.decompress(png[41 : 41 + length]), dtype=np.uint8)
    return lines.reshape(height, width + 1)[:, 1:]


def drawn(stems: np.ndarray, cut: int = 1 << 17) -> tuple[np.ndarray, list[np.ndarray]]:
    sketch = SpectrogramRenderer(len(stems), stems.shape[2], RATE_HZ)
    for start in range(0, stems.shape[2], cut):
        sketch.push(stems[:, :, start : start + cut])
    song, masks = sketch.render()
    return shown(song), [shown(mask) for mask in masks]


def row_of(hertz: float) -> int:
    return round((ROWS - 1) * (1 - np.log(hertz / LOW_HZ) / np.log(HIGH_HZ / LOW_HZ)))


@pytest.mark.parametrize("hertz", [60, 110, 440, 5000, 12_000])
def test_a_tone_is_a_line_at_its_pitch(hertz):
    song, _ = drawn(np.stack([tone(hertz)]))
    assert abs(int(song[:, song.shape[1] // 2].argmax()) - row_of(hertz)) <= 1


def test_a_mask_holds_what_its_stem_got_and_nothing_of_the_others():
    _, (low, high) = drawn(np.stack([tone(110), tone(3000)]))
    middle = low.shape[1] // 2
    assert (low[row_of(110), middle], high[row_of(110), middle]) == (255, 0)
    assert (low[row_of(3000), middle], high[row_of(3000), middle]) == (0, 255)


def test_masks_share_out_the_whole_song():
    chance = np.random.default_rng(3)
    song, masks = drawn(chance.normal(0, 0.1, (4, 2, SAMPLES)).astype(np.float32))
    total = np.sum([mask.astype(int) for mask in masks], axis=0)[song > 0]
    assert abs(total - 255).max() <= 2 * 17, "to the rounding of four masks to sixteen shades"


def test_a_sound_is_seen_when_it_is_heard():
    click = np.zeros((1, 2, SAMPLES), dtype=np.float32)
    click[:, :, RATE_HZ // 2] = 0.9
    song, _ = drawn(click)
    at = song.max(axis=0).argmax() / song.shape[1]
    assert at == pytest.approx(1 / 4, abs=0.03)


def test_a_tone_softer_by_20_db_is_that_much_darker():
    song, _ = drawn(np.stack([tone(440, 0.5) + tone(1760, 0.05)]))
    column = song[:, song.shape[1] // 2].astype(int)
    low, high = (column[row_of(hertz) - 1 : row_of(hertz) + 2].max() for hertz in (440, 1760))
    assert (low - high) * 70 / 255 == pytest.approx(20, abs=3.5), "less what a higher row gathers more"


@pytest.mark.parametrize("cut", [997, 44_100, SAMPLES - 1])
def test_the_size_of_the_blocks_changes_nothing(cut):
    stems = (
        np.random.default_rng(5).normal(0, 0.1, (2, 2, 30_000 if cut == 1 else SAMPLES)).astype(np.float32)
    )
    song, masks = drawn(stems, cut if cut > 1 else 61)
    whole, all_masks = drawn(stems, SAMPLES)
    assert np.array_equal(song, whole)
    assert all(np.array_equal(one, other) for one, other in zip(masks, all_masks, strict=True))


def test_silence_is_black():
    song, (mask,) = drawn(np.zeros((1, 2, SAMPLES), dtype=np.float32))
    assert song.max() == 0
    assert mask.max() == 0


@pytest.mark.parametrize("samples", [1, 1000, 4096, 100_000, COLUMNS * 1024, COLUMNS * 1024 + 1, 3_000_000])
def test_a_song_of_any_length_has_a_picture_of_its_length(samples):
    sketch = SpectrogramRenderer(1, samples, RATE_HZ)
    sketch.push(tone(440, samples=samples)[None])
    song, (mask,) = sketch.render()
    assert shown(song).shape == shown(mask).shape == (ROWS, sketch.columns)
    assert 1 <= sketch.columns <= COLUMNS


def test_memory_is_that_of_the_picture_and_a_frame():
    sketch = SpectrogramRenderer(1, 20 * SAMPLES, RATE_HZ)
    for _ in range(20):
        sketch.push(tone(440)[None])
        assert sketch._pending.shape[1] < 40_000
