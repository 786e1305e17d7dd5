"""Changes the sample rate of a stream, block by block without seams: soxr (libsoxr), quality VHQ.

docs/decisions/0010 has the measurements behind the choice.
"""

from __future__ import annotations

import numpy as np
import soxr

from separator.audio.pcm_file import CHANNELS


class Resampler:
    """A stream of float32 frames at another rate, aligned with the input and of exact length."""

    def __init__(self, from_hz: int, to_hz: int, channels: int = CHANNELS) -> None:
        self._from_hz, self._to_hz, self._channels = from_hz, to_hz, channels
        self._stream = soxr.ResampleStream(from_hz, to_hz, channels, dtype="float32", quality="VHQ")
        self._samples_in = 0
        self._samples_out = 0

    def push(self, frames: np.ndarray) -> np.ndarray:
        """Resample the next block.

        Args:
            frames: (samples, channels), float32.

        Returns:
            (samples, channels), float32: what is final so far; `frames` itself where the rates are equal.
        """
        if self._from_hz == self._to_hz:
            return frames
        self._samples_in += len(frames)
        return self._resample(frames)

    def flush(self) -> np.ndarray:
        """The rest of the stream: (samples, channels).

        The stream lasts as long as it did: its length is rounded up, where soxr alone rounds to the nearest,
        so silence of one output sample follows the input and the excess is dropped.
        """
        if self._from_hz == self._to_hz:
            return np.zeros((0, self._channels), dtype=np.float32)
        missing = -(-self._samples_in * self._to_hz // self._from_hz) - self._samples_out
        silence = np.zeros((-(-self._from_hz // self._to_hz), self._channels), dtype=np.float32)
        return self._resample(silence, last=True)[:missing]

    def _resample(self, frames: np.ndarray, *, last: bool = False) -> np.ndarray:
        out: np.ndarray = self._stream.resample_chunk(np.ascontiguousarray(frames), last=last)
        self._samples_out += len(out)
        return out
