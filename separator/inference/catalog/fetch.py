"""Fetch weights: go on where the last try ended, from any mirror; take nothing but what was published.

    source 1 ─┐                        ┌─ right hash: gets its name
    source 2 ─┼─► name.part, by ranges ┤
    source 3 ─┘                        └─ wrong hash: thrown away; each source has to give it alone now

A source that answers "not here", or tells another size, is not asked again in the same fetch; one that is
silent or breaks off is, after a pause. Whatever comes is kept in the part file, also through a `kill -9`.
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
FINAL = frozenset(
    {400, 401, 403, 404, 405, 410, 451}
)  # this source will not give it, however often it is asked

log = structlog.get_logger()


@dataclass(frozen=True)
class RetryPolicy:
    """How long a source is waited for, and how often it is asked again."""

    connect_s: float = 15
    silent_s: float = 30  #: without a byte
    rounds: int = 5  #: through all sources
    pause_s: float = 1  #: before the second round; doubles


@dataclass(frozen=True)
class DownloadProgress:
    """How far one file is."""

    file: WeightFile
    done_bytes: int


class _NotThisSource(Exception):
    """It does not have the file as it should be; asking again would not help."""


async def pull(
    card: ModelCard,
    folder: Path,
    on_progress: Callable[[DownloadProgress], None] | None = None,
    patience: RetryPolicy | None = None,
) -> tuple[Path, ...]:
    """Fetch what is missing of a model's files; returns all of them, whole.

    Args:
        card: The model.
        folder: Where weights are kept; made if it is not there.
        on_progress: Told as bytes come.
        patience: Time limits.

    Raises:
        DownloadFailed: `reason` says why in a word; what came is kept.
    """
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - once, and short
    patience = patience or RetryPolicy()
    limits = aiohttp.ClientTimeout(total=None, sock_connect=patience.connect_s, sock_read=patience.silent_s)
    async with aiohttp.ClientSession(timeout=limits, trust_env=True, auto_decompress=False) as session:
        for file in card.files:
            if await asyncio.to_thread(is_verified, folder / file.name, file):
                continue
            fetch = _Fetch(session, file, folder / f"{file.name}{PART}", on_progress, patience)
            with _alone(fetch.part, file):
                await fetch.run()
                commit(fetch.part, folder / file.name)
            log.info("weights_fetched", model=card.name, file=file.name, size_bytes=file.size_bytes)
    return tuple(folder / file.name for file in card.files)


@contextmanager
def _alone(part: Path, file: WeightFile) -> Iterator[None]:
    """Hold a part file against another process that fetches the same; a dead process holds nothing."""
    try:
        import fcntl  # noqa: PLC0415 - not on Windows, where two fetches at once spoil each other's part
    except ImportError:
        yield
        return
    with part.with_name(f"{part.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DownloadFailed(file=file.name, reason="busy") from None
        yield


class _Fetch:
    """One file on its way."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        file: WeightFile,
        part: Path,
        on_progress: Callable[[DownloadProgress], None] | None,
        patience: RetryPolicy,
    ) -> None:
        self.session, self.file, self.part = session, file, part
        self.on_progress, self.patience = on_progress, patience
        self.sources = list(file.sources)
        self.fed: set[str] = {"before"} if self._have() else set()  # whose bytes the part holds
        self.mixed_badly = False  # bytes of several sources made a wrong whole: no more mixing
        self.reason = "offline"

    def _have(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0

    def _forget(self) -> None:
        """Start again from nothing."""
        self.part.unlink(missing_ok=True)
        self.fed.clear()

    async def run(self) -> None:
        """Ask source after source until the part is whole; raises `DownloadFailed` when none is left."""
        pause_s = self.patience.pause_s
        for left in reversed(range(self.patience.rounds)):
            for source in tuple(self.sources):
                if await self._try(source):
                    return
            if not left or not self.sources:
                break
            await asyncio.sleep(pause_s)
            pause_s *= 2
        raise DownloadFailed(file=self.file.name, reason=self.reason)

    async def _try(self, source: str) -> bool:
        """Ask one source; whether the part is whole and right now."""
        if self.mixed_badly and self.fed - {source}:
            self._forget()
        try:
            if self._have() < self.file.size_bytes:
                self.fed.add(source)
                await self._read(source)
        except _NotThisSource as no:
            self.sources.remove(source)
            self._complain(source, str(no))
        except (aiohttp.ClientError, TimeoutError) as trouble:
            self._complain(source, "silent" if isinstance(trouble, TimeoutError) else "offline")
        except OSError as trouble:
            if trouble.errno not in {errno.ENOSPC, errno.EDQUOT}:
                raise
            raise DownloadFailed(file=self.file.name, reason="disk") from trouble
        return await self._is_right(source)

    async def _is_right(self, source: str) -> bool:
        """Judge a part that is long enough; a wrong one is thrown away."""
        if self._have() < self.file.size_bytes:
            return False
        if await asyncio.to_thread(sha256_of, self.part) == self.file.sha256:
            return True
        self._complain(source, "hash")
        if self.fed == {source} and source in self.sources:
            self.sources.remove(source)
        self.mixed_badly = True
        self._forget()
        return False

    def _complain(self, source: str, reason: str) -> None:
        self.reason = reason
        log.warning("weights_source_failed", file=self.file.name, source=source, reason=reason)

    async def _read(self, source: str) -> None:
        """Append what a source has of the rest.

        Raises:
            _NotThisSource: It has no such file, or another one.
            aiohttp.ClientError, TimeoutError: It broke off; what came is kept.
        """
        have = self._have()
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
        async with self.session.get(source, headers=headers) as answer:
            at = self._place(answer, have)
            with self.part.open("r+b" if at else "wb") as out:
                out.seek(at)
                async for block in answer.content.iter_chunked(BLOCK_BYTES):
                    at += len(block)
                    if at > self.file.size_bytes:
                        out.truncate(have)
                        raise _NotThisSource("size")
                    out.write(block)
                    if self.on_progress:
                        self.on_progress(DownloadProgress(self.file, at))
        if at < self.file.size_bytes:  # a source that ends early without saying so
            raise aiohttp.ClientPayloadError("short")

    def _place(self, answer: aiohttp.ClientResponse, have: int) -> int:
        """Where in the file the answer's bytes begin."""
        if answer.status in FINAL:
            raise _NotThisSource(str(answer.status))
        if answer.status == NO_SUCH_RANGE:
            raise _NotThisSource("size")
        if answer.status not in {OK, PARTIAL}:
            answer.raise_for_status()
            raise aiohttp.ClientPayloadError(f"status {answer.status}")
        at = have if answer.status == PARTIAL else 0
        if answer.status == PARTIAL:
            told = answer.headers.get("Content-Range", "")
            if not told.startswith(f"bytes {have}-") or told.rpartition("/")[2] not in {
                "*",
                str(self.file.size_bytes),
            }:
                raise _NotThisSource("size")
        length = answer.content_length
        if length is not None and at + length != self.file.size_bytes:
            raise _NotThisSource("size")
        return at
