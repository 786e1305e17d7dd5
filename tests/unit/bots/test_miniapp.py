"""Inside Telegram a page knows its user by Telegram's signature, and by nothing less."""

from __future__ import annotations

import hashlib
import hmac
import json
from urllib.parse import urlencode

import pytest

from bots.web.miniapp import MAX_AGE_S, verify_init_data

TOKEN = "123456:a-token-of-nobody"
NOW = 1_800_000_000


def signed(token: str = TOKEN, **changes: str) -> str:
    """What Telegram would hand to a Mini App."""
    fields = {
        "query_id": "AAE", "auth_date": str(NOW - 5), "signature": "third-party",
        "user": json.dumps({"id": 5, "first_name": "Ann & Bé", "language_code": "de"}),
    }  # fmt: skip
    fields |= changes
    text = "\n".join(f"{key}={fields[key]}" for key in sorted(fields))
    secret = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    return urlencode({**fields, "hash": hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()})


def who(init_data: str, now: float = NOW, token: str = TOKEN) -> str:
    return verify_init_data(init_data, token, clock=lambda: now)


def test_what_telegram_signed_names_its_person():
    assert who(signed()) == "telegram:5"


def test_every_changed_letter_is_refused():
    true = signed()
    for at in range(len(true)):
        changed = true[:at] + ("1" if true[at] != "1" else "2") + true[at + 1 :]
        assert who(changed) == "", f"letter {at}"


@pytest.mark.parametrize("now", [NOW - 5, NOW - 7, NOW - 65])
def test_a_clock_of_ours_that_is_a_little_slow_lets_people_in(now):
    """Two seconds were enough to be let in by no means."""
    assert who(signed(), now) == "telegram:5"


@pytest.mark.parametrize("now", [NOW - 66, NOW + MAX_AGE_S, NOW * 2])
def test_what_was_signed_long_ago_or_in_the_future_is_refused(now):
    assert who(signed(), now) == ""


def test_another_bots_signature_is_refused():
    assert who(signed(token="654321:another")) == ""
    assert who(signed(token=""), token="") == "", "a house without a bot believes nobody"


@pytest.mark.parametrize(
    "told",
    ["", "hash=", "a", "user=5&hash=00", "x" * 9999, "hash=%ff&auth_date=1", "auth_date=1&user=%7B%7D"],
)
def test_nonsense_is_refused(told):
    assert who(told) == ""


@pytest.mark.parametrize("user", ["", "null", "[]", "{}", '{"id": "x"}', '{"id": null}'])
def test_a_signature_over_nobody_names_nobody(user):
    assert who(signed(user=user)) == ""
