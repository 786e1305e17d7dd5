"""Sound on disk: raw float32 frames, interleaved, read in blocks so that memory never holds a song."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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

    def read(self, start: int, stop: int) -> torch.Tensor:
        """(channels, stop - start), float32; silence before the song and after it."""
        first, last = max(start, 0), min(stop, self.samples)
        held = np.zeros((stop - start, CHANNELS), dtype=np.float32)
        if first < last:
            found = np.fromfile(
                self.path, dtype="<f4", count=(last - first) * CHANNELS, offset=first * FRAME_BYTES
            )
            held[first - start : last - start] = found.reshape(-1, CHANNELS)
        return torch.from_numpy(held.T.copy())

    def blocks(self, size: int) -> Iterator[np.ndarray]:
        """(samples, channels), one after another."""
        with self.path.open("rb") as file:
            while (found := np.fromfile(file, dtype="<f4", count=size * CHANNELS)).size:
                yield found.reshape(-1, CHANNELS)
