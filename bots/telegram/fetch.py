"""A song's bytes, out of Telegram's file server, as a stream that survives a cut line.

The address of a file carries the bot's token: it is never logged and never part of an error.
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

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from telegram import Bot

log = structlog.get_logger()

CHUNK_BYTES = 1 << 18  # 256 KiB: few steps for a song, little memory for many songs
TRIES = 4
FIRST_PAUSE_S = 1.0  #: doubles with every try
#: Seconds. No limit on the whole: a file of 2000 MB may take long, as long as bytes keep coming.
_TIMES = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=30)


class Fetcher:
    """Downloads files for one bot."""

    def __init__(self, bot: Bot, session: aiohttp.ClientSession) -> None:
        """Take the bot that knows where files lie, and a session for the downloads."""
        self._bot = bot
        self._session = session

    async def fetch(self, file_id: str) -> AsyncGenerator[bytes]:
        """The file's bytes in order. A line that breaks is taken up again where it broke.

        Raises:
            SongLost: Telegram does not hand the file over.
        """
        given = 0
        for attempt in range(TRIES):
            if attempt:
                await asyncio.sleep(FIRST_PAUSE_S * 2 ** (attempt - 1))
            try:
                async with aclosing(self._after(await self._where(file_id), given)) as rest:
                    async for chunk in rest:
                        given += len(chunk)
                        yield chunk
            except (aiohttp.ClientError, OSError, TimeoutError) as trouble:
                kind = type(trouble).__name__
                log.warning("song_fetch_broke", at_bytes=given, attempt=attempt, trouble=kind)
            else:
                return
        raise SongLost

    async def _where(self, file_id: str) -> str:
        """The file's address, or with a local server its path."""
        try:
            file = await self._bot.get_file(file_id)
        except (BadRequest, Forbidden, InvalidToken) as refused:
            log.warning("song_not_given", reason=refused.message)
            raise SongLost from None
        except RetryAfter as busy:
            pause = busy.retry_after
            await asyncio.sleep(pause if isinstance(pause, int) else pause.total_seconds())
            raise TimeoutError from None
        except TelegramError as trouble:
            raise TimeoutError(type(trouble).__name__) from None
        if not file.file_path:
            raise SongLost
        return file.file_path

    async def _after(self, where: str, skip: int) -> AsyncGenerator[bytes]:
        """What comes after the first `skip` bytes."""
        if self._bot.local_mode and Path(where).is_absolute():
            source = _from_disk(Path(where))
        else:
            source = self._from_server(where)
        async with aclosing(source):
            async for chunk in source:
                if skip < len(chunk):
                    yield chunk[skip:]
                skip = max(0, skip - len(chunk))

    async def _from_server(self, where: str) -> AsyncGenerator[bytes]:
        async with self._session.get(where, timeout=_TIMES, allow_redirects=False) as answer:
            if answer.status in {301, 302, 303, 307, 308, 400, 401, 403, 404, 410}:  # nobody goes elsewhere
                log.warning("song_not_given", status=answer.status)
                raise SongLost
            answer.raise_for_status()
            async for chunk in answer.content.iter_chunked(CHUNK_BYTES):
                yield chunk


async def _from_disk(path: Path) -> AsyncGenerator[bytes]:
    """A file that a local Bot API server has put on this machine."""
    try:
        file = await asyncio.to_thread(path.open, "rb")
    except FileNotFoundError:
        raise SongLost from None
    with file:
        while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
            yield chunk
