"""HTTP responses made of stored objects: complete or a range, streamed, aborted when the store fails."""

from __future__ import annotations

import asyncio
import hashlib
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import structlog
from aiohttp import web

from bots.web.mixer.pages import SECURITY_HEADERS, TELEGRAM_WEB
from storage.base import NotStored, StorageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from storage.objects import ObjectStore

log = structlog.get_logger()

CACHE_S = 3600  # seconds that a browser may cache a response; what is under a key never changes
MAX_PART = 4 * 1024 * 1024  # bytes: a second of the densest FLAC is less than half of it
_SEND_S = 60.0  # seconds to wait for a client that reads nothing
_RANGE_NOT_SATISFIABLE = 416


async def send_object(
    request: web.Request, store: ObjectStore, key: str, mime: str, save_as: str = ""
) -> web.StreamResponse:
    """An object: 200, 206 or 416 (RFC 9110, section 14).

    Args:
        request: Its `Range` and method count.
        store: Where the object is.
        key: Of the object.
        mime: Its media type.
        save_as: The file name of a download; empty to play it in place.

    Raises:
        NotStored: It was deleted.
    """
    size = await store.size(key)
    if size is None:
        raise NotStored
    response = _range_response(request, key, size)
    response.content_type = mime
    if save_as:
        response.headers.update(_download_headers(save_as))
    await response.prepare(request)
    if request.method != "HEAD" and response.status != _RANGE_NOT_SATISFIABLE:
        await _send(request, response, store.stream(key, *_bounds(request, size)))
    return response


def _download_headers(name: str) -> dict[str, str]:
    """Of a file to save; Telegram's web client fetches it for a Mini App, without cookies."""
    return {"Content-Disposition": disposition(name), "Access-Control-Allow-Origin": TELEGRAM_WEB}


def disposition(name: str) -> str:
    """A `Content-Disposition` that names a file on every system (RFC 6266)."""
    plain = re.sub(r"[^ !#-\[\]-~]", "_", name)  # printable ASCII without quote and backslash
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def cache_headers() -> dict[str, str]:
    """The browser may cache it for `CACHE_S`; no proxy may."""
    return {"Cache-Control": f"private, max-age={CACHE_S}"}


async def send_part(store: ObjectStore, key: str, start: int, end: int) -> web.Response:
    """The bytes `start` to `end` (exclusive) as a document of its own.

    Chromium's cache returns shortened bodies when several ranges of one address are fetched at once; a part
    that has its own address is cached as one.

    Raises:
        NotStored: The part is not all stored, or too long to be one.
    """
    if not 0 <= start < end <= start + MAX_PART:
        raise NotStored
    body = b"".join([chunk async for chunk in store.stream(key, start, end)])
    if len(body) != end - start:
        raise NotStored
    return web.Response(body=body, content_type="application/octet-stream", headers=cache_headers())


async def send_stream(
    request: web.Request, chunks: AsyncIterator[bytes], mime: str, save_as: str
) -> web.StreamResponse:
    """A file that is made while it is sent, so that its length is not known before."""
    response = web.StreamResponse(headers={**cache_headers(), **SECURITY_HEADERS})
    response.content_type = mime
    response.headers.update(_download_headers(save_as))
    await response.prepare(request)
    if request.method != "HEAD":
        await _send(request, response, chunks)
    return response


async def _send(request: web.Request, response: web.StreamResponse, chunks: AsyncIterator[bytes]) -> None:
    """Send the body. The status is sent already, so a failure can only be shown by closing the connection."""
    try:
        async for chunk in chunks:
            async with asyncio.timeout(_SEND_S):
                await response.write(chunk)
    except ConnectionResetError:
        log.debug("client_disconnected")
    except (StorageError, TimeoutError) as failure:
        log.warning("response_aborted", error=type(failure).__name__)
        if request.transport is not None:
            request.transport.abort()


def _bounds(request: web.Request, size: int) -> tuple[int, int]:
    """The requested bytes, within the object.

    Raises:
        ValueError: The header is malformed, or its range lies outside.
    """
    start, stop, _ = request.http_range.indices(size)
    if start >= stop and size:
        raise ValueError("a range past the end")
    return start, stop


def _range_response(request: web.Request, key: str, size: int) -> web.StreamResponse:
    response = web.StreamResponse(headers={**cache_headers(), **SECURITY_HEADERS, "Accept-Ranges": "bytes"})
    response.headers["ETag"] = f'"{hashlib.sha256(key.encode()).hexdigest()[:16]}"'
    try:
        start, stop = _bounds(request, size)
    except ValueError:
        response.set_status(_RANGE_NOT_SATISFIABLE)
        response.headers["Content-Range"] = f"bytes */{size}"
        response.content_length = 0
        return response
    response.content_length = stop - start
    if "Range" in request.headers:
        response.set_status(206)
        response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    return response
