"""Refines masks by the sounds that recur in a window.

A network decides for each time-frequency bin, and one kick that it takes for a bass costs as much as the many
that it recognises. Here the magnitudes of each stem are factorised into a few templates W and their
activations H (non-negative matrix factorisation, Lee and Seung 1999; a template is several frames long, as in
Smaragdis 2004). Then all templates together are fitted to the mixture, and the masks follow from the fit: a
kick that was recognised once corrects the others that sound like it. Nothing is trained beforehand.

Measured on real songs: drums and bass gain most of a decibel each (docs/decisions/0028).
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

INITIALISATIONS = 2  # random ones, averaged: one alone may end in a local minimum
COMPONENTS = 6  # templates of a stem, in a range of bins
TEMPLATE_FRAMES = 4  # of a template: 93 ms at a hop of 1024
STEM_UPDATES, JOINT_UPDATES = 10, 15  # updates towards each stem of the network; towards the mixture
EPSILON = 1e-6  # of a window's mean magnitude
SEED = 1  # of the initialisations, the same for every window: the same song gives the same stems


@dataclass(frozen=True)
class BinRange:
    """A range of bins that is fitted by itself: else the loudest, the lows, would have all templates."""

    first: int
    stop: int
    pooled: int  #: neighbouring bins that are one row


def refine_masks(masks: Tensor, magnitudes: Tensor, ranges: tuple[BinRange, ...]) -> Tensor:
    """Fit each stem by a few recurring templates.

    Args:
        masks: (batch, stems, channels, frames, bins), 0 to 1, adding up to 1 over the stems.
        magnitudes: (batch, channels, frames, bins), of the mixture, any level.
        ranges: Which bins are fitted together; bins outside stay as they are.
    Returns: Like `masks`.
    """
    tiny = torch.finfo(magnitudes.dtype).tiny
    level = magnitudes.mean(dim=(1, 2, 3))[:, None, None].clamp_min(tiny)
    out = masks.clone()
    with torch.autocast(masks.device.type, enabled=False):
        for each in ranges:
            bins = slice(each.first, each.stop)
            ours, theirs = out[..., bins], magnitudes[..., bins]
            rows = _pool(theirs.mean(dim=1), each.pooled) / level + EPSILON
            parts = _pool((ours * theirs[:, None]).mean(dim=2), each.pooled) / level[:, None]
            change = (_fit(rows, parts) + EPSILON) / (parts / rows[:, None] + EPSILON)
            ours.mul_(change.repeat_interleave(each.pooled, dim=-1)[:, :, None])
            ours.div_(ours.sum(dim=1, keepdim=True).clamp_min_(EPSILON))
    return out


def _pool(x: Tensor, bins: int) -> Tensor:
    return x.reshape(*x.shape[:-1], -1, bins).mean(dim=-1)


def _fit(rows: Tensor, parts: Tensor) -> Tensor:
    """Shares of the stems, (batch, stems, frames, rows).

    Args:
        rows: (batch, frames, rows), the mixture.
        parts: (batch, stems, frames, rows), the network's stems.
    """
    mixture, separate = _stack_frames(rows)[:, None], _stack_frames(parts)[:, None]
    stems, frames, cells = separate.shape[2:]
    numbers = torch.Generator().manual_seed(SEED)
    activations = 0.1 + torch.rand((INITIALISATIONS, stems, frames, COMPONENTS), generator=numbers).to(rows)
    templates = 0.1 + torch.rand((INITIALISATIONS, stems, COMPONENTS, cells), generator=numbers).to(rows)
    activations, templates = (start.expand(len(rows), -1, -1, -1, -1) for start in (activations, templates))
    activations, templates = _update(separate, activations, templates, STEM_UPDATES)
    activations, templates = _update(
        mixture, activations.transpose(2, 3).flatten(3), templates.flatten(2, 3), JOINT_UPDATES
    )
    activations = activations.reshape(-1, INITIALISATIONS, frames, stems, COMPONENTS).transpose(2, 3)
    found = _unstack_frames(activations @ templates.reshape(-1, INITIALISATIONS, stems, COMPONENTS, cells))
    return (found / found.sum(dim=2, keepdim=True).clamp_min(EPSILON)).mean(dim=1)


def _update(target: Tensor, activations: Tensor, templates: Tensor, times: int) -> tuple[Tensor, Tensor]:
    """Multiplicative updates that lower the Kullback-Leibler divergence of the product from `target`."""
    for _ in range(times):
        ratio = _ratio(target, activations @ templates)
        activations = activations * (ratio @ templates.mT) / templates.sum(dim=-1)[..., None, :].add(EPSILON)
        ratio = _ratio(target, activations @ templates)
        templates = templates * (activations.mT @ ratio) / activations.sum(dim=-2)[..., None].add(EPSILON)
    return activations, templates


def _ratio(target: Tensor, fit: Tensor) -> Tensor:
    """Overwrites `fit`: allocating memory for each took half of the time."""
    return torch.div(target, fit.add_(EPSILON), out=fit)


def _stack_frames(x: Tensor) -> Tensor:
    """Each frame with those that follow it: (..., frames, rows) to (..., frames, rows · TEMPLATE_FRAMES)."""
    return functional.pad(x, (0, 0, 0, TEMPLATE_FRAMES - 1)).unfold(-2, TEMPLATE_FRAMES, 1).flatten(-2)


def _unstack_frames(x: Tensor) -> Tensor:
    """Undo `_stack_frames`: the mean of all values of each frame."""
    stacked, frames = x.reshape(*x.shape[:-1], -1, TEMPLATE_FRAMES), x.shape[-2]
    late = [functional.pad(stacked[..., at], (0, 0, at, 0))[..., :frames, :] for at in range(TEMPLATE_FRAMES)]
    return torch.stack(late).mean(dim=0)
