"""Vocals by Spleeter, then the accompaniment split into drums, bass and other by a network of ours.

Both use one spectrogram of the song: Spleeter predicts the mask of the vocals, the rhythm network
(`separator.inference.networks.rhythm_net`) three masks of the accompaniment that add up to one. The vocals
are those of Spleeter alone. Training and evaluation: docs/models/rhythm.md.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from separator.audio.stft import istft, stft
from separator.core.outputs import Stem
from separator.inference.networks import spleeter
from separator.inference.networks.rhythm_net import RhythmNet, load_rhythm


class SpleeterRhythm(nn.Module):
    """Two cascaded networks on one spectrogram of the song."""

    stems = (Stem.VOCALS, Stem.DRUMS, Stem.BASS, Stem.OTHER)
    estimated: frozenset[Stem] = frozenset()
    rate_hz = spleeter.Spleeter.rate_hz
    window = spleeter.Spleeter.window
    hop = spleeter.Spleeter.hop

    def __init__(self, voice: spleeter.Spleeter, rhythm: RhythmNet) -> None:
        super().__init__()
        self.voice, self.rhythm = voice, rhythm

    def separate(self, windows: Tensor) -> Tensor:
        """See `separator.inference.networks.base.Network`."""
        spectrogram = stft(windows)
        vocals, accompaniment = (self.voice.masks(spectrogram) * spectrogram[:, None]).unbind(dim=1)
        parts = self.rhythm(accompaniment)[:, :-1] * accompaniment[:, None]
        # Concatenated as they lie in memory, frame by frame.
        spectrograms = torch.cat([vocals[:, None].mT, parts.mT], dim=1).mT
        return spleeter.with_residual(windows, istft(spectrograms, windows.shape[-1]))


def load(device: torch.device) -> SpleeterRhythm:
    """The cascade with its weights on a device, ready to separate.

    Raises:
        ConfigError: Spleeter's weights are missing.
    """
    return SpleeterRhythm(spleeter.load(device), load_rhythm().to(device)).eval()
