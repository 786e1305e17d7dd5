"""All orders of a person as they change, in one stream of server-sent events.

    browser ──► GET /api/events ──► data: {"orders": [all of them]}
                                    data: {"orders": [what changed], "gone": [numbers of deleted orders]}

Browsers open six connections to a host (HTTP/1.1), so a page has one stream however many songs are under way.
However many pages a person has open, their orders are read once each `POLL_S`, and of those only what can
still change.
A person, and an address, has only so many streams.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from aiohttp import web

from separator.core.errors import Busy

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from separator import Order, QueueClient

POLL_S = 0.5  #: how often watched orders are read
HEARTBEAT_S = 15.0  #: some proxies close a stream that is silent for longer
MAX_ORDERS = 20  #: of a person, the newest
PERSON_STREAMS = 8
ADDRESS_STREAMS = 64  #: of all persons at one address
RETRY_S = 10.0  #: when to come again after there were too many


class OrderStreams:
    """Sends orders to their senders."""

    def __init__(self, queue: QueueClient, to_json: Callable[[Order], Awaitable[dict[str, Any]]]) -> None:
        """Read from this queue; `to_json` describes an order, and raises `HTTPNotFound` if it is gone."""
        self._queue, self._to_json = queue, to_json
        self._watches: dict[str, _Watch] = {}
        self._open: Counter[str] = Counter()

    async def send(self, request: web.Request, person: str, address: str) -> web.StreamResponse:
        """All orders of a person until they leave.

        Raises:
            Busy: They, or their address, have too many streams open.
        """
        with self.slot(person, address), self._watch(person) as watch:
            await watch.refresh()
            response = await open_stream(request)
            sent: dict[int, str] | None = None
            silent_since = time.monotonic()
            try:
                while is_connected(request):
                    if event := _difference(sent, watch.shown):
                        await response.write(event)
                        sent, silent_since = dict(watch.shown), time.monotonic()
                    elif time.monotonic() - silent_since > HEARTBEAT_S:
                        await response.write(b": heartbeat\n\n")
                        silent_since = time.monotonic()
                    await asyncio.sleep(POLL_S)
                    await watch.refresh()
            except ConnectionResetError:
                pass
            return response

    @contextmanager
    def slot(self, person: str, address: str) -> Iterator[None]:
        """Count a stream while it is open.

        Raises:
            Busy: There are too many.
        """
        limits = {f"person {person}": PERSON_STREAMS, f"address {address}": ADDRESS_STREAMS}
        if any(self._open[name] >= limit for name, limit in limits.items()):
            raise Busy(limit="rate", ends_s=RETRY_S)
        self._open.update(limits.keys())
        try:
            yield
        finally:
            self._open.subtract(limits.keys())
            self._open += Counter()  # drops what is zero

    @contextmanager
    def _watch(self, person: str) -> Iterator[_Watch]:
        """What all streams of a person share while one is open."""
        watch = self._watches.setdefault(person, _Watch(person, self._queue, self._to_json))
        watch.streams += 1
        try:
            yield watch
        finally:
            watch.streams -= 1
            if not watch.streams:
                self._watches.pop(person, None)


class _Watch:
    """The orders of one person, read for all of their streams."""

    def __init__(
        self, person: str, queue: QueueClient, to_json: Callable[[Order], Awaitable[dict[str, Any]]]
    ) -> None:
        self.streams = 0
        self.shown: dict[int, str] = {}  #: number of an order → its JSON, newest first
        self._person, self._queue, self._to_json = person, queue, to_json
        self._finished: dict[int, Order] = {}  # orders that change only together with their row
        self._lock = asyncio.Lock()
        self._read_at = -POLL_S

    async def refresh(self) -> None:
        """Read what may have changed, unless another stream has just done so."""
        async with self._lock:
            if time.monotonic() - self._read_at < POLL_S / 2:
                return
            shown: dict[int, str] = {}
            for order in await self._queue.orders.recent(self._person, MAX_ORDERS):
                if order.id in self.shown and self._finished.get(order.id) == order:
                    shown[order.id] = self.shown[order.id]
                    continue
                try:
                    payload = await self._to_json(order)
                except web.HTTPNotFound:
                    continue
                shown[order.id] = json.dumps(payload)
                if payload["final"] or payload["state"] == "draft":
                    self._finished[order.id] = order
            self.shown, self._read_at = shown, time.monotonic()


def _difference(sent: dict[int, str] | None, shown: dict[int, str]) -> bytes:
    """The event that brings a page from what was sent to what is shown; empty if nothing changed."""
    known = sent or {}
    changed = [payload for number, payload in shown.items() if known.get(number) != payload]
    gone = [number for number in known if number not in shown]
    if sent is not None and not changed and not gone:
        return b""
    return f'data: {{"orders": [{", ".join(changed)}], "gone": {json.dumps(gone)}}}\n\n'.encode()


def is_connected(request: web.Request) -> bool:
    """Whether somebody still listens; a stream that is silent would not notice."""
    return request.transport is not None and not request.transport.is_closing()


async def open_stream(request: web.Request) -> web.StreamResponse:
    """The head of a stream of events."""
    response = web.StreamResponse(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
    response.content_type = "text/event-stream"
    await response.prepare(request)
    return response
