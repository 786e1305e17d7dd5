"""Reads the header of the WAV that ffmpeg writes into a pipe: rate, channels and loudspeakers.

Its sizes are meaningless (a pipe cannot be rewound to fill them in); the sound ends where the pipe does.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import IO

_FLOAT = 3  # WAVE_FORMAT_IEEE_FLOAT
_EXTENSIBLE = 0xFFFE
_FMT_BYTES = 24  # of the format chunk, as far as it is read
_MAX_CHUNK_BYTES = 1 << 16  # bytes; of a chunk before the sound


@dataclass(frozen=True)
class WavFormat:
    """Sample rate and channels of a float32 WAV."""

    rate_hz: int
    channels: int
    mask: int  #: loudspeakers, as dwChannelMask; 0 where the header has none

    @property
    def frame_bytes(self) -> int:
        """Of one sample in every channel, float32."""
        return 4 * self.channels


def read_wav_format(stream: IO[bytes]) -> WavFormat | None:
    """Read up to the first frame; None where the stream is empty or something else."""
    riff = stream.read(12)
    if len(riff) < 12 or riff[:4] not in {b"RIFF", b"RF64"} or riff[8:] != b"WAVE":  # noqa: PLR2004
        return None
    wav = None
    while len(head := stream.read(8)) == 8:  # noqa: PLR2004 - name and size
        name, size = struct.unpack("<4sI", head)
        if name == b"data":
            return wav
        if size > _MAX_CHUNK_BYTES:
            return None
        body = stream.read(size + size % 2)
        if name == b"fmt ":
            wav = _parse_format(body)
    return None


def _parse_format(body: bytes) -> WavFormat | None:
    padded = body.ljust(_FMT_BYTES, b"\0")
    kind, channels, rate_hz, _, _, bits = struct.unpack_from("<HHIIHH", padded)
    mask = struct.unpack_from("<I", padded, 20)[0] if kind == _EXTENSIBLE else 0
    if kind not in {_FLOAT, _EXTENSIBLE} or bits != 32 or not channels or not rate_hz:  # noqa: PLR2004
        return None
    return WavFormat(rate_hz, channels, mask)
