"""From a browser's upload to a `Request`: the body is streamed, raw or as a form, never all in memory."""

from __future__ import annotations

import asyncio
import re
import time
from typing import TYPE_CHECKING

from aiohttp import BodyPartReader, ClientError, web
from aiohttp.http_exceptions import HttpProcessingError

from bots.chat.messages import Request, Song, SongLost
from bots.web.identity import PLATFORM

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from bots.chat.messages import Person

CHUNK = 256 * 1024  # bytes
STALL_S = 60.0  # an upload without a byte for so long is given up
LEAST_BYTES, RATE_S = 60_000, 60.0  # and one with fewer in so long: no connection is so slow
MAX_FIELDS = 50  # of a form
MAX_FIELDS_BYTES = 64 * 1024  # of a form's fields that are no files
DRAIN_S, DRAIN_STALL_S = 60.0, 5.0  # a refused upload is read for so long, and until nothing came for so long
_ERRORS = (ValueError, ClientError, HttpProcessingError, ConnectionError, TimeoutError)
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


async def drain(request: web.Request, limit_bytes: int) -> None:
    """Read what is left of a refused upload: who still sends reads no answer, and is cut off before it."""
    received = 0
    try:
        async with asyncio.timeout(DRAIN_S):
            while chunk := await asyncio.wait_for(request.content.read(CHUNK), DRAIN_STALL_S):
                received += len(chunk)
                if received > limit_bytes:
                    return
    except _ERRORS:
        return


async def _file_part(request: web.Request) -> BodyPartReader:
    """The first field of the form that is a file; those before it are read up to a limit."""
    received = 0
    try:
        form = await request.multipart()
        for _ in range(MAX_FIELDS):
            part = await asyncio.wait_for(form.next(), STALL_S)
            if not isinstance(part, BodyPartReader):
                raise SongLost
            if part.filename:
                return part
            async for chunk in _chunks(part.read_chunk):
                received += len(chunk)
                if received > MAX_FIELDS_BYTES:
                    raise SongLost
    except _ERRORS as broken:
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
    async for chunk in _chunks(lambda: request.content.read(CHUNK)):
        received += len(chunk)
        yield chunk
    if request.content_length is not None and received < request.content_length:
        raise SongLost


async def _part_chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    async for chunk in _chunks(lambda: part.read_chunk(CHUNK)):
        yield chunk


async def _chunks(read: Callable[[], Awaitable[bytes]]) -> AsyncIterator[bytes]:
    """What `read` returns until it is empty.

    Raises:
        SongLost: It failed, or came at a crawl.
    """
    recent, since = 0, time.monotonic()
    try:
        while chunk := await asyncio.wait_for(read(), STALL_S):
            recent += len(chunk)
            if time.monotonic() - since > RATE_S:
                if recent < LEAST_BYTES:
                    raise SongLost
                recent, since = 0, time.monotonic()
            yield chunk
    except _ERRORS as broken:
        raise SongLost from broken
