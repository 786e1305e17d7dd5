"""An object of the store as an HTTP answer: whole or a range, streamed, broken off when the store fails."""

from __future__ import annotations

import asyncio
import hashlib
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import structlog
from aiohttp import web

from bots.web.mixer.pages import SECURITY_HEADERS
from storage.base import NotStored, StorageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from storage.objects import ObjectStore

log = structlog.get_logger()

KEPT_S = 3600  # seconds that a browser may keep what it was shown; what is under a key never changes
PART_MOST = 4 * 1024 * 1024  # bytes: a second of the densest FLAC is less than half of it
_SEND_S = 60.0  # seconds to wait for a reader who takes nothing
_RANGE_NOT_THERE = 416


async def send_object(
    request: web.Request, store: ObjectStore, key: str, mime: str, save_as: str = ""
) -> web.StreamResponse:
    """Answer with an object: 200, 206 or 416 (RFC 9110, section 14).

    Args:
        request: Its `Range` and method are obeyed.
        store: Where the object is.
        key: Of the object.
        mime: Its kind.
        save_as: The file name to keep it by; empty to play it in place.

    Raises:
        NotStored: It is gone.
    """
    size = await store.size(key)
    if size is None:
        raise NotStored
    answer = _head(request, key, size)
    answer.content_type = mime
    if save_as:
        answer.headers["Content-Disposition"] = disposition(save_as)
    await answer.prepare(request)
    if request.method != "HEAD" and answer.status != _RANGE_NOT_THERE:
        await _send(request, answer, store.stream(key, *_bounds(request, size)))
    return answer


def disposition(name: str) -> str:
    """A `Content-Disposition` that keeps a file's name on every system (RFC 6266)."""
    plain = re.sub(r"[^ !#-\[\]-~]", "_", name)  # printable ASCII without quote and backslash
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def kept() -> dict[str, str]:
    """Only the person's own browser keeps it, and not for ever."""
    return {"Cache-Control": f"private, max-age={KEPT_S}"}


async def send_part(store: ObjectStore, key: str, start: int, end: int) -> web.Response:
    """Answer with the bytes `start` to `end` (exclusive) as a document of its own.

    Chromium's cache hands out shortened bodies when several ranges of one address are fetched at once; a part
    that has its own address is cached whole.

    Raises:
        NotStored: The part is not all there, or too long to be one.
    """
    if not 0 <= start < end <= start + PART_MOST:
        raise NotStored
    body = b"".join([chunk async for chunk in store.stream(key, start, end)])
    if len(body) != end - start:
        raise NotStored
    return web.Response(body=body, content_type="application/octet-stream", headers=kept())


async def send_stream(
    request: web.Request, chunks: AsyncIterator[bytes], mime: str, save_as: str
) -> web.StreamResponse:
    """Answer with a file that is made while it is sent, so its length is not known before."""
    answer = web.StreamResponse(headers={**kept(), **SECURITY_HEADERS})
    answer.content_type = mime
    answer.headers["Content-Disposition"] = disposition(save_as)
    await answer.prepare(request)
    if request.method != "HEAD":
        await _send(request, answer, chunks)
    return answer


async def _send(request: web.Request, answer: web.StreamResponse, chunks: AsyncIterator[bytes]) -> None:
    """Send the body. The head is out already, so trouble can only be told by breaking off."""
    try:
        async for chunk in chunks:
            async with asyncio.timeout(_SEND_S):
                await answer.write(chunk)
    except ConnectionResetError:
        log.debug("reader_left")
    except (StorageError, TimeoutError) as trouble:
        log.warning("answer_broken_off", trouble=type(trouble).__name__)
        if request.transport is not None:
            request.transport.abort()


def _bounds(request: web.Request, size: int) -> tuple[int, int]:
    """The bytes that are asked for, within the object.

    Raises:
        ValueError: The header is malformed, or asks for nothing that is there.
    """
    start, stop, _ = request.http_range.indices(size)
    if start >= stop and size:
        raise ValueError("a range past the end")
    return start, stop


def _head(request: web.Request, key: str, size: int) -> web.StreamResponse:
    answer = web.StreamResponse(headers={**kept(), **SECURITY_HEADERS, "Accept-Ranges": "bytes"})
    answer.headers["ETag"] = f'"{hashlib.sha256(key.encode()).hexdigest()[:16]}"'
    try:
        start, stop = _bounds(request, size)
    except ValueError:
        answer.set_status(_RANGE_NOT_THERE)
        answer.headers["Content-Range"] = f"bytes */{size}"
        answer.content_length = 0
        return answer
    answer.content_length = stop - start
    if "Range" in request.headers:
        answer.set_status(206)
        answer.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    return answer
