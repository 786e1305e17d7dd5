"""Abuse of the web app: limits by address, blocks, guessed links, headers, and awkward files."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from aiohttp.test_utils import make_mocked_request
from structlog.testing import capture_logs

from bots.settings import BotSettings
from bots.web.client_ip import ClientIp
from bots.web.link_rate_limit import GUESSES
from bots.web.mixer import SECURITY_HEADERS
from separator import ADDRESS, open_queue_admin
from separator.audio.decode import decode
from separator.core.errors import SongRefused, to_record
from separator.core.jobs import JobKind
from storage import Links
from storage.links import Key
from tests.integration.web.visited_app import visited_app
from tests.queue_sides import worker_queue

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.integration.web.visited_app import VisitedApp

ANN, BEN = "203.0.113.7", "198.51.100.9"


@pytest.fixture
async def app(tmp_path) -> AsyncIterator[VisitedApp]:
    async with visited_app(tmp_path, address_waiting=3, trusted_proxies="127.0.0.0/8, ::1") as there:
        yield there


async def text(answer) -> str:
    return (await answer.json())["text"]


def client_ip(proxies: str) -> ClientIp:
    return ClientIp(BotSettings(_env_file=None, trusted_proxies=proxies), Links((Key("k", bytes(32)),)))


@pytest.mark.parametrize(
    ("proxies", "peer", "told", "address"),
    [
        ("", "10.0.0.1", ANN, "10.0.0.1"),
        ("10.0.0.0/8", "10.0.0.1", ANN, ANN),
        ("10.0.0.0/8", "10.0.0.1", f"1.2.3.4, {ANN}", ANN),
        ("10.0.0.0/8", "10.0.0.1", f"{ANN}, 10.0.0.2", ANN),
        ("10.0.0.0/8", "10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.0/8", BEN, ANN, BEN),
        ("", "2001:db8:1:2:3:4:5:6", None, "2001:db8:1:2::/64"),
        ("", "::ffff:203.0.113.7", None, ANN),
        ("10.0.0.0/8", "10.0.0.1", f"{ANN}:51234", ANN),
        ("10.0.0.0/8", "10.0.0.1", f"1.2.3.4:1, {ANN}:80, 10.0.0.2:443", ANN),
        ("10.0.0.0/8", "10.0.0.1", "[2001:db8:1:2:3:4:5:6]:443", "2001:db8:1:2::/64"),
        ("10.0.0.0/8", "10.0.0.1", "[2001:db8:1:2::1]", "2001:db8:1:2::/64"),
        ("10.0.0.0/8", "10.0.0.1", "fe80::1%eth0", "fe80::/64"),
        ("10.0.0.0/8", "10.0.0.1", f'"{ANN}"', ANN),
        ("10.0.0.0/8", "10.0.0.1", "<script>" * 20, ("<script>" * 20)[:45]),
    ],
)
def test_only_what_a_proxy_of_ours_wrote_is_believed(proxies, peer, told, address):
    """Anyone who sends the header without a proxy, or more in it than the proxy adds, gains nothing by it."""
    headers = {"X-Forwarded-For": told} if told else {}
    request = make_mocked_request("GET", "/", headers=headers).clone(remote=peer)
    assert client_ip(proxies).address(request) == address


async def test_a_proxy_that_writes_ports_makes_no_new_address_of_every_connection(app):
    """Azure's does: 25 uploads of one visitor were 25 addresses."""
    answers = [await app.send(await app.visit(f"{ANN}:{50_000 + number}")) for number in range(4)]
    assert [answer.status for answer in answers] == [201, 201, 201, 422]


@pytest.mark.parametrize("told", [b"\xff", b"203.0.113.7, \xff\xfe", b"\xc3\x28:80"])
async def test_bytes_that_are_no_text_in_a_header_are_no_error(app, told):
    await app.visit(ANN)
    for path in ("/", "/m/guess", "/api/admission"):
        reader, writer = await asyncio.open_connection(app.server.host, app.server.port)
        head = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept-Language: ".encode()
        writer.write(head + told + b"\r\nX-Forwarded-For: " + told + b"\r\n\r\n")
        status = int((await reader.read()).split()[1])
        writer.close()
        assert status < 500
    upload = f"POST /api/orders?id=upload-raw{len(told)}&want=vocals HTTP/1.1\r\nHost: x\r\n"
    reader, writer = await asyncio.open_connection(app.server.host, app.server.port)
    writer.write(upload.encode() + b"Connection: close\r\nContent-Length: 4\r\nX-Forwarded-For: ")
    writer.write(told + b"\r\n\r\nsong")
    assert int((await reader.read()).split()[1]) == 201
    writer.close()


