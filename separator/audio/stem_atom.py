"""What makes an MP4 of five tracks a `.stem.mp4`: the box `moov/udta/stem`, which names and colours stems.

    ftyp │ mdat (sound) │ moov ─┬─ trak × 5       the song, then the stems; only the first is enabled
                                └─ udta ─┬─ meta  title, artist, album, cover
                                         └─ stem  JSON: {"version", "stems", "mastering_dsp"}

ffmpeg writes `moov` last and `udta` last in it, so the box is put at the file's end and both grow around it:
no sample moves. Sources: Native Instruments' Stem file specification; a file of their Stem Creator, as it
ships in the package `stempeg`; Mixxx's `steminfoimporter.cpp`, which reads it.
"""

from __future__ import annotations

import json
import struct
from typing import IO, TYPE_CHECKING

from separator.core.errors import SeparationFailed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_HEAD = 8  # bytes of a box's size and name
#: Colours of the four stems in Native Instruments' own files (the Okabe-Ito palette).
COLORS = ("#009E73", "#D55E00", "#CC79A7", "#56B4E9")
#: Off, so that all faders up is the song; the other numbers are Stem Creator's defaults.
_MASTERING = {
    "compressor": {
        "enabled": False,
        "ratio": 3,
        "output_gain": 0.5,
        "release": 0.3,
        "attack": 0.003,
        "input_gain": 0.5,
        "threshold": 0,
        "hp_cutoff": 300,
        "dry_wet": 50,
    },
    "limiter": {"enabled": False, "release": 0.05, "threshold": 0, "ceiling": -0.35},
}


def mark_stems(path: Path, names: Sequence[str]) -> None:
    """Make a `.stem.mp4` of an MP4 file that ffmpeg wrote, with five tracks and `moov` last.

    Args:
        path: The file; it is changed in place.
        names: Of the four stems, as a player shows them, in the order of their tracks.

    Raises:
        SeparationFailed: It is not such a file.
    """
    stems = [{"name": name, "color": color} for name, color in zip(names, COLORS, strict=True)]
    facts = {"mastering_dsp": _MASTERING, "version": 1, "stems": stems}
    body = json.dumps(facts, ensure_ascii=False).encode()
    box = struct.pack(">I4s", _HEAD + len(body), b"stem") + body
    with path.open("r+b") as file:
        end = file.seek(0, 2)
        moov = _last_box(file, 0, end, b"moov")
        udta = _last_box(file, moov + _HEAD, end, b"udta")
        for offset in (moov, udta):
            file.seek(offset)
            file.write(struct.pack(">I", end - offset + len(box)))
        file.seek(end)
        file.write(box)


def _last_box(file: IO[bytes], start: int, end: int, name: bytes) -> int:
    """Where the last box between two places begins, if it has this name and reaches exactly to the end."""
    while start + _HEAD <= end:
        file.seek(start)
        size, found = struct.unpack(">I4s", file.read(_HEAD))
        if size == 1:  # a 64-bit size follows: `mdat` of hours of sound
            (size,) = struct.unpack(">Q", file.read(8))
        if size < _HEAD:
            break
        if found == name and start + size == end:
            return start
        start += size
    raise SeparationFailed(reason="container")
