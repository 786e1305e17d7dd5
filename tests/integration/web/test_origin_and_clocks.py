"""Behind TLS, from other sites, and at a crawl: what a cookie, a write and a connection must hold."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from bots.operations.clocked_server import ClockedRunner, clock_requests
from bots.web import uploads
from bots.web.handlers import UPLOADS
from tests.integration.web.visited_app import visited_app

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.integration.web.visited_app import VisitedApp

PUBLIC = "https://stems.example.org"
ANN = "203.0.113.7"


@pytest.fixture
async def app(tmp_path) -> AsyncIterator[VisitedApp]:
    async with visited_app(tmp_path, upload_limit_bytes=5_000_000) as there:
        yield there


async def test_behind_tls_cookies_go_over_tls_only_and_browsers_are_told_to(tmp_path):
    """The proxy speaks TLS and the app does not, so no request looked secure."""
    async with visited_app(tmp_path, public_url=PUBLIC, trusted_proxies="127.0.0.0/8") as there:
        browser = await there.visit(ANN)
        for path in ("/", "/api/orders", "/m/guess", "/static/app.js"):
            answer = await browser.get(path)
            assert "max-age=" in answer.headers["Strict-Transport-Security"]
        assert "Secure" in (await browser.get("/")).headers["Set-Cookie"]


async def test_on_a_plain_address_cookies_work_and_nothing_is_promised(app):
    answer = await (await app.visit()).get("/")
    assert "Secure" not in answer.headers["Set-Cookie"]
    assert "Strict-Transport-Security" not in answer.headers
    assert "camera=()" in answer.headers["Permissions-Policy"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://stems.example.org.evil.example"}, 403),
        ({"Origin": "http://stems.example.org:8443"}, 403),
        ({"Origin": PUBLIC}, 201),
        ({"Origin": "https://STEMS.example.org:443"}, 201),
        ({"Origin": "http://here.example:81", "Host": "here.example:81"}, 201),
        ({"Origin": "https://other.example", "X-Forwarded-Host": "other.example"}, 201),
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "https://a.proxy.rewrote", "Sec-Fetch-Site": "same-origin"}, 201),
        ({}, 201),
    ],
)
async def test_a_write_comes_from_our_own_page_whatever_the_browser_tells(tmp_path, headers, status):
    """Safari before 16.4 and some web views send no Sec-Fetch-Site: another site's page could order."""
    async with visited_app(tmp_path, public_url=PUBLIC, trusted_proxies="127.0.0.0/8") as there:
        browser = await there.visit(ANN)
        query = {"id": "upload-1", "name": "a.mp3", "want": "vocals"}
        answer = await browser.post("/api/orders", params=query, data=b"song", headers=headers)
        assert answer.status == status


async def test_nobody_but_our_proxy_names_another_host(app):
    headers = {"Origin": "https://evil.example", "X-Forwarded-Host": "evil.example"}
    answer = await (await app.visit()).post("/api/orders?id=upload-1", data=b"song", headers=headers)
    assert answer.status == 403


@contextlib.asynccontextmanager
async def clocked(head_s: float) -> AsyncIterator[tuple[int, list[str]]]:
    """A server with a clock on heads; returns its port and what was answered."""
    answered: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        answered.append(request.path)
        await asyncio.sleep(3 * head_s if request.path == "/long" else 0)
        return web.Response(text="here")

    served = web.Application(middlewares=[clock_requests])
    served.router.add_get("/{any}", answer)
    runner = ClockedRunner(served, access_log=None, head_s=head_s)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield runner.addresses[0][1], answered
    finally:
        await runner.cleanup()


async def end_of(reader: asyncio.StreamReader) -> bytes:
    """All that comes until the server ends the connection."""
    async with asyncio.timeout(30):
        try:
            return await reader.read()
        except ConnectionResetError:
            return b""


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET /a HTTP/1.1\r\nHost: x\r\nX-Slow: "])
async def test_who_connects_and_sends_no_request_is_let_go(sent):
    """Silent sockets and heads without an end were open as long as they liked."""
    async with clocked(head_s=0.3) as (port, answered):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        assert await end_of(reader) == b""
        assert answered == []
        writer.close()


