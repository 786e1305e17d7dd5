"""Weighted overlap-add: where windows are cut from a song, and how separated windows become one song again.

    window 0   1222221                 A trapezoid, here 7 samples with a hop of 5: neighbours fade into one
    window 1        1222221            another where they overlap. With a hop under half a window it is a
    window 2             1222221       triangle. The ends of the song get less weight than its middle, so
    weights    12222222222222221       every sample is divided by the sum of its weights.

Without a change between cutting and adding, the song returns sample for sample.

Source: weighted overlap-add, Crochiere 1980.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


def window_starts(length: int, window: int, hop: int) -> range:
    """Where windows start, so that together they cover `length` samples; at least one."""
    return range(0, max(length - window + hop - 1, 0) // hop * hop + 1, hop)


class Segment(NamedTuple):
    """Where one window reads the song, and which part of it is added where."""

    read_at: int  #: sample of the song that the window begins with; before the song and after it is silence
    write_at: int  #: sample of the song to which its sound is added
    samples: int  #: how many of them

    def crop(self, separated: Tensor) -> Tensor:
        """The part of a separated window that is added, moved to its start: (..., window)."""
        if self.read_at == self.write_at:
            return separated
        first = self.write_at - self.read_at
        part = separated[..., first : first + self.samples]
        return torch.nn.functional.pad(part, (0, separated.shape[-1] - self.samples))


def segments(length: int, window: int, hop: int, *, centred: bool = False) -> list[Segment]:
    """Where the windows of a song are.

    Args:
        length: Samples in the song.
        window: Samples that the network sees at once.
        hop: Samples from one window's start to the next.
        centred: As Demucs cuts a song: windows start as long as there is song, and those that reach beyond
            its end read it from the middle outwards, so they see what came before, not silence alone.
    """
    if not centred:
        return [Segment(start, start, window) for start in window_starts(length, window, hop)]
    found = []
    for start in range(0, max(length, 1), hop):
        samples = min(window, length - start)
        found.append(Segment(start - (window - samples) // 2, start, samples))
    return found


def fade(window: int, hop: int) -> Tensor:
    """The weight of each sample of a window: (window,), above 0.

    Args:
        window: Samples.
        hop: Samples from one window's start to the next; 0 < hop <= window.
    """
    ramp = min(window - hop, window // 2)
    rising = torch.arange(1, window + 1, dtype=torch.float32) / (ramp + 1)
    return torch.minimum(rising, rising.flip(0)).clamp(max=1.0)


class OverlapAdd:
    """Adds windows in order and returns finished audio in order; holds one window, however long the song."""

    def __init__(self, length: int, window: int, hop: int, *, centred: bool = False) -> None:
        """Prepare for a song of `length` samples, cut by `segments`.

        Raises:
            ValueError: The hop leaves gaps, or does not advance.
        """
        if not 0 < hop <= window:
            raise ValueError(f"a hop of {hop} does not cover windows of {window}")
        self._length, self._window, self._hop = length, window, hop
        self._last = hop if centred else window  # samples left when the last window comes, at most
        self._fade = fade(window, hop)
        self._weights = torch.zeros(window)
        self._sum: Tensor | None = None
        self._written = 0

    def push(self, separated: Tensor) -> Tensor:
        """Add one window.

        Args:
            separated: (..., window), float32; windows come in the order of `window_starts`.

        Returns:
            (..., samples): what no later window changes; `hop` samples, fewer at the song's end.
        """
        if self._sum is None:
            self._sum = separated.new_zeros(separated.shape)
        self._sum += separated * self._fade
        self._weights += self._fade
        last = self._written + self._last >= self._length
        ready = self._length - self._written if last else self._hop
        finished = self._sum[..., :ready] / self._weights[:ready]
        self._written += ready
        self._sum = _shift(self._sum, ready)
        self._weights = _shift(self._weights, ready)
        return finished


def _shift(samples: Tensor, by: int) -> Tensor:
    """Drop the first samples and append zeros."""
    return torch.cat([samples[..., by:], samples.new_zeros(*samples.shape[:-1], by)], dim=-1)
