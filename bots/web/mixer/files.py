"""The pages' static files: read once, compressed, and revalidated by ETag."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from pathlib import Path

_NOT_MODIFIED = 304


@dataclass(frozen=True)
class _File:
    """One file, ready to be sent."""

    plain: bytes
    gzipped: bytes
    mime: str
    etag: str


class StaticFiles:
    """Answers requests for the files of a folder by their names; nothing else is within reach."""

    def __init__(self, folder: Path) -> None:
        """Read them all: they are some hundred kilobytes."""
        self._files = {path.name: _read(path) for path in folder.iterdir() if path.is_file()}

    async def get(self, request: web.Request) -> web.Response:
        """The file that the address names."""
        file = self._files.get(request.match_info["name"])
        if file is None:
            raise web.HTTPNotFound
        # A browser asks each time whether it is the same, so that no page mixes old and new after an update.
        headers = {"ETag": file.etag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if file.etag in request.headers.get("If-None-Match", ""):
            return web.Response(status=_NOT_MODIFIED, headers=headers)
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return web.Response(body=file.gzipped, content_type=file.mime, headers=headers)
        return web.Response(body=file.plain, content_type=file.mime, headers=headers)


def _read(path: Path) -> _File:
    data = path.read_bytes()
    mime = "text/javascript" if path.suffix == ".js" else mimetypes.guess_type(path.name)[0]
    etag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'
    return _File(data, gzip.compress(data, mtime=0), mime or "application/octet-stream", etag)
