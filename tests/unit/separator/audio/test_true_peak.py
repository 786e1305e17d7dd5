"""What a sound reaches between its samples, and the noise that rounding wants."""

from __future__ import annotations

import numpy as np
import pytest

from separator.audio.encode import BITS_16, Dither, quantize
from separator.audio.true_peak import true_peak

RATE_HZ = 44_100


def test_a_peak_between_two_samples_is_found_however_the_sound_is_cut():
    """A quarter of the rate, an eighth of a turn off: every sample is 3 dB below the top."""
    at = np.arange(RATE_HZ)
    sound = np.sin(np.pi / 2 * at + np.pi / 4).astype(np.float32)[:, None].repeat(2, axis=1)
    assert np.abs(sound).max() == pytest.approx(0.707, abs=0.001)
    for block in (RATE_HZ, 1000):
        blocks = [sound[start : start + block] for start in range(0, len(sound), block)]
        # its sudden start and end ring a little
        assert 1.0 <= true_peak(blocks, RATE_HZ) < 1.1
    assert true_peak([], RATE_HZ) == 0
    assert true_peak([np.zeros((100, 2), np.float32)], RATE_HZ) == 0


def test_what_is_finer_than_a_step_is_heard_through_dither():
    """Rounded as it is, a tone of 0.4 steps is gone; with noise before it, its mean is there."""
    at = np.arange(8 * RATE_HZ)
    tone = (0.4 / 32_768 * np.sin(2 * np.pi * 441 / RATE_HZ * at)).astype(np.float32)[:, None]
    assert not quantize(tone, BITS_16).any()
    dithered = quantize(Dither(BITS_16)(tone), BITS_16)[:, 0]
    measured = 2 * np.mean(dithered * np.sin(2 * np.pi * 441 / RATE_HZ * at))
    assert measured == pytest.approx(0.4, abs=0.02)
    assert np.abs(dithered).max() <= 2


def test_dither_leaves_silence_silent_and_makes_the_same_file_again():
    silence, sound = np.zeros((100, 2), np.float32), np.full((100, 2), 0.1, np.float32)
    assert not Dither(BITS_16)(silence).any()
    np.testing.assert_array_equal(Dither(BITS_16)(sound), Dither(BITS_16)(sound))
