"""All stems as one zip, written while it is sent: not compressed (FLAC is), and no temporary file."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from storage.objects import ObjectStore

_DATE = (1980, 1, 1, 0, 0, 0)  # the same separation gives the same zip, byte for byte


class _Buffer(io.RawIOBase):
    """What `zipfile` writes to. It cannot seek, so zipfile puts lengths and checksums behind the data."""

    def __init__(self) -> None:
        self._data = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override] # any buffer, as RawIOBase's own stub says
        self._data += data
        return len(data)

    def drain(self) -> bytes:
        """What was written since the last call."""
        data = bytes(self._data)
        self._data.clear()
        return data


async def zip_stream(store: ObjectStore, files: Sequence[tuple[str, str]]) -> AsyncIterator[bytes]:
    """A zip of (name in it, key in the store), in chunks."""
    buffer = _Buffer()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, key in files:
            with archive.open(zipfile.ZipInfo(name, _DATE), "w", force_zip64=True) as entry:
                async for chunk in store.stream(key):
                    entry.write(chunk)
                    yield buffer.drain()
    yield buffer.drain()
