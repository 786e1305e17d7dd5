"""Songs on disk as the trainer reads them: spectrograms of the stems, and the vocal stage's mask.

A song is two files of excerpts, each FRAMES long: `NNNNNN.stems.npy`, float16 (excerpts, 4 stems, 2,
1024 bins, FRAMES, real and imaginary), and `NNNNNN.mask.npy`, uint8 (excerpts, 2, 1024, FRAMES), the
accompaniment's share in 255ths. The mask is written last: a song with a mask is complete.
"""

import os
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from separator.audio.stft import stft
from training.samples import load_library
from training.songs import new_song
from training.vocal_stage import BINS, accompaniment_mask

FRAMES = 256  # of an excerpt: 5.9 s
CODEC_PROBABILITY = 0.15  # how often a song went through a codec
VALIDATION = 900_000  # songs numbered from here on are never trained on


def render(folder: Path, seed: int, samples: Path | None = None) -> None:
    """Make song number `seed`, unless it is there; `samples`: a folder of recorded instruments."""
    if not _mask(folder, seed).exists():
        library = load_library(samples) if samples else None
        stems = torch.from_numpy(new_song(seed, library=library))
        store(folder, seed, stft(stems), np.random.default_rng([9, seed]))


def store(folder: Path, seed: int, stems: Tensor, rng: np.random.Generator) -> None:
    """Write a song: (4, 2, 2049 bins, frames), complex64; at least FRAMES frames."""
    mixture = stems.sum(dim=0)
    mask = accompaniment_mask(mixture)[:, :BINS] * _codec_mask(mixture[:, :BINS], rng)
    _write(_stems(folder, seed), _excerpts(torch.view_as_real(stems[:, :, :BINS]).half(), axis=3))
    _write(_mask(folder, seed), _excerpts((mask * 255).round().to(torch.uint8), axis=2))


def _excerpts(song: Tensor, axis: int) -> Tensor:
    """Cut along the frames into (excerpts, ...); a remainder at the end is dropped."""
    length = song.shape[axis] // FRAMES * FRAMES
    return torch.stack(torch.split(song.narrow(axis, 0, length), FRAMES, dim=axis))


def rendered(folder: Path, *, validation: bool = False) -> list[int]:
    """Numbers of the songs that are complete."""
    seeds = sorted(int(path.name.split(".")[0]) for path in folder.glob("*.mask.npy"))
    return [seed for seed in seeds if (seed >= VALIDATION) == validation]


def excerpts(folder: Path, seed: int) -> int:
    """How many excerpts a song has."""
    return int(np.load(_mask(folder, seed), mmap_mode="r").shape[0])


def stem(folder: Path, seed: int, excerpt: int, stem_index: int) -> Tensor:
    """The spectrogram of one stem: (2, 1024, FRAMES), complex64."""
    spectrogram = np.load(_stems(folder, seed), mmap_mode="r")[excerpt, stem_index]
    return torch.view_as_complex(torch.from_numpy(spectrogram.astype(np.float32)))


def mask(folder: Path, seed: int, excerpt: int) -> Tensor:
    """What the vocal stage leaves: (2, 1024, FRAMES), 0 to 1."""
    return torch.from_numpy(np.load(_mask(folder, seed), mmap_mode="r")[excerpt].astype(np.float32) / 255)


def _codec_mask(spectrogram: Tensor, rng: np.random.Generator) -> Tensor:
    """What a codec at a low rate leaves, 0 or 1: bins far below their neighbours in frequency are lost."""
    if rng.random() > CODEC_PROBABILITY:
        return torch.ones(spectrogram.shape)
    magnitude = spectrogram.abs()
    neighbours = functional.avg_pool1d(
        magnitude.square().transpose(1, 2), 33, 1, 16, count_include_pad=False
    ).transpose(1, 2)
    under = 10 ** (torch.linspace(float(rng.uniform(-40, -25)), float(rng.uniform(-18, -6)), BINS) / 10)
    return (magnitude.square() > neighbours * under[None, :, None]).float()


def _stems(folder: Path, seed: int) -> Path:
    return folder / f"{seed:06d}.stems.npy"


def _mask(folder: Path, seed: int) -> Path:
    return folder / f"{seed:06d}.mask.npy"


def _write(path: Path, data: Tensor) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    with part.open("wb") as file:
        np.save(file, data.numpy())
    part.replace(path)
