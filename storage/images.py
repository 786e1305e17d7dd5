"""Images as PNG files (ISO/IEC 15948), with the standard library alone, so that a bot can draw them too.

`waveform_image` is what a link unfurls to where there is no spectrogram, and what a chat shows with a result.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _RGB, _PALETTE = 0, 2, 3  # colour types of the format
_COMPRESSION = 9  # of 9: images are small, and read more often than written

WIDTH, HEIGHT = 1200, 630  #: pixels of an image that is shared: what Open Graph readers show large
_MARGIN = 60  # pixels
_BAR, _GAP = 8, 5  # pixels of a bar of the waveform, and between two
_BACKGROUND = b"\x10\x11\x16"
#: Stem → RGB, as in the mixer's `static/base.css`, dark.
STEM_COLOURS = {
    "vocals": b"\xf5\xa5\x24",
    "drums": b"\x58\xb7\xf0",
    "accompaniment": b"\x58\xb7\xf0",
    "bass": b"\x2e\xc4\x93",
    "other": b"\xe0\x8f\xc4",
    "guitar": b"\xf5\x81\x58",
    "piano": b"\xb3\xa1\xff",
}


def encode_grey(width: int, rows: Iterable[bytes]) -> bytes:
    """A PNG of one byte a pixel, 0 black to 255 white."""
    return _encode(width, rows, _GREY)


def decode_grey(png: bytes) -> list[bytes]:
    """The rows of a PNG that `encode_grey` wrote.

    Raises:
        ValueError: It is another kind of image.
    """
    if not png.startswith(_SIGNATURE) or png[24:26] != bytes((8, _GREY)) or png[37:41] != b"IDAT":
        raise ValueError("not a grey picture of ours")
    width, height = struct.unpack(">II", png[16:24])
    length = int.from_bytes(png[33:37])
    data = zlib.decompress(png[41 : 41 + length])
    if len(data) != height * (width + 1):
        raise ValueError("a picture of another size than it says")
    return [data[at + 1 : at + 1 + width] for at in range(0, len(data), width + 1)]


def encode_rgb(width: int, rows: Iterable[bytes]) -> bytes:
    """A PNG of three bytes a pixel: red, green, blue."""
    return _encode(width, rows, _RGB)


def waveform_image(peaks: Mapping[str, Sequence[int]]) -> bytes:
    """A PNG of the stems' waveforms, one track each.

    Args:
        peaks: Stem → peaks from 0 to 255, evenly over the song.
    """
    names = [name for name in peaks if peaks[name]]
    loudest = max((max(peaks[name]) for name in names), default=1) or 1
    rows = [bytearray(WIDTH) for _ in range(HEIGHT)]
    track = (HEIGHT - 2 * _MARGIN) / max(1, len(names))  # pixels
    for number, name in enumerate(names):
        middle = _MARGIN + (number + 0.5) * track
        _draw_bars(rows, [peak / loudest for peak in peaks[name]], middle, 0.42 * track, number + 1)
    palette = _BACKGROUND + b"".join(STEM_COLOURS.get(name, STEM_COLOURS["other"]) for name in names)
    return _encode(WIDTH, rows, _PALETTE, _chunk(b"PLTE", palette))


def _draw_bars(
    rows: list[bytearray], levels: Sequence[float], middle: float, reach: float, colour: int
) -> None:
    """Bars up and down from the middle of a track; `colour` is an index of the palette."""
    bars = (WIDTH - 2 * _MARGIN) // (_BAR + _GAP)
    for bar in range(bars):
        first = bar * len(levels) // bars
        level = max(levels[first : max(first + 1, (bar + 1) * len(levels) // bars)])
        half = max(2, round(reach * level**0.7))  # below linear, so that quiet parts are visible
        left = _MARGIN + bar * (_BAR + _GAP)
        for row in rows[round(middle) - half : round(middle) + half]:
            row[left : left + _BAR] = bytes([colour]) * _BAR


def _encode(width: int, rows: Iterable[bytes | bytearray], colour_type: int, extra: bytes = b"") -> bytes:
    scanlines = [b"\0" + row for row in rows]  # filter 0: none
    header = struct.pack(">IIBBBBB", width, len(scanlines), 8, colour_type, 0, 0, 0)  # 8 bits a sample
    data = _chunk(b"IDAT", zlib.compress(b"".join(scanlines), _COMPRESSION))
    return b"".join((_SIGNATURE, _chunk(b"IHDR", header), extra, data, _chunk(b"IEND", b"")))


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
