"""An attachment becomes a `Song`: which ones hold sound, and a streamed way to their bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import structlog

from bots.chat.messages import Song, SongLost
from separator import is_media

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    import discord

log = structlog.get_logger()

CHUNK_BYTES = 256 * 1024  # a quarter MiB: few wake-ups, little memory
TIMEOUT = aiohttp.ClientTimeout(
    total=15 * 60, sock_connect=15, sock_read=30
)  # seconds; total: 200 MB at 2 Mbit/s
OPENINGS = 3  # tries to open a download; once bytes have flowed, a break is told to the person


def sounds(attachment: discord.Attachment) -> bool:
    """Whether an attachment looks like sound or video, before any byte is read."""
    return is_media(attachment.filename, attachment.content_type or "")


def attachments_of(message: discord.Message) -> list[discord.Attachment]:
    """What a message carries, forwarded messages included: those with sound, or all if none says so."""
    forwarded = [each for snapshot in message.message_snapshots for each in snapshot.attachments]
    everything = [*message.attachments, *forwarded]
    return [each for each in everything if sounds(each)] or everything


class Downloads:
    """Fetches attachments over one HTTP session."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        """Take the session; whoever made it closes it."""
        self._session = session

    def song(self, attachment: discord.Attachment) -> Song:
        """The attachment as the desk knows it. Its address is signed and ends, so it is fetched at once."""
        return Song(
            name=_name(attachment), size_bytes=attachment.size, fetch=lambda: self._fetch(attachment.url)
        )

    async def _fetch(self, url: str) -> AsyncIterator[bytes]:
        try:
            response = await self._open(url)
            async with response:
                async for chunk in response.content.iter_chunked(CHUNK_BYTES):
                    yield chunk
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.info("song_lost", trouble=type(error).__name__)
            raise SongLost from error

    async def _open(self, url: str) -> aiohttp.ClientResponse:
        """Open the download; a connection that fails before any byte came is tried again at once."""
        for last in _tries(OPENINGS):
            try:
                response = await self._session.get(url, timeout=TIMEOUT, allow_redirects=False)
            except (aiohttp.ClientConnectionError, TimeoutError):
                if last:
                    raise
                continue
            if response.status >= 500 and not last:  # noqa: PLR2004 - HTTP: their trouble, not the address's
                response.release()
                continue
            response.raise_for_status()
            if response.status != 200:  # noqa: PLR2004 - HTTP: all of it, and here; wherever else, nobody goes
                response.release()
                log.warning("song_elsewhere", status=response.status)
                raise SongLost
            return response
        raise SongLost


def _tries(count: int) -> Iterable[bool]:
    """Whether each try is the last."""
    return (number == count - 1 for number in range(count))


def _name(attachment: discord.Attachment) -> str:
    """The name as the person's disk had it: Discord keeps it apart when it had to clean the file's name."""
    ending = attachment.filename.rpartition(".")[2]
    return f"{attachment.title}.{ending}" if attachment.title else attachment.filename
