"""Downmixes any channel layout to stereo: the weights of ITU-R BS.775, mono as two equal channels.

    left  = front left  + 0.707 centre + 0.707 surround left      (right likewise; the low-frequency
    right = front right + 0.707 centre + 0.707 surround right      channel is left out, as BS.775 says)

The sum is not attenuated: in float32 it may pass full scale.
"""

from __future__ import annotations

import numpy as np

HALF_POWER = 2**-0.5
# Bits of WAVEFORMATEXTENSIBLE's dwChannelMask, lowest first, and their weights in (left, right).
_SPEAKERS: tuple[tuple[float, float], ...] = (
    (1, 0),  # front left
    (0, 1),  # front right
    (HALF_POWER, HALF_POWER),  # front centre
    (0, 0),  # low frequency
    (HALF_POWER, 0),  # back left
    (0, HALF_POWER),  # back right
    (1, 0),  # front left of centre
    (0, 1),  # front right of centre
    (0.5, 0.5),  # back centre: to both surrounds, half power each
    (HALF_POWER, 0),  # side left
    (0, HALF_POWER),  # side right
    (HALF_POWER, HALF_POWER),  # top centre
    (HALF_POWER, 0),  # top front left
    (0.5, 0.5),  # top front centre
    (0, HALF_POWER),  # top front right
    (HALF_POWER, 0),  # top back left
    (0.5, 0.5),  # top back centre
    (0, HALF_POWER),  # top back right
)
#: For files without a mask: the usual layout of that many channels.
_USUAL_MASK = {3: 0x7, 4: 0x33, 5: 0x37, 6: 0x3F, 7: 0x70F, 8: 0x63F}


def weights(channels: int, mask: int) -> np.ndarray:
    """The downmix matrix of a channel layout.

    Args:
        channels: In the file, at least 1.
        mask: The loudspeakers as bits; 0 where the file has none.

    Returns:
        (2, channels), float32.
    """
    if channels == 1:
        return np.ones((2, 1), dtype=np.float32)
    if channels == 2:  # noqa: PLR2004 - stereo, whatever the mask says
        return np.eye(2, dtype=np.float32)
    if mask.bit_count() != channels:
        mask = _USUAL_MASK.get(channels, 0)
    named = [pair for bit, pair in enumerate(_SPEAKERS) if mask >> bit & 1]
    # Beyond 7.1 no layout is usual: odd channels to the left, even ones to the right.
    unnamed = [((1.0, 0.0), (0.0, 1.0))[number % 2] for number in range(channels)]
    return np.array(named if len(named) == channels else unnamed, dtype=np.float32).T
