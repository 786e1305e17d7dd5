"""The song as a picture: short-time Fourier transform and back, in the frames that Spleeter learned on."""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor

FFT = 4096  # samples; Spleeter's frame length, 93 ms at 44.1 kHz
HOP = 1024  # samples from one frame to the next


@cache
def _hann(device: torch.device) -> Tensor:
    """The window of every frame: (FFT,), periodic."""
    return torch.hann_window(FFT, device=device)


def to_picture(sound: Tensor) -> Tensor:
    """Look at sound frame by frame.

    Args:
        sound: (..., samples), float32.

    Returns:
        (..., FFT // 2 + 1 bins, 1 + samples // HOP frames), complex64; a frame is centred on its hop, and
        beyond the ends there is silence.
    """
    flat = sound.reshape(-1, sound.shape[-1])
    picture = torch.stft(
        flat, FFT, HOP, window=_hann(sound.device), center=True, pad_mode="constant", return_complex=True
    )
    return picture.reshape(*sound.shape[:-1], *picture.shape[-2:])


def to_sound(picture: Tensor, samples: int) -> Tensor:
    """Undo `to_picture`.

    Args:
        picture: (..., bins, frames), complex64.
        samples: How long the sound was; at most (frames - 1) * HOP + FFT // 2.

    Returns:
        (..., samples), float32.
    """
    flat = picture.reshape(-1, *picture.shape[-2:])
    sound = torch.istft(flat, FFT, HOP, window=_hann(picture.device), center=True, length=samples)
    return sound.reshape(*picture.shape[:-2], samples)
