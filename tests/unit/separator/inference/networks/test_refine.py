"""Masks that are made consistent within a window: sounds that come again are one stem's."""

import pytest
import torch

from separator.inference.networks.refine import BinRange, refine_masks

BINS, FRAMES = 64, 200
WHOLE = (BinRange(0, BINS, 1),)
KICKS = range(10, FRAMES - 10, 20)


def _shares(*values: float) -> torch.Tensor:
    """The same masks in every cell: (1, stems, 2, frames, bins)."""
    return torch.tensor(values)[None, :, None, None, None].repeat(1, 1, 2, FRAMES, BINS)


@pytest.fixture
def song() -> dict[str, torch.Tensor]:
    """Kicks that ring for three frames over a bass that changes its note: magnitudes (1, 2, frames, bins)."""
    kick, bass = torch.zeros(FRAMES, BINS), torch.zeros(FRAMES, BINS)
    shape = torch.exp(-0.5 * ((torch.arange(BINS) - 8.0) / 5) ** 2)
    for at in KICKS:
        for late in range(3):
            kick[at + late] = shape * 0.5**late
    for at in range(0, FRAMES, 25):
        note = 5 + at // 25 % 4
        bass[at : at + 25, note] = 0.6
        bass[at : at + 25, 2 * note] = 0.3
    return {"kick": kick.expand(1, 2, -1, -1), "bass": bass.expand(1, 2, -1, -1)}


def test_a_kick_that_was_taken_for_a_bass_goes_the_way_of_its_like(song):
    """Eight kicks are heard rightly, the ninth is not: it is the same sound."""
    magnitudes = song["kick"] + song["bass"]
    right = song["kick"] / (magnitudes + 1e-6)
    masks = torch.stack([right, 1 - right, torch.zeros_like(right)], dim=1) * 0.98 + 0.02 / 3
    wrong = masks.clone()
    lost = KICKS[-2]
    wrong[:, 0, :, lost : lost + 3], wrong[:, 1, :, lost : lost + 3] = 0.1, 0.88
    better = refine_masks(wrong, magnitudes, WHOLE)
    there = slice(lost, lost + 2)
    found = (better[:, 0] * magnitudes)[..., there, :].sum() / song["kick"][..., there, :].sum()
    assert 0.6 < float(found) < 1.4
    bass = (better[:, 1] * magnitudes)[..., 60:66, :].sum() / song["bass"][..., 60:66, :].sum()
    assert 0.8 < float(bass) < 1.2  # and the bass between the kicks is still there


@pytest.mark.parametrize("frames", [1, 2, 5, 33])
def test_masks_still_add_up_to_one(frames):
    """In songs of any length, in ranges of any height."""
    masks = torch.rand(2, 3, 2, frames, BINS).softmax(dim=1)
    magnitudes = torch.rand(2, 2, frames, BINS) ** 4
    after = refine_masks(masks, magnitudes, (BinRange(0, 16, 1), BinRange(16, BINS, 8)))
    torch.testing.assert_close(after.sum(dim=1), torch.ones(2, 2, frames, BINS), atol=1e-4, rtol=0)
    assert float(after.min()) >= 0


def test_bins_outside_the_ranges_stay_as_they_are():
    """Only what was asked for is fitted."""
    masks = torch.rand(1, 3, 2, 20, BINS).softmax(dim=1)
    after = refine_masks(masks, torch.rand(1, 2, 20, BINS), (BinRange(0, 32, 4),))
    assert torch.equal(after[..., 32:], masks[..., 32:])
    assert not torch.equal(after[..., :32], masks[..., :32])


def test_silence_is_shared_out_without_holes():
    """Digital silence must not become NaN, nor a window whose end is silent."""
    masks = _shares(0.2, 0.3, 0.5)
    for magnitudes in (torch.zeros(1, 2, FRAMES, BINS), torch.rand(1, 2, FRAMES, BINS)):
        magnitudes[..., 100:, :] = 0
        assert torch.isfinite(refine_masks(masks, magnitudes, WHOLE)).all()


def test_the_level_of_a_song_does_not_matter(song):
    """Nor does a window sound otherwise beside another in its batch, or a second time."""
    magnitudes = song["kick"] + song["bass"]
    masks = torch.rand(1, 3, 2, FRAMES, BINS, generator=torch.Generator().manual_seed(1)).softmax(dim=1)
    once = refine_masks(masks, magnitudes, WHOLE)
    quiet = magnitudes / 500
    both = torch.cat([torch.rand_like(quiet), quiet])
    twice = refine_masks(masks.repeat(2, 1, 1, 1, 1), both, WHOLE)[1:]
    torch.testing.assert_close(twice, once, atol=1e-3, rtol=0)
