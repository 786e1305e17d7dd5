"""Fewer bits only where that was measured, agrees, and is fast."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from separator.inference import precision
from separator.inference.catalog.card import ReducedPrecision
from separator.inference.catalog.cards import CARDS, HTDEMUCS

CPU = torch.device("cpu")
GOOD = ReducedPrecision("cpu", "bfloat16", agreement_db=-50.0, measured="here")


def chosen(*choices):
    return precision.select_precision(replace(HTDEMUCS, reduced_precisions=choices), CPU)


@pytest.fixture
def able(monkeypatch):
    """A machine with instructions for everything."""
    monkeypatch.setattr(precision, "is_fast", lambda *_: True)


@pytest.mark.usefixtures("able")
def test_the_first_choice_that_was_measured_and_agrees_is_taken():
    unmeasured, far = replace(GOOD, agreement_db=None), replace(GOOD, agreement_db=-39.0)
    elsewhere = replace(GOOD, device="cuda")
    assert chosen(unmeasured, far, elsewhere, GOOD, replace(GOOD, dtype="float16")) is GOOD
    assert chosen(unmeasured, far, elsewhere) is None


def test_a_machine_without_such_instructions_stays_in_float32(monkeypatch):
    """They would be imitated, slower than float32."""
    for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"):
        monkeypatch.setattr(torch.cpu, name, lambda: False)
    assert chosen(GOOD) is None
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: True)
    assert chosen(GOOD) is GOOD
    assert chosen(replace(GOOD, dtype="float16")) is None


def test_every_choice_of_the_registry_is_a_type_and_says_what_it_was_measured_on():
    for card in CARDS.values():
        for reduced in card.reduced_precisions:
            assert isinstance(getattr(torch, reduced.dtype), torch.dtype)
            assert (reduced.agreement_db is None) == (not reduced.measured)


def test_what_is_said_names_type_and_parts():
    assert precision.describe(None) == "float32"
    assert precision.describe(GOOD) == "bfloat16"
    assert (
        precision.describe(replace(GOOD, parts=("spectrogram", "waveform")))
        == "bfloat16 (spectrogram, waveform)"
    )
