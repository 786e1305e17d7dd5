"""The picture that a link unfurls to where there is no spectrogram yet: each stem's waveform.

Drawn with the standard library alone, so that bots can draw it, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.png import indexed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDTH, HEIGHT = 1200, 630  # pixels: what Open Graph readers show large
_MARGIN = 60
_BAR, _AIR = 8, 5  # pixels of a bar, and between two
_GROUND = b"\x10\x11\x16"
#: As in `static/base.css`, dark.
COLOURS = {
    "vocals": b"\xf5\xa5\x24",
    "drums": b"\x58\xb7\xf0",
    "accompaniment": b"\x58\xb7\xf0",
    "bass": b"\x2e\xc4\x93",
    "other": b"\xe0\x8f\xc4",
    "guitar": b"\xf5\x81\x58",
    "piano": b"\xb3\xa1\xff",
}


def card(peaks: Mapping[str, Sequence[int]]) -> bytes:
    """A PNG of the stems' waveforms, one lane each.

    Args:
        peaks: Stem → peaks from 0 to 255, evenly over the song.
    """
    names = [name for name in peaks if peaks[name]]
    loudest = max((max(peaks[name]) for name in names), default=1) or 1
    rows = [bytearray(WIDTH) for _ in range(HEIGHT)]
    lane = (HEIGHT - 2 * _MARGIN) / max(1, len(names))
    for number, name in enumerate(names):
        middle = _MARGIN + (number + 0.5) * lane
        _draw(rows, [level / loudest for level in peaks[name]], middle, 0.42 * lane, number + 1)
    palette = _GROUND + b"".join(COLOURS.get(name, COLOURS["other"]) for name in names)
    return indexed(WIDTH, [bytes(row) for row in rows], palette)


def _draw(rows: list[bytearray], levels: Sequence[float], middle: float, reach: float, colour: int) -> None:
    """Bars up and down from the middle of a lane."""
    bars = (WIDTH - 2 * _MARGIN) // (_BAR + _AIR)
    for bar in range(bars):
        first = bar * len(levels) // bars
        level = max(levels[first : max(first + 1, (bar + 1) * len(levels) // bars)])
        half = max(2, round(reach * level**0.7))  # lifted, so that quiet parts are seen too
        left = _MARGIN + bar * (_BAR + _AIR)
        for row in rows[round(middle) - half : round(middle) + half]:
            row[left : left + _BAR] = bytes([colour]) * _BAR
