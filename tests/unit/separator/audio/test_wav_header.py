"""The header of the WAV that comes out of a pipe."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from separator.audio.wav_header import WavFormat, read_wav_format


def chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def plain(channels: int = 2, rate_hz: int = 48_000, kind: int = 3, bits: int = 32) -> bytes:
    return struct.pack("<HHIIHH", kind, channels, rate_hz, rate_hz * channels * 4, channels * 4, bits)


HEAD = b"RIFF\xff\xff\xff\xffWAVE"
DATA = b"data\xff\xff\xff\xff"  # a pipe cannot be rewound to say how much


def test_the_frames_start_right_after_the_header():
    stream = io.BytesIO(HEAD + chunk(b"fmt ", plain()) + chunk(b"LIST", b"odd") + DATA + b"frames")
    assert read_wav_format(stream) == WavFormat(48_000, 2, 0)
    assert stream.read() == b"frames"


def test_an_extensible_header_names_the_loudspeakers():
    body = plain(channels=6, kind=0xFFFE) + struct.pack("<HHI", 22, 32, 0x60F) + bytes(16)
    assert read_wav_format(io.BytesIO(HEAD + chunk(b"fmt ", body) + DATA)) == WavFormat(48_000, 6, 0x60F)


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"RIFF",
        b"OggS" + bytes(40),
        HEAD,
        HEAD + DATA,
        HEAD + chunk(b"fmt ", plain(channels=0)) + DATA,
        HEAD + chunk(b"fmt ", plain(rate_hz=0)) + DATA,
        HEAD + chunk(b"fmt ", plain(bits=16)) + DATA,
        HEAD + chunk(b"fmt ", b"short") + DATA,
        HEAD + chunk(b"fmt ", plain()) + b"junk\xff\xff\xff\x7f",
    ],
)
def test_anything_else_is_no_sound(header):
    assert read_wav_format(io.BytesIO(header)) is None


@given(st.binary(max_size=200))
def test_noise_never_breaks_the_reader(noise):
    read_wav_format(io.BytesIO(HEAD + noise))
