"""Button codes outlive the process that sent them."""

from __future__ import annotations

import pytest

from bots.chat.button_code import ASK, YES, Action, ButtonCode, Setting

OWNER = "telegram:-100123"
CODES = {
    "cancel:17": ButtonCode(Action.CANCEL, 17),
    "stop:telegram:5:6": ButtonCode(Action.STOP, request="telegram:5:6"),
    "wish:17:-drums:mp3": ButtonCode(Action.OUTPUTS, 17, "-drums:mp3"),
    "wish:17:*:flac-24": ButtonCode(Action.OUTPUTS, 17, "*:flac-24"),
    "again:17": ButtonCode(Action.AGAIN, 17),
    "format:17": ButtonCode(Action.FORMAT, 17),
    "format:17:flac": ButtonCode(Action.FORMAT, 17, "flac"),
    "open:language:telegram:-100123": ButtonCode(Action.OPEN, setting=Setting.LANGUAGE, owner=OWNER),
    "set:wish:drumless:telegram:-100123": ButtonCode(
        Action.SET, value="drumless", setting=Setting.OUTPUTS, owner=OWNER
    ),
    "set:language::telegram:-100123": ButtonCode(Action.SET, setting=Setting.LANGUAGE, owner=OWNER),
    "forget:ask:telegram:-100123": ButtonCode(Action.FORGET, value=ASK, owner=OWNER),
    "forget:yes:telegram:-100123": ButtonCode(Action.FORGET, value=YES, owner=OWNER),
    "delete:": ButtonCode(Action.DELETE),
    "delete:17": ButtonCode(Action.DELETE, 17),
    "delete:17:yes": ButtonCode(Action.DELETE, 17, YES),
    "share:17": ButtonCode(Action.SHARE, 17),
}


@pytest.mark.parametrize(("text", "code"), CODES.items())
def test_a_code_is_written_and_read_back(text, code):
    """These texts stand in messages already sent: they never change."""
    assert str(code) == text
    assert ButtonCode.decode(text) == code


def test_every_action_has_a_code_here():
    assert {code.action for code in CODES.values()} == set(Action)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("format:17:", ButtonCode(Action.FORMAT, 17)),
        ("cancel:", ButtonCode(Action.CANCEL)),
        ("cancel", ButtonCode(Action.CANCEL)),
    ],
)
def test_codes_of_earlier_versions_are_read(text, code):
    assert ButtonCode.decode(text) == code


@pytest.mark.parametrize("text", ["", "x:y:z", "cancel:1e3", "wish:-1:drums", "set:nonsense:de:", "open:"])
def test_what_no_button_carries_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        ButtonCode.decode(text)


def test_a_code_fits_telegram_with_the_largest_numbers():
    owner = f"telegram:chat:-100{10**12}"
    codes = [
        ButtonCode(Action.SET, value="instrumental", setting=Setting.LANGUAGE, owner=owner),
        ButtonCode(Action.STOP, request=f"telegram:-100{10**12}:{10**9}"),
    ]
    assert max(len(str(code).encode()) for code in codes) <= 64
