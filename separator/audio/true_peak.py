"""How high a sound goes between its samples: what a player or a lossy decoder makes of it.

Source: ITU-R BS.1770-5, annex 2 (oversampling by four).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import soxr

if TYPE_CHECKING:
    from collections.abc import Iterable

TIMES = 4  #: the rate at which it is looked at; misses 0.6 dB at the very top of the spectrum
LOSSY_PEAK = 10 ** (-1 / 20)  #: -1 dBTP: room for what lossy coding adds (AES TD1008)


def true_peak(blocks: Iterable[np.ndarray], rate_hz: int) -> float:
    """The highest absolute value between samples and on them; full scale is 1.

    Args:
        blocks: (samples, channels), float32, of one sound.
        rate_hz: Their rate.
    """
    stream, peak, channels = None, 0.0, 0
    for block in blocks:
        if stream is None:
            channels = block.shape[1]
            stream = soxr.ResampleStream(rate_hz, TIMES * rate_hz, channels, dtype="float32", quality="MQ")
        peak = max(peak, _highest(block), _highest(stream.resample_chunk(np.ascontiguousarray(block))))
    if stream is None:
        return peak
    rest = stream.resample_chunk(np.zeros((1, channels), dtype=np.float32), last=True)
    return max(peak, _highest(rest))


def _highest(frames: np.ndarray) -> float:
    return float(np.abs(frames).max(initial=0.0))
