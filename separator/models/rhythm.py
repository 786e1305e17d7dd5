"""Vocals by Spleeter, then its accompaniment split further into drums, bass and the rest.

The splitter looks at the picture of the accompaniment and answers with three masks that add up to one; which
splitter that is, one line decides (`SPLITTER`). This one is classical signal processing, and what it makes is
named *estimated*: a drum hit is a vertical line in the picture, a held note a horizontal one, so a median
along time keeps the notes and a median along frequency keeps the hits (HPSS, Fitzgerald 2010). Bass is what
is held and low.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from separator.audio.picture import FFT, to_picture, to_sound
from separator.models import spleeter
from separator.stems import Stem

if TYPE_CHECKING:
    from collections.abc import Callable

# Chosen by mean SDR on nine real songs: drums 3.7, bass 3.6 dB, where 17, 31 and 2 gave 2.9 and 2.6.
FRAMES_HELD = 21  # 0.5 s: a note lasts longer, a hit does not
BINS_HIT = 11  # 120 Hz: a hit is wider, a partial is not
SHARPNESS = 1.2  # exponent of the two medians in the masks; 2 would be Wiener's
BASS_HZ = (140.0, 280.0)  # all that is held below is bass, nothing above; between, a half cosine
SMALLEST = 1e-10


class MedianSplitter(nn.Module):
    """Drums, bass and other by median filtering."""

    def forward(self, picture: Tensor) -> Tensor:
        """Masks for drums, bass, other.

        Args:
            picture: (batch, channels, bins, frames), complex64, of an accompaniment.

        Returns:
            (batch, 3, 1, bins, frames), 0 to 1, adding up to 1 over the stems; the channels share them.
        """
        magnitude = picture[:, :, : spleeter.BINS].abs().mean(dim=1, keepdim=True)
        held = median(magnitude, FRAMES_HELD, dim=-1) ** SHARPNESS
        hit = median(magnitude, BINS_HIT, dim=-2) ** SHARPNESS
        drums = (hit + SMALLEST / 2) / (hit + held + SMALLEST)
        low = _low(spleeter.BINS).to(picture.device)[:, None]
        masks = torch.stack([drums, (1 - drums) * low, (1 - drums) * (1 - low)], dim=1)
        return spleeter.hold_top(masks, picture.shape[2])


class SpleeterRhythm(nn.Module):
    """Two cascaded looks at one picture of the song."""

    stems = (Stem.VOCALS, Stem.DRUMS, Stem.BASS, Stem.OTHER)
    rate_hz = spleeter.Spleeter.rate_hz
    window = spleeter.Spleeter.window
    hop = spleeter.Spleeter.hop

    def __init__(self, voice: spleeter.Spleeter, splitter: nn.Module, estimated: frozenset[Stem]) -> None:
        super().__init__()
        self.voice, self.splitter, self.estimated = voice, splitter, estimated

    def separate(self, windows: Tensor) -> Tensor:
        """See `separator.models.base.Network`."""
        picture = to_picture(windows)
        vocals, accompaniment = (self.voice.masks(picture) * picture[:, None]).unbind(dim=1)
        parts = self.splitter(accompaniment)[:, :-1] * accompaniment[:, None]
        # Put together as they lie in memory, frame by frame.
        pictures = torch.cat([vocals[:, None].mT, parts.mT], dim=1).mT
        return spleeter.with_rest(windows, to_sound(pictures, windows.shape[-1]))


#: What splits the accompaniment, and which stems are only estimated by it.
SPLITTER: Callable[[], nn.Module] = MedianSplitter
ESTIMATED = frozenset({Stem.DRUMS, Stem.BASS, Stem.OTHER})


def load(device: torch.device) -> SpleeterRhythm:
    """The cascade with its weights on a device, ready to separate.

    Raises:
        ConfigError: Spleeter's weights are missing.
    """
    splitter = SPLITTER().eval().to(device)
    return SpleeterRhythm(spleeter.load(device), splitter, ESTIMATED).eval()


@cache
def _low(bins: int) -> Tensor:
    """1 for bins of the bass, 0 above: (bins,)."""
    hz = torch.arange(bins) * spleeter.Spleeter.rate_hz / FFT
    across = ((hz - BASS_HZ[0]) / (BASS_HZ[1] - BASS_HZ[0])).clamp(0, 1)
    return 0.5 + 0.5 * torch.cos(across * torch.pi)


def median(x: Tensor, size: int, dim: int) -> Tensor:
    """The running median of `size` (odd) neighbours along a dimension; the edges are mirrored.

    A sorting network over shifted views of the whole tensor, pruned to what the median needs: ten times
    faster than sorting every neighbourhood by itself.
    """
    moved = x.movedim(dim, -1)
    shape, half = moved.shape, size // 2
    flat = functional.pad(moved.reshape(1, -1, shape[-1]), (half, half), mode="reflect")[0]
    wires = [flat[:, start : start + shape[-1]] for start in range(size)]
    for low, high in _median_network(size):
        a, b = wires[low], wires[high]
        wires[low], wires[high] = torch.minimum(a, b), torch.maximum(a, b)
    return wires[half].reshape(shape).movedim(-1, dim)


@cache
def _median_network(size: int) -> tuple[tuple[int, int], ...]:
    """Comparators (low, high) that bring the median to the middle wire, and no others."""
    needed, kept = {size // 2}, []
    for low, high in reversed(_sorting_network(size)):
        if needed & {low, high}:
            needed |= {low, high}
            kept.append((low, high))
    return tuple(reversed(kept))


def _sorting_network(size: int) -> list[tuple[int, int]]:
    """Batcher's merge exchange for any number of wires: Knuth, TAOCP 3, algorithm 5.2.2 M."""
    pairs = []
    top = 1 << ((size - 1).bit_length() - 1)
    p = top
    while p:
        q, r, d = top, 0, p
        while True:
            pairs += [(i, i + d) for i in range(size - d) if i & p == r]
            if q == p:
                break
            d, q, r = q - p, q >> 1, p
        p >>= 1
    return pairs
