"""Where a FLAC file can be cut, so that a browser fetches and decodes a second of a stem, not all of it.

    fLaC STREAMINFO … | frame frame frame … | frame frame frame … |
                      ^ cut 0               ^ cut 1
    segment 1 = fLaC STREAMINFO + the bytes from cut 1 to cut 2: again a FLAC file, lossless

Frames are found by their sync word, and count only when their CRC-8 is right and they continue the sample
count where the last one ended. Nothing is decoded. Source: RFC 9639, sections 8 (metadata) and 9 (frames).
"""
# ruff: noqa: PLR2004 - the numbers below are the format's own, each beside the section that gives it

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SEGMENT_S = 1.0  # the shortest segment: six stems of it take 2 s over 3 Mbit/s
_STREAMINFO = 34  # bytes (RFC 9639, section 8.2)
_MAX_HEADER = 16  # bytes: 4 fixed, 7 number, 2 block size, 2 rate, 1 CRC
_MIN_FRAME = 8  # bytes: no frame of two channels is shorter
_SYNC = b"\xff"
_LAST_BLOCK = 0x80


@dataclass(frozen=True)
class Cut:
    """Where a segment may begin."""

    sample: int  #: per channel, from the start of the song
    byte: int  #: in the file


@dataclass(frozen=True)
class FlacIndex:
    """What a player needs of a FLAC file."""

    streaminfo: bytes  #: 34 bytes, to put before each segment
    samples: int
    size_bytes: int
    cuts: tuple[Cut, ...]


@dataclass(frozen=True)
class _StreamInfo:
    raw: bytes
    block: int  #: samples in each frame but the last; 0 where frames vary
    rate_hz: int
    samples: int

    @classmethod
    def read(cls, raw: bytes) -> _StreamInfo:
        min_block, max_block = int.from_bytes(raw[0:2]), int.from_bytes(raw[2:4])
        packed = int.from_bytes(raw[10:18])  # 20 bits rate, 3 channels, 5 depth, 36 samples
        return cls(raw, max_block if min_block == max_block else 0, packed >> 44, packed & (2**36 - 1))


async def index_flac(chunks: AsyncIterator[bytes]) -> FlacIndex:
    """The index of a FLAC file, read from its first byte to its last.

    Raises:
        ValueError: It is no FLAC file, or its frames do not follow one another to its end.
    """
    indexer = FlacIndexer()
    async for chunk in chunks:
        indexer.feed(chunk)
    return indexer.finish()


class FlacIndexer:
    """Finds the cuts of a FLAC file that is read piece by piece, or is still being written."""

    def __init__(self) -> None:
        self.fed = 0  #: bytes so far
        self._buffer = bytearray()
        self._scanner: _FrameScanner | None = None

    @property
    def streaminfo(self) -> bytes:
        """34 bytes, once they are read; empty before."""
        return self._scanner.info.raw if self._scanner else b""

    @property
    def cuts(self) -> tuple[Cut, ...]:
        """Those found so far; everything before the last one is complete."""
        return tuple(self._scanner.cuts) if self._scanner else ()

    def feed(self, chunk: bytes) -> None:
        """Read the next bytes of the file.

        Raises:
            ValueError: It is no FLAC file.
        """
        self.fed += len(chunk)
        self._buffer += chunk
        if self._scanner is None:
            found = _metadata(self._buffer)
            if found is None:
                return
            self._scanner = _FrameScanner(*found)
            del self._buffer[: found[1]]
        self._scanner.walk(self._buffer, last=False)

    def finish(self) -> FlacIndex:
        """The index of the complete file, after its last byte.

        Raises:
            ValueError: It ended too early, or its frames do not follow one another.
        """
        scanner = self._scanner
        if scanner is None:
            raise ValueError("a FLAC file that ends in its header")
        scanner.walk(self._buffer, last=True)
        if scanner.info.samples and scanner.next_sample != scanner.info.samples:
            raise ValueError("a FLAC file with frames missing")
        return FlacIndex(scanner.info.raw, scanner.next_sample, self.fed, tuple(scanner.cuts))


