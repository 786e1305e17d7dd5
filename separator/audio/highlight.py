"""Where a song tells most of itself: its loudest part with a voice in it, by a cheap look at the whole song.

Voices are in the middle of the stereo picture and between 250 Hz and 4 kHz, so what is counted there is how
much louder the middle (left + right) is than the sides (left - right). Four short looks a second are enough.

The same look gives the outline of the whole song, for a page that shows what is still to come.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from separator.audio.pcm_file import CHANNELS
from separator.audio.peaks import WaveformPeaks

if TYPE_CHECKING:
    from collections.abc import Sequence

LOOKS_PER_S = 4
LOOK = 2048  # samples of one look: 46 ms, bins of 21.5 Hz at 44.1 kHz
VOICE_HZ = (250.0, 4000.0)


@dataclass(frozen=True)
class HighlightCurve:
    """A song at a glance."""

    voice: np.ndarray  #: (looks,), how loud the middle is where voices are, about full scale
    outline: WaveformPeaks  #: of the whole song

    def best(self, starts: Sequence[int], samples: int, rate_hz: int) -> int:
        """Which of some parts of the song tells most: the index of its start; the first of equals.

        Args:
            starts: Samples at which the parts begin; at least one.
            samples: How long they are.
            rate_hz: Samples a second.
        """
        step = rate_hz // LOOKS_PER_S
        summed = np.concatenate([[0.0], np.cumsum(self.voice)])
        first = np.minimum(np.array(starts) // step, len(self.voice))
        last = np.minimum((np.array(starts) + samples) // step, len(self.voice))
        return int(np.argmax(np.round(summed[last] - summed[first], 6)))


class HighlightDetector:
    """Looks at a song as it comes, so beside the decoder: `separator.audio.decode.Listener`."""

    def __init__(self, rate_hz: int) -> None:
        """Look at a song of this rate."""
        self._rate_hz, self._step = rate_hz, rate_hz // LOOKS_PER_S
        self._bins = slice(*(int(hz * LOOK / rate_hz) for hz in VOICE_HZ))
        self.begin()

    def begin(self) -> None:
        """The song begins, or begins again."""
        self._outline = WaveformPeaks(self._rate_hz)
        self._voice: list[np.ndarray] = []
        self._held = np.zeros((0, CHANNELS), dtype=np.float32)  # less than a step

    def push(self, frames: np.ndarray) -> None:
        """(samples, channels), float32, full scale ±1; nothing of it is kept."""
        self._outline.push(np.ascontiguousarray(frames.T))
        frames = np.concatenate([self._held, frames])
        whole = len(frames) // self._step * self._step
        self._voice.append(_voice(frames[:whole].reshape(-1, self._step, CHANNELS)[:, :LOOK], self._bins))
        self._held = frames[whole:]

    def look(self) -> HighlightCurve:
        """What was seen so far."""
        return HighlightCurve(np.concatenate([np.zeros(0), *self._voice]), self._outline)


def _voice(looks: np.ndarray, bins: slice) -> np.ndarray:
    """(looks, LOOK, channels) to (looks,)."""
    faded = looks * np.hanning(LOOK).astype(np.float32)[None, :, None]
    middle, side = faded.sum(axis=2), faded[..., 0] - faded[..., 1]
    energy = [np.square(np.abs(np.fft.rfft(each, axis=1)[:, bins])).sum(axis=1) for each in (middle, side)]
    louder: np.ndarray = np.sqrt(np.maximum(energy[0] - energy[1], 0.0)) / LOOK
    return louder
