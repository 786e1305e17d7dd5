"""The song as a picture: short-time Fourier transform and back, in the frames that Spleeter learned on."""

from __future__ import annotations

from functools import cache, lru_cache

import torch
from torch import Tensor

FFT = 4096  # samples; Spleeter's frame length, 93 ms at 44.1 kHz
HOP = 1024  # samples from one frame to the next


@cache
def _hann(device: torch.device) -> Tensor:
    """The window of every frame: (FFT,), periodic."""
    return torch.hann_window(FFT, device=device)


def stft(sound: Tensor) -> Tensor:
    """Look at sound frame by frame.

    Args:
        sound: (..., samples), float32.

    Returns:
        (..., FFT // 2 + 1 bins, 1 + samples // HOP frames), complex64; a frame is centred on its hop, and
        beyond the ends there is silence. In memory a frame's bins lie together.
    """
    flat = sound.reshape(-1, sound.shape[-1])
    picture = torch.stft(
        flat, FFT, HOP, window=_hann(sound.device), center=True, pad_mode="constant", return_complex=True
    )
    return picture.reshape(*sound.shape[:-1], *picture.shape[-2:])


def power(picture: Tensor) -> Tensor:
    """The squared magnitude of each cell; on a CPU several times as fast as `abs`, which minds extremes."""
    parts = torch.view_as_real(picture)
    real, imaginary = parts[..., 0], parts[..., 1]
    return torch.addcmul(real.square(), imaginary, imaginary)


def istft(picture: Tensor, samples: int) -> Tensor:
    """Undo `stft`.

    Args:
        picture: (..., bins, frames), complex64.
        samples: How long the sound was; at most (frames - 1) * HOP + FFT // 2.

    Returns:
        (..., samples), float32.
    """
    pieces = torch.fft.irfft(picture.transpose(-1, -2), n=FFT) * _hann(picture.device)
    heard = slice(FFT // 2, FFT // 2 + samples)  # a frame is centred on its hop
    return laid(pieces)[..., heard] / _weight(picture.shape[-1], picture.device)[heard]


def laid(pieces: Tensor) -> Tensor:
    """Add frames up where they overlap: four shifted sums of whole hops, no scattering of samples.

    Args:
        pieces: (..., frames, FFT).

    Returns:
        (..., (frames + 3) · HOP), from the first sample of the first frame on.
    """
    frames, hops = pieces.shape[-2], FFT // HOP
    sound = pieces.new_zeros(*pieces.shape[:-2], frames + hops - 1, HOP)
    for place in range(hops):
        sound[..., place : place + frames, :] += pieces[..., place * HOP : (place + 1) * HOP]
    return sound.flatten(-2)


@lru_cache(maxsize=4)
def _weight(frames: int, device: torch.device) -> Tensor:
    """How much of each sample was laid, by both transforms' windows: ((frames + 3) · HOP,), never zero."""
    return laid(_hann(device).square().expand(frames, FFT)).clamp_min(1e-10)
