"""Masks made consistent within a window: a stem is a few sounds that come again and again.

A network decides cell by cell, and one kick that it takes for a bass costs as much as the many that it knows.
Here each stem, as the network heard it, is written as a product of a few sounds and of how loud each is when
(non-negative matrix factorisation, Lee and Seung 1999; a sound is several frames long, as in Smaragdis 2004).
Then all sounds together are fitted to what was really heard, and each cell is shared out anew. A kick that
was heard rightly once takes its like with it. Nothing is learned beforehand.

Measured on real songs: drums and bass gain most of a decibel each (docs/decisions/0028).
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

FITS = 2  # from different beginnings, averaged: one alone may end in a corner
SOUNDS = 6  # of a stem, in a range of bins
FRAMES_LONG = 4  # of a sound: 93 ms at a hop of 1024
APART, TOGETHER = 10, 15  # updates on what the network heard of each stem; on what was heard in all
TINY = 1e-6  # of a window's mean magnitude
SEED = 1  # of the numbers that fits start from, the same for every window: the same song, the same stems


@dataclass(frozen=True)
class Range:
    """A range of bins that is fitted by itself: else the loudest, the lows, would have all the sounds."""

    first: int
    stop: int
    pooled: int  #: neighbouring bins that are one row


def refine_masks(masks: Tensor, heard: Tensor, ranges: tuple[Range, ...]) -> Tensor:
    """Masks in which every stem is a few recurring sounds.

    Args:
        masks: (batch, stems, channels, frames, bins), 0 to 1, adding up to 1 over the stems.
        heard: (batch, channels, frames, bins), magnitudes, any level.
        ranges: Which bins are fitted together; bins outside stay as they are.
    Returns: Like `masks`.
    """
    tiny = torch.finfo(heard.dtype).tiny
    level = heard.mean(dim=(1, 2, 3))[:, None, None].clamp_min(tiny)
    out = masks.clone()
    with torch.autocast(masks.device.type, enabled=False):
        for each in ranges:
            bins = slice(each.first, each.stop)
            ours, theirs = out[..., bins], heard[..., bins]
            rows = _pooled(theirs.mean(dim=1), each.pooled) / level + TINY
            parts = _pooled((ours * theirs[:, None]).mean(dim=2), each.pooled) / level[:, None]
            change = (_fitted(rows, parts) + TINY) / (parts / rows[:, None] + TINY)
            ours.mul_(change.repeat_interleave(each.pooled, dim=-1)[:, :, None])
            ours.div_(ours.sum(dim=1, keepdim=True).clamp_min_(TINY))
    return out


def _pooled(x: Tensor, bins: int) -> Tensor:
    return x.reshape(*x.shape[:-1], -1, bins).mean(dim=-1)


def _fitted(rows: Tensor, parts: Tensor) -> Tensor:
    """Shares (batch, stems, frames, rows) of what was heard, `rows` (batch, frames, rows)."""
    whole, apart = _long(rows)[:, None], _long(parts)[:, None]
    stems, frames, cells = apart.shape[2:]
    numbers = torch.Generator().manual_seed(SEED)
    when = 0.1 + torch.rand((FITS, stems, frames, SOUNDS), generator=numbers).to(rows)
    what = 0.1 + torch.rand((FITS, stems, SOUNDS, cells), generator=numbers).to(rows)
    when, what = (start.expand(len(rows), -1, -1, -1, -1) for start in (when, what))
    when, what = _updated(apart, when, what, APART)
    when, what = _updated(whole, when.transpose(2, 3).flatten(3), what.flatten(2, 3), TOGETHER)
    when = when.reshape(-1, FITS, frames, stems, SOUNDS).transpose(2, 3)
    found = _short(when @ what.reshape(-1, FITS, stems, SOUNDS, cells))
    return (found / found.sum(dim=2, keepdim=True).clamp_min(TINY)).mean(dim=1)


def _updated(target: Tensor, when: Tensor, what: Tensor, times: int) -> tuple[Tensor, Tensor]:
    """Multiplicative updates towards the least Kullback-Leibler divergence of `when @ what` from `target`."""
    for _ in range(times):
        ratio = _ratio(target, when @ what)
        when = when * (ratio @ what.mT) / what.sum(dim=-1)[..., None, :].add(TINY)
        ratio = _ratio(target, when @ what)
        what = what * (when.mT @ ratio) / when.sum(dim=-2)[..., None].add(TINY)
    return when, what


def _ratio(target: Tensor, fit: Tensor) -> Tensor:
    """Written over `fit`: new memory for each took half of the time."""
    return torch.div(target, fit.add_(TINY), out=fit)


def _long(x: Tensor) -> Tensor:
    """Each frame with those that follow it: (..., frames, rows) to (..., frames, rows · FRAMES_LONG)."""
    return functional.pad(x, (0, 0, 0, FRAMES_LONG - 1)).unfold(-2, FRAMES_LONG, 1).flatten(-2)


def _short(x: Tensor) -> Tensor:
    """Undo `_long`: the mean of what was said of each frame."""
    said, frames = x.reshape(*x.shape[:-1], -1, FRAMES_LONG), x.shape[-2]
    late = [functional.pad(said[..., at], (0, 0, at, 0))[..., :frames, :] for at in range(FRAMES_LONG)]
    return torch.stack(late).mean(dim=0)
