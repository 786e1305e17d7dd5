"""Songs that a chat could not take: uploaded on the page, answered in the chat."""

from __future__ import annotations

import hashlib
import time
from copy import copy
from typing import TYPE_CHECKING

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bots.chat.messages import Person, Request, Song
from bots.chat.service import ChatService
from bots.settings import BotSettings
from bots.web.app import web_app
from separator import open_queue_client
from storage import LinkClaims, open_links, open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Browser(TestClient):
    """A client, and the chat service behind it."""

    service: ChatService


@pytest.fixture
async def browser(tmp_path) -> AsyncIterator[Browser]:
    settings = BotSettings(data_dir=tmp_path, upload_limit_bytes=1_000_000, _env_file=None)
    async with open_queue_client(settings) as queue:
        links = open_links(settings)
        service = ChatService(queue, links, settings)
        async with Browser(TestServer(web_app(service, open_store(settings), links, settings))) as client:
            client.service = service
            yield client


async def asked_in_a_chat(service: ChatService, outputs: str = "-drums:mp3") -> str:
    """A request of a chat whose song was too large for it; returns the token of its upload link."""

    async def nothing() -> AsyncIterator[bytes]:
        yield b""

    request = Request(
        "telegram:5:6",
        Person("telegram:5"),
        "telegram",
        "",
        Song("Long.wav", 900_000, nothing),
        lambda: "there",
    )
    service.downloads._links = replaced = copy(service.downloads._links)
    replaced.public_url = "https://stems.example"
    url = await service.downloads.upload_url(request, outputs)
    return url.partition("/?send=")[2]


async def test_a_song_too_large_for_its_chat_is_sent_here_and_answered_there(browser):
    token = await asked_in_a_chat(browser.service)
    page = await (await browser.get(f"/?send={token}")).text()
    assert "reply in the chat you came from" in page
    address = f"/api/orders?id=12345678-aaaa&name=Long.wav&want=stems+flac&send={token}"
    answer = await browser.post(address, data=b"a long song")
    assert answer.status == 201
    assert (await answer.json())["text"] == "Got it. I'll reply in your chat."
    [standing] = await browser.service.queue.orders.open_orders("telegram")
    order = standing.order
    assert (order.owner, order.reply_to, order.outputs) == ("telegram:5", "there", "-drums:mp3")
    assert order.song == hashlib.sha256(b"a long song").hexdigest()
    assert await (await browser.get("/api/orders")).json() == [], "it is not the browser's"


async def test_an_upload_link_takes_one_song_and_no_other_link_does(browser):
    """Used, altered and the mixer's own links: a sentence, and nothing is ordered."""
    token = await asked_in_a_chat(browser.service)
    address = "/api/orders?id=12345678-aaaa&name=a.wav&want=vocals&send="
    assert (await browser.post(address + token, data=b"a song")).status == 201
    mixers = browser.service.downloads._links.sign(LinkClaims("songs/1/manifest.json", "", time.time() + 60))
    for wrong in (token, token[:-2] + "zz", mixers):
        answer = await browser.post(address + wrong, data=b"another song")
        assert answer.status == 410
        assert "link" in (await answer.json())["text"].lower()
    assert len(await browser.service.queue.orders.open_orders("telegram")) == 1
    assert "link" in await (await browser.get(f"/?send={token}")).text()
