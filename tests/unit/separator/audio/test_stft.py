"""The transform and its inverse: each undoes the other, and torchaudio agrees."""

from __future__ import annotations

import pytest
import torch
from torchaudio.functional import inverse_spectrogram

from separator.audio.stft import FFT, HOP, istft, stft


def noise(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1)) * 0.2


def decibels(error: torch.Tensor) -> float:
    return float(20 * torch.log10(error.abs().max() / 0.2))


@pytest.mark.parametrize("samples", [FFT, 10_000, 44_100])
def test_the_inverse_gives_the_sound_back(samples):
    """What masks of one leave must be the song."""
    sound = noise(3, 2, samples)
    assert stft(sound).shape == (3, 2, FFT // 2 + 1, 1 + samples // HOP)
    assert decibels(istft(stft(sound), samples) - sound) < -100


def test_the_inverse_is_torchaudios():
    """Of a spectrum that is no sound's, too, as masks leave it."""
    spectrum = stft(noise(2, 44_100)) * torch.rand(
        2, FFT // 2 + 1, 44, generator=torch.Generator().manual_seed(2)
    )
    window = torch.hann_window(FFT)
    expected = inverse_spectrogram(
        spectrum, 44_100, 0, window, FFT, HOP, FFT, normalized=False, pad_mode="constant"
    )
    assert decibels(istft(spectrum, 44_100) - expected) < -100