async def test_a_proxy_that_nobody_named_is_told_once_in_the_log(tmp_path):
    """All visitors behind it share one address, and nothing said so."""
    async with visited_app(tmp_path) as there:
        with capture_logs() as logs:
            for address in (ANN, BEN):
                await (await there.visit(address)).get("/m/guess")
        told = [each for each in logs if each["event"] == "forwarded_header_ignored"]
        assert [each["setting"] for each in told] == ["STEMBOT_TRUSTED_PROXIES"]
        assert ANN not in str(logs)
    async with visited_app(tmp_path, trusted_proxies="127.0.0.0/8") as there:
        with capture_logs() as logs:
            await (await there.visit(ANN)).get("/m/guess")
        assert "forwarded_header_ignored" not in str(logs)


async def test_an_address_has_its_share_whatever_cookies_it_throws_away(app):
    """A new cookie is a new person; the address stays."""
    answers = [await app.send(await app.visit(ANN)) for _ in range(4)]
    assert [answer.status for answer in answers] == [201, 201, 201, 422]
    assert await text(answers[-1]) == (
        "Your network already has 3 songs in the queue. Please try again when one is done."
    )
    assert (await app.send(await app.visit(BEN))).status == 201


async def test_the_table_and_its_file_hold_no_address(app):
    order = await (await app.send(await app.visit(ANN))).json()
    kept = await app.service.queue.orders.order(order["order"])
    assert kept.place.startswith(ADDRESS)
    written = b"".join(path.read_bytes() for path in app.settings.data_dir.glob("line.sqlite*"))
    assert ANN.encode() not in written


async def test_a_blocked_address_is_told_so_and_for_how_long(app):
    browser = await app.visit(ANN)
    order = await (await app.send(browser)).json()
    async with open_queue_admin(app.settings) as keeper:
        await keeper.block(ADDRESS + ANN, 3600.0)
        refused = await app.send(browser)
        assert refused.status == 403
        assert "for another 1 h: the operator has blocked it" in await text(refused)
        again = await browser.post(
            f"/api/orders/{order['order']}/press?code=wish:{order['order']}:vocals:mp3"
        )
        assert again.status == 403
        assert (await app.send(await app.visit(BEN))).status == 201
        assert (await browser.delete(f"/api/orders/{order['order']}")).status == 200, (
            "what is theirs is theirs"
        )
        await keeper.unblock(ADDRESS + ANN)
    assert (await app.send(browser)).status == 201


async def test_an_address_that_tries_many_links_is_refused_and_no_other(app):
    browser = await app.visit(ANN)
    wrong = [(await browser.get(f"/m/guess{number}")).status for number in range(GUESSES)]
    assert set(wrong) == {403}
    late = await browser.get("/m/one-more")
    assert late.status == 429
    assert int(late.headers["Retry-After"]) > 0
    assert "try again in" in await late.text()
    assert (await browser.get("/m/static/mixer.css")).status == 200
    assert (await browser.get("/")).status == 200
    assert (await (await app.visit(BEN)).get("/m/one-more")).status == 403


@pytest.mark.parametrize(
    "path", ["/", "/api/orders", "/api/orders/7", "/static/app.js", "/m/guess", "/healthz", "/nowhere"]
)
async def test_every_answer_carries_the_headers_that_keep_other_sites_out(app, path):
    answer = await (await app.visit(ANN)).get(path)
    assert {name: answer.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy or "default-src 'self'" in policy
    assert "unsafe" not in policy


async def test_awkward_files_sent_to_the_page_end_as_songs_or_in_a_sentence(app, shared, tmp_path):
    """Uploaded by a browser, decoded by the worker's own decoder, told on the page."""
    files = sorted(path for path in (shared / "awkward").iterdir() if path.suffix != ".md")
    browsers = [await app.visit(f"203.0.113.{number}") for number, _ in enumerate(files)]
    sent = [
        await (await app.send(browser, path.read_bytes(), path.name)).json()
        for browser, path in zip(browsers, files, strict=True)
    ]
    workers = worker_queue(app.service.queue)
    refused = set()
    while job := await workers.claim("w", JobKind.SEPARATE, 60):
        source, into = tmp_path / "source", tmp_path / "song.f32"
        source.write_bytes(await app.service.queue.store.get(job.args["source"]))
        try:
            song = await asyncio.to_thread(decode, source, into)
            await workers.finish(job, {"manifest": "m", "song_s": song.song_s})
        except SongRefused as refusal:
            await workers.refuse(job, to_record(refusal))
            refused.add(job.args["name"])
    for browser, order, path in zip(browsers, sent, files, strict=True):
        facts = await (await browser.get(f"/api/orders/{order['order']}")).json()
        assert facts["final"] == (path.name in refused), path.name
        assert "went wrong" not in facts["text"]
        assert str(tmp_path) not in facts["text"]
    assert {"07_wav_header_only.wav", "29_adif.aac", "37_not_audio.mp3"} <= refused
    assert len(sent) - len(refused) >= 20, "most of them are songs"
