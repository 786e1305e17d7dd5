"""An HTTP server that lets go of who connects and sends no request.

aiohttp waits for a head as long as it waits for the next request of an idle connection, an hour. Here a head
has `HEAD_S` from the connection's start, or from its own first byte. `clock_requests` has to be the outermost
middleware: it says when a head has arrived and when its answer is made, which may take as long as it takes.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD_S = 30.0  #: for the head of a request
IDLE_S = 180.0  #: between two requests; longer than proxies keep their connections


class _ClockedHandler(web.RequestHandler):
    """One connection."""

    def __init__(self, head_s: float, server: web.Server, **options: Any) -> None:  # noqa: ANN401 - aiohttp's
        super().__init__(server, loop=asyncio.get_running_loop(), **options)
        self._head_s = head_s
        self._clock: asyncio.TimerHandle | None = None
        self._answers = 0  # that are being made

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._start()

    def data_received(self, data: bytes) -> None:
        if self._clock is None and self._answers == 0:
            self._start()
        super().data_received(data)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._stop()
        super().connection_lost(exc)

    def begin(self) -> None:
        """A head has arrived."""
        self._answers += 1
        self._stop()

    def end(self) -> None:
        """Its answer is made."""
        self._answers -= 1

    def _start(self) -> None:
        self._clock = asyncio.get_running_loop().call_later(self._head_s, self._let_go)

    def _stop(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _let_go(self) -> None:
        if self._answers == 0:
            self.force_close()


@web.middleware
async def clock_requests(request: web.Request, handler: Any) -> web.StreamResponse:  # noqa: ANN401 - aiohttp's own
    """Stop the clock while a request is answered."""
    connection = request.protocol
    if not isinstance(connection, _ClockedHandler):
        return await handler(request)  # type: ignore[no-any-return]
    connection.begin()
    try:
        return await handler(request)  # type: ignore[no-any-return]
    finally:
        connection.end()


class ClockedRunner(web.AppRunner):
    """Runs an app whose outermost middleware is `clock_requests`."""

    def __init__(
        self,
        app: web.Application,
        *,
        head_s: float = HEAD_S,
        **options: Any,  # noqa: ANN401 - aiohttp's
    ) -> None:
        """As `web.AppRunner`; a head has `head_s` seconds."""
        self._options = {"keepalive_timeout": IDLE_S, **options}
        super().__init__(app, **self._options)
        self._head_s = head_s

    @property
    def server(self) -> web.Server | None:
        """What makes a handler for each connection; typed as aiohttp types it."""
        server = super().server
        if server is None:
            return None
        options = {name: value for name, value in self._options.items() if name in _OF_CONNECTIONS}

        def connect() -> _ClockedHandler:
            return _ClockedHandler(self._head_s, server, **options)

        return cast("web.Server", cast("Callable[[], web.RequestHandler]", connect))


#: Options of a runner that are for its connections.
_OF_CONNECTIONS = frozenset({"access_log", "keepalive_timeout", "lingering_time"})
