"""The object store: bytes under keys, complete or absent, on disk or in a cloud (S3, GCS, Azure) by obstore.

Keys are made by code, never from what a person typed: lower-case words joined by `/`.

    songs/<sha256>/source                               the file as it was uploaded
    songs/<sha256>/<model>@<version>/<token>/manifest.json   put last: a separation is complete or absent
    songs/<sha256>/<model>@<version>/<token>/<stem>.flac, peaks.json
    mixes/<hash>/<mix>.<format>                         files for chats

Every call is bounded: obstore repeats what a cloud failed to do (`_RETRY`), each wait has a limit here
(`SMALL_S` for one request, `CHUNK_S` for the next chunk, and by size for an upload), and failures are raised
as `StorageError`. On disk nothing is repeated: a disk that failed fails again.

An upload becomes visible at once: obstore writes beside the target and renames (disk), or completes a
multi-part upload (clouds). Several processes may put the same key at once; the last one stays.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, from_url

from storage.base import NotStored, StorageError, TooManyBytes, private_folder, wait_until_at_rest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from obstore import GetOptions
    from obstore.store import ClientConfig, RetryConfig, S3Config
    from obstore.store import ObjectStore as Backend

    from storage.base import StorageSettings

#: One segment of a key. Starts with no dot, so there is no `..`; has no `#`, which obstore uses for staging.
_SEGMENT = re.compile(r"[a-z0-9_+@-][a-z0-9._+@=-]*")
_STAGED = re.compile(r"#\d+$")  # how obstore names a file that is being written
_MAX_KEY = 512  # characters; S3 takes 1024 bytes, and a prefix may stand before ours

CHUNK = 256 * 1024  # bytes: small enough that six stems in flight cost nothing, large enough to be few calls
_SPOOL_BLOCK = 1024 * 1024  # bytes gathered before a thread hashes and writes them
_STAGED_S = 3600.0  # a staged file that was not written to for so long has lost its writer
_REFRESH_S = 3600.0  # a song uploaded again is put again when older, so that its time starts again
_DELETE_TRIES = 5  # while other processes delete the same objects
SMALL_S = 60.0  # seconds for one request, obstore's repeats included
CHUNK_S = 60.0  # seconds to wait for the next chunk
_MIN_UPLOAD_RATE = 100_000  # bytes a second: a slower upload is given up
_CLIENT: ClientConfig = {
    "allow_http": True,  # an http:// endpoint in the settings (a store in the next container) is meant
    "connect_timeout": "5s",
    "read_timeout": "30s",  # no byte for so long: the connection is dead
    "timeout": "1h",  # of a complete response; a long stream is bounded by `read_timeout` instead
}
_RETRY: RetryConfig = {"max_retries": 5, "retry_timeout": timedelta(seconds=45)}
_MISSING = (FileNotFoundError, NotFoundError)


@dataclass(frozen=True)
class StoredSong:
    """A song that was put into the store."""

    sha256: str  #: of the file's bytes, hex
    size_bytes: int


def open_store(settings: StorageSettings) -> ObjectStore:
    """The store that the settings name: a bucket by its address, else `objects` in the data folder.

    Credentials come from the environment variables that each cloud's own tools read; for S3 the settings may
    name them instead, so that they can come from a file of secrets.

    Raises:
        StorageError: The address is of no known kind, or the folder cannot be made.
    """
    spool = settings.data_dir / "spool"
    with _translate_errors("open"):
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        private_folder(spool)
        refresh_s = min(_REFRESH_S, settings.keep_song_s / 2)  # well before retention deletes it
        if not settings.storage_url:
            folder = settings.data_dir / "objects"
            private_folder(folder)
            _remove_stale_uploads(folder)
            return ObjectStore(
                LocalStore(folder, automatic_cleanup=True, mkdir=True), spool, folder, refresh_s
            )
        if settings.storage_url.startswith("file:"):
            folder = Path(unquote(urlsplit(settings.storage_url).path))
            backend = from_url(settings.storage_url, automatic_cleanup=True, mkdir=True)
            return ObjectStore(backend, spool, folder, refresh_s)
        backend = from_url(
            settings.storage_url, config=_s3_key(settings), client_options=_CLIENT, retry_config=_RETRY
        )
        return ObjectStore(backend, spool, refresh_s=refresh_s)


def _s3_key(settings: StorageSettings) -> S3Config | None:
    """The key pair that the settings hold for an S3 store."""
    if not settings.s3_key_id or not settings.storage_url.startswith("s3:"):
        return None
    secret = settings.s3_secret.get_secret_value()
    return {"access_key_id": settings.s3_key_id, "secret_access_key": secret}


def _remove_stale_uploads(folder: Path) -> None:
    """Remove what killed processes left half written: obstore stages `key` as `key#1`, beside it.

    No reader ever sees such a file, but it takes space, and may hold parts of a song that was deleted since.
    """
    oldest = time.time() - _STAGED_S
    for staged in folder.rglob("*#*"):
        with suppress(FileNotFoundError):  # its writer has just finished, or another process removes it too
            if staged.is_file() and staged.stat().st_mtime < oldest:
                staged.unlink()


def is_key(key: str) -> bool:
    """Whether code may have made this key; others lie in a store that is not ours alone, or are tricks."""
    return len(key) <= _MAX_KEY and all(_SEGMENT.fullmatch(segment) for segment in key.split("/"))


def _check_key(key: str) -> str:
    """The key, if code may have made it.

    Raises:
        StorageError: It is no key: empty, too long, or a path trick.
    """
    if not is_key(key):
        raise StorageError(doing="key")
    return key


class ObjectStore:
    """Bytes under keys. Every method raises `StorageError`, and `NotStored` when there is nothing to read.

    The code that opens one closes it, by `async with` or `close`: see `wait_until_at_rest`.
    """

    def __init__(
        self, backend: Backend, spool: Path, folder: Path | None = None, refresh_s: float = _REFRESH_S
    ) -> None:
        """Use a backend.

        Args:
            backend: Of obstore.
            spool: Songs being uploaded lie unnamed in this folder.
            folder: Of a backend on this machine's disk.
            refresh_s: A song that is sent again is stored again when it is older.
        """
        self._backend = backend
        self._spool = spool
        self._folder = folder
        self._refresh_s = refresh_s

    async def __aenter__(self) -> Self:
        """It is closed when the block ends."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it."""
        await self.close()

    async def close(self) -> None:
        """Let what was asked of the store settle, so that the process may end."""
        await wait_until_at_rest()

    async def put(self, key: str, data: bytes) -> None:
        """Store these bytes; an object of that key is replaced."""
        await self._put(key, data, len(data))

    async def renew(self, key: str) -> None:
        """Write a small object again as it is: the time of all that is deleted with it starts again."""
        await self.put(key, await self.get(key))

    async def put_file(self, key: str, path: Path) -> None:
        """Store a file's bytes, streamed; a reader sees all of them or none."""
        with _translate_errors("put"):
            size = (await asyncio.to_thread(path.stat)).st_size
        await self._put(key, path, size)

    async def put_song(
        self,
        chunks: AsyncIterator[bytes],
        limit_bytes: int,
        claim: Callable[[str], Awaitable[None]] | None = None,
    ) -> StoredSong:
        """Store a file of unknown hash under `songs/<sha256>/source`; the same bytes are stored once.

        Args:
            chunks: The file.
            limit_bytes: The most that is taken.
            claim: Called with the hash, before it is looked whether the song is stored: so nobody deletes it.

        Raises:
            TooManyBytes: The stream went past `limit_bytes`; nothing is stored.
        """
        with _translate_errors("spool"):
            # Unnamed: a process killed half way leaves nothing behind.
            spool = await asyncio.to_thread(lambda: tempfile.TemporaryFile(dir=self._spool))  # noqa: SIM115 - closed below
        with spool:
            song = await _write_spool(spool, chunks, limit_bytes)
            if claim is not None:
                await claim(song.sha256)
            key = f"songs/{song.sha256}/source"
            if not await self._is_fresh(key):
                spool.seek(0)
                await self._put(key, spool, song.size_bytes)
        return song

    async def get(self, key: str) -> bytes:
        """All bytes of a small object."""
        _check_key(key)
        with _translate_errors("get"):
            async with asyncio.timeout(SMALL_S):
                response = await obstore.get_async(self._backend, key)
                return bytes(await response.bytes_async())

    async def get_file(self, key: str, path: Path) -> None:
        """Copy an object to a local file, streamed; the file is complete or absent."""
        part = path.with_name(f"{path.name}.part")
        try:
            with _translate_errors("get"):
                with await asyncio.to_thread(part.open, "wb") as out:
                    async for chunk in self.stream(key):
                        await asyncio.to_thread(out.write, chunk)
                await asyncio.to_thread(os.replace, part, path)
        finally:
            part.unlink(missing_ok=True)

    async def stream(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes `start` to `end` (exclusive), in chunks; past the object's end there are none."""
        size = await self.size(key)
        if size is None:
            raise NotStored
        stop = size if end is None else min(end, size)
        if start >= stop:
            return
        options: GetOptions = {"range": (start, stop)}
        with _translate_errors("get"):
            async with asyncio.timeout(SMALL_S):
                response = await obstore.get_async(self._backend, key, options=options)
            chunks = aiter(response.stream(CHUNK))
            while (chunk := await asyncio.wait_for(anext(chunks, None), CHUNK_S)) is not None:
                yield bytes(chunk)

    async def size(self, key: str) -> int | None:
        """Bytes stored under the key; None where there is no object."""
        _check_key(key)
        try:
            with _translate_errors("head"):
                async with asyncio.timeout(SMALL_S):
                    return (await obstore.head_async(self._backend, key))["size"]
        except NotStored:
            return None

    async def delete(self, prefix: str) -> int:
        """Delete all under a prefix (complete segments); returns how many objects there were.

        Manifests go first, so that a reader never sees half of a separation.
        """
        _check_key(prefix)
        keys = await self._keys(prefix)
        count = len(keys)
        for _ in range(_DELETE_TRIES):
            manifests = [key for key in keys if key.endswith("manifest.json")]
            try:
                for batch in (manifests, [key for key in keys if key not in manifests]):
                    if batch:
                        async with asyncio.timeout(SMALL_S):
                            await obstore.delete_async(self._backend, batch)
                break
            except _MISSING:  # another process deletes the same; a bulk delete may end at the first such key
                keys = await self._keys(prefix)
            except (BaseError, OSError, TimeoutError) as failure:
                raise StorageError(doing="delete") from failure
        return count

    async def list_ages(self, prefix: str) -> dict[str, float]:
        """Every key under a prefix, with the seconds since it was written, by the store's clock and ours.

        Files that others put there are among them, whatever they are called.
        """
        _check_key(prefix)
        if self._folder is not None:
            return await asyncio.to_thread(_ages_on_disk, self._folder, prefix)
        ages_s: dict[str, float] = {}
        with _translate_errors("list"):
            batches = aiter(obstore.list(self._backend, prefix))
            while batch := await asyncio.wait_for(anext(batches, None), SMALL_S):
                now = datetime.now(UTC)
                ages_s |= {meta["path"]: (now - meta["last_modified"]).total_seconds() for meta in batch}
        return ages_s

    async def remove_empty_folders(self) -> None:
        """On a disk, remove folders that have been empty for an hour; their names are hashes of songs."""
        if self._folder is not None:
            await asyncio.to_thread(_remove_empty_folders, self._folder)

    async def _keys(self, prefix: str) -> list[str]:
        """All keys under a prefix that can be deleted, and the prefix itself where it is a key."""
        keys = [key for key in await self.list_ages(prefix) if key.isprintable()]
        if prefix not in keys and await self.size(prefix) is not None:
            keys.append(prefix)
        return keys

    async def _put(self, key: str, data: bytes | Path | IO[bytes], size: int) -> None:
        _check_key(key)
        with _translate_errors("put"):
            async with asyncio.timeout(SMALL_S + size / _MIN_UPLOAD_RATE):
                await obstore.put_async(self._backend, key, data)

    async def _is_fresh(self, key: str) -> bool:
        """Whether this object exists and is so young that retention will not delete it soon."""
        with _translate_errors("head"):
            try:
                async with asyncio.timeout(SMALL_S):
                    meta = await obstore.head_async(self._backend, key)
            except _MISSING:
                return False
        return (datetime.now(UTC) - meta["last_modified"]).total_seconds() < self._refresh_s


def _remove_empty_folders(folder: Path) -> None:
    oldest, stale = time.time() - _STAGED_S, list[Path]()
    for root, _, _ in os.walk(folder, topdown=False):
        with suppress(OSError):  # another process has removed it
            if Path(root) != folder and Path(root).stat().st_mtime < oldest:
                stale.append(Path(root))
    for path in stale:
        with suppress(OSError):  # it is not empty
            path.rmdir()


def _ages_on_disk(folder: Path, prefix: str) -> dict[str, float]:
    """As `ObjectStore.list_ages`; obstore would end the whole list at a name that is not UTF-8."""
    now, ages_s = time.time(), dict[str, float]()
    for root, _, names in os.walk(folder / prefix):
        for name in names:
            path = Path(root, name)
            if not _STAGED.search(name):
                with suppress(OSError):  # deleted since, or a link to nowhere
                    ages_s[path.relative_to(folder).as_posix()] = now - path.stat().st_mtime
    return ages_s


async def _write_spool(spool: IO[bytes], chunks: AsyncIterator[bytes], limit_bytes: int) -> StoredSong:
    """Write and hash a stream in blocks, off the event loop."""
    digest, size, block = hashlib.sha256(), 0, bytearray()

    def drain() -> None:
        digest.update(block)
        spool.write(block)
        block.clear()

    async for chunk in chunks:
        size += len(chunk)
        if size > limit_bytes:
            raise TooManyBytes(size_bytes=size, limit_bytes=limit_bytes)
        block += chunk
        if len(block) >= _SPOOL_BLOCK:
            with _translate_errors("spool"):
                await asyncio.to_thread(drain)
    with _translate_errors("spool"):
        await asyncio.to_thread(drain)
        await asyncio.to_thread(spool.flush)
    return StoredSong(sha256=digest.hexdigest(), size_bytes=size)


@contextmanager
def _translate_errors(doing: str) -> Iterator[None]:
    """Turn what obstore, the disk or the clock raise into `StorageError`. Cancellation passes through."""
    try:
        yield
    except StorageError:
        raise
    except _MISSING as missing:
        raise (NotStored() if doing in {"get", "head"} else StorageError(doing=doing)) from missing
    except (BaseError, OSError, TimeoutError, ValueError) as failure:
        raise StorageError(doing=doing) from failure
