"""Manifests of other versions: older ones lack keys, newer ones have more."""

from __future__ import annotations

import json

import pytest

from storage import Manifest, StemFile

MANIFEST = Manifest("aa", "m", "1", 44_100, 9, (StemFile("vocals", "k", 1),), "peaks", highlight_s=47.5)


def test_a_manifest_is_read_as_it_was_written():
    assert Manifest.from_json(MANIFEST.to_json()) == MANIFEST


def test_a_manifest_without_a_highlight_is_read():
    """Separations of earlier versions have none."""
    facts = json.loads(MANIFEST.to_json())
    del facts["highlight_s"]
    assert Manifest.from_json(json.dumps(facts).encode()).highlight_s is None


def test_keys_that_a_later_version_adds_are_left_out():
    """A bot reads what a newer worker wrote."""
    facts = json.loads(MANIFEST.to_json())
    facts |= {"tempo": 120, "tags": {"title": "", "mood": ""}}
    facts["stems"][0]["colour"] = "red"
    read = Manifest.from_json(json.dumps(facts).encode())
    assert read == MANIFEST


def test_a_manifest_with_a_part_missing_is_refused():
    facts = json.loads(MANIFEST.to_json())
    del facts["stems"][0]["key"]
    with pytest.raises(ValueError, match="part missing"):
        Manifest.from_json(json.dumps(facts).encode())
