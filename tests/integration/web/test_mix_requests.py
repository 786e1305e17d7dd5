"""Files that the holders of mixer links request, with a real queue and store; the test plays the worker."""

from __future__ import annotations

import asyncio

import pytest

from separator.core.jobs import JobKind
from storage import revoke
from tests.integration.web.test_app import UPLOAD, browser, finish_jobs, json_of, open_app
from tests.queue_sides import claim_any, worker_queue

__all__ = ["browser", "open_app"]  # fixtures
pytestmark = pytest.mark.usefixtures("open_app")
DRUMS = "files/drums:mp3"


async def link_to_a_song(owner) -> str:
    """The address of a mixer, as its owner passes it on."""
    facts = await json_of(await owner.post(UPLOAD, data=b"a song" * 100))
    await finish_jobs(owner)
    mixer = (await json_of(await owner.get(f"/api/orders/{facts['order']}")))["mixer"]
    return mixer.partition("#")[0]


async def test_a_links_holder_has_a_mix_made_and_takes_it(open_app):
    owner, friend = await open_app(), await open_app()
    link = await link_to_a_song(owner)
    assert (await friend.get(f"{link}/{DRUMS}")).status == 404, "nobody has asked for it yet"
    asked = await json_of(await friend.post(f"{link}/{DRUMS}"))
    assert not asked["final"]
    assert asked["url"] == ""
    await finish_jobs(owner)
    made = await json_of(await friend.post(f"{link}/{DRUMS}"))
    answer = await friend.get(made["url"])
    assert await answer.read() == b"mp3 bytes"
    assert answer.content_disposition.filename == "My Song (drumless).mp3", "as the worker named it"


async def test_it_is_the_owners_and_asked_for_many_times_it_is_made_once(open_app):
    owner, friend = await open_app(), await open_app()
    link = await link_to_a_song(owner)
    before = len(await json_of(await owner.get("/api/orders")))
    wishes = ("drums:mp3", "drums:mp3", "drums:mp3")
    await asyncio.gather(*(friend.post(f"{link}/files/{outputs}") for outputs in wishes))
    assert len(await json_of(await owner.get("/api/orders"))) == before + 1
    assert await json_of(await friend.get("/api/orders")) == []
    queue = owner.service.queue
    assert (await worker_queue(queue).claim("hand", JobKind.MIX, 30)).kind is JobKind.MIX
    assert await claim_any(worker_queue(queue), "hand", 30) is None


@pytest.mark.parametrize(
    "outputs",
    ["drums:wav", "kazoo:mp3", "stems:mp3", "drums", "%2e%2e%2fmanifest.json", "drums:mp3%00", "+:mp3"],
)
async def test_a_wish_that_is_none_makes_nothing(browser, outputs):
    link = await link_to_a_song(browser)
    assert (await browser.post(f"{link}/files/{outputs}")).status == 404
    assert (await browser.get(f"{link}/files/{outputs}")).status == 404
    assert await claim_any(worker_queue(browser.service.queue), "hand", 30) is None


async def test_a_link_that_was_taken_back_makes_and_gives_nothing(open_app):
    owner, friend = await open_app(), await open_app()
    link = await link_to_a_song(owner)
    order = (await json_of(await owner.get("/api/orders")))[0]["order"]
    song = (await owner.service.queue.orders.order(order)).song
    await revoke(owner.service.queue.store, f"{order}-{song[:8]}")
    assert (await friend.post(f"{link}/{DRUMS}")).status == 410
    assert (await friend.get(f"{link}/{DRUMS}")).status == 410


async def test_what_a_friend_had_made_is_deleted_with_the_song(open_app):
    owner, friend = await open_app(), await open_app()
    link = await link_to_a_song(owner)
    await friend.post(f"{link}/{DRUMS}")
    await finish_jobs(owner)
    order = (await json_of(await owner.get("/api/orders")))[0]["order"]
    assert (await owner.delete(f"/api/orders/{order}")).status == 200
    assert (await friend.get(f"{link}/{DRUMS}")).status in {404, 410}
    assert await json_of(await owner.get("/api/orders")) == []


async def test_another_site_has_nothing_made(browser):
    link = await link_to_a_song(browser)
    assert (await browser.post(f"{link}/{DRUMS}", headers={"Sec-Fetch-Site": "cross-site"})).status == 403
