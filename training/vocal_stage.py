"""The vocal stage of training: Spleeter's mask, so that the network learns with its artefacts."""

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from separator.audio.stft import istft, stft
from separator.inference.networks import spleeter
from training.effects import Audio

BINS = spleeter.BINS


@lru_cache(maxsize=1)
def _network() -> spleeter.Spleeter:
    return spleeter.load(torch.device("cpu"))


@torch.inference_mode()
def accompaniment_mask(spectrogram: Tensor) -> Tensor:
    """Share of each time-frequency bin that Spleeter leaves to the accompaniment.

    Args:
        spectrogram: (2, 2049 bins, frames), complex64, of the mixture.
    Returns: (2, 2049 bins, frames), 0 to 1.
    """
    frames = spectrogram.shape[-1]
    padded = functional.pad(spectrogram, (0, -frames % spleeter.FRAMES))
    windows = torch.split(padded, spleeter.FRAMES, dim=-1)
    masks = [_network().masks(window[None])[0, 1] for window in windows]
    return torch.cat(masks, dim=-1)[..., :frames]


def accompaniment(mixture: Audio) -> Audio:
    """Spleeter's accompaniment of (2, samples)."""
    spectrogram = stft(torch.from_numpy(np.ascontiguousarray(mixture)))
    return np.asarray(istft(spectrogram * accompaniment_mask(spectrogram), mixture.shape[-1]).numpy())
