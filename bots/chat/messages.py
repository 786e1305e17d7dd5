"""What the chat services and the platforms exchange: a `Request` or `ButtonClick` in, `Reply` objects out.

No type of a platform is used here. Text is already in the reader's language; a platform only renders.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from separator import printable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path


@dataclass(frozen=True)
class Person:
    """Who asks. `id` is the platform's, prefixed: `telegram:123`."""

    id: str
    language: str = "en"  #: BCP 47, as the platform reports it
    moderator: bool = False  #: may cancel other people's orders in this chat


@dataclass(frozen=True)
class Song:
    """A song as a platform offers it: what it says of the file, and a way to its bytes."""

    name: str  #: the file name as sent, printable; it may be hostile, or without an ending
    size_bytes: int | None  #: as the platform says, before any byte is read
    fetch: Callable[[], AsyncIterator[bytes]]  #: opens the download; the platform's errors become `SongLost`

    def __post_init__(self) -> None:
        """Keep only what can be stored and shown of the name; a song without one is called `Song`."""
        object.__setattr__(self, "name", printable(self.name))


class SongLost(Exception):
    """The platform did not deliver the song's bytes (deleted, timed out, refused)."""


def _no_url(_address: str) -> str:
    return ""


def _no_name(_owner: str) -> bool:
    return False


@dataclass(frozen=True)
class Request:
    """A message with a song."""

    id: str  #: the platform's id of the message, prefixed; the same message twice has the same id
    person: Person
    platform: str
    text: str  #: the caption or command text: what the sender wants, in their own words
    song: Song
    #: Called when the order is written, after the first reply was shown: it can name the status message.
    reply_to: Callable[[], str]
    upload_limit_bytes: int = 0  #: the largest file that can be sent to this chat; 0 is no limit
    download_limit_bytes: int = 0  #: the largest file that the platform lets a bot download; 0 is no limit
    chat: str = ""  #: the group or server, prefixed: `telegram:chat:-100…`; empty in private
    outputs: str = ""  #: an output spec's code, where it was chosen and need not be read out of the text
    format: str = ""  #: chosen beside the text
    effort: str = ""  #: likewise
    by_upload_link: bool = False  #: the song comes by the link that this request was answered with
    #: The web address of an earlier answer, by its `reply_to`; empty if people in this chat cannot open it.
    answer_url: Callable[[str], str] = _no_url


@dataclass(frozen=True)
class Button:
    """A button under a message."""

    label: str
    code: str = ""  #: a `ButtonCode`
    url: str = ""  #: set for a link; then there is no code
    app: bool = False  #: the URL may open as an app inside the chat
    inline_query: str = ""  #: where a platform can: offers the results with these words in any chat


@dataclass(frozen=True)
class Choice:
    """One of several: a menu where the platform has one, else a button that opens it."""

    label: str
    code: str  #: of the button that opens it
    options: tuple[Button, ...]
    chosen: str = ""  #: the code of the option that is chosen now
    multiple: bool = False  #: several at once; their codes, joined by commas, replace `CHOSEN` in `code`

    @property
    def chosen_label(self) -> str:
        """The label of the option that is chosen now."""
        return next((option.label for option in self.options if option.code == self.chosen), "")


@dataclass(frozen=True)
class ButtonClick:
    """Somebody clicked a button or chose from a menu."""

    id: str  #: the platform's id of the click, prefixed
    person: Person
    platform: str
    code: str  #: a `ButtonCode`, as the platform carried it
    reply_to: Callable[[], str]  #: as in `Request`: where the answer to a new order goes
    upload_limit_bytes: int = 0
    chat: str = ""
    #: Whether an order's owner is a name under which the platform hides who it was, perhaps this person.
    may_be: Callable[[str], bool] = _no_name


@dataclass(frozen=True)
class Reply:
    """What a person reads. Plain text; a platform escapes it as it needs."""

    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()  #: rows
    private: bool = False  #: only for the one who asked, where the platform can (ephemeral, callback answer)
    progress: float | None = None  #: from 0 to 1, for platforms that draw a bar; the text says it too
    final: bool = False  #: nothing will follow
    new_message: bool = False  #: starts its own status message, so that the one with the button stays
    skippable: bool = False  #: `DeliveryService` shows it later anyway, so a rate-limited chat can skip it
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
    #: The song's cover as a small JPEG, at most 320 px a side; empty where it has none.
    cover: Callable[[], Awaitable[bytes]] | None = None


@dataclass(frozen=True)
class Result:
    """A finished order: the status message becomes `reply`, the files follow it."""

    order: int
    address: str  #: `reply_to` of the order
    reply: Reply
    files: tuple[File, ...] = ()  #: each within the platform's limit
    key: str = ""  #: the same for every try to send this result: a nonce, a request id
    owner: str = ""  #: who asked, `telegram:123`: where the chat takes no files they may get them in private
    #: The reply where the chat takes no files. True: they went to the owner in private.
    without_files: Callable[[bool], Reply] | None = None
    #: The stems' waveforms as a PNG, for platforms whose messages hold images; empty where there is none.
    waveform: Callable[[], Awaitable[bytes]] | None = None


@dataclass(frozen=True)
class SharableFile:
    """One finished file that a person can share again."""

    order: int
    number: int  #: of the file in its order; with the order it names the file
    file: File


class Platform(Protocol):
    """What `DeliveryService` needs of a chat platform. Both methods raise `Unreachable` or `RetryLater`."""

    name: str

    async def show(self, address: str, reply: Reply) -> None:
        """Turn the status message at this address into `reply`."""
        ...

    async def deliver(self, result: Result) -> str:
        """Send the result; returns a receipt (message and file ids) as the platform wants to store it.

        Raises:
            UploadTooBig: The chat does not take a file of this size, though it was expected to.
        """
        ...


class Unreachable(Exception):
    """The chat will never take it: deleted, blocked, left."""


@dataclass
class UploadTooBig(Exception):
    """A file is larger than this chat takes; what was sent before it stays sent."""

    size_bytes: int


@dataclass
class RetryLater(Exception):
    """The platform asks for a pause (429), or is down (5xx, time-out)."""

    after_s: float = field(default=5.0)
