"""Cut a song into windows and sew what comes of them: cutting and sewing alone returns it sample for sample.

    window 0   1222221                 A trapezoid, here 7 samples with a hop of 5: neighbours fade into one
    window 1        1222221            another over what they share. With a hop under half a window it is a
    window 2             1222221       triangle. The ends of the song get less than its middle, so every
    laid       12222222222222221       sample is divided by what was laid down on it.

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
    """Where one window reads the song, and what of it is laid down where."""

    read_at: int  #: sample of the song that the window begins with; before the song and after it is silence
    write_at: int  #: sample of the song from which on its sound is laid down
    samples: int  #: how many are

    def of(self, separated: Tensor) -> Tensor:
        """What is laid down of a separated window, in front, as `OverlapAdd.push` takes it: (..., window)."""
        if self.read_at == self.write_at:
            return separated
        first = self.write_at - self.read_at
        kept = separated[..., first : first + self.samples]
        return torch.nn.functional.pad(kept, (0, separated.shape[-1] - self.samples))


def segments(length: int, window: int, hop: int, *, centred: bool = False) -> list[Segment]:
    """Where all windows of a song are.

    Args:
        length: Samples in the song.
        window: Samples that the network sees at once.
        hop: Samples from one window's start to the next.
        centred: As Demucs cuts a song: windows start as long as there is song, and those that reach beyond
            its end read it from the middle outwards, so they hear what came before, not silence alone.
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
    """Takes windows in order, gives finished audio in order; holds one window, however long the song."""

    def __init__(self, length: int, window: int, hop: int, *, centred: bool = False) -> None:
        """Prepare for a song of `length` samples, cut by `segments`.

        Raises:
            ValueError: The hop leaves gaps, or does not advance.
        """
        if not 0 < hop <= window:
            raise ValueError(f"a hop of {hop} does not sew windows of {window}")
        self._length, self._window, self._hop = length, window, hop
        self._last = hop if centred else window  # samples left when the last window comes, at most
        self._fade = fade(window, hop)
        self._laid = torch.zeros(window)
        self._sewn: Tensor | None = None
        self._given = 0

    def push(self, separated: Tensor) -> Tensor:
        """Lay one window down.

        Args:
            separated: (..., window), float32; windows come in the order of `window_starts`.

        Returns:
            (..., samples): what no later window changes; `hop` samples, fewer at the song's end.
        """
        if self._sewn is None:
            self._sewn = separated.new_zeros(separated.shape)
        self._sewn += separated * self._fade
        self._laid += self._fade
        last = self._given + self._last >= self._length
        ready = self._length - self._given if last else self._hop
        done = self._sewn[..., :ready] / self._laid[:ready]
        self._given += ready
        self._sewn = _shifted(self._sewn, ready)
        self._laid = _shifted(self._laid, ready)
        return done


def _shifted(held: Tensor, by: int) -> Tensor:
    """Drop the first samples; nothing lies on the new ones yet."""
    return torch.cat([held[..., by:], held.new_zeros(*held.shape[:-1], by)], dim=-1)
