"""Classifies Telegram's errors by what the bot does next, and retries what may be retried.

RetryAfter, no network, 5xx, timeout        RetryLater: send the same again later
blocked, kicked, no such chat               Unreachable: this chat will never accept it
no right to send this, a closed topic,      Refused: the chat exists, and does not take this; something else
a wrong format, any other 400               or another place may do
too large                                   FileTooLarge: encode it smaller
no such message, cannot be edited           StatusGone: the chat exists, our message does not
not modified                                None: the message is as it should be
a group that became a supergroup            ChatMoved: send the same to the new id
"""

from __future__ import annotations

import asyncio
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
    from collections.abc import Awaitable, Callable

log = structlog.get_logger()
T = TypeVar("T")

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0  #: between two tries of `with_retry`; doubles
NETWORK_PAUSE_S = 3.0  #: after a network error or a 5xx
TOKEN_PAUSE_S = 60.0  #: after a 401: somebody has to give the bot a new token
#: The Bot API server's descriptions of a message that does not exist or is not ours.
_NO_MESSAGE = ("message to edit not found", "message can't be edited", "message_id_invalid")
#: Its descriptions of a chat that is gone; every other 400 is about what was sent, or where in the chat.
_NO_CHAT = (
    "chat not found",
    "user not found",
    "user_deactivated",
    "user is deactivated",
    "peer_id_invalid",
    "group chat was deactivated",
    "bot is not a member",
    "have no access",
)
_NO_RIGHT = (
    "not enough rights",
    "have no rights",
    "_forbidden",
    "need administrator rights",
    "chat_restricted",
)
_TOPIC = ("topic_closed", "topic_deleted", "message thread not found")
_TOO_LARGE = ("file is too big", "too large", "file_too_big")
_FORMAT = (
    "wrong type",
    "can't use file of type",
    "invalid file",
    "_invalid",
    "wrong thumbnail",
    "wrong file",
)
#: Connecting or writing failed, so Telegram never received the whole request.
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.WriteTimeout,
    httpx.WriteError,
)


class StatusGone(Exception):
    """Our message was deleted, or cannot be edited any more."""


class Refused(Unreachable):
    """The chat exists, and does not take this: unlike this chat, others or other files may do."""


class NoRight(Refused):
    """The bot, or everybody, may not send this kind of message in this chat."""


class TopicClosed(Refused):
    """The forum's topic is closed or deleted."""


class WrongFormat(Refused):
    """Telegram does not take the file as what it was sent as."""


class ChatMoved(Exception):
    """The chat has a new id."""

    def __init__(self, chat: int) -> None:
        super().__init__(f"moved to {chat}")
        self.chat = chat


class ResponseLost(Exception):
    """The whole request was sent and no response came: it may have succeeded."""


class FileTooLarge(Exception):
    """Telegram refuses a file of this size (413)."""


#: What a 400 means, by its description; the first that fits.
_REFUSALS: dict[type[Exception], tuple[str, ...]] = {
    Unreachable: _NO_CHAT,
    NoRight: _NO_RIGHT,
    TopicClosed: _TOPIC,
    FileTooLarge: _TOO_LARGE,
    WrongFormat: _FORMAT,
}


def retry_after_s(error: RetryAfter) -> float:
    """Seconds that Telegram asks the bot to wait."""
    after = error.retry_after
    return after.total_seconds() if isinstance(after, timedelta) else float(after)


def classify(error: TelegramError) -> Exception | None:
    """The error that the bot acts on; None: the message is as it should be."""
    if isinstance(error, RetryAfter):
        return RetryLater(retry_after_s(error))
    if isinstance(error, ChatMigrated):
        return ChatMoved(error.new_chat_id)
    if isinstance(error, BadRequest):  # before NetworkError, whose subclass it is
        return _classify_refusal(error.message)
    if isinstance(error, Forbidden):
        return Unreachable(error.message)
    if isinstance(error, NetworkError) and "too large" in error.message.lower():
        return FileTooLarge(error.message)
    return RetryLater(TOKEN_PAUSE_S if isinstance(error, InvalidToken | Conflict) else NETWORK_PAUSE_S)


def _classify_refusal(message: str) -> Exception | None:
    lowered = message.lower()
    if "not modified" in lowered:
        return None
    if any(text in lowered for text in _NO_MESSAGE):
        return StatusGone(message)
    log.warning("request_refused", reason=message)
    for kind, texts in _REFUSALS.items():
        if any(text in lowered for text in texts):
            return kind(message)
    return Refused(message)


def may_have_succeeded(error: TelegramError) -> bool:
    """Whether a request that ended in this error may have succeeded."""
    # The library chains its errors to those of httpx.
    cause = error.__cause__
    return isinstance(cause, httpx.HTTPError) and not isinstance(cause, _NOT_SENT)


async def translate_errors(call: Awaitable[T]) -> T | None:
    """Await a call of the Bot API, and raise its error as `classify` has it. None: nothing to change."""
    try:
        return await call
    except TelegramError as error:
        if classified := classify(error):
            raise classified from None
        return None


async def with_retry(
    call: Callable[[], Awaitable[object]],
    *,
    retry_on: type[TelegramError] = TelegramError,
    give_up_on: tuple[type[TelegramError], ...] = (),
) -> None:
    """Call until Telegram accepts it, after the pause it asks for or one that doubles.

    Raises:
        TelegramError: One of `give_up_on`, or one that is not of `retry_on`.
    """
    pause_s = FIRST_PAUSE_S
    while True:
        try:
            await call()
        except give_up_on:
            raise
        except retry_on as error:
            wait_s = retry_after_s(error) if isinstance(error, RetryAfter) else pause_s
            log.warning("request_retried", error=type(error).__name__, retry_in_s=wait_s)
            await asyncio.sleep(wait_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
        else:
            return
