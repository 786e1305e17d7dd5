"""Any layout of loudspeakers becomes two channels."""

from __future__ import annotations

import numpy as np
import pytest

from separator.audio.downmix import HALF_POWER, weights


def test_mono_is_carried_as_two_equal_channels_at_full_level():
    assert np.array_equal(weights(1, 0x4), np.ones((2, 1)))


def test_stereo_is_left_alone():
    assert np.array_equal(weights(2, 0x3), np.eye(2))


def test_five_point_one_follows_itu():
    """BS.775: centre and surrounds at half power, no low-frequency channel."""
    left = [1, 0, HALF_POWER, 0, HALF_POWER, 0]
    right = [0, 1, HALF_POWER, 0, 0, HALF_POWER]
    for mask in (0x3F, 0x60F):  # surrounds at the back, at the sides
        np.testing.assert_allclose(weights(6, mask), [left, right], rtol=1e-6)


@pytest.mark.parametrize("channels", range(1, 17))
@pytest.mark.parametrize(
    "mask", [0, 0x3, 0xB, 0x63F, 0xFFFFFFFF]
)  # 0xB: 2.1, whose weights are whole numbers
def test_no_layout_loses_a_side_or_swaps_the_two(channels, mask):
    """A file may claim any layout for any number of channels."""
    matrix = weights(channels, mask)
    assert matrix.shape == (2, channels)
    assert matrix.dtype == np.float32
    assert (matrix.sum(axis=1) > 0).all()
    assert abs((matrix[0] - matrix[1]).sum()) <= 1