def _metadata(buffer: bytearray) -> tuple[_StreamInfo, int] | None:
    """STREAMINFO, and where the first frame begins; None until that is read."""
    if len(buffer) < 8 + _STREAMINFO:
        return None
    if buffer[:4] != b"fLaC" or buffer[4] & ~_LAST_BLOCK or int.from_bytes(buffer[5:8]) != _STREAMINFO:
        raise ValueError("not a FLAC file")
    info = _StreamInfo.read(bytes(buffer[8 : 8 + _STREAMINFO]))
    at = 4
    while at + 4 <= len(buffer):
        last, length = buffer[at] & _LAST_BLOCK, int.from_bytes(buffer[at + 1 : at + 4])
        at += 4 + length
        if last:
            return (info, at) if at <= len(buffer) else None
    return None


class _FrameScanner:
    """Walks over frames; `offset` is the position of the buffer in the file."""

    def __init__(self, info: _StreamInfo, offset: int) -> None:
        self.offset = offset
        self.cuts: list[Cut] = []
        self.next_sample = 0
        self.info = info
        self._sync = _SYNC  #: from the first frame on its two bytes, which all frames share: 256 times rarer
        self._segment = int(SEGMENT_S * info.rate_hz)

    def walk(self, buffer: bytearray, *, last: bool) -> None:
        """Read all complete frame headers of the buffer, and drop what is done."""
        at = 0
        end = len(buffer) if last else len(buffer) - _MAX_HEADER
        while (at := buffer.find(self._sync, at, max(end, 0) + len(self._sync) - 1)) >= 0:
            header = bytes(buffer[at : at + _MAX_HEADER])
            found = _frame(header, self.info)
            if found and found[0] == self.next_sample:
                self._sync = header[:2]
                self._add_frame(self.offset + at, *found)
                at += _MIN_FRAME
            else:
                at += 1
        done = len(buffer) if last else max(0, end)
        if not last:
            del buffer[:done]
            self.offset += done

    def _add_frame(self, byte: int, sample: int, length: int) -> None:
        if not self.cuts or sample - self.cuts[-1].sample >= self._segment:
            self.cuts.append(Cut(sample, byte))
        self.next_sample = sample + length


def _frame(header: bytes, info: _StreamInfo) -> tuple[int, int] | None:
    """(first sample, samples) of the frame that begins here; None where none does."""
    if len(header) < 6 or header[1] not in (0xF8, 0xF9) or header[3] & 1:
        return None
    number = _coded_number(header, 4)
    if number is None:
        return None
    value, at = number
    block_code, rate_code = header[2] >> 4, header[2] & 0x0F
    block, at = _block_size(block_code, header, at)
    at += {12: 1, 13: 2, 14: 2}.get(rate_code, 0)
    if block == 0 or at >= len(header) or _crc8(header[:at]) != header[at]:
        return None
    varies = header[1] & 1
    return (value if varies else value * (info.block or block)), block


def _coded_number(header: bytes, at: int) -> tuple[int, int] | None:
    """A number as UTF-8 encodes it, of up to 36 bits; and where it ends."""
    first = header[at]
    if first < 0x80:
        return first, at + 1
    more = 0
    while more < 7 and first & (0x40 >> more):
        more += 1
    if not 1 <= more <= 6 or at + more >= len(header):
        return None
    value = first & (0x3F >> more)
    for byte in header[at + 1 : at + 1 + more]:
        if byte & 0xC0 != 0x80:
            return None
        value = value << 6 | byte & 0x3F
    return value, at + 1 + more


def _block_size(code: int, header: bytes, at: int) -> tuple[int, int]:
    """Samples in a frame (0: no such code), and where the header continues."""
    if code == 0:
        return 0, at
    if code == 1:
        return 192, at
    if code <= 5:
        return 576 << (code - 2), at
    if code == 6:
        return (header[at] + 1 if at < len(header) else 0), at + 1
    if code == 7:
        return int.from_bytes(header[at : at + 2]) + 1, at + 2
    return 256 << (code - 8), at


def _crc8_table() -> bytes:
    table = []
    for start in range(256):
        value = start
        for _ in range(8):
            value = (value << 1 ^ 0x07) & 0xFF if value & 0x80 else value << 1
        table.append(value)
    return bytes(table)


_CRC8 = _crc8_table()


def _crc8(data: bytes) -> int:
    """CRC-8 with polynomial x^8 + x^2 + x + 1 (RFC 9639, section 9.1.8)."""
    value = 0
    for byte in data:
        value = _CRC8[value ^ byte]
    return value
