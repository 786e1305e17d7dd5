"""Preferences that earlier versions stored are still read."""

from __future__ import annotations

import pytest

from bots.chat.preferences import Preferences


def test_the_stored_names_are_those_of_the_first_version():
    stored = {"wish": "drumless", "format": "flac", "effort": "quick", "language": "de", "daily": "25"}
    preferences = Preferences.from_stored(stored)
    assert preferences == Preferences("de", "flac", "drumless", "quick", "25")
    assert preferences.to_stored() == stored


@pytest.mark.parametrize("stored", [{}, {"wish": "kazoo"}, {"outputs": "drumless"}, {"nonsense": "1"}])
def test_what_this_version_does_not_know_is_left_out(stored):
    assert Preferences.from_stored(stored) == Preferences()
