"""Songs on disk: rendered once, with what the vocal stage does to them, read by the trainer as it goes.

A song is two files: `NNNNNN.stems.npy`, int16 (4 stems, 2, samples), and `NNNNNN.mask.npy`, uint8
(2, 1024 bins, frames), the accompaniment's share in 255ths. The mask is written last: a song with a
mask is whole.
"""

import os
from pathlib import Path

import numpy as np
import torch
from numpy.lib.format import open_memmap
from torch import Tensor
from torch.nn import functional

from separator.audio.picture import FFT, HOP, to_picture
from training.songs import new_song
from training.vocal_stage import BINS, accompaniment_mask

FRAMES = 256  # of an excerpt: 5.9 s
CODED = 0.15  # how often a song went through a codec
VALIDATION = 900_000  # songs numbered from here on are never trained on


def render(folder: Path, seed: int) -> None:
    """Make song number `seed`, unless it is there."""
    if _mask(folder, seed).exists():
        return
    stems = new_song(seed)
    picture = to_picture(torch.from_numpy(stems.sum(axis=0)))
    mask = accompaniment_mask(picture)[:, :BINS] * _coded(picture[:, :BINS], np.random.default_rng([9, seed]))
    _write(_stems(folder, seed), (stems * 32767).clip(-32768, 32767).astype(np.int16))
    _write(_mask(folder, seed), (mask * 255).round().to(torch.uint8).numpy())


def rendered(folder: Path, *, validation: bool = False) -> list[int]:
    """Numbers of the songs that are whole."""
    seeds = sorted(int(path.name.split(".")[0]) for path in folder.glob("*.mask.npy"))
    return [seed for seed in seeds if (seed >= VALIDATION) == validation]


def excerpt(folder: Path, seed: int, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """A random excerpt of a song.

    Returns: Pictures of the stems (4, 2, 1024, FRAMES), complex64; the vocal stage's mask (2, 1024, FRAMES).
    """
    stems = open_memmap(_stems(folder, seed), mode="r")
    mask = open_memmap(_mask(folder, seed), mode="r")
    frame = int(rng.integers(2, mask.shape[-1] - FRAMES - 2))
    start = frame * HOP - FFT // 2
    sound = torch.from_numpy(stems[..., start : start + (FRAMES - 1) * HOP + FFT].astype(np.float32) / 32767)
    picture = to_picture(sound)[
        ..., :BINS, 2 : 2 + FRAMES
    ]  # the two frames that reach over the edge are left out
    return picture, torch.from_numpy(mask[..., frame : frame + FRAMES].astype(np.float32) / 255)


def _coded(picture: Tensor, rng: np.random.Generator) -> Tensor:
    """What a lossy codec at a low rate leaves: cells far below their neighbours in frequency are gone."""
    if rng.random() > CODED:
        return torch.ones(picture.shape)
    loud = picture.abs()
    around = functional.avg_pool1d(
        loud.square().transpose(1, 2), 33, 1, 16, count_include_pad=False
    ).transpose(1, 2)
    under = 10 ** (torch.linspace(float(rng.uniform(-40, -25)), float(rng.uniform(-18, -6)), BINS) / 10)
    return (loud.square() > around * under[None, :, None]).float()


def _stems(folder: Path, seed: int) -> Path:
    return folder / f"{seed:06d}.stems.npy"


def _mask(folder: Path, seed: int) -> Path:
    return folder / f"{seed:06d}.mask.npy"


def _write(path: Path, data: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    with part.open("wb") as file:
        np.save(file, data)
    part.replace(path)
