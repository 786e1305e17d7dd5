"""What the desk and the platforms say to each other: a `Request` in, `Reply` objects out.

No platform's type crosses this line. Words are already in the person's language; a platform only renders.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path


@dataclass(frozen=True)
class Person:
    """Who asks. `id` is the platform's, prefixed: `telegram:123`."""

    id: str
    language: str = "en"  #: BCP 47, as the platform reports it
    moderator: bool = False  #: may cancel other people's orders here


@dataclass(frozen=True)
class Song:
    """A song as a platform offers it: what it says of the file, and a way to its bytes."""

    name: str  #: the file name as sent; may be empty, hostile, or without an ending
    size_bytes: int | None  #: as the platform says, before any byte is read
    fetch: Callable[[], AsyncIterator[bytes]]  #: opens the download; the platform's errors become `SongLost`


class SongLost(Exception):
    """The platform did not hand the song over (gone, timed out, refused)."""


@dataclass(frozen=True)
class Request:
    """A person's message with a song."""

    id: str  #: the platform's id of the message, prefixed; the same message twice has the same id
    person: Person
    platform: str
    words: str  #: the caption or command text: the wish in the person's words
    song: Song
    #: Asked when the order is written, after the first reply was shown: it can name the status message.
    reply_to: Callable[[], str]
    limit_bytes: int = 0  #: the largest file that can be sent here; 0 is no limit
    takes_bytes: int = 0  #: the largest file that the platform lets a bot fetch; 0 is no limit


class Action(StrEnum):
    """What a button does."""

    CANCEL = "cancel"
    WISH = "wish"
    OPEN = "open"


@dataclass(frozen=True)
class Button:
    """A button under a message. `code` fits Telegram's 64 bytes: `cancel:17`, `wish:17:-drums:mp3`."""

    label: str
    code: str = ""
    url: str = ""  #: set for a link; then there is no code


@dataclass(frozen=True)
class Press:
    """A person pressed a button."""

    id: str  #: the platform's id of the press, prefixed
    person: Person
    platform: str
    code: str
    reply_to: Callable[[], str]  #: as in `Request`: where the answer to a new wish goes
    limit_bytes: int = 0


@dataclass(frozen=True)
class Reply:
    """What a person reads. Plain text; a platform escapes it as it needs."""

    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()  #: rows
    private: bool = False  #: only for the one who asked, where the platform can (ephemeral, callback answer)
    share: float | None = None  #: progress from 0 to 1, for platforms that draw a bar; the text says it too
    final: bool = False  #: nothing will follow
    fresh: bool = False  #: begins a status message of its own, so that the one with the button stays


@dataclass(frozen=True)
class File:
    """One file of a result, ready in storage."""

    name: str  #: cleaned for every file system: `Song (drumless).mp3`
    title: str  #: `Song (drumless)`
    performer: str
    duration_s: float
    size_bytes: int
    mime: str
    #: Copies it out of storage to this path (streamed).
    save: Callable[[Path], Awaitable[None]]
    mix: str = ""  #: `drumless`
    key: str = ""  #: names the content: same key, same bytes, so a platform need not upload it twice


@dataclass(frozen=True)
class Result:
    """A finished order: the status message becomes `reply`, the files follow it."""

    order: int
    address: str  #: `reply_to` of the order
    reply: Reply
    files: tuple[File, ...] = ()  #: each within the platform's limit
    key: str = ""  #: the same for every try to send this result: a nonce, a request id


class Platform(Protocol):
    """What the courier needs of a chat platform. Both methods raise `Unreachable` or `ComeBack`."""

    name: str

    async def show(self, address: str, reply: Reply) -> None:
        """Turn the status message at this address into `reply`."""
        ...

    async def deliver(self, result: Result) -> str:
        """Send the result; returns a receipt (message and file ids) as the platform wants to remember it."""
        ...


class Unreachable(Exception):
    """The chat will never take it: deleted, blocked, left."""


@dataclass
class ComeBack(Exception):
    """The platform asks to be left alone for a while (429), or is down (5xx, time-out)."""

    after_s: float = field(default=5.0)
