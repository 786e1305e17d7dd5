"""An attachment becomes a `Song`: which ones hold sound, and how their bytes are streamed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import structlog

from bots.chat.messages import Song, SongLost
from separator import is_media

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import discord

log = structlog.get_logger()

CHUNK_BYTES = 256 * 1024  # a quarter MiB: few wake-ups, little memory
TIMEOUT = aiohttp.ClientTimeout(
    total=15 * 60, sock_connect=15, sock_read=30
)  # seconds; total: 200 MB at 2 Mbit/s
OPEN_TRIES = 3  # of a download; once bytes have come, a failure is reported to the sender


def is_audio(attachment: discord.Attachment) -> bool:
    """Whether an attachment looks like sound or video, before any byte is read."""
    return is_media(attachment.filename, attachment.content_type or "")


def attachments_of(message: discord.Message) -> list[discord.Attachment]:
    """A message's attachments with sound, those of forwarded messages included."""
    forwarded = [each for snapshot in message.message_snapshots for each in snapshot.attachments]
    return [each for each in (*message.attachments, *forwarded) if is_audio(each)]


class AttachmentDownloads:
    """Fetches attachments over one HTTP session."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    def song(self, attachment: discord.Attachment) -> Song:
        """The attachment as a `Song`. Its URL is signed and expires, so it is downloaded at once."""
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
            log.info("song_lost", error=type(error).__name__)
            raise SongLost from error

    async def _open(self, url: str) -> aiohttp.ClientResponse:
        """Open the download; a connection that fails before any byte came is tried again."""
        for left in reversed(range(OPEN_TRIES)):
            try:
                response = await self._session.get(url, timeout=TIMEOUT, allow_redirects=False)
            except (aiohttp.ClientConnectionError, TimeoutError):
                if left:
                    continue
                raise
            if response.status >= 500 and left:  # noqa: PLR2004 - HTTP: the server's fault, not the URL's
                response.release()
                continue
            response.raise_for_status()
            if response.status != 200:  # noqa: PLR2004 - HTTP: OK; redirects are not followed
                response.release()
                log.warning("song_redirected", status=response.status)
                raise SongLost
            return response
        raise SongLost


def _name(attachment: discord.Attachment) -> str:
    """The file's original name: Discord keeps it as the title where it had to clean it."""
    ending = attachment.filename.rpartition(".")[2]
    return f"{attachment.title}.{ending}" if attachment.title else attachment.filename
