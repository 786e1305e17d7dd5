"""The interface of a network.

A network sees one window of the song at a time and splits it into stems of the same length. The engine cuts
the song into windows and batches them; a network knows nothing of songs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import torch

    from separator.core.outputs import Stem


class Network(Protocol):
    """A stem separation network on a device."""

    stems: tuple[Stem, ...]
    estimated: frozenset[Stem]  #: stems made by classical signal processing
    rate_hz: int
    window: int  #: samples that it sees at once
    hop: int  #: samples from one window's start to the next; 0 < hop <= window
    # A network may have `precision: str`, for logs; without it, it is float32. It may have `centred = True`:
    # then the song is cut as Demucs does, see `overlap_add.segments`.

    def separate(self, windows: torch.Tensor) -> torch.Tensor:
        """Split windows into stems.

        Args:
            windows: (batch, channels, samples), float32, full scale ±1; samples == `window`, channels == 2.

        Returns:
            (batch, stems, channels, samples), float32, on the device of `windows`.
        """
        ...
