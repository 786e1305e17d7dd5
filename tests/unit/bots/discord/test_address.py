"""An address outlives the process that wrote it."""

from __future__ import annotations

import pytest

from bots.discord.reply_target import Address


@pytest.mark.parametrize(
    "address",
    [
        Address(channel=1, message=2, person=3),
        Address(channel=1 << 62, message=2, person=3, asked=4, token="aW50ZXJhY3Rpb24", until=1e9),
    ],
)
def test_an_address_comes_back_equal(address):
    assert Address.read(address.write()) == address


@pytest.mark.parametrize("text", ["", "null", "[1]", '{"chat": 5}', "not json"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        Address.read(text)


def test_a_place_of_the_bots_own_never_ends():
    assert not Address(channel=1, message=2, person=3).ended(now=1e12)


def test_a_token_ends():
    address = Address(channel=1, message=2, person=3, token="t", until=100.0)
    assert not address.ended(now=99.0)
    assert address.ended(now=100.0)
