"""The web app over HTTP, visited by several browsers at several addresses."""

from __future__ import annotations

import io
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from aiohttp.test_utils import TestClient, TestServer

from bots.chat.service import ChatService
from bots.settings import BotSettings
from bots.web.app import web_app
from separator import open_queue_client
from storage import open_links, open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


class VisitedApp:
    """One web app behind a proxy; `visit` is a browser at an address."""

    def __init__(self, settings: BotSettings, service: ChatService, server: TestServer) -> None:
        """Serve these parts."""
        self.settings, self.service, self.server = settings, service, server
        self._browsers: list[TestClient] = []
        self._uploads = 0

    async def visit(self, address: str = "") -> TestClient:
        """A browser at this address, with cookies of its own."""
        browser = TestClient(self.server, headers={"X-Forwarded-For": address} if address else {})
        await browser.start_server()
        self._browsers.append(browser)
        return browser

    async def send(self, browser: TestClient, data: bytes | None = None, name: str = "a.mp3") -> Any:
        """Upload something new, wanting it drumless."""
        self._uploads += 1
        asked = {"id": f"upload-{self._uploads:04}", "name": name, "want": "drumless"}
        return await browser.post(
            "/api/orders", params=asked, data=io.BytesIO(data or f"{self._uploads}".encode())
        )

    async def close(self) -> None:
        """Close all browsers."""
        for browser in self._browsers:
            await browser.close()


@asynccontextmanager
async def visited_app(data_dir: Path, **settings: Any) -> AsyncIterator[VisitedApp]:
    """One web app over a folder of its own."""
    given = BotSettings(_env_file=None, data_dir=data_dir, **settings)
    async with open_queue_client(given) as queue:
        links = open_links(given)
        service = ChatService(queue, links, given)
        app = web_app(service, open_store(given), links, given)
        there = VisitedApp(given, service, TestServer(app))
        yield there
        await there.close()
        await there.server.close()
