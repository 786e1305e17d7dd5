"""A weight file is what its source published, or it is not there."""

from __future__ import annotations

import hashlib

import pytest

from separator.core.errors import ModelNotHere
from separator.core.outputs import Stem
from separator.inference.catalog.card import ModelCard, WeightFile
from separator.inference.catalog.weights import import_file, is_verified, verified_files

WHOLE = bytes(range(256)) * 5000


@pytest.fixture
def card():
    file = WeightFile(
        "net.th", hashlib.sha256(WHOLE).hexdigest(), len(WHOLE), ("https://example.org/net.th",)
    )
    return ModelCard("net", "1", (Stem.VOCALS,), "x:y", "MIT", "us", files=(file,))


def test_a_whole_file_is_taken(tmp_path, card):
    (tmp_path / "net.th").write_bytes(WHOLE)
    assert verified_files(card, tmp_path) == (tmp_path / "net.th",)


@pytest.mark.parametrize("held", [b"", WHOLE[:-1], WHOLE + b"x", WHOLE[:-1] + b"x"])
def test_a_file_that_differs_anywhere_is_never_loaded(tmp_path, card, held):
    (tmp_path / "net.th").write_bytes(held)
    with pytest.raises(ModelNotHere):
        verified_files(card, tmp_path)


def test_a_file_that_only_looks_whole_loses_its_name(tmp_path, card):
    """Else everybody who looks at sizes would count on it, and every song would fail at it."""
    (tmp_path / "net.th").write_bytes(WHOLE[:-1] + b"x")
    with pytest.raises(ModelNotHere):
        verified_files(card, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["net.th.spoiled"]


def test_a_file_that_is_still_growing_keeps_its_name(tmp_path, card):
    (tmp_path / "net.th").write_bytes(WHOLE[:-1])
    with pytest.raises(ModelNotHere):
        verified_files(card, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["net.th"]


def test_without_a_folder_there_are_no_weights(tmp_path, card):
    with pytest.raises(ModelNotHere):
        verified_files(card, None)
    with pytest.raises(ModelNotHere):
        verified_files(card, tmp_path / "nowhere")


def test_a_file_by_hand_gets_its_right_name(tmp_path, card):
    (tmp_path / "download (1).bin").write_bytes(WHOLE)
    assert import_file(tmp_path / "download (1).bin", card, tmp_path / "models").name == "net.th"
    assert is_verified(tmp_path / "models" / "net.th", card.files[0])
    assert [each.name for each in (tmp_path / "models").iterdir()] == ["net.th"]


def test_a_file_of_another_model_is_not_taken_in(tmp_path, card):
    (tmp_path / "other.bin").write_bytes(WHOLE[:-1] + b"x")
    with pytest.raises(ModelNotHere):
        import_file(tmp_path / "other.bin", card, tmp_path / "models")
    assert not (tmp_path / "models").exists()
