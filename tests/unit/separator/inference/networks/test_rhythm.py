"""The cascade: Spleeter's accompaniment taken further apart."""

from __future__ import annotations

import pytest
import torch

from separator.core.outputs import Stem
from separator.inference.catalog.registry import EMBEDDED, SPLEETER
from separator.inference.engine import load_network
from separator.inference.networks import rhythm, spleeter

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def network() -> rhythm.SpleeterRhythm:
    """With the weights that are shipped."""
    return rhythm.load(CPU)


@pytest.fixture(scope="module")
def sound(network) -> torch.Tensor:
    """A window of noise."""
    return torch.randn(1, 2, network.window, generator=torch.Generator().manual_seed(8)) * 0.1


def test_the_four_stems_add_up_to_the_window(network, sound):
    """All faders up is the song, already here."""
    with torch.inference_mode():
        stems = network.separate(sound)
    assert stems.shape == (1, 4, 2, network.window)
    torch.testing.assert_close(stems.sum(dim=1), sound, atol=1e-6, rtol=0)


def test_the_vocals_are_those_of_spleeter_alone(network, sound):
    """No song may get worse vocals because its accompaniment is split further."""
    with torch.inference_mode():
        ours = network.separate(sound)[:, network.stems.index(Stem.VOCALS)]
        theirs = spleeter.load(CPU).separate(sound)[:, 0]
    torch.testing.assert_close(ours, theirs, atol=1e-6, rtol=0)


@pytest.mark.parametrize("card", [SPLEETER, EMBEDDED], ids=lambda card: card.name)
def test_a_card_says_what_its_network_makes(card):
    """Wishes are resolved by the card, before any network is loaded."""
    network = load_network(card, CPU)
    assert network.stems == card.stems
    assert network.estimated == card.estimated == frozenset()
    assert 0 < network.hop <= network.window
