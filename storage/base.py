"""What a store promises: bytes under keys, whole or absent. `storage.objects` keeps it through obstore.

Keys are made by code, never from what a person typed: lower-case words joined by `/`.

    songs/<sha256>/source                               the file as it was sent
    songs/<sha256>/<model>@<version>/<token>/manifest.json   goes last: a separation is whole or absent
    songs/<sha256>/<model>@<version>/<token>/<stem>.flac, peaks.json
    mixes/<hash>/<mix>.<format>                         files that went out to chats
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@dataclass(frozen=True)
class StoredSong:
    """A song that was put into the store."""

    sha256: str  #: of the file's bytes, hex
    size_bytes: int


class Store(Protocol):
    """Bytes under keys. Every method raises `StorageError`; reading what is not there raises `NotStored`."""

    async def put(self, key: str, data: bytes) -> None:
        """Keep these bytes; what was there is replaced whole."""
        ...

    async def put_file(self, key: str, path: Path) -> None:
        """Keep a file's bytes, streamed; a reader sees all of them or none."""
        ...

    async def put_song(self, chunks: AsyncIterator[bytes], limit_bytes: int) -> StoredSong:
        """Keep a file of unknown hash under `songs/<sha256>/source`; the same bytes are kept once.

        Raises:
            TooManyBytes: The stream went past `limit_bytes`; nothing is kept.
        """
        ...

    async def get(self, key: str) -> bytes:
        """All bytes of a small object."""
        ...

    async def get_file(self, key: str, path: Path) -> None:
        """Copy an object to a local file, streamed."""
        ...

    def stream(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes `start` to `end` (exclusive), in chunks."""
        ...

    async def size(self, key: str) -> int | None:
        """Bytes kept under the key; None where nothing is."""
        ...

    async def delete(self, prefix: str) -> int:
        """Forget all under a prefix; returns how many objects."""
        ...

    async def list_ages(self, prefix: str) -> dict[str, float]:
        """Every key under a prefix, with the seconds since it was written."""
        ...
