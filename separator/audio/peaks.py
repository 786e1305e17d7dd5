"""Waveform peaks: the largest amplitude of each twentieth of a second, as a byte."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PER_S = 20
FULL_SCALE = 255


class WaveformPeaks:
    """Collects the peaks of one stem, block by block."""

    def __init__(self, rate_hz: int) -> None:
        self._size = rate_hz // PER_S
        self._pending = np.zeros(
            (1, 0), dtype=np.float32
        )  #: less than a twentieth of a second, (channels, samples)
        self._peaks: list[np.ndarray] = []
        self.peak = 0.0  #: the largest sample so far

    def push(self, block: np.ndarray) -> None:
        """(channels, samples), float32."""
        pending = self._pending.shape[1]
        if pending:
            start = min(self._size - pending, block.shape[1])
            self._add(np.concatenate([self._pending, block[:, :start]], axis=1))
            block = block[:, start:]
        if block.shape[1]:
            self._add(block)

    def _add(self, block: np.ndarray) -> None:
        """Append the peaks of complete twentieths; the rest waits, but counts for `peak`."""
        complete = block.shape[1] // self._size * self._size
        self._peaks.append(_max_abs(block[:, :complete].reshape(len(block), -1, self._size)))
        self._pending = block[:, complete:].copy()
        for peaks in (self._peaks[-1], _max_abs(self._pending[:, None])):
            self.peak = max(self.peak, float(peaks.max(initial=0.0)))

    def values(self, gain: float = 1.0) -> list[int]:
        """0 to 255 for each twentieth of a second, the last one for the rest."""
        rest = [_max_abs(self._pending[:, None])] if self._pending.size else []
        return _numbers([*self._peaks, *rest], gain)

    def values_so_far(self, gain: float = 1.0) -> list[int]:
        """As `values`, of complete twentieths; another thread may call it while blocks are pushed."""
        return _numbers(list(self._peaks), gain)


def _max_abs(pieces: np.ndarray) -> np.ndarray:
    """(channels, pieces, samples) to (pieces,); six times as fast as the maximum of absolute values."""
    peaks: np.ndarray = np.maximum(pieces.max(axis=2, initial=0.0), -pieces.min(axis=2, initial=0.0)).max(
        axis=0
    )
    return peaks


def _numbers(parts: Sequence[np.ndarray], gain: float) -> list[int]:
    peaks = np.concatenate([*parts, np.zeros(0, dtype=np.float32)])
    return [int(value) for value in np.clip(np.rint(peaks * gain * FULL_SCALE), 0, FULL_SCALE)]


def peaks_json(peaks_by_stem: Mapping[str, WaveformPeaks], gain: float = 1.0) -> bytes:
    """The peaks file as `storage.manifest` describes it."""
    stems = {name: peaks.values(gain) for name, peaks in peaks_by_stem.items()}
    return json.dumps({"per_s": PER_S, "stems": stems}, separators=(",", ":")).encode()
