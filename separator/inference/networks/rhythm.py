"""Vocals by Spleeter, then what is left split into drums, bass and the rest by a network of ours.

Both look at the same picture of the song: Spleeter says what of each cell is sung, the rhythm network
(`separator.inference.networks.rhythm_net`) shares out the rest by three masks that add up to one. The
vocals are those of Spleeter alone. How the second network was trained, and what it is worth:
docs/models/rhythm.md.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from separator.audio.stft import istft, stft
from separator.core.outputs import Stem
from separator.inference.networks import spleeter
from separator.inference.networks.rhythm_net import RhythmNet, load_rhythm


class SpleeterRhythm(nn.Module):
    """Two cascaded looks at one picture of the song."""

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
        picture = stft(windows)
        vocals, accompaniment = (self.voice.masks(picture) * picture[:, None]).unbind(dim=1)
        parts = self.rhythm(accompaniment)[:, :-1] * accompaniment[:, None]
        # Put together as they lie in memory, frame by frame.
        pictures = torch.cat([vocals[:, None].mT, parts.mT], dim=1).mT
        return spleeter.with_rest(windows, istft(pictures, windows.shape[-1]))


def load(device: torch.device) -> SpleeterRhythm:
    """The cascade with its weights on a device, ready to separate.

    Raises:
        ConfigError: Spleeter's weights are missing.
    """
    return SpleeterRhythm(spleeter.load(device), load_rhythm().to(device)).eval()
