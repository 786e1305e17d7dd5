"""Whether this process lives, and whether a song that is dropped now would be taken apart.

    GET /healthz                   200: this process answers
    GET /readyz                    200 if all is well, else 503; what is and what is not, as JSON
    GET /readyz?need=table,store   as well where workers are started only when there is work for them

Anybody may ask, so it names parts and never addresses, numbers or errors.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from separator import Service
from storage import StembotError

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from separator import QueueClient

log = structlog.get_logger()

ANSWER_S = 5.0  #: for one part; who asks waits seconds, not minutes
UNSONG = "songs/ready"  #: a key that nothing is kept under; only asking for it is of interest


class Health:
    """Answers whoever watches over this process."""

    def __init__(self, queue: QueueClient) -> None:
        """Take the line whose parts are looked at."""
        self._queue = queue

    async def live(self, _request: web.Request) -> web.Response:
        """This process answers."""
        return web.Response(text="ok")

    async def ready(self, request: web.Request) -> web.Response:
        """Table and store answer too, and a worker is there that begins work."""
        parts = {"table": self._table, "store": self._store, "workers": self._workers}
        needed = [name for name in request.query.get("need", ",".join(parts)).split(",") if name in parts]
        well = await asyncio.gather(*(_is_well(name, parts[name]()) for name in needed))
        found = dict(zip(needed, well, strict=True))
        return web.json_response(found, status=200 if all(well) else 503)

    async def _table(self) -> bool:
        await self._queue.orders.counts("web:nobody")
        return True

    async def _store(self) -> bool:
        await self._queue.store.size(UNSONG)
        return True

    async def _workers(self) -> bool:
        return await self._queue.orders.service() is Service.OPEN


async def _is_well(name: str, look: Awaitable[bool]) -> bool:
    """What the look says; a part that does not answer is not well."""
    try:
        async with asyncio.timeout(ANSWER_S):
            return await look
    except (StembotError, TimeoutError) as trouble:
        log.warning("not_ready", part=name, trouble=type(trouble).__name__)
        return False
