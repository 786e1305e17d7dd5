"""Endless batches: excerpts put together anew, half of the time across songs."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
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
            if rng.random() < 0.3:
                stems[i] *= _curve(rng)[:, None]
        if rng.random() < 0.5:
            stems, mask = stems.flip(1), mask.flip(0)
        if rng.random() < 0.2:  # a song that never had vocals, and no vocal stage
            return stems[:VOCALS].sum(dim=0), stems[:VOCALS]
        return heard(stems, mask)

    def _pick(self, rng: Rng, seeds: list[int]) -> tuple[int, int]:
        """A song and an excerpt of it."""
        seed = int(rng.choice(seeds))
        return seed, int(rng.integers(pool.excerpts(self.folder, seed)))


def heard(stems: Tensor, mask: Tensor) -> Batch:
    """What the vocal stage leaves of four stems (4, 2, 1024, frames), and the three targets in it."""
    targets = stems[:VOCALS].clone()
    targets[OTHER] += mask * stems[VOCALS]
    return mask * stems.sum(dim=0), targets


def _gains(rng: Rng, spread_db: float) -> Tensor:
    """A factor for each stem (4, 1, 1, 1), its polarity at random; some stems are muted."""
    gains = [db(rng.normal(0, spread_db)) * rng.choice([-1, 1]) for _ in range(4)]
    for i, often in enumerate(SILENT):
        gains[i] *= rng.random() >= often
    return torch.tensor(gains, dtype=torch.float32)[:, None, None, None]


def _curve(rng: Rng) -> Tensor:
    """A gentle equaliser: (1024 bins,) factors, straight lines between random points on a log axis."""
    points = rng.normal(0, 3, 7)
    at = np.interp(np.log2(np.arange(BINS) + 2), np.linspace(1, 10, 7), points)
    return torch.from_numpy(10 ** (at / 20)).float()
