"""The outline of a song for a waveform: how loud it gets, twenty times a second, in a byte."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PER_S = 20
FULL = 255  # full scale


class WaveformPeaks:
    """Collects the peaks of one stem, block by block."""

    def __init__(self, rate_hz: int) -> None:
        """Start at the song's beginning."""
        self._size = rate_hz // PER_S
        self._held = np.zeros((1, 0), dtype=np.float32)  #: less than a twentieth, (channels, samples)
        self._peaks: list[np.ndarray] = []
        self.peak = 0.0  #: the largest sample so far

    def push(self, block: np.ndarray) -> None:
        """(channels, samples), float32."""
        begun = self._held.shape[1]
        if begun:
            start = min(self._size - begun, block.shape[1])
            self._take(np.concatenate([self._held, block[:, :start]], axis=1))
            block = block[:, start:]
        if block.shape[1]:
            self._take(block)

    def _take(self, block: np.ndarray) -> None:
        """Note the peaks of whole twentieths; the rest is held, and counts for `peak` already."""
        whole = block.shape[1] // self._size * self._size
        self._peaks.append(_loudest(block[:, :whole].reshape(len(block), -1, self._size)))
        self._held = block[:, whole:].copy()
        for loud in (self._peaks[-1], _loudest(self._held[:, None])):
            self.peak = max(self.peak, float(loud.max(initial=0.0)))

    def numbers(self, gain: float = 1.0) -> list[int]:
        """One number of 0 to 255 for each twentieth of a second, the last one for what is left."""
        rest = [_loudest(self._held[:, None])] if self._held.size else []
        return _numbers([*self._peaks, *rest], gain)

    def so_far(self, gain: float = 1.0) -> list[int]:
        """As `numbers`, of whole twentieths; another thread may ask while blocks are pushed."""
        return _numbers(list(self._peaks), gain)


def _loudest(pieces: np.ndarray) -> np.ndarray:
    """(channels, pieces, samples) to (pieces,); six times as fast as by way of all absolute values."""
    loud: np.ndarray = np.maximum(pieces.max(axis=2, initial=0.0), -pieces.min(axis=2, initial=0.0)).max(
        axis=0
    )
    return loud


def _numbers(parts: Sequence[np.ndarray], gain: float) -> list[int]:
    peaks = np.concatenate([*parts, np.zeros(0, dtype=np.float32)])
    return [int(value) for value in np.clip(np.rint(peaks * gain * FULL), 0, FULL)]


def to_json(outlines: Mapping[str, WaveformPeaks], gain: float = 1.0) -> bytes:
    """The peaks file as `storage.manifest` describes it."""
    stems = {name: outline.numbers(gain) for name, outline in outlines.items()}
    return json.dumps({"per_s": PER_S, "stems": stems}, separators=(",", ":")).encode()
