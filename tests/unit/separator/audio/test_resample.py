"""Resampling keeps what can be heard, block by block as in one piece."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch
import torchaudio
from hypothesis import given, settings
from hypothesis import strategies as st

from separator.audio.resample import Resampler

RATES_HZ = [8000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000]
#: What headers may claim, and fuzzing did; 2,999,999 Hz once took half a minute and 1.6 GB.
HOSTILE_RATES_HZ = [44_056, 44_099, 37_800, 1001, 767_999, 2_999_999]
COST = """
import resource, sys, time
import numpy as np
from separator.audio.resample import Resampler
begun = resource.getrusage(resource.RUSAGE_SELF)
resampler = Resampler(int(sys.argv[1]), 44_100)
for _ in range(8):
    resampler.push(np.zeros((1 << 16, 2), dtype=np.float32))
resampler.flush()
spent = resource.getrusage(resource.RUSAGE_SELF)
print(spent.ru_utime - begun.ru_utime, (spent.ru_maxrss - begun.ru_maxrss) * 1024)
"""


def resampled(song: np.ndarray, from_hz: int, to_hz: int = 44_100) -> np.ndarray:
    resampler = Resampler(from_hz, to_hz)
    return np.concatenate([resampler.push(song), resampler.flush()])


def tone(hz: float, rate_hz: int, samples: int) -> np.ndarray:
    wave = 0.5 * np.sin(2 * np.pi * hz * np.arange(samples) / rate_hz)
    return np.stack([wave, wave], axis=1).astype(np.float32)


def noise(samples: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((samples, 2)).astype(np.float32)


def decibels(error: np.ndarray, level: float = 0.5) -> float:
    return float(20 * np.log10(max(np.abs(error).max(), 1e-12) / level))


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_a_second_stays_a_second(rate_hz):
    assert resampled(np.zeros((rate_hz, 2), np.float32), rate_hz).shape == (44_100, 2)


@pytest.mark.parametrize("rate_hz", [*RATES_HZ, 44_099])
def test_a_tone_keeps_its_pitch_its_level_and_its_place(rate_hz):
    """0 samples of offset, and errors below -120 dB away from the ends."""
    error = resampled(tone(1000, rate_hz, rate_hz), rate_hz) - tone(1000, 44_100, 44_100)
    assert decibels(error[2000:-2000]) < -120


def test_what_would_fold_back_is_gone():
    """A tone above the new Nyquist frequency must not become another one below it."""
    assert decibels(resampled(tone(30_000, 96_000, 96_000), 96_000)[2000:-2000]) < -120


@given(st.lists(st.integers(1, 4000), max_size=12), st.sampled_from([48_000, 22_050, 96_000, 44_056]))
@settings(deadline=None, max_examples=20)
def test_blocks_join_without_seams(sizes, rate_hz):
    """However a song is cut into blocks, the same samples come."""
    song = noise(sum(sizes) + 6000)
    resampler, parts, at = Resampler(rate_hz, 44_100), [], 0
    for size in [*sizes, 6000]:
        parts.append(resampler.push(song[at : at + size]))
        at += size
    parts.append(resampler.flush())
    np.testing.assert_allclose(np.concatenate(parts), resampled(song, rate_hz), atol=2e-6, rtol=0)


@given(st.integers(1000, 200_000), st.integers(0, 3000))
@settings(deadline=None, max_examples=100)
def test_a_song_of_any_rate_lasts_as_long_as_it_did(rate_hz, samples):
    """To the sample: the last one may lie up to one step past the end, and none is lost."""
    assert len(resampled(np.zeros((samples, 2), np.float32), rate_hz)) == -(-samples * 44_100 // rate_hz)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_silence_stays_silence_and_full_scale_stays_finite(rate_hz):
    assert not resampled(np.zeros((5000, 2), np.float32), rate_hz).any()
    assert np.isfinite(resampled(np.sign(noise(5000)), rate_hz)).all()


@pytest.mark.parametrize("rate_hz", HOSTILE_RATES_HZ)
def test_no_rate_that_a_stranger_may_claim_costs_much(rate_hz):
    """Half a million frames, in a process of its own: at most 150 MB more than the imports, and 10 s."""
    command = [sys.executable, "-c", COST, str(rate_hz)]
    told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout
    cpu_s, more_bytes = map(float, told.split())
    assert cpu_s < 10
    assert more_bytes < 150e6


@pytest.mark.parametrize("rate_hz", [8000, 22_050, 48_000, 96_000])
def test_the_numbers_are_torchaudios(rate_hz):
    """An independent implementation, equal to -80 dB up to 0.8 of the lower Nyquist frequency.

    Above, where both filters fall off, each has its own slope.
    """
    spectrum = np.fft.rfft(noise(rate_hz, seed=2), axis=0) * 0.3
    spectrum[int(0.4 * min(rate_hz, 44_100)) :] = 0
    song = np.fft.irfft(spectrum, rate_hz, axis=0).astype(np.float32)
    expected = torchaudio.functional.resample(
        torch.from_numpy(song.T.copy()),
        rate_hz,
        44_100,
        lowpass_filter_width=64,
        rolloff=0.9475937167399596,
        resampling_method="sinc_interp_kaiser",
        beta=14.769656459379492,
    )
    error = resampled(song, rate_hz) - expected.numpy().T
    assert decibels(error[2000:-2000], float(np.abs(song).max())) < -80
