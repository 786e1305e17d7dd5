"""What the rest of storage stands on: settings, errors, imports on first use, and obstore's threads.

StembotError                  carries `facts`; its sentence is looked up by class name in
`bots.i18n.translate`
├── StorageError              ours to fix: the disk or the bucket failed
│   ├── NotStored             nothing is stored under that key (any more)
│   └── TooManyBytes          size_bytes, limit_bytes: the stream was cut off and nothing is stored
└── LinkError                 the link does not open
    ├── LinkRefused           wrong, altered or meant for something else       (HTTP 403)
    └── LinkEnded             expired, revoked, or what it shows was deleted   (HTTP 410)

The other branches are in `separator.core.errors`.
"""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import suppress
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

#: Where Docker and Kubernetes put secrets, a file each, named as the variable: `stembot_discord_token`.
SECRETS_DIR = "/run/secrets"


_OTHERS = 0o077  #: permissions of other users of this machine: none of them hears a song or reads who asked


class StorageSettings(BaseSettings):
    """Storage's part of the environment (prefix `STEMBOT_`)."""

    model_config = SettingsConfigDict(env_prefix="STEMBOT_", env_file=".env", frozen=True, extra="ignore")

    data_dir: Path = Path("data")  #: everything that one machine stores
    storage_url: str = ""  #: `s3://bucket/prefix`, `gs://`, `az://`; empty: the data folder
    s3_key_id: str = ""  #: with `s3_secret`, for an S3 store; empty: what the cloud's own tools read
    s3_secret: SecretStr = SecretStr("")
    public_url: str = ""  #: the web app's public address; empty: chats get no links
    #: File of keys that sign links, the same on every machine; empty: made in `data_dir`.
    link_keys: Path | None = None
    link_s: float = Field(7 * 86_400, gt=0)  #: seconds that a link is valid; as long as stems are stored
    keep_song_s: float = Field(86_400, gt=0)  #: seconds that the uploaded song is stored
    keep_stems_s: float = Field(7 * 86_400, gt=0)  #: seconds that stems and mixes are stored

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The usual sources, and a folder of secrets if there is one; `STEMBOT_SECRETS_DIR` may name it."""
        folder = Path(os.environ.get("STEMBOT_SECRETS_DIR", SECRETS_DIR))
        if folder.is_dir():
            file_secret_settings = SecretsSettingsSource(settings_cls, folder)
        return init_settings, env_settings, dotenv_settings, file_secret_settings


class StembotError(Exception):
    """Something went wrong."""

    def __init__(self, **facts: float | str) -> None:
        """Set the facts: numbers with a unit in their name, or short words; never a path or a host."""
        listed = ", ".join(f"{name}={value}" for name, value in facts.items())
        super().__init__(f"{self.__doc__} ({listed})" if listed else self.__doc__)
        self.facts = facts


class StorageError(StembotError):
    """The store failed to store or return an object."""


class NotStored(StorageError):
    """Nothing is stored under that key."""


class TooManyBytes(StorageError):
    """More bytes came than are accepted."""


class LinkError(StembotError):
    """This link opens nothing."""


class LinkRefused(LinkError):
    """This link is not one of ours, or was changed on its way."""


class LinkEnded(LinkError):
    """This link has expired."""


def known_fields(kind: type, record: dict[str, Any]) -> dict[str, Any]:
    """Those values of a record that a dataclass has a field for: a later version may write more."""
    names = {each.name for each in fields(kind)}
    return {name: value for name, value in record.items() if name in names}


def private_folder(path: Path) -> None:
    """Make a folder that only this user may read, or take it from others where it is there.

    All files that this process makes from now on are its user's alone, too.
    """
    os.umask(os.umask(_OTHERS) | _OTHERS)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    _take_from_others(path)


def private_file(path: Path) -> None:
    """Make an empty file that only this user may read, or take it from others where it is there."""
    with suppress(OSError):  # the code that opens it says what is wrong
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        _take_from_others(path)


def _take_from_others(path: Path) -> None:
    mode = path.stat().st_mode
    if mode & _OTHERS:
        with suppress(PermissionError):  # it is another user's, who shares it with this one
            path.chmod(mode & ~_OTHERS & 0o7777)


class Lazy:
    """Stands for a package under the name that it is imported by, and loads it when it is first used.

    For what only some processes need: NumPy takes 15 MB of a web app that nobody may ask for an image.
    """

    def __init__(self, name: str) -> None:
        """Load nothing yet."""
        self._name = name

    def __getattr__(self, name: str) -> object:
        """Load the package if it is not loaded; Python lets one thread do so while the others wait."""
        return getattr(import_module(self._name), name)


_THREAD_NAME = "tokio-"  #: what the names of obstore's threads begin with
_POLL_S = 0.005  #: between two looks; Python lets other threads go on meanwhile
_IDLE_POLLS = 3  #: looks in a row at which all must be at rest: one that waits for the interpreter rests, too
_WAIT_S = 2.0  #: a thread may be in a request that nobody waits for any more
_BUSY = "RD"  #: states of a thread in Linux: running or about to, or waiting for a disk


async def wait_until_at_rest() -> None:
    """Return when none of obstore's threads is about to need the interpreter; where that is unknown, soon.

    Such a thread hands over a request's answer, and for a moment after that it still needs the interpreter.
    Where Python ends in that moment, the process aborts (exit code 134, on Python 3.11).
    """
    ends = time.monotonic() + _WAIT_S
    resting = 0
    while resting < _IDLE_POLLS and time.monotonic() < ends:
        await asyncio.sleep(_POLL_S)
        resting = 0 if _is_busy() else resting + 1


def _is_busy() -> bool:
    for thread in Path("/proc/self/task").glob("*"):
        try:
            name, _, facts = (thread / "stat").read_text().partition(" (")[2].rpartition(") ")
        except OSError:  # it has ended
            continue
        if name.startswith(_THREAD_NAME) and facts[:1] in _BUSY:
            return True
    return False
