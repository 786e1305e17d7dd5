"""Resampling keeps what can be heard, block by block as in one piece."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from separator.audio import resample
from separator.audio.resample import Resampler

RATES_HZ = [8000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000]


def whole(song: torch.Tensor, from_hz: int, to_hz: int = 44_100) -> torch.Tensor:
    resampler = Resampler(from_hz, to_hz)
    return torch.cat([resampler.push(song), resampler.flush()], dim=-1)


def tone(hz: float, rate_hz: int, samples: int) -> torch.Tensor:
    time = torch.arange(samples, dtype=torch.float64) / rate_hz
    return (0.5 * torch.sin(2 * torch.pi * hz * time)).float().expand(2, -1)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_a_second_stays_a_second(rate_hz):
    assert whole(torch.zeros(2, rate_hz), rate_hz).shape == (2, 44_100)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_a_tone_keeps_its_pitch_its_level_and_its_place(rate_hz):
    """0 samples of offset, and errors below -80 dB away from the ends."""
    got = whole(tone(1000, rate_hz, rate_hz), rate_hz)
    error = (got - tone(1000, 44_100, 44_100))[:, 2000:-2000]
    assert 20 * torch.log10(error.abs().max() / 0.5) < -80


def test_what_would_fold_back_is_gone():
    """A tone above the new Nyquist frequency must not become another one below it."""
    got = whole(tone(30_000, 96_000, 96_000), 96_000)
    assert got[:, 2000:-2000].abs().max() < 0.5 * 10 ** (-80 / 20)


@given(st.lists(st.integers(1, 4000), max_size=12), st.sampled_from([48_000, 22_050, 96_000, 44_056]))
@settings(deadline=None, max_examples=20)
def test_blocks_join_without_seams(sizes, rate_hz):
    """However a song is dealt out, the same samples come; seams do not depend on how fine the filters are."""
    song = torch.randn(2, 6000, generator=torch.Generator().manual_seed(1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resample, "_MOST_TAPS", 1 << 16)  # some of these rates are dense then, some are not
        resampler, parts, at = Resampler(rate_hz, 44_100), [], 0
        for size in [*sizes, 6000]:
            parts.append(resampler.push(song[:, at : at + size]))
            at += size
        parts.append(resampler.flush())
        expected = whole(song, rate_hz)
    torch.testing.assert_close(torch.cat(parts, dim=-1), expected, atol=2e-6, rtol=0)


def test_rates_with_next_to_nothing_in_common_need_no_huge_filter_bank(monkeypatch):
    """44 099 Hz would need 44 100 filters of 44 000 taps, 7.8 GB; the other way gives the same numbers."""
    song = tone(1000, 48_000, 12_000)
    expected = whole(song, 48_000)
    assert Resampler(44_099, 44_100)._bank.numel() < 1 << 23
    monkeypatch.setattr(resample, "_MOST_TAPS", 147 * 149)  # a row for each place, no more
    assert not Resampler(48_000, 44_100)._dense
    torch.testing.assert_close(whole(song, 48_000), expected, atol=2e-6, rtol=0)


@pytest.mark.parametrize("rate_hz", [44_056, 44_099, 37_800, 1001, 767_999, 2_999_999])
def test_no_rate_that_a_stranger_may_claim_fills_memory(monkeypatch, rate_hz):
    """Found by fuzzing: at 2 999 999 Hz half a minute went into a filter bank of 1.6 GB."""
    pieces, taps = [], resample._taps

    def spy(ratio, phase, place):
        pieces.append(phase.numel() * place.numel())
        return taps(ratio, phase, place)

    monkeypatch.setattr(resample, "_taps", spy)
    assert Resampler(rate_hz, 44_100)._bank.numel() <= 1.01 * (1 << 23)
    assert max(pieces) <= 1 << 21


def test_rows_that_stand_for_their_neighbours_are_near_enough(monkeypatch):
    """Only for rates that nobody has: with every place in a row of its own the numbers are exact."""
    song = tone(1000, 44_099, 44_099)
    exact = whole(song, 44_099)
    monkeypatch.setattr(resample, "_MOST_TAPS", 1 << 20)
    assert Resampler(44_099, 44_100)._bank.shape[0] < 8000
    assert 20 * torch.log10((whole(song, 44_099) - exact).abs().max() / 0.5) < -80


@given(st.integers(1000, 200_000), st.integers(0, 3000))
@settings(deadline=None, max_examples=25)
def test_a_song_of_any_rate_lasts_as_long_as_it_did(rate_hz, samples):
    """To the sample: the last one may lie up to one step past the end, and none is lost."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resample, "_MOST_TAPS", 1 << 14)  # lengths do not depend on how fine the filters are
        assert whole(torch.zeros(2, samples), rate_hz).shape[-1] == -(-samples * 44_100 // rate_hz)


@pytest.mark.parametrize("rate_hz", [8000, 22_050, 48_000, 96_000])
def test_the_numbers_are_torchaudios(rate_hz, monkeypatch):
    """The kernel is torchaudio's `sinc_interp_kaiser`; its own is in float32, hence the tolerance."""
    # torchaudio compares CUDA versions when it is imported, although nothing here needs CUDA
    monkeypatch.setattr(torch.version, "cuda", None)
    torchaudio = pytest.importorskip("torchaudio", reason="LOUD: no torchaudio, so no comparison with it")
    song = torch.randn(2, rate_hz // 4 + 17, generator=torch.Generator().manual_seed(2)) * 0.3
    expected = torchaudio.functional.resample(
        song,
        rate_hz,
        44_100,
        lowpass_filter_width=resample.ZEROS,
        rolloff=resample.ROLLOFF,
        resampling_method="sinc_interp_kaiser",
        beta=resample.BETA,
    )
    torch.testing.assert_close(whole(song, rate_hz), expected, atol=5e-5, rtol=0)
