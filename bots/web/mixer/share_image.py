"""The image that a link unfurls to in a chat: the song's spectrogram in its stems' colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.base import Lazy
from storage.images import HEIGHT, STEM_COLOURS, WIDTH, decode_grey, encode_rgb

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
else:
    np = Lazy("numpy")


def share_image(spectrogram: bytes, masks: Mapping[str, bytes]) -> bytes:
    """A PNG of the song's spectrogram in its stems' colours.

    Args:
        spectrogram: Of the song, a PNG of `storage.images.encode_grey`.
        masks: Stem → its mask, a PNG of the same kind and size.

    Raises:
        ValueError: They are no such images.
    """
    level = _pixels(spectrogram)
    colour = np.zeros((*level.shape, 3), dtype=np.float32)
    for stem, mask in masks.items():
        share = _pixels(mask)
        if share.shape != level.shape:
            raise ValueError("a mask of another size than its song")
        rgb = STEM_COLOURS.get(stem, STEM_COLOURS["other"])
        colour += share[..., None] * np.frombuffer(rgb, dtype=np.uint8)
    pixels = np.clip(level[..., None] * colour, 0, 255).astype(np.uint8)
    stretched = pixels[:, np.arange(WIDTH) * pixels.shape[1] // WIDTH]
    rows = [row.tobytes() for row in stretched]
    return encode_rgb(WIDTH, [rows[at * len(rows) // HEIGHT] for at in range(HEIGHT)])


def _pixels(png: bytes) -> np.ndarray:
    """(rows, columns) of 0 to 1."""
    rows = [np.frombuffer(row, dtype=np.uint8) for row in decode_grey(png)]
    return np.stack(rows).astype(np.float32) / 255
