"""The cascade: Spleeter's accompaniment taken further apart."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from separator.engine import load_network
from separator.models import rhythm
from separator.models.registry import EMBEDDED, SPLEETER
from separator.stems import Stem


@pytest.mark.parametrize("size", [3, 11, 17, 21, 31])
@pytest.mark.parametrize("dim", [-1, -2])
def test_the_sorting_network_finds_the_median(size, dim):
    """Pruned to what the median needs, it must still find it, in every place."""
    x = torch.rand(2, 3, 40, 50, generator=torch.Generator().manual_seed(7))
    moved = x.movedim(dim, -1)
    half = size // 2
    padded = functional.pad(moved.flatten(0, 1), (half, half), mode="reflect").unflatten(0, (2, 3))
    expected = padded.unfold(-1, size, 1).median(dim=-1).values.movedim(-1, dim)
    assert torch.equal(rhythm.median(x, size, dim), expected)


def test_hits_go_to_drums_and_held_notes_do_not():
    """A click every half second over a held tone of 440 Hz, at the same level."""
    picture = torch.full((1, 2, 2049, 200), 1e-4, dtype=torch.complex64)
    picture[:, :, 39:42] = 1.0
    picture[:, :, :, ::20] = 1.0
    masks = rhythm.MedianSplitter()(picture)
    drums, bass, other = masks[0, :, 0].unbind()
    assert drums[500, 40] > 0.9
    assert other[40, 50] > 0.9
    torch.testing.assert_close(drums + bass + other, torch.ones(2049, 200))


def test_low_held_notes_are_bass():
    picture = torch.full((1, 2, 2049, 200), 1e-4, dtype=torch.complex64)
    picture[:, :, 6:9] = 1.0  # 75 Hz
    _, bass, _ = rhythm.MedianSplitter()(picture)[0, :, 0].unbind()
    assert bass[7, 50] > 0.9


def test_the_four_stems_add_up_to_the_window():
    network = rhythm.load(torch.device("cpu"))
    sound = torch.randn(1, 2, network.window, generator=torch.Generator().manual_seed(8)) * 0.1
    with torch.inference_mode():
        stems = network.separate(sound)
    assert stems.shape == (1, 4, 2, network.window)
    torch.testing.assert_close(stems.sum(dim=1), sound, atol=1e-6, rtol=0)
    assert network.stems == EMBEDDED.stems
    assert network.estimated == EMBEDDED.estimated
    assert Stem.VOCALS not in network.estimated


@pytest.mark.parametrize("card", [SPLEETER, EMBEDDED], ids=lambda card: card.name)
def test_a_card_says_what_its_network_makes(card):
    network = load_network(card, torch.device("cpu"))
    assert network.stems == card.stems
    assert network.estimated == card.estimated
    assert 0 < network.hop <= network.window
