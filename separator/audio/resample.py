"""From any sample rate to the model's, block by block without seams.

The kernel is torchaudio's `sinc_interp_kaiser` (a Kaiser-windowed sinc, one filter for every phase) with the
numbers of librosa's `kaiser_best`. It is written out here because torchaudio 2.11, the last release, refuses
to be imported beside a torch that was built for another CUDA version; a test holds the two equal.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

ZEROS = 64  # zero crossings of the sinc on each side
ROLLOFF = 0.9475937167399596  # cut-off as a share of the lower Nyquist frequency
BETA = 14.769656459379492  # of the Kaiser window: 90 dB of stop band
_MOST_TAPS = 1 << 23  # of a filter bank, 32 MiB; a stranger's header chooses the rate, but not this
_AT_ONCE = 1 << 21  # weights that are worked out, or weighted samples that stand, in memory together


@dataclass(frozen=True)
class Ratio:
    """A change of rate in lowest terms."""

    up: int
    down: int

    @classmethod
    def between(cls, from_hz: int, to_hz: int) -> Ratio:
        """The ratio of two rates."""
        common = math.gcd(from_hz, to_hz)
        return cls(to_hz // common, from_hz // common)

    def length(self, samples: int) -> int:
        """How many samples come out of so many; the last one may lie up to one step past the end."""
        return -(-samples * self.up // self.down)

    @property
    def base(self) -> float:
        """Cut-off: of the lower of the two rates, in units of that ratio."""
        return min(self.up, self.down) * ROLLOFF

    @property
    def width(self) -> int:
        """Input samples that a filter reaches to each side."""
        return math.ceil(ZEROS * self.down / self.base)


class Resampler:
    """Takes blocks of any size, gives blocks; together exactly what the whole song would give."""

    def __init__(self, from_hz: int, to_hz: int, channels: int = 2) -> None:
        """Prepare the filters for a change of rate."""
        self._ratio = Ratio.between(from_hz, to_hz)
        self._held = torch.zeros(channels, 0)
        self._start = 0  # input sample at which `_held` starts; before the song there is silence
        self._taken = 0  # input samples so far
        self._given = 0  # output samples so far
        self._dense = self._ratio.up * _reach(self._ratio) <= _MOST_TAPS
        self._bank = _dense_bank(self._ratio) if self._dense else _sparse_bank(self._ratio)

    def push(self, block: Tensor) -> Tensor:
        """(channels, samples) in, as much as can be told out."""
        if self._ratio == Ratio(1, 1):
            return block
        self._taken += block.shape[-1]
        self._held = torch.cat([self._held, block], dim=-1)
        whole_steps = (self._taken - self._ratio.width) // self._ratio.down
        return self._advance(max(whole_steps, 0) * self._ratio.up)

    def flush(self) -> Tensor:
        """The rest of the song, silence after it."""
        channels = self._held.shape[0]
        if self._ratio == Ratio(1, 1):
            return torch.zeros(channels, 0)
        tail = torch.zeros(channels, self._ratio.width + self._ratio.down)
        self._held = torch.cat([self._held, tail], dim=-1)
        return self._advance(self._ratio.length(self._taken))

    def _advance(self, until: int) -> Tensor:
        """Output samples from where we stand to `until`, then forget the input that is no more needed."""
        first = (
            self._given // self._ratio.up
        )  # whole steps: all filters of a step start at the same input sample
        out = self._filtered(self._padded_from(first), until - self._given)
        self._given = max(until, self._given)
        keep_from = max(self._given // self._ratio.up * self._ratio.down - self._ratio.width, 0)
        self._held = self._held[:, max(keep_from - self._start, 0) :]
        self._start = max(keep_from, self._start)
        return out

    def _padded_from(self, step: int) -> Tensor:
        """Input from `width` samples before a step on; silence where that is before the song."""
        start = step * self._ratio.down - self._ratio.width
        before = torch.zeros(self._held.shape[0], max(-start, 0))
        return torch.cat([before, self._held[:, max(start - self._start, 0) :]], dim=-1)

    def _filtered(self, padded: Tensor, samples: int) -> Tensor:
        """`samples` of output from input that starts `width` before a step."""
        if samples <= 0:
            return padded.new_zeros(padded.shape[0], 0)
        apply = _convolved if self._dense else _looked_up
        return apply(padded, self._ratio, self._bank, samples)


def _reach(ratio: Ratio) -> int:
    """Input samples that the filters of one step see together."""
    return 2 * ratio.width + ratio.down


def _taps(ratio: Ratio, phase: Tensor, place: Tensor) -> Tensor:
    """The kernel for output phases (0 … up - 1) at input places, counted from the step's first sample."""
    time = (place / ratio.down - phase / ratio.up) * ratio.base
    time = time.clamp(-ZEROS, ZEROS)
    beta = torch.tensor(BETA, dtype=torch.float64)
    window = torch.i0(beta * torch.sqrt(1 - (time / ZEROS) ** 2)) / torch.i0(beta)
    return (torch.sinc(time) * window * (ratio.base / ratio.down)).float()


