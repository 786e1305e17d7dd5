"""Endless batches: excerpts kept in memory and put together anew, half of the time across songs."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from training.effects import Rng, db
from training.pool import excerpt, rendered
from training.vocal_stage import BINS

DRUMS, BASS, OTHER, VOCALS = range(4)
SILENT = (0.05, 0.06, 0.03)  # how often a stem is muted on top of those that songs lack
QUIET = 1e-3  # mean magnitude under which an excerpt is silence and teaches nothing


@dataclass
class Mixer:
    """Excerpts in memory; each step some are replaced."""

    folder: Path
    seed: int
    batch: int = 4
    held: int = 28  # excerpts in memory, 19 MB each
    fresh: int = 1  # read anew for each batch
    _kept: list[tuple[Tensor, Tensor]] = field(default_factory=list)

    def batch_at(self, step: int) -> tuple[Tensor, Tensor]:
        """Input (batch, 2, 1024, frames) and targets (batch, 3, 2, 1024, frames), complex64, for a step."""
        rng = np.random.default_rng([self.seed, step])
        self._refill(rng)
        items: list[tuple[Tensor, Tensor]] = []
        while len(items) < self.batch:
            item = self._item(rng)
            if float(item[0].abs().mean()) > QUIET:
                items.append(item)
        return torch.stack([x for x, _ in items]), torch.stack([y for _, y in items])

    def _refill(self, rng: Rng) -> None:
        seeds = rendered(self.folder)
        wanted = self.held if not self._kept else self.fresh
        fresh = [excerpt(self.folder, int(rng.choice(seeds)), rng) for _ in range(wanted)]
        self._kept = (self._kept + fresh)[-self.held :]

    def _item(self, rng: Rng) -> tuple[Tensor, Tensor]:
        """One mixture and its stems. What is left of the vocals belongs to the rest."""
        same = rng.random() < 0.5
        first = int(rng.integers(len(self._kept)))
        picks = [first if same else int(rng.integers(len(self._kept))) for _ in range(4)]
        stems = torch.stack([self._kept[pick][0][i] for i, pick in enumerate(picks)])
        mask = self._kept[picks[VOCALS]][1]
        stems = stems * _gains(rng, 1.5 if same else 4.0)
        for i in range(3):
            if rng.random() < 0.3:
                stems[i] *= _curve(rng)[:, None]
        if rng.random() < 0.5:
            stems, mask = stems.flip(1), mask.flip(0)
        seen = mask * stems.sum(dim=0)
        left = mask * stems[VOCALS]
        if rng.random() < 0.2:  # a song that never had vocals, and no vocal stage
            seen, left = stems[:VOCALS].sum(dim=0), torch.zeros_like(left)
        targets = stems[:VOCALS]
        targets[OTHER] += left
        return seen, targets


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
