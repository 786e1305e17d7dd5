"""Any rate, any layout, any length, whatever the header says: what comes is the song, to the sample."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from separator.audio.decode import DecodeLimits, decode
from separator.audio.downmix import HALF_POWER

LEFT, RIGHT, BOTH, NONE = (1, 0), (0, 1), (HALF_POWER, HALF_POWER), (0, 0)
BACK = [(HALF_POWER, 0), (0, HALF_POWER)]


@pytest.fixture
def into(tmp_path):
    return tmp_path / "song.f32"


def frames_of(song) -> np.ndarray:
    return np.fromfile(song.path, dtype="<f4").reshape(-1, 2)


@given(st.integers(4000, 192_000), st.integers(1, 8), st.integers(2000, 12_000))
@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_song_of_any_rate_layout_and_length_lasts_as_long_as_it_did(wav, into, rate_hz, channels, samples):
    """To the sample of the model's rate, and in two channels."""
    sound = np.random.default_rng(samples).normal(0, 0.1, (samples, channels))
    song = decode(wav(sound, rate_hz=rate_hz), into, limits=DecodeLimits(min_s=0))
    assert song.samples == -(-samples * 44_100 // rate_hz)
    assert frames_of(song).shape == (song.samples, 2)


def extensible(path, sound: np.ndarray, mask: int):
    """A WAV that names its loudspeakers (dwChannelMask)."""
    body, channels = (sound * 32_767).astype("<i2").tobytes(), sound.shape[1]
    subtype = bytes.fromhex("0100000000001000800000aa00389b71")  # PCM
    form = struct.pack(
        "<HHIIHHHHI", 0xFFFE, channels, 44_100, 88_200 * channels, 2 * channels, 16, 22, 16, mask
    )
    chunks = [(b"fmt ", form + subtype), (b"data", body)]
    inside = b"WAVE" + b"".join(name + struct.pack("<I", len(held)) + held for name, held in chunks)
    path.write_bytes(b"RIFF" + struct.pack("<I", len(inside)) + inside)
    return path


@pytest.mark.parametrize(
    ("mask", "gains"),
    [
        (0x3F, [LEFT, RIGHT, BOTH, NONE, *BACK]),  # 5.1
        (0x63F, [LEFT, RIGHT, BOTH, NONE, *BACK, *BACK]),  # 7.1
        (0x33, [LEFT, RIGHT, *BACK]),  # four corners
        (0x7, [LEFT, RIGHT, BOTH]),
        (0xB, [LEFT, RIGHT, NONE]),  # 2.1
    ],
)
@pytest.mark.parametrize("name", ["a.wav", "a.flac"])
def test_every_loudspeaker_is_heard_where_it_stood(tmp_path, convert, into, mask, gains, name):
    """ITU-R BS.775. Each channel sounds alone for a tenth of a second; the container tells its place."""
    sound = np.kron(np.eye(len(gains)), np.full((4410, 1), 0.25))
    source = extensible(tmp_path / "source.wav", sound, mask)
    source = source if name == "a.wav" else convert(source, name)
    heard = frames_of(decode(source, into, limits=DecodeLimits(min_s=0)))[2205::4410] / 0.25
    assert heard == pytest.approx(np.array(gains), abs=1e-3)


@pytest.mark.parametrize("claim", [1, 44_100, 2**36 - 1])
def test_a_flac_that_lies_about_its_length_is_as_long_as_it_is(wav, convert, into, claim):
    """The 36 bits of its sample count say one sample, half of the song, or two weeks."""
    source = convert(wav(), "liar.flac")
    data = bytearray(source.read_bytes())
    count = (
        int.from_bytes(data[21:26], "big") >> 36 << 36 | claim
    )  # behind `fLaC`, a block's head and 13 bytes
    data[21:26] = count.to_bytes(5, "big")
    source.write_bytes(data)
    assert decode(source, into).samples == 88_200


@pytest.mark.parametrize("frames", [1, 20, 2**31 - 1])
def test_an_mp3_that_lies_about_its_length_is_as_long_as_it_is(wav, convert, into, frames):
    """Its first frame may tell how many follow; players show that, and we count."""
    source = convert(wav(), "liar.mp3", "-q:a", "4")
    data = bytearray(source.read_bytes())
    at = data.index(b"Xing")
    data[at + 8 : at + 12] = frames.to_bytes(4, "big")
    source.write_bytes(data)
    assert 88_200 <= decode(source, into).samples <= 88_200 + 3 * 1152
