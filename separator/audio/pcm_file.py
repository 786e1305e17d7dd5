"""Sound on disk: raw float32 frames, interleaved, read in blocks so that memory never holds a song."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from torch import Tensor

CHANNELS = 2
FRAME_BYTES = 4 * CHANNELS


@dataclass(frozen=True)
class PcmFile:
    """A file of float32 stereo frames, little-endian, full scale ±1."""

    path: Path
    rate_hz: int
    samples: int  #: per channel

    @property
    def song_s(self) -> float:
        """How long it lasts, in seconds."""
        return self.samples / self.rate_hz

    def read(self, start: int, stop: int) -> Tensor:
        """(channels, stop - start), float32; silence before the song and after it."""
        from torch import from_numpy  # noqa: PLC0415 - decoding alone does without torch

        first, last = max(start, 0), min(stop, self.samples)
        sound = np.zeros((CHANNELS, stop - start), dtype=np.float32)
        if first < last:
            count, offset = (last - first) * CHANNELS, first * FRAME_BYTES
            frames = np.fromfile(self.path, dtype="<f4", count=count, offset=offset)
            sound[:, first - start : last - start] = frames.reshape(-1, CHANNELS).T
        return from_numpy(sound)

    def blocks(self, size: int) -> Iterator[np.ndarray]:
        """(samples, channels) each, at most `size` samples."""
        with self.path.open("rb") as file:
            while (frames := np.fromfile(file, dtype="<f4", count=size * CHANNELS)).size:
                yield frames.reshape(-1, CHANNELS)
