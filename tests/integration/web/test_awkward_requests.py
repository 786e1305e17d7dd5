"""Requests that no browser of ours sends, but that somebody's does: names, headers, languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import make_mocked_request

from bots.chat.messages import Song
from bots.web.i18n import translations
from bots.web.mixer import pick_language
from separator import NewOrder
from tests.integration.web.visited_app import visited_app

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.integration.web.visited_app import VisitedApp

SONG = b"a song, as far as the web app knows" * 100


@pytest.fixture
async def app(tmp_path) -> AsyncIterator[VisitedApp]:
    async with visited_app(tmp_path, trusted_proxies="127.0.0.0/8, ::1") as there:
        yield there


async def raw_form(app: VisitedApp, file_name: bytes) -> tuple[int, dict]:
    """Upload a form whose file name is made of these bytes; returns the status and the JSON."""
    head = b'--x\r\nContent-Disposition: form-data; name="song"; filename="' + file_name + b'"\r\n\r\n'
    body = head + SONG + b"\r\n--x--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    await app.visit()  # starts the server
    url = app.server.make_url("/api/orders?id=upload-raw&want=vocals")
    async with ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
        return answer.status, await answer.json()


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        (b"Caf\xe9.mp3", "Café.mp3"),
        (b"\x8f\xbf.mp3", "\x8f¿.mp3".replace("\x8f", "")),
        ("Café 歌.mp3".encode(), "Café 歌.mp3"),
    ],
)
async def test_a_file_name_of_an_old_form_is_read_or_shortened(app, sent, name):
    """Latin-1 became lone surrogates: the song was stored, then the answer was 500 and it was lost."""
    status, order = await raw_form(app, sent)
    assert status == 201
    assert order["song"] == name


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("a\0b.mp3", "ab.mp3"),  # PostgreSQL stores no NUL
        ("a\r\nb\x85.mp3", "ab.mp3"),
        ("", "Song"),
        ("\0", "Song"),
        ("  .mp3", ".mp3"),
        ("می‌خواهم 👨‍👩‍👧.mp3", "می‌خواهم 👨‍👩‍👧.mp3"),
    ],
)
async def test_a_name_is_one_that_can_be_stored_and_shown(app, sent, name):
    order = await (await app.send(await app.visit(), SONG, sent)).json()
    kept = await app.service.queue.orders.order(order["order"])
    assert kept.song_name == name
    assert order["song"] == name


@pytest.mark.parametrize("name", ["a\udce9b", "\ud83d", "a\x00b", "x\x1b[31m", "a\x7fb", "\u0085"])
def test_no_order_holds_what_a_database_refuses(name):
    """Telegram's and Discord's JSON can hold lone surrogates and NUL as well as a form can."""
    song = Song(name, 1, lambda: None)
    order = NewOrder("r", "telegram:1", "telegram", "1:1", "ab", song_name=name)
    for kept in (song.name, order.song_name):
        assert kept
        kept.encode()
        assert kept.isprintable()


async def test_a_song_without_a_name_is_called_song(app):
    """The heading of its messages began with a colon."""
    browser = await app.visit()
    query = {"id": "upload-35", "want": "vocals"}
    order = await (await browser.post("/api/orders", params=query, data=SONG)).json()
    heading = await app.service.orders.reply(await app.service.queue.orders.order(order["order"]))
    assert heading.text.startswith("Song: Vocals")
    assert order["song"] == "Song"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("de;q=0.1, en;q=0.9", "en"),
        ("xx, fr;q=0.3, ja;q=0.8", "ja"),
        ("de;q=0, it", "it"),
        ("de;q=0", "en"),
        ("es, de", "es"),
        ("pt;q=nan, ru;q=0.5", "ru"),
        ("*, de;q=0.5", "de"),
        ("de;level=1;q=0.2, en-GB;q=0.4", "en"),
    ],
)
def test_the_language_is_the_one_that_the_browser_likes_best(accepted, language):
    request = make_mocked_request("GET", "/", headers={"Accept-Language": accepted})
    assert pick_language(request, translations()) == language


async def test_nothing_of_a_person_stays_in_a_cache(app):
    """Back from the mixer, the browser showed the list as it was before the upload."""
    browser = await app.visit()
    order = await (await app.send(browser)).json()
    number = order["order"]
    answers = [
        await browser.get("/api/orders"),
        await browser.get(f"/api/orders/{number}"),
        await browser.post(f"/api/orders/{number}/press?code=cancel:{number}"),
        await browser.get("/api/orders/999999"),
        await browser.post("/api/orders", data=b"x"),
        await browser.delete(f"/api/orders/{number}"),
    ]
    assert [answer.headers.get("Cache-Control") for answer in answers] == ["no-store"] * len(answers)
