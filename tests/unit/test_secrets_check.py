"""The search for secrets finds what it is there to find; else its silence would mean nothing."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from storage import LinkClaims, Links
from storage.links import Key
from tests import secrets_check
from tests.programs import Program

TOKEN = "4242:made-up-token-that-leaks"
_PRINTS = "import os; print(os.environ['STEMBOT_TELEGRAM_TOKEN'])"


def report(text):
    """As pytest makes one of a test that passed, having written this."""
    return pytest.TestReport(
        "test_x", ("x.py", 1, "test_x"), {}, "passed", None, "call", sections=[("Captured stderr", text)]
    )


def test_a_secret_is_known_once_somebody_has_read_it():
    assert secrets_check.leaked_secrets("5150:a-token-nobody-read") == []
    SecretStr("5150:a-token-nobody-read").get_secret_value()
    assert secrets_check.leaked_secrets("at https://api/bot5150:a-token-nobody-read/getMe") == ["515…"]


def test_a_test_that_writes_a_secret_fails_and_does_not_write_it_again():
    secrets_check.register_secret(TOKEN)
    for text, outcome in ((f"GET /bot{TOKEN}/getMe", "failed"), ("GET /bot…/getMe", "passed")):
        judged = report(text)
        secrets_check.fail_if_leaked(judged)
        assert judged.outcome == outcome
        assert TOKEN not in str(judged.longrepr)


def test_of_an_address_the_password_is_the_secret():
    secrets_check.register_secret("postgresql://stembot:pass-word-long@db.example/stembot")
    assert secrets_check.leaked_secrets("cannot reach db.example as stembot") == []
    assert secrets_check.leaked_secrets("pass-word-long") == ["pas…"]


def test_a_link_that_opens_something_is_a_secret():
    link = Links((Key("k", bytes(32)),), "https://stems.example").url(LinkClaims("songs/x", "A Song", 2e9))
    assert secrets_check.leaked_secrets(f"sent {link}")
    assert secrets_check.leaked_secrets("GET /m/static/mixer.css") == []


def test_a_program_that_logs_its_token_does_not_end_quietly(tmp_path):
    program = Program(tmp_path, telegram_token=TOKEN)
    program.start("leaky", "-c", _PRINTS).wait()
    with pytest.raises(AssertionError, match=r"leaky\.log: 424…"):
        program.close()
