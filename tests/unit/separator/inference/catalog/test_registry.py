"""The registry: facts are whole, and the best model that is here is chosen for what is wished."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from bots.i18n.translate import LANGUAGES, has
from separator.core.errors import ConfigError, ModelNotHere, UnknownWish
from separator.core.outputs import OutputSpec, Stem
from separator.inference.catalog import registry
from separator.inference.catalog.registry import (
    CARDS,
    EMBEDDED,
    card_of,
    choose_model,
    select_specialists,
    usable_card,
)


def place(folder, *names):
    """Files of the right size, which is what a choice looks at; holes on disk, so they cost nothing."""
    for name in names:
        for file in card_of(name).files:
            with (folder / file.name).open("wb") as hole:
                hole.truncate(file.size_bytes)


@pytest.fixture(autouse=True)
def _packages(monkeypatch):
    """As if every network's package were installed."""
    monkeypatch.setattr(registry, "find_spec", lambda _: object())


@pytest.mark.parametrize("card", CARDS.values(), ids=lambda card: card.name)
def test_every_fact_of_a_card_is_there(card):
    assert card.licence
    assert card.source
    assert card.window > 0
    for file in card.files:
        assert re.fullmatch("[0-9a-f]{64}", file.sha256)
        assert file.size_bytes > 1_000_000
        assert file.sources
        assert all(each.startswith("https://") for each in file.sources)
    for score in card.scores:
        assert score.source
    if "not stated" in card.licence.lower():  # fetched only by somebody who has read that
        assert card.opt_in
        assert card.note
    if card.note:
        assert all(has(card.note, language) for language in LANGUAGES)


def test_no_two_files_share_a_name_or_a_hash():
    files = [file for card in CARDS.values() for file in card.files]
    assert len({file.name for file in files}) == len({file.sha256 for file in files}) == len(files)


@pytest.mark.parametrize(
    ("expected", "outputs", "here"),
    [
        ("spleeter-rhythm", "stems:mp3", []),
        ("spleeter-rhythm", "vocals:mp3", []),
        ("htdemucs", "stems:mp3", ["htdemucs"]),
        ("htdemucs_ft", "stems:mp3", ["htdemucs", "htdemucs_ft"]),
        ("htdemucs_ft-vocals", "vocals:mp3", ["htdemucs_ft"]),
        ("htdemucs_ft-vocals", "-vocals:mp3", ["htdemucs_ft-vocals", "htdemucs"]),
        ("htdemucs_ft-drums-vocals", "-drums,vocals:mp3", ["htdemucs_ft"]),
        ("htdemucs", "-drums:mp3", ["htdemucs_ft-vocals", "htdemucs"]),
        ("melband_roformer", "vocals:mp3", ["melband_roformer", "htdemucs_ft"]),
        ("spleeter-rhythm", "stems:mp3", ["melband_roformer"]),
        ("htdemucs_6s", "guitar:mp3", ["htdemucs_6s", "htdemucs_ft"]),
        ("htdemucs_ft", "stems:mp3", ["htdemucs_6s", "htdemucs_ft"]),
        ("bs_roformer_sw", "-piano:mp3", ["htdemucs_6s", "bs_roformer_sw"]),
    ],
)
def test_auto_is_the_best_whose_weights_are_here(tmp_path, expected, outputs, here):
    place(tmp_path, *here)
    assert choose_model("auto", OutputSpec.from_code(outputs), tmp_path).name == expected


def test_nothing_here_that_makes_it_is_said(tmp_path):
    with pytest.raises(UnknownWish):
        choose_model("auto", OutputSpec.from_code("guitar:mp3"), tmp_path)


def test_half_a_file_is_not_here(tmp_path):
    place(tmp_path, "htdemucs")
    path = tmp_path / CARDS["htdemucs"].files[0].name
    with path.open("r+b") as file:
        file.truncate(1000)
    assert choose_model("auto", OutputSpec.from_code("drums:mp3"), tmp_path) is EMBEDDED
    assert usable_card("htdemucs", tmp_path) is EMBEDDED
    with pytest.raises(ModelNotHere):
        choose_model("htdemucs", OutputSpec.from_code("drums:mp3"), tmp_path)


def test_weights_without_their_package_are_not_chosen(tmp_path, monkeypatch):
    place(tmp_path, "htdemucs")
    monkeypatch.setattr(registry, "find_spec", lambda name: name == "torch" or None)
    assert choose_model("auto", OutputSpec.from_code("drums:mp3"), tmp_path) is EMBEDDED


def test_a_process_without_torch_goes_by_the_files_alone(tmp_path, monkeypatch):
    """A bot beside its workers has no torch, and yet says which model they use."""
    place(tmp_path, "htdemucs")
    monkeypatch.setattr(registry, "find_spec", lambda _: None)
    assert choose_model("auto", OutputSpec.from_code("drums:mp3"), tmp_path).name == "htdemucs"


def test_a_name_read_back_is_the_same_card():
    """The job carries the name; the worker makes the card of it."""
    card = select_specialists(CARDS["htdemucs_ft"], [Stem.VOCALS, Stem.DRUMS])
    assert card_of(card.name) == card
    assert [file.focus for file in card.files] == [Stem.DRUMS, Stem.VOCALS]


@pytest.mark.parametrize("name", ["htdemucs-vocals", "htdemucs_ft-guitar", "htdemucs_ft-", "nothing", ""])
def test_a_name_that_is_none_is_refused(name):
    with pytest.raises(ConfigError):
        card_of(name)


def test_choosing_does_not_load_torch_or_a_network():
    code = (
        "import sys; from pathlib import Path; from separator.core.outputs import OutputSpec;"
        "from separator.inference.catalog import choose_model;"
        "choose_model('auto', OutputSpec.from_code('vocals:mp3'), Path('nowhere'));"
        "assert not {'torch', 'demucs', 'bs_roformer', 'mel_band_roformer'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
