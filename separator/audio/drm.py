"""Does a file say of itself that it is under DRM? ffmpeg would decode noise, or say only that it cannot."""

from __future__ import annotations

import struct
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Sample entries of MP4: FairPlay, common encryption (ISO 23001-7), Audible.
_ENCRYPTED_ENTRIES = frozenset({b"drms", b"drmi", b"enca", b"aavd", b"aaxc"})
_CONTAINERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl"})
_MAX_BOXES = 4096  # a hostile file may nest and repeat them without end
_ASF_HEADER = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_ASF_ENCRYPTED = (
    bytes.fromhex("fbb3112223bdd211b4b700a0c955fc6e"),  # Content Encryption Object
    bytes.fromhex("14e68a292226174cb935dae07ee9289c"),  # Extended Content Encryption Object
)
_HEAD_BYTES = 64 * 1024


def is_protected(source: Path) -> bool:
    """Whether the container announces encryption that only its shop can undo."""
    with source.open("rb") as file:
        head = file.read(_HEAD_BYTES)
        if head.startswith(_ASF_HEADER):
            return any(encrypted in head for encrypted in _ASF_ENCRYPTED)
        if head[4:8] == b"ftyp":
            return any(entry in _ENCRYPTED_ENTRIES for entry in _sample_entries(file, source.stat().st_size))
    return head[4:8] == b"\x57\x90\x75\x36"  # Audible .aa


def _sample_entries(file: IO[bytes], size: int) -> Iterator[bytes]:
    """The kinds of all tracks of an MP4 file."""
    open_boxes = [(0, size)]
    for _ in range(_MAX_BOXES):
        if not open_boxes:
            return
        start, end = open_boxes.pop()
        box = _box(file, start, end)
        if box is None:
            continue
        name, inside, after = box
        open_boxes.append((after, end))
        if name in _CONTAINERS:
            open_boxes.append((inside, after))
        elif name == b"stsd":
            yield from _entries(file, inside, after)


def _box(file: IO[bytes], start: int, end: int) -> tuple[bytes, int, int] | None:
    """(name, where its content starts, where it ends) of the box at `start`."""
    file.seek(start)
    head = file.read(16)
    if start + 8 > end or len(head) < 8:  # noqa: PLR2004 - size and name
        return None
    size, name = struct.unpack_from(">I4s", head)
    inside = start + 8
    if size == 1 and len(head) == 16:  # noqa: PLR2004 - a 64-bit size follows
        (size,) = struct.unpack_from(">Q", head, 8)
        inside = start + 16
    after = end if size == 0 else start + size
    return (name, inside, after) if inside <= after <= end else None


def _entries(file: IO[bytes], start: int, end: int) -> Iterator[bytes]:
    """The sample entries in a `stsd` box, which has version, flags and a count before them."""
    at = start + 8
    for _ in range(16):
        box = _box(file, at, end)
        if box is None:
            return
        yield box[0]
        at = box[2]
