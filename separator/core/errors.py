"""What can go wrong between a song and its stems, and whose fault it is.

StembotError                  (storage.base)
├── SongRefused               the sender's to fix; never retried
│   ├── NotAudio              nothing in the file decodes
│   ├── NoSound               it decodes to nothing but silence, or to nothing at all
│   ├── SongTooLong           lasts_s, limit_s
│   ├── SongTooShort          lasts_s, least_s
│   ├── FileTooBig            size_bytes, limit_bytes
│   ├── SongGone              the song is not stored any more: to be sent again
│   ├── Protected             bought or rented music under DRM
│   └── UnknownWish           no model here can make what was asked for
├── Busy                      over a limit; `limit` names it, `ends_s` says in how many seconds to come back
├── Blocked                   by the operator; `ends_s` says for how long, if not for good
├── SeparationFailed          ours to fix; retried while attempts remain
│   └── LeaseLost             another worker has the job now; what this one made is an orphan
├── ConfigError               refuse to start: one line, and what to set
│   ├── ModelNotHere          the weights of a model are not here, or incomplete
│   └── FolderUnusable        a folder is full, read-only or none; only commands on a terminal raise it
├── DownloadFailed            no source gave the correct file; what came is kept, to be resumed
└── StorageError, LinkError   (storage.base)

An error crosses from worker to bot as a record: `{"kind": class name, "facts": {...}}`.
"""

from __future__ import annotations

from typing import TypedDict

from storage import StembotError


class ErrorRecord(TypedDict):
    """An error as JSON, as the database holds it."""

    kind: str
    facts: dict[str, float | str]


class SongRefused(StembotError):
    """The song cannot be separated."""


class NotAudio(SongRefused):
    """There is no sound in this file that can be decoded."""


class NoSound(SongRefused):
    """The file holds no sound."""


class SongTooLong(SongRefused):
    """The song is longer than the limit."""


class SongTooShort(SongRefused):
    """The song is too short to separate."""


class FileTooBig(SongRefused):
    """The file is larger than the limit."""


class SongGone(SongRefused):
    """The song is not stored any more."""


class Protected(SongRefused):
    """The file is copy-protected (DRM) and cannot be decoded."""


class UnknownWish(SongRefused):
    """No model here can make what was asked for."""


class Busy(StembotError):
    """A limit is reached for now."""


class Blocked(StembotError):
    """The operator takes no songs from this person, group or address."""


class SeparationFailed(StembotError):
    """The separation failed on our side."""


class LeaseLost(SeparationFailed):
    """The job's lease lapsed and another worker may have it."""


class ConfigError(StembotError):
    """A setting is missing or wrong."""


class ModelNotHere(ConfigError):
    """The weights of a model are not here, or not as its source published them."""


class FolderUnusable(ConfigError):
    """A folder cannot be written to; `folder` names it, so this error never leaves the machine."""


class DownloadFailed(StembotError):
    """No source gave the complete file."""


class Stopped(Exception):
    """The work was given up at a window's border because nobody wants it any more."""


def _every_kind(root: type[StembotError]) -> dict[str, type[StembotError]]:
    """The tree below `root`, by class name."""
    kinds = {root.__name__: root}
    for leaf in root.__subclasses__():
        kinds |= _every_kind(leaf)
    return kinds


def to_record(error: StembotError) -> ErrorRecord:
    """Write an error down for another process to read."""
    return {"kind": type(error).__name__, "facts": error.facts}


def from_record(record: ErrorRecord) -> StembotError:
    """Read an error that another process wrote; a kind of a later version becomes `SeparationFailed`."""
    kind = _every_kind(StembotError).get(record["kind"], SeparationFailed)
    return kind(**record["facts"])
