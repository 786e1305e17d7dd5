"""The picture that a link unfurls to in a chat: the song's spectrogram in its stems' colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bots.web.mixer.waveform_image import COLOURS, HEIGHT, WIDTH
from storage.lazy_import import Lazy
from storage.png import coloured, grey_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
else:
    np = Lazy("numpy")


def painted(song: bytes, masks: Mapping[str, bytes]) -> bytes:
    """A PNG of the song's spectrogram in its stems' colours.

    Args:
        song: The spectrogram, a grey PNG of ours.
        masks: Stem → its mask, a grey PNG of the same size.

    Raises:
        ValueError: They are no such pictures.
    """
    light = _pixels(song)
    colour = np.zeros((*light.shape, 3), dtype=np.float32)
    for name, mask in masks.items():
        share = _pixels(mask)
        if share.shape != light.shape:
            raise ValueError("a mask of another size than its song")
        colour += share[..., None] * np.frombuffer(COLOURS.get(name, COLOURS["other"]), dtype=np.uint8)
    drawn = np.clip(light[..., None] * colour, 0, 255).astype(np.uint8)
    rows = drawn[:, np.arange(WIDTH) * drawn.shape[1] // WIDTH]
    lines = [row.tobytes() for row in rows]
    return coloured(WIDTH, [lines[at * len(lines) // HEIGHT] for at in range(HEIGHT)])


def _pixels(png: bytes) -> np.ndarray:
    """(rows, columns) of 0 to 1."""
    rows = [np.frombuffer(row, dtype=np.uint8) for row in grey_rows(png)]
    return np.stack(rows).astype(np.float32) / 255
