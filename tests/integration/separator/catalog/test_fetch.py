"""Weights from servers that cut off, lie, are silent or send something else: whole in the end, or absent."""

from __future__ import annotations

import asyncio
import hashlib
import random
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from separator.core.errors import DownloadFailed
from separator.core.outputs import Stem
from separator.inference.catalog.card import ModelCard, WeightFile
from separator.inference.catalog.fetch import RetryPolicy, pull

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

WHOLE = random.Random(7).randbytes(700_000)
QUICK_RETRY = RetryPolicy(connect_s=2, idle_s=0.3, rounds=4, pause_s=0.01)


@dataclass
class Host:
    """A server with good and bad sources, and what was asked of it."""

    root: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)  #: path, Range
    stalled: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    turns: int = 0

    def url(self, name: str) -> str:
        return f"{self.root}/{name}"

    def ranges(self, name: str) -> list[str]:
        return [asked for path, asked in self.asked if path == f"/{name}"]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.path, request.headers.get("Range", "")))
        return await getattr(self, request.path.strip("/"))(request)

    async def _send(self, request, body, upto=None, *, ranges=True, length=None):
        """Send a body, breaking the connection off after `upto` bytes."""
        start = request.http_range.start or 0 if ranges else 0
        response = web.StreamResponse(status=206 if start else 200)
        if start:
            response.headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        response.content_length = length or len(body) - start
        await response.prepare(request)
        await response.write(body[start : start + upto if upto else None])
        if upto and start + upto < len(body):
            request.transport.close()
        return response

    async def good(self, request):
        return await self._send(request, WHOLE)

    async def cuts(self, request):
        return await self._send(request, WHOLE, 200_000)

    async def no_ranges(self, request):
        self.turns += 1
        return await self._send(request, WHOLE, 300_000 if self.turns == 1 else None, ranges=False)

    async def missing(self, _):
        raise web.HTTPNotFound

    async def ill_once(self, request):
        self.turns += 1
        if self.turns == 1:
            raise web.HTTPServiceUnavailable
        return await self.good(request)

    async def garbage(self, request):
        return await self._send(request, bytes(len(WHOLE)))

    async def garbage_cut(self, request):
        return await self._send(request, bytes(len(WHOLE)), 100_000)

    async def too_long(self, request):
        return await self._send(request, WHOLE + b"more")

    async def page(self, _):
        return web.Response(text="<html>Please sign in</html>")

    async def endless(self, request):
        """Chunked, so no length is told; it never ends by itself."""
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(1000):
            await response.write(bytes(10_000))
        return response

    async def silent(self, request):
        start = request.http_range.start or 0
        response = web.StreamResponse(status=206 if start else 200)
        if start:
            response.headers["Content-Range"] = f"bytes {start}-{len(WHOLE) - 1}/{len(WHOLE)}"
        response.content_length = len(WHOLE) - start
        await response.prepare(request)
        await response.write(WHOLE[start : start + 150_000])
        self.stalled.set()
        await self.go_on.wait()
        return response


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    held = Host()
    app = web.Application()
    app.router.add_get("/{name}", held.answer)
    async with TestServer(app) as server:
        held.root = str(server.make_url("")).rstrip("/")
        yield held
        held.go_on.set()


def card(*sources: str) -> ModelCard:
    file = WeightFile("net.th", hashlib.sha256(WHOLE).hexdigest(), len(WHOLE), sources)
    return ModelCard("net", "1", (Stem.VOCALS,), "x:y", "MIT", "us", files=(file,))


def whole(folder: Path) -> bool:
    return (folder / "net.th").read_bytes() == WHOLE and not (folder / "net.th.part").exists()


async def test_a_file_comes_whole_and_is_not_fetched_twice(tmp_path, host):
    told = []
    for _ in range(2):
        await pull(card(host.url("good")), tmp_path, told.append, QUICK_RETRY)
    assert whole(tmp_path)
    assert len(host.asked) == 1
    done = [each.done_bytes for each in told]
    assert done == sorted(done)
    assert done[-1] == len(WHOLE)


async def test_a_source_that_breaks_off_is_gone_on_from(tmp_path, host):
    await pull(card(host.url("cuts")), tmp_path, None, QUICK_RETRY)
    assert whole(tmp_path)
    assert host.ranges("cuts") == ["", "bytes=200000-", "bytes=400000-", "bytes=600000-"]


