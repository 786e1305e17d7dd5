"""Endless batches: excerpts put together anew, half of the time across songs."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from training import pool
from training.effects import Rng, db
from training.vocal_stage import BINS

DRUMS, BASS, OTHER, VOCALS = range(4)
SILENT = (0.05, 0.06, 0.03)  # how often a stem is muted on top of those that songs lack
QUIET = 1e-3  # mean magnitude under which an excerpt is silence and teaches nothing
Batch = tuple[Tensor, Tensor]


@dataclass(frozen=True)
class Mixer:
    """Batches from a pool of songs. Nothing is remembered from step to step: each is drawn from all songs.

    A first version kept a few excerpts in memory and used each for several steps; the network learned them by
    heart, and its score on other songs stood still while its loss fell.
    """

    folder: Path
    seed: int
    batch: int = 4

    def batch_at(self, step: int) -> Batch:
        """Input (batch, 2, 1024, frames) and targets (batch, 3, 2, 1024, frames), complex64, for a step."""
        rng = np.random.default_rng([self.seed, step])
        seeds = pool.rendered(self.folder)
        items: list[Batch] = []
        while len(items) < self.batch:
            item = self._item(rng, seeds)
            if float(item[0].abs().mean()) > QUIET:
                items.append(item)
        return torch.stack([x for x, _ in items]), torch.stack([y for _, y in items])

    def _item(self, rng: Rng, seeds: list[int]) -> Batch:
        """One mixture and its stems. What is left of the vocals belongs to the rest."""
        same = rng.random() < 0.5
        picks = [self._pick(rng, seeds) for _ in range(1 if same else 4)] * (4 if same else 1)
        stems = torch.stack([pool.stem(self.folder, *pick, i) for i, pick in enumerate(picks)])
        mask = pool.mask(self.folder, *picks[VOCALS])
        stems *= _gains(rng, 1.5 if same else 4.0)
        for i in range(3):
            if rng.random() < 0.7:
                stems[i] = _retuned(stems[i], rng)
            stems[i] *= _curve(rng, rng.uniform(0, 7))[:, None]
            if rng.random() < 0.2:
                stems[i] *= _slope(rng)[:, None]
            stems[i] = _placed(stems[i], rng)
        stems, mask = _narrowed(stems, mask, rng)
        if rng.random() < 0.5:
            stems, mask = stems.flip(1), mask.flip(0)
        if rng.random() < 0.2:  # a song that never had vocals, and no vocal stage
            stems, mask = stems[:VOCALS], torch.ones(())
        return _worn(*heard(stems, mask), rng)

    def _pick(self, rng: Rng, seeds: list[int]) -> tuple[int, int]:
        """A song and an excerpt of it."""
        seed = int(rng.choice(seeds))
        return seed, int(rng.integers(pool.excerpts(self.folder, seed)))


def heard(stems: Tensor, mask: Tensor) -> Batch:
    """What the vocal stage leaves of the stems (3 or 4, 2, 1024, frames), and the three targets in it."""
    targets = stems[:VOCALS].clone()
    targets[OTHER] += mask * stems[VOCALS:].sum(dim=0)
    return mask * stems.sum(dim=0), targets


def _worn(seen: Tensor, targets: Tensor, rng: Rng) -> Batch:
    """Hiss of any colour, as part of the rest; lows or highs cut off.

    Nothing real is ever quite silent or quite mono, and compressed magnitudes make the least difference
    seen; measured: hiss added to a real song made the split better, so the network leant on its absence.
    """
    if rng.random() < 0.7:
        level = float(seen.abs().mean()) * db(rng.uniform(-65, -25))
        hiss = torch.randn(seen.shape, dtype=torch.complex64, generator=_torch_rng(rng))
        hiss *= level * _curve(rng, 8.0)[:, None]
        seen, targets = seen + hiss, targets.clone()
        targets[OTHER] += hiss
    if rng.random() < 0.2:
        gone = torch.zeros(BINS)
        gone[int(2 ** rng.uniform(5, 10)) :] = 1
        if rng.random() < 0.4:
            gone = torch.zeros(BINS)
            gone[: int(rng.uniform(2, 12))] = 1
        kept = (1 - 0.99 * gone)[:, None]
        seen, targets = seen * kept, targets * kept
    return seen, targets


def _torch_rng(rng: Rng) -> torch.Generator:
    return torch.Generator().manual_seed(int(rng.integers(2**62)))


def _gains(rng: Rng, spread_db: float) -> Tensor:
    """A factor for each stem (4, 1, 1, 1), its polarity at random; some stems are muted."""
    gains = [db(rng.normal(0, spread_db)) * rng.choice([-1, 1]) for _ in range(4)]
    for i, often in enumerate(SILENT):
        gains[i] *= rng.random() >= often
    return torch.tensor(gains, dtype=torch.float32)[:, None, None, None]


def _curve(rng: Rng, spread_db: float) -> Tensor:
    """A gentle equaliser: (1024 bins,) factors, straight lines between random points on a log axis."""
    return torch.from_numpy(10 ** (_line(rng, spread_db) / 20)).float()


def _retuned(stem: Tensor, rng: Rng) -> Tensor:
    """Another pitch and another size: bins moved up or down by some semitones.

    The phases are no longer those of a sound, but the network sees magnitudes alone. A few hundred songs
    have a few hundred kits and basses; measured: without this they were known by heart after 1000 steps.
    """
    factor = float(np.exp(rng.normal(0, 0.15)))
    rows = torch.from_numpy(np.round(np.arange(BINS) / factor).astype(np.int64))
    inside = (rows < BINS).float()[:, None]
    return stem[:, rows.clamp_max(BINS - 1)] * inside


def _slope(rng: Rng) -> Tensor:
    """A low-pass (or, a third of the time, a high-pass) somewhere: (1024 bins,) factors.

    Measured: a kick whose click is under the guitars, or cut off, went to the bass.
    """
    if rng.random() < 0.67:
        at, order = 2 ** rng.uniform(3, 9), rng.uniform(1, 6)
    else:
        at, order = 2 ** rng.uniform(1.5, 6), -rng.uniform(1, 6)
    return torch.from_numpy(1 / np.sqrt(1 + ((np.arange(BINS) + 0.5) / at) ** (2 * order))).float()


def _line(rng: Rng, spread: float) -> NDArray[np.float64]:
    """Straight lines between random points on a log axis: (1024 bins,)."""
    at = np.log2(np.arange(BINS) + 2)
    return np.asarray(np.interp(at, np.linspace(1, 10, 7), rng.normal(0, spread, 7)))


def _placed(stem: Tensor, rng: Rng) -> Tensor:
    """One stem (2, 1024, frames) somewhere else between the loudspeakers: mono, or smeared over both.

    Else the network learns that what is exactly in the middle is the bass, for the generator's bass is;
    measured: without this a dry kick drum in the middle went to the bass.
    """
    chance = rng.random()
    if chance < 0.35:
        return stem.mean(dim=0, keepdim=True).expand(2, -1, -1)
    if chance < 0.75:
        levels = np.stack([_line(rng, 2.0) + rng.normal(0, 1.5) for _ in range(2)])
        turns = np.stack([_line(rng, 0.5) for _ in range(2)])
        factors = 10 ** (levels / 20) * np.exp(1j * turns)
        return stem * torch.from_numpy(factors.astype(np.complex64))[:, :, None]
    return stem


def _narrowed(stems: Tensor, mask: Tensor, rng: Rng) -> Batch:
    """The whole song in mono, or its lows, as records are cut; or as it is."""
    chance, rows = rng.random(), BINS
    if chance > 0.35:
        return stems, mask
    if chance > 0.2:
        rows = int(rng.uniform(8, 30))
    stems, mask = stems.clone(), mask.clone()
    stems[:, :, :rows] = stems[:, :, :rows].mean(dim=1, keepdim=True)
    mask[:, :rows] = mask[:, :rows].mean(dim=0, keepdim=True)
    return stems, mask
