"""Pictures as PNG files (ISO/IEC 15948), written with the standard library alone."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _COLOUR, _PALETTE = 0, 2, 3  # colour types of the format
_EFFORT = 9  # of 9: pictures are small, and read more often than written


def grey(width: int, rows: Iterable[bytes]) -> bytes:
    """A picture of one byte a pixel, 0 black to 255 white."""
    return _png(width, rows, _GREY)


def grey_rows(png: bytes) -> list[bytes]:
    """The rows of a picture that `grey` wrote.

    Raises:
        ValueError: It is another kind of picture.
    """
    if not png.startswith(SIGNATURE) or png[24:26] != bytes((8, _GREY)) or png[37:41] != b"IDAT":
        raise ValueError("not a grey picture of ours")
    width, height = struct.unpack(">II", png[16:24])
    length = int.from_bytes(png[33:37])
    data = zlib.decompress(png[41 : 41 + length])
    if len(data) != height * (width + 1):
        raise ValueError("a picture of another size than it says")
    return [data[at + 1 : at + 1 + width] for at in range(0, len(data), width + 1)]


def coloured(width: int, rows: Iterable[bytes]) -> bytes:
    """A picture of three bytes a pixel: red, green, blue."""
    return _png(width, rows, _COLOUR)


def indexed(width: int, rows: Iterable[bytes], palette: bytes) -> bytes:
    """A picture of one byte a pixel, which is its place in a palette of three bytes a colour."""
    return _png(width, rows, _PALETTE, _chunk(b"PLTE", palette))


def _png(width: int, rows: Iterable[bytes], kind: int, extra: bytes = b"") -> bytes:
    lines = list(rows)
    head = struct.pack(">IIBBBBB", width, len(lines), 8, kind, 0, 0, 0)  # 8 bits a sample
    data = zlib.compress(b"".join(b"\0" + line for line in lines), _EFFORT)
    return b"".join((SIGNATURE, _chunk(b"IHDR", head), extra, _chunk(b"IDAT", data), _chunk(b"IEND", b"")))


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
