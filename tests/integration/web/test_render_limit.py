"""What is made for a link is made once, and an address has only so much made."""

from __future__ import annotations

import json
import time

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bots.web import render_limit
from bots.web.i18n import translations
from bots.web.mixer import mixer_app
from storage import LinkClaims, Manifest, StemFile
from tests.integration.web.visited_app import visited_app

ANN, BEN = "203.0.113.7", "198.51.100.9"


@pytest.fixture
def renders(monkeypatch) -> dict[str, int]:
    """How often each of them was called."""
    made = {"share_image": 0, "waveform_image": 0, "_to_mp3": 0}

    def counted(module: str, name: str) -> None:
        real = __import__(module, fromlist=[name]).__dict__[name]

        def count(*arguments):
            made[name] += 1
            return real(*arguments)

        monkeypatch.setattr(f"{module}.{name}", count)

    counted("bots.web.mixer.app", "share_image")
    counted("bots.web.mixer.app", "waveform_image")
    counted("bots.web.mixer.preview", "_to_mp3")
    return made


async def test_an_image_is_painted_once_however_often_it_is_asked_for(site, renders):
    """It was painted again each time, 0.2 s of a core: anyone who had one link had the processor."""
    path = f"/m/{site.token()}/card.png"
    bodies = {await (await site.client.get(path)).read() for _ in range(5)}
    assert len(bodies) == 1
    assert renders["share_image"] == 1


async def test_two_songs_that_are_asked_for_by_turns_are_each_made_once(site, renders):
    folder = "songs/" + "cd" * 32 + "/m@1/1"
    other, key = f"{folder}/manifest.json", site.links.read(site.token()).manifest
    manifest = json.loads(await site.store.get(key))
    await site.store.put(f"{folder}/peaks.json", await site.store.get(manifest["peaks_key"]))
    await site.store.put(other, json.dumps(manifest | {"peaks_key": f"{folder}/peaks.json"}).encode())
    paths = [f"/m/{site.token(manifest=each)}/preview.mp3" for each in (key, other)]
    for _ in range(3):
        for path in paths:
            assert (await site.client.get(path)).status == 200
    assert renders["_to_mp3"] == 2


async def test_what_is_there_is_given_to_those_who_may_have_nothing_made(site):
    asked = []

    def refuse(_request: web.Request, kind: str) -> None:
        asked.append(kind)
        if len(asked) > 3:
            raise web.HTTPTooManyRequests

    app = web.Application()
    app.add_subapp("/m", mixer_app(site.store, site.links, translations(), charge=refuse))
    async with TestClient(TestServer(app)) as client:
        base = f"/m/{site.token()}"
        names = ["card.png", "preview.mp3", "stems/bass.aac?part=0"]
        first = [(await client.get(f"{base}/{name}")).status for name in names]
        again = [(await client.get(f"{base}/{name}")).status for name in names]
        assert (await client.get(f"{base}/stems/bass.aac?part=1")).status == 429
        assert (await client.get(f"{base}/stems/bass.flac")).status == 200, "what is stored costs nothing"
    assert first == again == [200] * 3
    assert asked == ["image", "preview", "part", "part"]


async def test_an_address_has_only_so_much_made_and_others_go_on(tmp_path, monkeypatch):
    monkeypatch.setattr(render_limit, "IMAGES", 3)
    async with visited_app(tmp_path, trusted_proxies="127.0.0.0/8, ::1") as app:
        ann, ben = await app.visit(ANN), await app.visit(BEN)
        links = [await separation(app, number) for number in range(5)]
        statuses = [(await ann.get(f"/m/{link}/card.png")).status for link in links]
        assert statuses == [200, 200, 200, 429, 429]
        late = await ann.get(f"/m/{links[4]}/card.png")
        assert int(late.headers["Retry-After"]) > 0
        assert "try again in" in await late.text()
        assert (await ann.get(f"/m/{links[0]}/card.png")).status == 200, "it is there"
        assert (await ben.get(f"/m/{links[4]}/card.png")).status == 200


async def separation(app, number: int) -> str:
    """A stored separation; returns the token of a link to it."""
    base = f"songs/{number:064x}/m@1/1"
    store = app.service.queue.store
    await store.put(f"{base}/peaks.json", json.dumps({"per_s": 50, "stems": {"drums": [1, 2, 3]}}).encode())
    await store.put(f"{base}/drums.flac", b"fLaC")
    manifest = Manifest(
        song="x", model="m", model_version="1", rate_hz=44_100, samples=44_100,
        stems=(StemFile("drums", f"{base}/drums.flac", 4),), peaks_key=f"{base}/peaks.json",
    )  # fmt: skip
    await store.put(f"{base}/manifest.json", manifest.to_json())
    return app.service.results._links.sign(LinkClaims(f"{base}/manifest.json", "t", time.time() + 60))
