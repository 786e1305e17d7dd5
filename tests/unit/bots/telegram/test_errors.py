"""Telegram's errors, classified."""

from __future__ import annotations

import httpx
import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bots.chat.messages import RetryLater, Unreachable
from bots.telegram.errors import (
    ChatMoved,
    FileTooLarge,
    NoRight,
    Refused,
    StatusGone,
    TopicClosed,
    WrongFormat,
    classify,
    may_have_succeeded,
)


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (RetryAfter(17), RetryLater),
        (TimedOut(), RetryLater),
        (NetworkError("Bad Gateway"), RetryLater),
        (InvalidToken(), RetryLater),
        (NetworkError("Request Entity Too Large"), FileTooLarge),
        (Forbidden("Forbidden: bot was blocked by the user"), Unreachable),
        (Forbidden("Forbidden: bot was kicked from the supergroup chat"), Unreachable),
        (BadRequest("Chat not found"), Unreachable),
        (BadRequest("Not enough rights to send audios to the chat"), Unreachable),
        (BadRequest("Topic_closed"), Unreachable),
        (BadRequest("Message to edit not found"), StatusGone),
        (BadRequest("Message can't be edited"), StatusGone),
        (ChatMigrated(-100), ChatMoved),
    ],
)
def test_each_error_means_one_thing(error, meaning):
    assert isinstance(classify(error), meaning)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Not enough rights to send audios to the chat", NoRight),
        ("Not enough rights to send documents to the chat", NoRight),
        ("Have no rights to send a message", NoRight),
        ("CHAT_SEND_AUDIOS_FORBIDDEN", NoRight),
        ("CHAT_WRITE_FORBIDDEN", NoRight),
        ("Topic_closed", TopicClosed),
        ("Message thread not found", TopicClosed),
        ("File is too big", FileTooLarge),
        ("Wrong type of the web page content", WrongFormat),
        ("Can't use file of type Audio as Document", WrongFormat),
        ("Something that nobody has seen before", Refused),
        ("Chat not found", Unreachable),
        ("USER_DEACTIVATED", Unreachable),
        ("Group chat was deactivated", Unreachable),
    ],
)
def test_permission_place_size_and_format_are_told_apart(text, meaning):
    """Every unknown 400 counted as a chat that is gone, and its result was given up without a word."""
    assert type(classify(BadRequest(text))) is meaning


def test_a_flood_limit_says_when_to_come_back():
    assert classify(RetryAfter(17)).after_s == 17


def test_a_message_that_is_not_modified_is_no_error():
    assert classify(BadRequest("Message is not modified: specified new message content and …")) is None


@pytest.mark.parametrize(
    ("cause", "perhaps"),
    [
        (httpx.ReadTimeout("no answer"), True),
        (httpx.RemoteProtocolError("cut before the answer"), True),
        (httpx.ReadError("cut"), True),
        (httpx.ConnectTimeout("never there"), False),
        (httpx.ConnectError("never there"), False),
        (httpx.PoolTimeout("never sent"), False),
        (httpx.WriteTimeout("half sent"), False),
        (None, False),
    ],
)
def test_only_a_request_that_was_sent_completely_may_have_succeeded(cause, perhaps):
    """An upload is repeated only when Telegram cannot have it."""
    error: TelegramError = NetworkError("broken")
    error.__cause__ = cause
    assert may_have_succeeded(error) is perhaps
