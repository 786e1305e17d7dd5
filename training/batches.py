"""Training batches: excerpts mixed at random, half of the time across songs."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from training import pool
from training.effects import Rng, db_to_gain
from training.vocal_stage import BINS

DRUMS, BASS, OTHER, VOCALS = range(4)
MUTE_PROBABILITY = (0.05, 0.06, 0.03)  # how often a stem is muted on top of those that songs lack
QUIET = 1e-3  # mean magnitude under which an excerpt is silence and teaches nothing
Batch = tuple[Tensor, Tensor]


@dataclass(frozen=True)
class BatchMixer:
    """Batches from a pool of songs; each step draws from all of them.

    A first version reused a few excerpts for several steps; the network overfitted to them, and its score on
    other songs stood still while its loss fell.
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
        """One mixture and its stems. What is left of the vocals belongs to `other`."""
        same = rng.random() < 0.5
        picks = [self._pick(rng, seeds) for _ in range(1 if same else 4)] * (4 if same else 1)
        stems = torch.stack([pool.stem(self.folder, *pick, i) for i, pick in enumerate(picks)])
        mask = pool.mask(self.folder, *picks[VOCALS])
        stems *= _gains(rng, 1.5 if same else 4.0)
        for i in range(3):
            if rng.random() < 0.7:
                stems[i] = _shift_pitch(stems[i], rng)
            stems[i] *= _random_eq(rng, rng.uniform(0, 7))[:, None]
            if rng.random() < 0.2:
                stems[i] *= _random_filter(rng)[:, None]
            stems[i] = _change_stereo(stems[i], rng)
        stems, mask = _narrow(stems, mask, rng)
        if rng.random() < 0.5:
            stems, mask = stems.flip(1), mask.flip(0)
        if rng.random() < 0.2:  # a song that never had vocals, and no vocal stage
            stems, mask = stems[:VOCALS], torch.ones(())
        return _degrade(*after_vocal_stage(stems, mask), rng)

    def _pick(self, rng: Rng, seeds: list[int]) -> tuple[int, int]:
        """A song and an excerpt of it."""
        seed = int(rng.choice(seeds))
        return seed, int(rng.integers(pool.excerpts(self.folder, seed)))


def after_vocal_stage(stems: Tensor, mask: Tensor) -> Batch:
    """The mixture (2, 1024, frames) that the vocal stage leaves of 3 or 4 stems, and its three targets."""
    targets = stems[:VOCALS].clone()
    targets[OTHER] += mask * stems[VOCALS:].sum(dim=0)
    return mask * stems.sum(dim=0), targets


def _degrade(inputs: Tensor, targets: Tensor, rng: Rng) -> Batch:
    """Hiss of any colour, as part of the rest; lows or highs cut off.

    Nothing real is ever quite silent or quite mono, and compressed magnitudes make the least difference
    seen; measured: hiss added to a real song made the split better, so the network leant on its absence.
    """
    if rng.random() < 0.7:
        level = float(inputs.abs().mean()) * db_to_gain(rng.uniform(-65, -25))
        hiss = torch.randn(inputs.shape, dtype=torch.complex64, generator=_torch_rng(rng))
        hiss *= level * _random_eq(rng, 8.0)[:, None]
        inputs, targets = inputs + hiss, targets.clone()
        targets[OTHER] += hiss
    if rng.random() < 0.2:
        cut = torch.zeros(BINS)
        cut[int(2 ** rng.uniform(5, 10)) :] = 1
        if rng.random() < 0.4:
            cut = torch.zeros(BINS)
            cut[: int(rng.uniform(2, 12))] = 1
        gain = (1 - 0.99 * cut)[:, None]
        inputs, targets = inputs * gain, targets * gain
    return inputs, targets


def _torch_rng(rng: Rng) -> torch.Generator:
    return torch.Generator().manual_seed(int(rng.integers(2**62)))


def _gains(rng: Rng, spread_db: float) -> Tensor:
    """A factor for each stem (4, 1, 1, 1), its polarity at random; some stems are muted."""
    gains = [db_to_gain(rng.normal(0, spread_db)) * rng.choice([-1, 1]) for _ in range(4)]
    for i, probability in enumerate(MUTE_PROBABILITY):
        gains[i] *= rng.random() >= probability
    return torch.tensor(gains, dtype=torch.float32)[:, None, None, None]


def _random_eq(rng: Rng, spread_db: float) -> Tensor:
    """A gentle equaliser: (1024 bins,) factors, straight lines between random points on a log axis."""
    return torch.from_numpy(10 ** (_random_curve(rng, spread_db) / 20)).float()


def _shift_pitch(stem: Tensor, rng: Rng) -> Tensor:
    """Pitch and size changed: bins moved up or down by some semitones.

    The phases are no longer those of a sound, but the network uses magnitudes alone. A few hundred songs
    have a few hundred kits and basses; measured: without this the network overfits after 1000 steps.
    """
    factor = float(np.exp(rng.normal(0, 0.15)))
    rows = torch.from_numpy(np.round(np.arange(BINS) / factor).astype(np.int64))
    inside = (rows < BINS).float()[:, None]
    return stem[:, rows.clamp_max(BINS - 1)] * inside


def _random_filter(rng: Rng) -> Tensor:
    """A low-pass (or, a third of the time, a high-pass) somewhere: (1024 bins,) factors.

    Measured: a kick whose click is under the guitars, or cut off, went to the bass.
    """
    if rng.random() < 0.67:
        at, order = 2 ** rng.uniform(3, 9), rng.uniform(1, 6)
    else:
        at, order = 2 ** rng.uniform(1.5, 6), -rng.uniform(1, 6)
    return torch.from_numpy(1 / np.sqrt(1 + ((np.arange(BINS) + 0.5) / at) ** (2 * order))).float()


def _random_curve(rng: Rng, spread: float) -> NDArray[np.float64]:
    """Straight lines between random points on a log axis: (1024 bins,)."""
    at = np.log2(np.arange(BINS) + 2)
    return np.asarray(np.interp(at, np.linspace(1, 10, 7), rng.normal(0, spread, 7)))


def _change_stereo(stem: Tensor, rng: Rng) -> Tensor:
    """One stem (2, 1024, frames) at another stereo position: mono, or spread over both channels.

    Else the network learns that what is exactly in the middle is the bass, for the generator's bass is;
    measured: without this a dry kick drum in the middle went to the bass.
    """
    chance = rng.random()
    if chance < 0.35:
        return stem.mean(dim=0, keepdim=True).expand(2, -1, -1)
    if chance < 0.75:
        levels = np.stack([_random_curve(rng, 2.0) + rng.normal(0, 1.5) for _ in range(2)])
        phases = np.stack([_random_curve(rng, 0.5) for _ in range(2)])
        factors = 10 ** (levels / 20) * np.exp(1j * phases)
        return stem * torch.from_numpy(factors.astype(np.complex64))[:, :, None]
    return stem


def _narrow(stems: Tensor, mask: Tensor, rng: Rng) -> Batch:
    """The complete song in mono, or its lows, as records are cut; or unchanged."""
    chance, rows = rng.random(), BINS
    if chance > 0.35:
        return stems, mask
    if chance > 0.2:
        rows = int(rng.uniform(8, 30))
    stems, mask = stems.clone(), mask.clone()
    stems[:, :, :rows] = stems[:, :, :rows].mean(dim=1, keepdim=True)
    mask[:, :rows] = mask[:, :rows].mean(dim=0, keepdim=True)
    return stems, mask