async def test_a_source_without_ranges_starts_again(tmp_path, host):
    await pull(card(host.url("no_ranges")), tmp_path, None, QUICK_RETRY)
    assert whole(tmp_path)


@pytest.mark.parametrize(
    "bad", ["missing", "garbage", "garbage_cut", "too_long", "page", "endless", "silent"]
)
async def test_a_mirror_stands_in_for_a_source_that_fails(tmp_path, host, bad):
    await pull(card(host.url(bad), host.url("good")), tmp_path, None, QUICK_RETRY)
    assert whole(tmp_path)


async def test_a_source_that_is_ill_is_asked_again(tmp_path, host):
    await pull(card(host.url("ill_once")), tmp_path, None, QUICK_RETRY)
    assert whole(tmp_path)


@pytest.mark.parametrize(
    ("reason", "bad"),
    [("404", "missing"), ("hash", "garbage"), ("size", "too_long"), ("size", "page"), ("size", "endless")],
)
async def test_what_is_not_the_file_never_gets_its_name(tmp_path, host, reason, bad):
    with pytest.raises(DownloadFailed) as failed:
        await pull(card(host.url(bad)), tmp_path, None, QUICK_RETRY)
    assert failed.value.facts == {"file": "net.th", "reason": reason}
    assert not (tmp_path / "net.th").exists()
    assert len(host.asked) == 1  # it would not help to ask again


async def test_offline_is_said_at_once_and_what_came_is_kept(tmp_path, host):
    (tmp_path / "net.th.part").write_bytes(WHOLE[:1000])
    with pytest.raises(DownloadFailed) as failed:
        await pull(card("http://127.0.0.1:9/net.th"), tmp_path, None, QUICK_RETRY)
    assert failed.value.facts["reason"] == "offline"
    await pull(card(host.url("good")), tmp_path, None, QUICK_RETRY)
    assert host.ranges("good") == ["bytes=1000-"]
    assert whole(tmp_path)


async def test_a_spoiled_part_is_thrown_away_and_fetched_anew(tmp_path, host):
    (tmp_path / "net.th.part").write_bytes(bytes(5000))
    await pull(card(host.url("good")), tmp_path, None, QUICK_RETRY)
    assert whole(tmp_path)


async def test_a_wrong_file_under_the_right_name_is_replaced(tmp_path, host):
    (tmp_path / "net.th").write_bytes(bytes(len(WHOLE)))
    await pull(card(host.url("good")), tmp_path, None, QUICK_RETRY)
    assert whole(tmp_path)


async def test_two_that_fetch_at_once_do_not_spoil_it(tmp_path, host):
    first = asyncio.create_task(pull(card(host.url("silent")), tmp_path, None, RetryPolicy(rounds=1)))
    await host.stalled.wait()
    with pytest.raises(DownloadFailed) as failed:
        await pull(card(host.url("good")), tmp_path, None, QUICK_RETRY)
    assert failed.value.facts["reason"] == "busy"
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    await pull(card(host.url("good")), tmp_path, None, QUICK_RETRY)
    assert whole(tmp_path)


CHILD = """
import asyncio, sys
from pathlib import Path
from separator.inference.catalog.card import ModelCard, WeightFile
from separator.inference.catalog.fetch import RetryPolicy, pull
url, sha256, size, folder = sys.argv[1:]
file = WeightFile("net.th", sha256, int(size), (url,))
asyncio.run(pull(ModelCard("net", "1", (), "", "", "", files=(file,)), Path(folder), None, RetryPolicy()))
"""


async def test_a_kill_in_the_middle_costs_nothing_that_came(tmp_path, host):
    file = card().files[0]
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD, host.url("silent"), file.sha256, str(file.size_bytes), str(tmp_path)
    )
    await host.stalled.wait()
    part = tmp_path / "net.th.part"
    while not part.exists() or part.stat().st_size < 100_000:
        await asyncio.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    await child.wait()
    assert not (tmp_path / "net.th").exists()
    came = part.stat().st_size
    await pull(card(host.url("good")), tmp_path, None, QUICK_RETRY)
    assert host.ranges("good") == [f"bytes={came}-"]
    assert whole(tmp_path)


def test_fetching_does_not_load_torch():
    code = "import sys, separator.inference.catalog.fetch; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
