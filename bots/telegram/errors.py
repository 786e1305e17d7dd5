"""Telegram's errors, told apart by what they mean for us.

RetryAfter, no network, 5xx, a time-out        ComeBack: the same again, later
blocked, kicked, no such chat, no right        Unreachable: this chat will never take it
no such message, cannot be edited              StatusGone: the chat lives, our message does not
not modified                                   nothing: it already says that
a group that became a supergroup               Moved: the same again, there
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

import httpx
import structlog
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bots.chat.messages import RetryLater, Unreachable

if TYPE_CHECKING:
    from collections.abc import Awaitable

log = structlog.get_logger()
T = TypeVar("T")

NETWORK_PAUSE_S = 3.0  #: after a broken line or a 5xx
TOKEN_PAUSE_S = 60.0  #: after a 401: somebody has to give the bot a new token
#: Words of the Bot API server (tdlib) for a message that is not there or not ours to change.
_NO_MESSAGE = ("message to edit not found", "message can't be edited", "message_id_invalid")
#: Connecting or writing failed, so Telegram never had the whole request.
_NEVER_THERE = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.WriteTimeout,
    httpx.WriteError,
)


class StatusGone(Exception):
    """Our message was deleted, or cannot be edited any more."""


class Moved(Exception):
    """The chat lives on under another id."""

    def __init__(self, chat: int) -> None:
        super().__init__(f"moved to {chat}")
        self.chat = chat


class Unanswered(Exception):
    """The whole request went out and no answer came back: it may have been carried out."""


class Large(Exception):
    """Telegram does not take a file of this size (413)."""


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram wants to be left alone."""
    after = error.retry_after
    return after.total_seconds() if isinstance(after, timedelta) else float(after)


def classify(error: TelegramError) -> Exception | None:
    """What an error means; None: all is as it should be."""
    if isinstance(error, RetryAfter):
        return RetryLater(seconds_of(error))
    if isinstance(error, ChatMigrated):
        return Moved(error.new_chat_id)
    if isinstance(error, BadRequest):  # before NetworkError, whose subclass it is
        return _refusal(error.message)
    if isinstance(error, Forbidden):
        return Unreachable(error.message)
    if isinstance(error, NetworkError) and "too large" in error.message.lower():
        return Large(error.message)
    return RetryLater(TOKEN_PAUSE_S if isinstance(error, InvalidToken | Conflict) else NETWORK_PAUSE_S)


def _refusal(message: str) -> Exception | None:
    told = message.lower()
    if "not modified" in told:
        return None
    if any(words in told for words in _NO_MESSAGE):
        return StatusGone(message)
    # chat not found, no rights, topic closed, and whatever else repeating cannot mend
    log.warning("telegram_refused", reason=message)
    return Unreachable(message)


def perhaps_done(error: TelegramError) -> bool:
    """Whether a request that ended in this error may have been carried out all the same."""
    # The library chains its errors to those of httpx, which it always comes with.
    cause = error.__cause__
    return isinstance(cause, httpx.HTTPError) and not isinstance(cause, _NEVER_THERE)


async def translate_errors(call: Awaitable[T]) -> T | None:
    """Await a call of the Bot API; its errors become ours. None: it already was so."""
    try:
        return await call
    except TelegramError as error:
        if meaning := classify(error):
            raise meaning from None
        return None
