"""A FLAC file cut into segments and put together again is the same sound, sample for sample."""

from __future__ import annotations

import io
import subprocess
from itertools import pairwise
from typing import TYPE_CHECKING

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile

from storage.flac_index import FlacIndex, index_flac

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

RATE_HZ = 44_100


def sound(seconds: float, seed: int = 1) -> np.ndarray:
    """Noise under a swell: every frame differs in length."""
    count = int(seconds * RATE_HZ)
    noise = np.random.default_rng(seed).standard_normal((count, 2)) * 0.2
    swell = np.abs(np.sin(np.arange(count) / RATE_HZ))[:, None]
    return (noise * swell * 32_767).astype(np.int16)


def flac(samples: np.ndarray, rate_hz: int = RATE_HZ) -> bytes:
    out = io.BytesIO()
    soundfile.write(out, samples, rate_hz, format="FLAC", subtype="PCM_16")
    return out.getvalue()


async def chunked(data: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


def segment(data: bytes, index: FlacIndex, number: int) -> bytes:
    """A segment as the page makes it."""
    ends = [*(cut.byte for cut in index.cuts[1:]), index.size_bytes]
    samples = [*(cut.sample for cut in index.cuts), index.samples]
    info = bytearray(index.streaminfo)
    length = samples[number + 1] - samples[number]
    packed = int.from_bytes(info[10:18]) >> 36 << 36 | length
    info[10:18] = packed.to_bytes(8)
    info[18:34] = bytes(16)
    head = b"fLaC\x80\x00\x00\x22" + bytes(info)
    return head + data[index.cuts[number].byte : ends[number]]


def decoded_by_ffmpeg(data: bytes) -> np.ndarray:
    """As Chromium does it. Not libsndfile: it seeks by frame numbers, and a segment's begin anywhere."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", "-", "-f", "s16le", "-"]
    done = subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True, timeout=30)
    return np.frombuffer(done.stdout, np.int16).reshape(-1, 2)


@pytest.mark.parametrize("chunk", [37, 4096, 10_000_000])
async def test_segments_decode_to_the_very_samples_of_their_place(chunk):
    samples = sound(9.3)
    data = flac(samples)
    index = await index_flac(chunked(data, chunk))
    assert (index.samples, index.size_bytes) == (len(samples), len(data))
    decoded = [decoded_by_ffmpeg(segment(data, index, number)) for number in range(len(index.cuts))]
    np.testing.assert_array_equal(np.concatenate(decoded), samples)


async def test_segments_last_a_second_or_little_more():
    index = await index_flac(chunked(flac(sound(20)), 65_536))
    lengths = [later.sample - earlier.sample for earlier, later in pairwise(index.cuts)]
    assert set(lengths) == {11 * 4096}, "every stem of a song is cut at the same places"


async def test_silence_and_a_single_sample_can_be_cut_too():
    for samples in (np.zeros((5 * RATE_HZ, 2), np.int16), sound(1)[:1]):
        data = flac(samples)
        index = await index_flac(chunked(data, 1000))
        assert index.samples == len(samples)


async def test_a_long_file_counts_its_frames_past_one_byte():
    """Frame numbers grow from one coded byte to three at 128 and 2048 frames."""
    samples = np.zeros((2100 * 4096, 2), np.int16)
    samples[::4096] = 77
    index = await index_flac(chunked(flac(samples), 1_000_000))
    assert index.samples == len(samples)


async def test_sync_words_inside_sound_are_not_taken_for_frames():
    """Full-scale noise stored verbatim is full of 0xFF bytes."""
    noise = np.random.default_rng(3).integers(-32_768, 32_767, (6 * RATE_HZ, 2)).astype(np.int16)
    noise[::2] = -1
    index = await index_flac(chunked(flac(noise), 3000))
    assert index.samples == len(noise)


@pytest.mark.parametrize("data", [b"", b"fLaC", b"RIFF" + bytes(100), b"ID3" + bytes(100)])
async def test_what_is_no_flac_file_is_refused(data):
    with pytest.raises(ValueError, match="FLAC"):
        await index_flac(chunked(data, 10))


async def test_a_file_cut_short_is_refused():
    data = flac(sound(5))
    with pytest.raises(ValueError, match="missing"):
        await index_flac(chunked(data[: len(data) // 2], 1000))
