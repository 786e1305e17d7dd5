"""One stream tells a page all of its user's orders, and however many are open, the table is read once."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientTimeout

from bots.web import order_stream
from bots.web.order_stream import ADDRESS_STREAMS, PERSON_STREAMS
from separator.queue.orders import OrderBook
from tests.integration.web.visited_app import visited_app

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import ClientResponse

    from tests.integration.web.visited_app import VisitedApp

ANN, BEN = "203.0.113.7", "198.51.100.9"


@pytest.fixture
async def app(tmp_path) -> AsyncIterator[VisitedApp]:
    async with visited_app(tmp_path, trusted_proxies="127.0.0.0/8, ::1", jobs_waiting=100) as there:
        yield there


async def listen(browser) -> ClientResponse:
    return await browser.get("/api/events", timeout=ClientTimeout(total=60))


async def event(stream: ClientResponse) -> dict[str, Any]:
    """The next event; heartbeats are none."""
    async with asyncio.timeout(30):
        while not (line := await stream.content.readuntil(b"\n\n")).startswith(b"data: "):
            continue
    return json.loads(line.removeprefix(b"data: "))


async def test_one_stream_tells_all_songs_what_comes_and_what_goes(app):
    """One stream a song: with six songs nothing else of this page could be fetched any more."""
    browser = await app.visit(ANN)
    await browser.get("/")
    orders = [await (await app.send(browser)).json() for _ in range(7)]
    numbers = [order["order"] for order in orders]
    stream = await listen(browser)
    first = await event(stream)
    assert [each["order"] for each in first["orders"]] == numbers[::-1]
    assert first["gone"] == []
    new = await (await app.send(browser)).json()
    assert [each["order"] for each in (await event(stream))["orders"]][-1:] == [new["order"]]
    await browser.post(f"/api/orders/{numbers[0]}/press?code=cancel:{numbers[0]}")
    while not (told := {each["order"]: each for each in (await event(stream))["orders"]}).get(numbers[0]):
        continue  # the others move up
    assert told[numbers[0]]["final"]
    await browser.delete(f"/api/orders/{numbers[3]}")
    while not (gone := (await event(stream))["gone"]):
        continue
    assert gone == [numbers[3]]
    stream.close()


async def test_a_stream_tells_nobody_elses_songs_and_begins_empty(app):
    ann, ben = await app.visit(ANN), await app.visit(BEN)
    await app.send(ann)
    await ben.get("/")
    stream = await listen(ben)
    assert await event(stream) == {"orders": [], "gone": []}
    mine = (await (await app.send(ben)).json())["order"]
    assert [each["order"] for each in (await event(stream))["orders"]] == [mine], "nothing is told twice"
    stream.close()


async def test_many_pages_of_a_person_read_the_table_as_often_as_one(app, monkeypatch):
    """150 streams of one person were 290 reads of the table in a second."""
    browser = await app.visit(ANN)
    await browser.get("/")
    order = (await (await app.send(browser)).json())["order"]
    reads = 0
    real = OrderBook.recent

    async def counted(self, *arguments):
        nonlocal reads
        reads += 1
        return await real(self, *arguments)

    monkeypatch.setattr(OrderBook, "recent", counted)
    monkeypatch.setattr(order_stream, "POLL_S", 1.0)
    streams = [await listen(browser) for _ in range(PERSON_STREAMS)]
    for stream in streams:
        await event(stream)
    before = reads
    await browser.post(f"/api/orders/{order}/press?code=cancel:{order}")
    for stream in streams:
        assert (await event(stream))["orders"][0]["final"]
    assert reads - before < PERSON_STREAMS
    for stream in streams:
        stream.close()


async def test_a_person_and_an_address_have_only_so_many_streams(app, monkeypatch):
    browser = await app.visit(ANN)
    await browser.get("/")
    order = (await (await app.send(browser)).json())["order"]
    streams = [await listen(browser) for _ in range(PERSON_STREAMS)]
    assert {stream.status for stream in streams} == {200}
    late = await listen(browser)
    assert late.status == 429
    assert int(late.headers["Retry-After"]) > 0
    assert (await browser.get(f"/api/orders/{order}/events")).status == 429
    assert ADDRESS_STREAMS > PERSON_STREAMS
    monkeypatch.setattr(order_stream, "ADDRESS_STREAMS", PERSON_STREAMS)
    assert (await listen(await app.visit(ANN))).status == 429, "a new cookie at the same address"
    other = await listen(await app.visit(BEN))
    assert other.status == 200
    for stream in (*streams, other):
        stream.close()
    async with asyncio.timeout(30):  # those that left make room
        while (late := await listen(browser)).status != 200:
            await asyncio.sleep(0.02)
    late.close()
