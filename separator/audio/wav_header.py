"""The WAV that ffmpeg writes into a pipe: a header with rate, channels and loudspeakers, then float32 frames.

The sizes in it mean nothing (a pipe cannot be rewound to fill them in); where the pipe ends, the sound ends.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import IO

_FLOAT = 3  # WAVE_FORMAT_IEEE_FLOAT
_EXTENSIBLE = 0xFFFE
_FMT_BYTES = 24  # of the format chunk, as far as it is read
_LONGEST_CHUNK = 1 << 16  # bytes; chunks before the sound are small


@dataclass(frozen=True)
class Shape:
    """What the frames of a stream are."""

    rate_hz: int
    channels: int
    mask: int  #: loudspeakers, as dwChannelMask; 0 where not said

    @property
    def frame_bytes(self) -> int:
        """Of one sample in every channel, float32."""
        return 4 * self.channels


def read_shape(stream: IO[bytes]) -> Shape | None:
    """Read up to the first frame; None where nothing, or something else, was written."""
    riff = stream.read(12)
    if len(riff) < 12 or riff[:4] not in {b"RIFF", b"RF64"} or riff[8:] != b"WAVE":  # noqa: PLR2004
        return None
    shape = None
    while len(head := stream.read(8)) == 8:  # noqa: PLR2004 - name and size
        name, size = struct.unpack("<4sI", head)
        if name == b"data":
            return shape
        if size > _LONGEST_CHUNK:
            return None
        body = stream.read(size + size % 2)
        if name == b"fmt ":
            shape = _shape(body)
    return None


def _shape(body: bytes) -> Shape | None:
    padded = body.ljust(_FMT_BYTES, b"\0")
    kind, channels, rate_hz, _, _, bits = struct.unpack_from("<HHIIHH", padded)
    mask = struct.unpack_from("<I", padded, 20)[0] if kind == _EXTENSIBLE else 0
    if kind not in {_FLOAT, _EXTENSIBLE} or bits != 32 or not channels or not rate_hz:  # noqa: PLR2004
        return None
    return Shape(rate_hz, channels, mask)
