"""Cutting into windows and adding them up changes nothing."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from separator.audio.overlap_add import OverlapAdd, fade, segments, window_starts


@st.composite
def shapes(draw):
    """(length, window, hop) with 0 < hop <= window."""
    window = draw(st.integers(1, 300))
    return draw(st.integers(1, 2000)), window, draw(st.integers(1, window))


def assert_equal_to_rounding(added: torch.Tensor, song: torch.Tensor, window: int, hop: int) -> None:
    """The bound of float32, sample by sample.

    n = ceil(window / hop) windows overlap at a sample x. Its sum of products x · w rounds n times, the sum
    of weights n - 1 times, the quotient once, each by half an epsilon at most. All terms have one sign, so
    nothing cancels, and the error is at most n epsilons of x. (Both sums have the same rounded weights.)
    """
    overlapping = -(-window // hop)
    bound = 1.001 * overlapping * torch.finfo(torch.float32).eps * song.abs()
    assert ((added - song).abs() <= bound).all()


@given(shapes())
@settings(deadline=None)  # the first example pays for torch
def test_a_song_cut_and_added_up_returns_sample_for_sample(shape):
    """The law everything rests on: any length, window and hop."""
    length, window, hop = shape
    song = torch.sin(torch.arange(2 * length, dtype=torch.float32)).reshape(2, length)
    padded = torch.nn.functional.pad(song, (0, window))
    overlap_add = OverlapAdd(length, window, hop)
    starts = window_starts(length, window, hop)
    added = torch.cat([overlap_add.push(padded[:, start : start + window]) for start in starts], dim=-1)
    assert added.shape == song.shape
    assert_equal_to_rounding(added, song, window, hop)


@given(shapes())
@settings(deadline=None)
def test_windows_cover_the_song_and_no_window_is_needless(shape):
    length, window, hop = shape
    segments = window_starts(length, window, hop)
    assert segments[0] == 0
    assert segments[-1] + window >= length
    assert len(segments) == 1 or segments[-2] + window < length


@given(shapes())
@settings(deadline=None)
def test_sewing_gives_audio_in_order_and_holds_one_window(shape):
    """Memory does not grow with the song, and what is out is final."""
    length, window, hop = shape
    overlap_add = OverlapAdd(length, window, hop)
    emitted = 0
    for start in window_starts(length, window, hop):
        assert emitted == start
        emitted += overlap_add.push(torch.ones(3, 2, window)).shape[-1]
        assert overlap_add._sum.shape == (3, 2, window)
    assert emitted == length


@pytest.mark.parametrize(("window", "hop"), [(8, 4), (8, 6), (9, 5), (512, 400), (512, 256)])
def test_fades_of_neighbours_add_up_to_one(window, hop):
    """So a network's errors at a window's ends are faded out, not switched over."""
    if window - hop > window // 2:
        pytest.skip("triangles that overlap more than twice are divided by the sum of weights")
    weights = fade(window, hop)
    torch.testing.assert_close(weights[hop:] + weights[: window - hop], torch.ones(window - hop))


@pytest.mark.parametrize("hop", [0, -1, 9])
def test_a_hop_that_leaves_gaps_is_refused(hop):
    with pytest.raises(ValueError, match="hop"):
        OverlapAdd(100, 8, hop)


@given(shapes())
@settings(deadline=None)
def test_a_song_cut_as_demucs_does_returns_sample_for_sample(shape):
    """The last windows read the song from the middle outwards, and yet every sample lands where it was."""
    length, window, hop = shape
    song = torch.randn(2, length, generator=torch.Generator().manual_seed(length))
    padded = torch.nn.functional.pad(song, (window, window))
    overlap_add = OverlapAdd(length, window, hop, centred=True)
    blocks = []
    for place in segments(length, window, hop, centred=True):
        read = padded[:, window + place.read_at : 2 * window + place.read_at]
        assert read.shape[-1] == window
        blocks.append(overlap_add.push(place.crop(read)))
        assert blocks[-1].shape[-1] > 0
    assert_equal_to_rounding(torch.cat(blocks, dim=-1), song, window, hop)
