"""Downloads weight files: resumes from any mirror and verifies size and hash.

    source 1 ─┐                        ┌─ right hash: renamed to its name
    source 2 ─┼─► name.part, by ranges ┤
    source 3 ─┘                        └─ wrong hash: deleted; from then on each source is tried alone

A source that refuses, or reports another size, is not asked again in the same download; one that is silent or
breaks off is, after a pause. Received bytes stay in the part file, also after a `kill -9`.
"""

from __future__ import annotations

import asyncio
import errno
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from separator.core.errors import DownloadFailed
from separator.inference.catalog.weights import PART, commit, is_verified, sha256_of
from storage.base import Lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import aiohttp

    from separator.inference.catalog.card import ModelCard, WeightFile
else:
    aiohttp = Lazy("aiohttp")  # workers import this module, and fetch nothing

BLOCK_BYTES = 1 << 18
OK, PARTIAL, NO_SUCH_RANGE = 200, 206, 416
PERMANENT = frozenset({400, 401, 403, 404, 405, 410, 451})  # asking this source again would not help

log = structlog.get_logger()


@dataclass(frozen=True)
class RetryPolicy:
    """Time limits of a source, and how often it is asked again."""

    connect_s: float = 15
    idle_s: float = 30  #: without a byte
    rounds: int = 5  #: through all sources
    pause_s: float = 1  #: before the second round; doubles


@dataclass(frozen=True)
class DownloadProgress:
    """How much of one file has been downloaded."""

    file: WeightFile
    done_bytes: int


class _SourceRejected(Exception):
    """The source has no such file, or another one; asking again would not help."""


async def pull(
    card: ModelCard,
    folder: Path,
    on_progress: Callable[[DownloadProgress], None] | None = None,
    retry: RetryPolicy | None = None,
) -> tuple[Path, ...]:
    """Download the missing files of a model; returns all of its files.

    Args:
        card: The model.
        folder: Of weight files; created if it is missing.
        on_progress: Called as bytes arrive.
        retry: Time limits and repetitions.

    Raises:
        DownloadFailed: For its `reason`; the part file stays.
    """
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - once, and short
    retry = retry or RetryPolicy()
    limits = aiohttp.ClientTimeout(total=None, sock_connect=retry.connect_s, sock_read=retry.idle_s)
    async with aiohttp.ClientSession(timeout=limits, trust_env=True, auto_decompress=False) as session:
        for file in card.files:
            if await asyncio.to_thread(is_verified, folder / file.name, file):
                continue
            download = _Download(session, file, folder / f"{file.name}{PART}", on_progress, retry)
            with _lock(download.part, file):
                await download.run()
                commit(download.part, folder / file.name)
            log.info("weights_downloaded", model=card.name, file=file.name, size_bytes=file.size_bytes)
    return tuple(folder / file.name for file in card.files)


@contextmanager
def _lock(part: Path, file: WeightFile) -> Iterator[None]:
    """Lock a part file against another process that downloads the same; a dead process holds no lock."""
    try:
        import fcntl  # noqa: PLC0415 - not on Windows, where two downloads at once corrupt each other's part
    except ImportError:
        yield
        return
    with part.with_name(f"{part.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DownloadFailed(file=file.name, reason="busy") from None
        yield


class _Download:
    """The download of one file."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        file: WeightFile,
        part: Path,
        on_progress: Callable[[DownloadProgress], None] | None,
        retry: RetryPolicy,
    ) -> None:
        self.session, self.file, self.part = session, file, part
        self.on_progress, self.retry = on_progress, retry
        self.sources = list(file.sources)
        self.used: set[str] = {"before"} if self._part_bytes() else set()  # sources of the bytes in the part
        self.single_source = False  # the bytes of several sources had a wrong hash: do not combine them again
        self.reason = "offline"

    def _part_bytes(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0

    def _restart(self) -> None:
        """Delete the part."""
        self.part.unlink(missing_ok=True)
        self.used.clear()

    async def run(self) -> None:
        """Ask source after source until the part is complete; raises `DownloadFailed` when none is left."""
        pause_s = self.retry.pause_s
        for left in reversed(range(self.retry.rounds)):
            for source in tuple(self.sources):
                if await self._try_source(source):
                    return
            if not left or not self.sources:
                break
            await asyncio.sleep(pause_s)
            pause_s *= 2
        raise DownloadFailed(file=self.file.name, reason=self.reason)

    async def _try_source(self, source: str) -> bool:
        """Ask one source; returns whether the part is complete and verified."""
        if self.single_source and self.used - {source}:
            self._restart()
        try:
            if self._part_bytes() < self.file.size_bytes:
                self.used.add(source)
                await self._read(source)
        except _SourceRejected as rejected:
            self.sources.remove(source)
            self._record_failure(source, str(rejected))
        except (aiohttp.ClientError, TimeoutError) as error:
            self._record_failure(source, "silent" if isinstance(error, TimeoutError) else "offline")
        except OSError as error:
            if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
                raise
            raise DownloadFailed(file=self.file.name, reason="disk") from error
        return await self._is_verified(source)

    async def _is_verified(self, source: str) -> bool:
        """Verify a part that is complete; a wrong one is deleted."""
        if self._part_bytes() < self.file.size_bytes:
            return False
        if await asyncio.to_thread(sha256_of, self.part) == self.file.sha256:
            return True
        self._record_failure(source, "hash")
        if self.used == {source} and source in self.sources:
            self.sources.remove(source)
        self.single_source = True
        self._restart()
        return False

    def _record_failure(self, source: str, reason: str) -> None:
        self.reason = reason
        log.warning("weights_source_failed", file=self.file.name, source=source, reason=reason)

    async def _read(self, source: str) -> None:
        """Append the missing bytes from a source.

        Raises:
            _SourceRejected: It has no such file, or another one.
            aiohttp.ClientError, TimeoutError: It broke off; the part stays.
        """
        resume_at = self._part_bytes()
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={resume_at}-"} if resume_at else {})
        async with self.session.get(source, headers=headers) as response:
            at = self._offset(response, resume_at)
            with self.part.open("r+b" if at else "wb") as out:
                out.seek(at)
                async for block in response.content.iter_chunked(BLOCK_BYTES):
                    at += len(block)
                    if at > self.file.size_bytes:
                        out.truncate(resume_at)
                        raise _SourceRejected("size")
                    out.write(block)
                    if self.on_progress:
                        self.on_progress(DownloadProgress(self.file, at))
        if at < self.file.size_bytes:  # a source that ends early without saying so
            raise aiohttp.ClientPayloadError("short")

    def _offset(self, response: aiohttp.ClientResponse, resume_at: int) -> int:
        """The offset in the file at which the response begins."""
        if response.status in PERMANENT:
            raise _SourceRejected(str(response.status))
        if response.status == NO_SUCH_RANGE:
            raise _SourceRejected("size")
        if response.status not in {OK, PARTIAL}:
            response.raise_for_status()
            raise aiohttp.ClientPayloadError(f"status {response.status}")
        at = resume_at if response.status == PARTIAL else 0
        if response.status == PARTIAL:
            content_range = response.headers.get("Content-Range", "")
            total = content_range.rpartition("/")[2]
            if not content_range.startswith(f"bytes {resume_at}-") or total not in {
                "*",
                str(self.file.size_bytes),
            }:
                raise _SourceRejected("size")
        length = response.content_length
        if length is not None and at + length != self.file.size_bytes:
            raise _SourceRejected("size")
        return at
