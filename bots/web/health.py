"""Whether this process answers, and whether a song that is uploaded now would be separated.

    GET /healthz                   200: this process answers
    GET /readyz                    200 if all parts are ready, else 503; each part as JSON
    GET /readyz?need=table,store   where workers are started only when there is work for them

It is public, so it names parts and never addresses, numbers or errors.
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

ANSWER_S = 5.0  #: for one part
PROBE_KEY = "songs/ready"  #: a key that nothing is stored under


class Health:
    """Answers the probes of monitors and orchestrators."""

    def __init__(self, queue: QueueClient) -> None:
        self._queue = queue

    async def live(self, _request: web.Request) -> web.Response:
        """This process answers."""
        return web.Response(text="ok")

    async def ready(self, request: web.Request) -> web.Response:
        """Table and store answer too, and a worker takes jobs."""
        parts = {"table": self._table, "store": self._store, "workers": self._workers}
        needed = [name for name in request.query.get("need", ",".join(parts)).split(",") if name in parts]
        ready = await asyncio.gather(*(_is_ready(name, parts[name]()) for name in needed))
        results = dict(zip(needed, ready, strict=True))
        return web.json_response(results, status=200 if all(ready) else 503)

    async def _table(self) -> bool:
        await self._queue.orders.counts("web:nobody")
        return True

    async def _store(self) -> bool:
        await self._queue.store.size(PROBE_KEY)
        return True

    async def _workers(self) -> bool:
        return await self._queue.orders.service() is Service.OPEN


async def _is_ready(name: str, probe: Awaitable[bool]) -> bool:
    """The result of a probe; a part that does not answer is not ready."""
    try:
        async with asyncio.timeout(ANSWER_S):
            return await probe
    except (StembotError, TimeoutError) as failure:
        log.warning("part_not_ready", part=name, error=type(failure).__name__)
        return False
