"""A request of the bot as our Discord sees it, what it is answered, and what a test puts in the way."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    import re

Json = dict[str, Any]


class Refused(Exception):
    """Discord's answer to a request that it does not take."""

    def __init__(self, status: int, code: int, message: str = "") -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


@dataclass
class Call:
    """A request of the bot."""

    method: str
    path: str
    body: Any
    files: dict[str, bytes]
    at: float = field(default_factory=time.monotonic)


@dataclass
class Fault:
    """What is answered in place of the truth, so many times; `after` the request took effect."""

    method: str
    path: re.Pattern[str]
    status: int
    body: Json
    times: int = 1
    after: bool = False
    stall_s: float = 0.0  #: how long the answer takes


def answer(payload: Json | list[Json], status: int = 200) -> web.Response:
    """JSON as Discord sends it: without a charset, and through its front door."""
    body = json.dumps(payload).encode()
    headers = {"Content-Type": "application/json", "Via": "1.1 discord"}
    return web.Response(body=body, status=status, headers=headers)


async def read(request: web.Request) -> tuple[Any, dict[str, bytes]]:
    """The JSON of a request and the files beside it."""
    if request.content_type != "multipart/form-data":
        raw = await request.read()
        return (json.loads(raw) if raw else None), {}
    body, files = None, {}
    async for part in await request.multipart():
        data = await part.read()
        if part.name == "payload_json":
            body = json.loads(data)
        else:
            files[part.filename or part.name] = bytes(data)
    return body, files
