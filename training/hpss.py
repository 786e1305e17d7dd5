"""The classical baseline: median-filtered harmonics and percussion, a low-pass for bass.

Source: D. Fitzgerald, Harmonic/percussive separation using median filtering, DAFx 2010.
"""

import numpy as np
import torch
from scipy.ndimage import median_filter

from separator.audio.stft import istft, stft
from training import SAMPLE_RATE_HZ
from training.effects import Audio

LONG_FRAMES, TALL_BINS = 17, 31  # the best of five settings tried
BASS_HZ = 220


def split(accompaniment: Audio) -> Audio:
    """(2, samples) to drums, bass, other: (3, 2, samples)."""
    spectrogram = stft(torch.from_numpy(accompaniment))
    magnitude = spectrogram.abs().numpy()
    harmonic = median_filter(magnitude, (1, 1, LONG_FRAMES)) ** 2
    percussive = median_filter(magnitude, (1, TALL_BINS, 1)) ** 2
    drums = torch.from_numpy(percussive / (percussive + harmonic + 1e-12)).float()
    low = (torch.arange(spectrogram.shape[1]) * SAMPLE_RATE_HZ / 4096 < BASS_HZ).float()[None, :, None]
    masks = torch.stack([drums, (1 - drums) * low, (1 - drums) * (1 - low)])
    return np.asarray(istft(masks * spectrogram, accompaniment.shape[-1]).numpy())
