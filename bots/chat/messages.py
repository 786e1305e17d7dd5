"""What the desk and the platforms say to each other: a `Request` in, `Reply` objects out.

No platform's type crosses this line. Words are already in the person's language; a platform only renders.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
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


def _nowhere(_address: str) -> str:
    return ""


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
    place: str = ""  #: the group or server, prefixed: `telegram:chat:-100…`; empty in private
    outputs: str = ""  #: a wish's code, where it was chosen and need not be read out of the words
    format: str = ""  #: chosen beside the words
    effort: str = ""  #: likewise
    invited: bool = False  #: its song comes by the link that it was answered with
    #: The web address of an earlier answer, by its `reply_to`; empty if people here cannot open it.
    shown_at: Callable[[str], str] = _nowhere


class Action(StrEnum):
    """What a button does."""

    CANCEL = "cancel"  #: an order: `cancel:17`
    STOP = "stop"  #: a song that is still being fetched, by its request: `stop:telegram:5:6`
    WISH = "wish"  #: another wish for an order's song: `wish:17:-drums:mp3`
    AGAIN = "again"  #: an order's own wish once more, here, however long its code: `again:17`
    FORMAT = "format"  #: an order's buttons, for another format: `format:17:flac`
    OPEN = "open"  #: one of the settings: `open:language:telegram:5`
    SET = "set"  #: choose: `set:language:de:telegram:5`
    FORGET = "forget"  #: `forget:ask:telegram:5`, then `forget:yes:telegram:5`
    DELETE = "delete"  #: one song: `delete:` asks which, `delete:17` whether, `delete:17:yes` does it
    SHARE = "share"  #: how a result comes into another chat: `share:17`


@dataclass(frozen=True)
class Button:
    """A button under a message. `code` fits Telegram's 64 bytes: `cancel:17`, `wish:17:-drums:mp3`."""

    label: str
    code: str = ""
    url: str = ""  #: set for a link; then there is no code
    app: bool = False  #: the address may open as an app inside the chat
    find: str = (
        ""  #: where a platform can: pressing it offers one's results in any chat, those with these words
    )


@dataclass(frozen=True)
class Choice:
    """One of several: a menu where the platform has one, else a button that opens it."""

    label: str
    code: str  #: of the button that opens it
    options: tuple[Button, ...]
    chosen: str = ""  #: the code of the option that holds now
    many: bool = False  #: several at once; their codes, joined by commas, take the place of `*` in `code`

    @property
    def now(self) -> str:
        """The label of what holds now."""
        return next((option.label for option in self.options if option.code == self.chosen), "")


@dataclass(frozen=True)
class ButtonClick:
    """A person pressed a button."""

    id: str  #: the platform's id of the press, prefixed
    person: Person
    platform: str
    code: str
    reply_to: Callable[[], str]  #: as in `Request`: where the answer to a new wish goes
    limit_bytes: int = 0
    place: str = ""


@dataclass(frozen=True)
class Reply:
    """What a person reads. Plain text; a platform escapes it as it needs."""

    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()  #: rows
    private: bool = False  #: only for the one who asked, where the platform can (ephemeral, callback answer)
    share: float | None = None  #: progress from 0 to 1, for platforms that draw a bar; the text says it too
    final: bool = False  #: nothing will follow
    fresh: bool = False  #: begins a status message of its own, so that the one with the button stays
    passing: bool = False  #: the courier says it, too, or what is true by then; a full chat can do without
    choices: tuple[Choice, ...] = ()
    title: str = ""  #: the song's, above the text where the platform's answer does not quote the song


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
    #: The song's picture as a small JPEG, at most 320 px a side; empty where it has none.
    cover: Callable[[], Awaitable[bytes]] | None = None


@dataclass(frozen=True)
class Result:
    """A finished order: the status message becomes `reply`, the files follow it."""

    order: int
    address: str  #: `reply_to` of the order
    reply: Reply
    files: tuple[File, ...] = ()  #: each within the platform's limit
    key: str = ""  #: the same for every try to send this result: a nonce, a request id
    #: The stems' waveforms as a PNG, for platforms whose messages hold pictures; empty where there is none.
    picture: Callable[[], Awaitable[bytes]] | None = None


@dataclass(frozen=True)
class SharableFile:
    """One finished file that a person can share again."""

    order: int
    number: int  #: of the file in its order; with the order it names the file
    file: File


class FileIds(Protocol):
    """Where a platform keeps its own ids of our files between two lives of the bot."""

    async def recall(self, keys: Sequence[str]) -> dict[str, str]:
        """The ids of these files (`File.key`), as far as there are any."""
        ...

    async def remember(self, ids: dict[str, str]) -> None:
        """Keep ids by `File.key`."""
        ...


class Platform(Protocol):
    """What the courier needs of a chat platform. Both methods raise `Unreachable` or `RetryLater`."""

    name: str

    async def show(self, address: str, reply: Reply) -> None:
        """Turn the status message at this address into `reply`."""
        ...

    async def deliver(self, result: Result) -> str:
        """Send the result; returns a receipt (message and file ids) as the platform wants to remember it.

        Raises:
            TooBig: The chat does not take a file of this size, though it was thought to.
        """
        ...


class Unreachable(Exception):
    """The chat will never take it: deleted, blocked, left."""


@dataclass
class TooBig(Exception):
    """A file is larger than this chat takes; what was sent before it stays sent."""

    size_bytes: int


@dataclass
class RetryLater(Exception):
    """The platform asks to be left alone for a while (429), or is down (5xx, time-out)."""

    after_s: float = field(default=5.0)
