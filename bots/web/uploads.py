"""From a browser's upload to a `Request`: the body is streamed, raw or as a form, never all in memory."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from aiohttp import BodyPartReader, ClientError, web
from aiohttp.http_exceptions import HttpProcessingError

from bots.chat.messages import Request, Song, SongLost
from bots.web.identity import PLATFORM

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bots.chat.messages import Person

CHUNK = 256 * 1024  # bytes
STALL_S = 60.0  # an upload without a byte for so long is given up
_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_MAX_NAME = 255  # characters; what file systems take
_MAX_TEXT = 300  # characters of what is wanted


async def read_request(request: web.Request, person: Person, limit_bytes: int) -> Request:
    """The request in an upload.

    `?id=` names the upload, so that a browser that sends it twice gets one order; `?name=` the file and
    `?want=` what is wanted in words. A form (`multipart/form-data`) may bring the file in a field instead.

    Raises:
        SongLost: The id is missing, or the form holds no file.
    """
    query = request.query
    if not _ID.fullmatch(query.get("id", "")):
        raise SongLost
    if request.content_type == "multipart/form-data":
        part = await _file_part(request)
        name, size, chunks = _read_name(part.filename or ""), None, _part_chunks(part)
    else:
        name, size, chunks = query.get("name", ""), request.content_length, _body_chunks(request)
    return Request(
        id=f"{person.id}:{query['id']}",
        person=person,
        platform=PLATFORM,
        text=query.get("want", "")[:_MAX_TEXT],
        song=Song(name[-_MAX_NAME:], size, lambda: chunks),
        reply_to=lambda: PLATFORM,
        download_limit_bytes=limit_bytes,
    )


async def _file_part(request: web.Request) -> BodyPartReader:
    """The first field of the form that is a file."""
    try:
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader) and part.filename:
                return part
    except (ValueError, ClientError, HttpProcessingError, ConnectionError) as broken:
        raise SongLost from broken
    raise SongLost


def _read_name(name: str) -> str:
    """A form's file name; one of an old system, whose bytes are no UTF-8, is read as Windows-1252."""
    try:
        data = name.encode(errors="surrogateescape")
        return data.decode(errors="strict")
    except UnicodeEncodeError:
        return name
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="ignore")


async def _body_chunks(request: web.Request) -> AsyncIterator[bytes]:
    """The raw body. One that ends before its announced length was interrupted."""
    received = 0
    try:
        while chunk := await asyncio.wait_for(request.content.read(CHUNK), STALL_S):
            received += len(chunk)
            yield chunk
    except (ClientError, HttpProcessingError, ConnectionError, TimeoutError) as broken:
        raise SongLost from broken
    if request.content_length is not None and received < request.content_length:
        raise SongLost


async def _part_chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    try:
        while chunk := await asyncio.wait_for(part.read_chunk(CHUNK), STALL_S):
            yield chunk
    except (ValueError, ClientError, HttpProcessingError, ConnectionError, TimeoutError) as broken:
        raise SongLost from broken