def _dense_bank(ratio: Ratio) -> Tensor:
    """(up, 1, reach): for each phase the weights of all input samples around a step."""
    phase = torch.arange(ratio.up, dtype=torch.float64)[:, None]
    place = torch.arange(-ratio.width, ratio.width + ratio.down, dtype=torch.float64)[None]
    return _bank_of(ratio, phase, place)[:, None]


def _convolved(padded: Tensor, ratio: Ratio, bank: Tensor, samples: int) -> Tensor:
    """Output by a convolution whose channels are the phases: fast where there are few."""
    steps = -(-samples // ratio.up)
    needed = (steps - 1) * ratio.down + _reach(ratio)
    padded = functional.pad(padded, (0, max(needed - padded.shape[-1], 0)))[:, :needed]
    out = functional.conv1d(padded[:, None], bank, stride=ratio.down)  # (channels, up, steps)
    return out.transpose(1, 2).flatten(1)[:, :samples]


def _sparse_bank(ratio: Ratio) -> Tensor:
    """(rows, 2 width + 1): for each place between two input samples the weights of those around it.

    For rates that have next to nothing in common: 44 099 Hz would fill 7.8 GB of the dense bank, here 24 MB.
    Where even this would pass `_MOST_TAPS` (a header that claims 767 999 Hz) not every place has a row, and
    the nearest is taken: an error of -95 dB instead of 400 MB and the half minute to fill them.
    """
    place = torch.arange(-ratio.width, ratio.width + 1, dtype=torch.float64)[None]
    rows = max(min(ratio.up, _MOST_TAPS // place.shape[1]), 1)
    between = torch.arange(rows + 1, dtype=torch.float64)[:, None] * ratio.up / rows / ratio.down
    return _bank_of(ratio, between, place)


def _bank_of(ratio: Ratio, phases: Tensor, places: Tensor) -> Tensor:
    """The filters of a bank, some at a time."""
    rows = max(_AT_ONCE // places.shape[1], 1)
    return torch.cat([_taps(ratio, part, places) for part in torch.split(phases, rows)])


def _looked_up(padded: Tensor, ratio: Ratio, bank: Tensor, samples: int) -> Tensor:
    """Output sample by sample, each with its own filter out of the sparse bank."""
    rows, taps = bank.shape[0] - 1, bank.shape[1]
    around = functional.pad(padded, (0, taps)).unfold(-1, taps, 1)  # (channels, places, taps), a view
    out = []
    for number in torch.split(torch.arange(samples), max(_AT_ONCE // taps, 1)):
        centre, between = number * ratio.down // ratio.up, number * ratio.down % ratio.up
        row = (2 * between * rows + ratio.up) // (2 * ratio.up)  # the nearest; exact where each has its own
        out.append((around[:, centre] * bank[row]).sum(dim=-1))
    return torch.cat(out, dim=-1)
