"""A song is fetched from the platform's own server, and from nowhere that a person or an answer names."""

from __future__ import annotations

import ast
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from telegram import File

from bots.chat.messages import SongLost
from bots.discord.attachments import AttachmentDownloads
from bots.telegram.fetch import Fetcher

ROOT = Path(__file__).parents[3]
#: Who may open a connection over HTTP, and to where.
CALLERS = {
    "bots/discord/attachments.py": "attachments, by the address that Discord's gateway tells",
    "bots/telegram/fetch.py": "files, by the path that Telegram's getFile tells",
    "bots/cli/checks.py": "doctor: the platforms and our own public address, as they are set",
    "separator/inference/catalog/fetch.py": "weights, by the addresses in the registry",
}


@pytest.fixture
async def servers():
    """A platform that sends anyone who asks for a file on to an address inside; and who called there."""
    called = []

    async def inside(request: web.Request) -> web.Response:
        called.append(request.path)
        return web.Response(body=b"secrets of the house")

    async def on(request: web.Request) -> web.Response:
        status = int(request.match_info["status"])
        return web.Response(status=status, headers={"Location": str(there.make_url("/latest/meta-data"))})

    app, internal = web.Application(), web.Application()
    app.router.add_get("/{status}/file", on)
    internal.router.add_get("/{tail:.*}", inside)
    async with TestServer(internal) as there, TestServer(app) as platform:
        yield platform, called


class Attachment:
    """What `AttachmentDownloads` reads of one."""

    filename, title, size = "song.mp3", None, 5

    def __init__(self, url):
        self.url = url


class Bot:
    """What `Fetcher` asks of one."""

    local_mode = False

    def __init__(self, url):
        self._url = url

    async def get_file(self, file_id, **_timeouts):
        return File(file_id, file_id, file_path=self._url)


async def taken(chunks):
    return b"".join([chunk async for chunk in chunks])


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_download_follows_a_server_to_another_one(servers, status):
    """A redirect could lead into the operator's own network (SSRF)."""
    platform, called = servers
    url = str(platform.make_url(f"/{status}/file"))
    async with aiohttp.ClientSession() as session:
        with pytest.raises(SongLost):
            await taken(AttachmentDownloads(session).song(Attachment(url)).fetch())
        with pytest.raises(SongLost):
            await taken(Fetcher(Bot(url), session).fetch("id"))
    assert called == []


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/x"])
async def test_no_download_speaks_anything_but_http(url):
    async with aiohttp.ClientSession() as session:
        with pytest.raises(SongLost):
            await taken(AttachmentDownloads(session).song(Attachment(url)).fetch())


def test_only_these_files_open_connections_and_none_to_where_people_say():
    """Anyone who adds a way out writes down here where it leads."""
    callers = set()
    for file in [*(ROOT / "bots").rglob("*.py"), *(ROOT / "separator").rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("session.get", "urlopen")):
                callers.add(str(file.relative_to(ROOT)))
    assert callers == CALLERS.keys()
