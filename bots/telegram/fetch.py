"""Downloads songs from Telegram's file server, resuming after connection errors.

The URL of a file contains the bot's token: it is never logged and never part of an error.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import structlog
from telegram.error import BadRequest, Forbidden, InvalidToken, RetryAfter, TelegramError

from bots.chat.messages import SongLost
from bots.telegram.errors import retry_after_s

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from telegram import Bot

log = structlog.get_logger()

CHUNK_BYTES = 1 << 18  # 256 KiB: few steps for a song, little memory for many songs
TRIES = 4
LOCATE_S = 20.0  #: the official server has a file when it says where
LOCATES = 24  #: at once: they hold connections that answers need, too
OWN_LOCATE_S = 1500.0  #: a Bot API server of one's own downloads it first: 2000 MB at 12 Mbit/s
FIRST_PAUSE_S = 1.0  #: doubles with every try
#: Statuses that a retry does not change; a redirect would lead to another server.
_REFUSED = frozenset({301, 302, 303, 307, 308, 400, 401, 403, 404, 410})
#: No total limit: a file of 2000 MB may take long, as long as bytes keep coming.
_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=30)


class Fetcher:
    """Downloads files for one bot."""

    def __init__(self, bot: Bot, session: aiohttp.ClientSession, locate_s: float = LOCATE_S) -> None:
        """`locate_s`: how long the server may take until it has the file."""
        self._bot = bot
        self._locate_s = locate_s
        self._locates = asyncio.Semaphore(LOCATES)
        self._session = session

    async def fetch(self, file_id: str) -> AsyncGenerator[bytes]:
        """The file's bytes in order; after a connection error it resumes where it stopped.

        Raises:
            SongLost: Telegram does not give the file.
        """
        received = 0
        for attempt in range(TRIES):
            if attempt:
                await asyncio.sleep(FIRST_PAUSE_S * 2 ** (attempt - 1))
            try:
                async with aclosing(self._stream_from(await self._locate(file_id), received)) as chunks:
                    async for chunk in chunks:
                        received += len(chunk)
                        yield chunk
            except (aiohttp.ClientError, OSError, TimeoutError) as error:
                kind = type(error).__name__
                log.warning("download_interrupted", at_bytes=received, attempt=attempt, error=kind)
            else:
                return
        raise SongLost

    async def _locate(self, file_id: str) -> str:
        """The file's URL, or with a local server its path."""
        try:
            async with self._locates:
                file = await self._bot.get_file(file_id, read_timeout=self._locate_s)
        except (BadRequest, Forbidden, InvalidToken) as refused:
            log.warning("download_refused", reason=refused.message)
            raise SongLost from None
        except RetryAfter as limited:
            await asyncio.sleep(retry_after_s(limited))
            raise TimeoutError from None
        except TelegramError as error:
            raise TimeoutError(type(error).__name__) from None
        if not file.file_path:
            raise SongLost
        return file.file_path

    async def _stream_from(self, location: str, skip: int) -> AsyncGenerator[bytes]:
        """The bytes after the first `skip`."""
        if self._bot.local_mode and Path(location).is_absolute():
            source = _read_disk(Path(location))
        else:
            source = self._read_url(location)
        async with aclosing(source):
            async for chunk in source:
                if skip < len(chunk):
                    yield chunk[skip:]
                skip = max(0, skip - len(chunk))

    async def _read_url(self, url: str) -> AsyncGenerator[bytes]:
        async with self._session.get(url, timeout=_TIMEOUT, allow_redirects=False) as response:
            if response.status in _REFUSED:
                log.warning("download_refused", status=response.status)
                raise SongLost
            response.raise_for_status()
            async for chunk in response.content.iter_chunked(CHUNK_BYTES):
                yield chunk


async def _read_disk(path: Path) -> AsyncGenerator[bytes]:
    """A file that a local Bot API server has stored on this machine."""
    try:
        file = await asyncio.to_thread(path.open, "rb")
    except FileNotFoundError:
        raise SongLost from None
    with file:
        while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
            yield chunk