async def test_a_second_head_has_a_clock_and_a_long_answer_has_none():
    async with clocked(head_s=0.3) as (port, answered):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n")
        async with asyncio.timeout(30):
            assert (await reader.readuntil(b"here")).startswith(b"HTTP/1.1 200")
        writer.write(b"GET /never HTTP/1.1\r\nHost:")
        assert await end_of(reader) == b""
        assert answered == ["/long"]
        writer.close()


async def raw_upload(app: VisitedApp, head: bytes = b"", path: str = "upload-raw") -> Any:
    """A connection that has sent the head of an upload."""
    await app.visit()
    reader, writer = await asyncio.open_connection(app.server.host, app.server.port)
    writer.write(f"POST /api/orders?id={path}&name=a.mp3&want=vocals HTTP/1.1\r\nHost: x\r\n".encode())
    writer.write(head + b"\r\n")
    return reader, writer


@pytest.mark.parametrize("form", [False, True])
async def test_an_upload_at_a_crawl_is_given_up(app, monkeypatch, form):
    """A byte every ten seconds kept a connection, and a request in memory, for years."""
    monkeypatch.setattr(uploads, "RATE_S", 0.3)
    monkeypatch.setattr(uploads, "DRAIN_S", 0.3)
    kind = b"Content-Type: multipart/form-data; boundary=x\r\n" if form else b""
    reader, writer = await raw_upload(app, kind + b"Content-Length: 4000000\r\n")
    if form:
        writer.write(b'--x\r\nContent-Disposition: form-data; name="song"; filename="a.mp3"\r\n\r\n')

    async def crawl() -> None:
        while True:
            writer.write(b"a")
            await asyncio.sleep(0.05)

    crawling = asyncio.create_task(crawl())
    async with asyncio.timeout(60):
        status = (await reader.readline()).split()[1]
    crawling.cancel()
    assert status in (b"400", b"422")
    writer.close()
    assert await app.service.queue.store.delete("songs") == 0


async def test_a_form_field_that_is_no_file_has_a_limit(app, monkeypatch):
    """30 MB were read for a limit of 1 MB, and then refused."""
    monkeypatch.setattr(uploads, "DRAIN_STALL_S", 0.2)
    kind = b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 900000000\r\n"
    reader, writer = await raw_upload(app, kind)
    writer.write(b'--x\r\nContent-Disposition: form-data; name="note"\r\n\r\n' + b"a" * 200_000)
    async with asyncio.timeout(60):
        assert (await reader.readline()).split()[1] == b"400"
    writer.close()


async def test_a_form_of_endless_fields_has_a_limit(app, monkeypatch):
    monkeypatch.setattr(uploads, "DRAIN_STALL_S", 0.2)
    kind = b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 900000000\r\n"
    reader, writer = await raw_upload(app, kind)
    writer.write(b'--x\r\nContent-Disposition: form-data; name="note"\r\n\r\na\r\n' * 200)
    async with asyncio.timeout(60):
        assert (await reader.readline()).split()[1] == b"400"
    writer.close()


async def test_a_refused_upload_is_heard_out_so_that_its_answer_is_read(tmp_path):
    """The connection was cut ten seconds into a body that nobody read, and with it the answer."""
    async with visited_app(tmp_path) as app:
        await app.server.start_server(lingering_time=0.0)
        browser = await app.visit()
        for _ in range(UPLOADS):
            await app.send(browser)
        reader, writer = await raw_upload(app, b"Content-Length: 3000000\r\n")
        for _ in range(30):
            writer.write(bytes(100_000))
            await writer.drain()
            await asyncio.sleep(0)
        async with asyncio.timeout(60):
            assert (await reader.readline()).split()[1] == b"429"
            assert b"try again in" in await reader.readuntil(b"}")
        writer.close()


@pytest.mark.parametrize(
    ("query", "status"),
    [("bytes=100", 200), ("bytes=5000001", 413), ("", 200), ("bytes=-1", 200), ("bytes=9" * 9, 200)],
)
async def test_whether_an_upload_would_be_taken_is_said_before_its_first_byte(app, query, status):
    assert (await (await app.visit()).get(f"/api/admission?{query}")).status == status


async def test_who_has_uploaded_too_much_is_told_before_the_next(app):
    browser = await app.visit()
    for _ in range(UPLOADS):
        await app.send(browser)
    refused = await browser.get("/api/admission?bytes=5")
    assert refused.status == 429
    assert "try again in" in (await refused.json())["text"]
