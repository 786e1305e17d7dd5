"""What a careful player does before it decodes: skip junk before the sound, read chained files to their end.

An Ogg file may be several, one after another, as radio streams are captured; where a later one has another
codec, rate or channel count, ffmpeg stops at its beginning, so each is decoded by itself.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

HEAD_BYTES = 64 << 10  #: searched for the beginning of a file
MOST_PAGES = 2_000_000  #: of an Ogg file; more have no song
MOST_LINKS = 500  #: decoded one by one
_PAGE_HEADER = 27  # bytes before the table of segments
_BEGINS = 0x02  # flag of a stream's first page
#: First bytes of containers, and where in the file they stand.
_MAGIC = (
    *((b"OggS", 0), (b"fLaC", 0), (b"RIFF", 0), (b"FORM", 0), (b"ID3", 0)),
    *((b"\x1a\x45\xdf\xa3", 0), (b"ftyp", 4), (b"wvpk", 0), (b"MAC ", 0)),
)


def without_junk(source: Path, copy: Path) -> Path | None:
    """A copy that begins where the sound's container does; None where that is not after the first byte."""
    with source.open("rb") as file:
        head = file.read(HEAD_BYTES)
        found = [at - before for magic, before in _MAGIC if (at := head.find(magic)) >= before]
        if not found or not (start := min(found)):
            return None
        file.seek(start)
        with copy.open("wb") as out:
            shutil.copyfileobj(file, out)
    return copy


def split_chain(source: Path, folder: Path) -> list[Path]:
    """The files that a chained Ogg file is made of, where they differ; empty for all other files."""
    starts, kinds = _links(source)
    if len(set(kinds)) < 2 or len(starts) > MOST_LINKS:  # noqa: PLR2004 - one kind needs no cutting
        return []
    ends = [*starts[1:], source.stat().st_size]
    return [
        _cut(source, folder / f"link-{number}", start, end)
        for number, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]


def _cut(source: Path, target: Path, start: int, end: int) -> Path:
    with source.open("rb") as file, target.open("wb") as out:
        file.seek(start)
        while (left := end - file.tell()) > 0 and (block := file.read(min(left, 1 << 20))):
            out.write(block)
    return target


def _links(source: Path) -> tuple[list[int], list[bytes]]:
    """Where each link of a chain begins, and what distinguishes its sound."""
    starts: list[int] = []
    kinds: list[bytes] = []
    was_beginning = False
    with source.open("rb") as file:
        for _ in range(MOST_PAGES):
            at = file.tell()
            header = file.read(_PAGE_HEADER)
            if len(header) < _PAGE_HEADER or not header.startswith(b"OggS"):
                break
            size = sum(file.read(header[26]))
            begins = bool(header[5] & _BEGINS)
            if begins and not was_beginning:
                starts.append(at)
                kinds.append(_kind(file.read(min(size, 16))))
            was_beginning = begins
            file.seek(at + _PAGE_HEADER + header[26] + size)
    return starts, kinds


def _kind(packet: bytes) -> bytes:
    """Codec, channels and rate, out of the first packet of a stream."""
    return packet[:10] if packet.startswith(b"OpusHead") else packet
