"""Finds the highlight of a song: its loudest part with a voice in it, measured while the song is decoded.

Voices are in the centre of the stereo image and between 250 Hz and 4 kHz, so the measure is how much louder
mid (left + right) is than side (left - right) there. Four short windows a second are enough.

The same pass collects the waveform peaks of the complete song, shown before its stems exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from separator.audio.pcm_file import CHANNELS
from separator.audio.peaks import WaveformPeaks

if TYPE_CHECKING:
    from collections.abc import Sequence

WINDOWS_PER_S = 4
WINDOW = 2048  # samples: 46 ms, bins of 21.5 Hz at 44.1 kHz
VOICE_HZ = (250.0, 4000.0)


@dataclass(frozen=True)
class HighlightCurve:
    """The loudness of voices over a song, and its waveform peaks."""

    voice: np.ndarray  #: (windows,), amplitude of the voice band in mid above side, full scale is about 1
    peaks: WaveformPeaks  #: of the complete song

    def best_start(self, starts: Sequence[int], samples: int, rate_hz: int) -> int:
        """The index of the part with the loudest voices; the first of equals.

        Args:
            starts: Samples at which the parts start; at least one.
            samples: How long they are.
            rate_hz: Samples a second.
        """
        step = rate_hz // WINDOWS_PER_S
        summed = np.concatenate([[0.0], np.cumsum(self.voice)])
        first = np.minimum(np.array(starts) // step, len(self.voice))
        last = np.minimum((np.array(starts) + samples) // step, len(self.voice))
        return int(np.argmax(np.round(summed[last] - summed[first], 6)))


class HighlightDetector:
    """Measures a song while it is decoded: a `separator.audio.decode.Listener`."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz, self._step = rate_hz, rate_hz // WINDOWS_PER_S
        self._bins = slice(*(int(hz * WINDOW / rate_hz) for hz in VOICE_HZ))
        self.begin()

    def begin(self) -> None:
        """Start, or start again with another stream."""
        self._peaks = WaveformPeaks(self._rate_hz)
        self._voice: list[np.ndarray] = []
        self._pending = np.zeros((0, CHANNELS), dtype=np.float32)  # less than a step

    def push(self, frames: np.ndarray) -> None:
        """(samples, channels), float32, full scale ±1; copied where needed."""
        self._peaks.push(np.ascontiguousarray(frames.T))
        frames = np.concatenate([self._pending, frames])
        complete = len(frames) // self._step * self._step
        self._voice.append(
            _voice(frames[:complete].reshape(-1, self._step, CHANNELS)[:, :WINDOW], self._bins)
        )
        self._pending = frames[complete:]

    def curve(self) -> HighlightCurve:
        """The curve so far."""
        return HighlightCurve(np.concatenate([np.zeros(0), *self._voice]), self._peaks)


def _voice(windows: np.ndarray, bins: slice) -> np.ndarray:
    """(windows, WINDOW, channels) to (windows,)."""
    faded = windows * np.hanning(WINDOW).astype(np.float32)[None, :, None]
    mid, side = faded.sum(axis=2), faded[..., 0] - faded[..., 1]
    energy = [np.square(np.abs(np.fft.rfft(each, axis=1)[:, bins])).sum(axis=1) for each in (mid, side)]
    amplitude: np.ndarray = np.sqrt(np.maximum(energy[0] - energy[1], 0.0)) / WINDOW
    return amplitude
