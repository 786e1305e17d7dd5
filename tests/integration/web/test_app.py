"""The web app over HTTP, with a real queue on SQLite and a real store; the test plays the worker."""

from __future__ import annotations

import asyncio
import html
import io
import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestClient, TestServer

from bots.chat.service import ChatService
from bots.settings import BotSettings
from bots.web.app import WebPlatform, web_app
from bots.web.i18n import translations
from bots.web.identity import AddressRateLimiter
from separator import NewOrder, open_queue_client
from separator.core.errors import Busy, NotAudio, to_record
from separator.core.jobs import JobKind
from storage import LinkClaims, Manifest, StemFile, open_links, open_store
from tests.queue_sides import claim_any, worker_queue

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SONG = b"a song, as far as the web app knows" * 1000
PLACE = "songs/x/spleeter-rhythm@1/1"
UPLOAD = "/api/orders?id=upload-1&name=My%20Song.mp3&want=drumless"


class Browser(TestClient):
    """A client with a cookie jar of its own, and the chat service behind it."""

    service: ChatService


@pytest.fixture
async def open_app(tmp_path) -> AsyncIterator[Any]:
    """Makes browsers that visit one web app."""
    settings = BotSettings(data_dir=tmp_path, upload_limit_bytes=1_000_000, _env_file=None)
    async with open_queue_client(settings) as queue:
        links = open_links(settings)
        service = ChatService(queue, links, settings)
        server = TestServer(web_app(service, open_store(settings), links, settings))
        browsers: list[Browser] = []

        async def visit() -> Browser:
            browser = Browser(server)
            browser.service = service
            await browser.start_server()
            browsers.append(browser)
            assert (await browser.get("/")).status == 200
            return browser

        yield visit
        for browser in browsers:
            await browser.close()


@pytest.fixture
async def browser(open_app) -> Browser:
    return await open_app()


async def finish_jobs(browser: Browser) -> None:
    """Finish all jobs in the queue, as a worker does."""
    queue = browser.service.queue
    files = {
        f"{PLACE}/drums.flac": b"fLaC",
        f"{PLACE}/peaks.json": b"{}",
        "mixes/1/drumless.mp3": b"mp3 bytes",
    }
    for key, data in files.items():
        await queue.store.put(key, data)
    manifest = Manifest(
        song="x", model="spleeter-rhythm", model_version="1", rate_hz=44_100, samples=44_100,
        stems=(StemFile("drums", f"{PLACE}/drums.flac", 4),), peaks_key=f"{PLACE}/peaks.json",
    )  # fmt: skip
    await queue.store.put(f"{PLACE}/manifest.json", manifest.to_json())
    made = {
        "name": "My Song (drumless).mp3", "title": "My Song (drumless)", "key": "mixes/1/drumless.mp3",
        "size_bytes": 9, "mime": "audio/mpeg", "mix": "drumless", "estimated": True,
    }  # fmt: skip
    while job := await claim_any(worker_queue(queue), "hand", 30):
        files = [made] if job.kind is JobKind.MIX else []
        result = {"manifest": f"{PLACE}/manifest.json", "files": files, "title": "My Song", "song_s": 1.0}
        await worker_queue(queue).finish(job, result)


async def json_of(answer) -> dict[str, Any]:
    return await answer.json()


async def test_a_song_becomes_an_order_and_ends_with_its_file(browser):
    answer = await browser.post(UPLOAD, data=SONG)
    assert answer.status == 201
    order = await json_of(answer)
    assert "Drumless" in order["outputs"]
    assert not order["final"]
    await finish_jobs(browser)
    done = await json_of(await browser.get(f"/api/orders/{order['order']}"))
    assert done["final"]
    assert done["mixer"].endswith("#preset=drumless")
    assert [each["name"] for each in done["files"]] == ["My Song (drumless).mp3"]
    file = await browser.get(done["files"][0]["url"])
    assert await file.read() == b"mp3 bytes"
    assert "My%20Song%20%28drumless%29.mp3" in file.headers["Content-Disposition"]
    assert (await browser.get(done["mixer"])).status == 200


async def test_an_order_is_described_by_fields_and_its_text_repeats_none_of_them(browser):
    """The page shows song and outputs by themselves; nothing is cut out of a sentence."""
    await browser.post("/api/orders?id=upload-0&name=First.mp3&want=vocals", data=b"another song" * 100)
    order = await json_of(await browser.post(UPLOAD, data=SONG))
    assert (order["state"], order["failed"], order["stage"]) == ("queued", False, "")
    assert order["song"] == "My Song.mp3"
    assert order["outputs"] == "Drumless"
    assert order["position"] == 1
    assert order["eta_s"] is None
    assert "My Song" not in order["text"]
    assert [button["action"] for button in order["buttons"]] == ["cancel"]


async def test_the_bytes_that_were_sent_are_the_bytes_that_are_kept(browser):
    order = await json_of(await browser.post(UPLOAD, data=SONG))
    kept = await browser.service.queue.orders.order(order["order"])
    assert await browser.service.queue.store.get(f"songs/{kept.song}/source") == SONG
    assert kept.song_name == "My Song.mp3"


async def test_a_form_does_as_well_as_a_raw_body(browser):
    form = FormData(quote_fields=False)  # as browsers write names
    form.add_field("note", "not the song")
    form.add_field("song", SONG, filename="Form Song.mp3", content_type="audio/mpeg")
    order = await json_of(await browser.post("/api/orders?id=upload-2&want=vocals", data=form))
    kept = await browser.service.queue.orders.order(order["order"])
    assert kept.song_name == "Form Song.mp3"
    assert await browser.service.queue.store.get(f"songs/{kept.song}/source") == SONG


async def test_the_same_upload_twice_is_one_order(browser):
    first = await json_of(await browser.post(UPLOAD, data=SONG))
    second = await json_of(await browser.post(UPLOAD, data=SONG))
    assert first["order"] == second["order"]
    assert len(await json_of(await browser.get("/api/orders"))) == 1


@pytest.mark.parametrize("announced", [True, False])
async def test_a_file_over_the_limit_is_told_so_and_not_kept(browser, announced):
    async def chunks():
        for _ in range(30):
            yield bytes(100_000)

    answer = await browser.post(UPLOAD, data=io.BytesIO(bytes(3_000_000)) if announced else chunks())
    assert answer.status == 413
    assert "the limit is 1 MB" in (await json_of(answer))["text"]
    assert await browser.service.queue.store.delete("songs") == 0


async def test_an_upload_that_is_cut_off_leaves_nothing(browser):
    """The connection breaks half way: no order, no song, and the next upload works."""
    reader, writer = await asyncio.open_connection(browser.host, browser.port)
    writer.write(f"POST {UPLOAD} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(SONG)}\r\n\r\n".encode())
    writer.write(SONG[:5000])
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert await reader.read() == b""
    assert (await browser.post("/api/orders?id=upload-9&name=b.mp3&want=vocals", data=SONG)).status == 201
    assert await browser.service.queue.store.delete("songs") == 1
    assert len(await json_of(await browser.get("/api/orders"))) == 1


async def test_unclear_outputs_bring_the_choice(browser):
    order = await json_of(await browser.post("/api/orders?id=upload-3&name=a.mp3&want=hmm", data=SONG))
    codes = [button["code"] for button in order["buttons"]]
    drumless = next(code for code in codes if "-drums" in code)
    pressed = await json_of(
        await browser.post(f"/api/orders/{order['order']}/press", params={"code": drumless})
    )
    assert "Drumless" in pressed["outputs"]
    assert pressed["order"] != order["order"]


async def test_cancel_takes_the_song_out_of_the_queue(browser):
    order = await json_of(await browser.post(UPLOAD, data=SONG))
    cancel = next(each["code"] for each in order["buttons"] if each["code"].startswith("cancel"))
    answer = await json_of(await browser.post(f"/api/orders/{order['order']}/press", params={"code": cancel}))
    assert answer["state"] == "cancelled"
    assert answer["final"]
    assert await worker_queue(browser.service.queue).claim("hand", JobKind.SEPARATE, 30) is None


async def test_nobody_sees_or_touches_anothers_order(open_app):
    mine, yours = await open_app(), await open_app()
    order = (await json_of(await mine.post(UPLOAD, data=SONG)))["order"]
    await finish_jobs(mine)
    assert await json_of(await yours.get("/api/orders")) == []
    for path in ("", "/events", "/files/0"):
        assert (await yours.get(f"/api/orders/{order}{path}")).status == 404
    assert (await yours.post(f"/api/orders/{order}/press?code=cancel:{order}")).status == 404
    theirs = (await json_of(await yours.post(UPLOAD, data=SONG)))["order"]
    assert theirs != order, "the same upload id in two browsers is two orders"
    assert (await yours.post(f"/api/orders/{theirs}/press?code=cancel:{order}")).status == 404


async def test_events_tell_each_change_and_end_with_the_last(browser):
    order = (await json_of(await browser.post(UPLOAD, data=SONG)))["order"]
    stream = await browser.get(f"/api/orders/{order}/events")
    first = await stream.content.readuntil(b"\n\n")
    assert not json.loads(first.removeprefix(b"data: "))["final"]
    await finish_jobs(browser)
    rest = await asyncio.wait_for(stream.content.read(), 20)
    assert json.loads(rest.strip().split(b"data: ")[-1])["final"]


async def test_a_refused_song_ends_in_its_sentence(browser):
    order = (await json_of(await browser.post(UPLOAD, data=SONG)))["order"]
    job = await worker_queue(browser.service.queue).claim("hand", JobKind.SEPARATE, 30)
    await worker_queue(browser.service.queue).refuse(job, to_record(NotAudio()))
    answer = await json_of(await browser.get(f"/api/orders/{order}"))
    assert answer["final"]
    assert "any sound in that file" in answer["text"]
    assert answer["mixer"] == ""


async def test_the_same_song_again_is_answered_from_what_is_there(browser):
    await browser.post(UPLOAD, data=SONG)
    await finish_jobs(browser)
    again = await json_of(
        await browser.post("/api/orders?id=upload-4&name=My%20Song.mp3&want=drumless", data=SONG)
    )
    assert again["final"]
    assert again["mixer"]


@pytest.mark.parametrize("query", ["", "?id=short", "?id=../../../../etc", "?id=" + "x" * 100])
async def test_an_upload_without_a_name_of_its_own_is_refused(browser, query):
    assert (await browser.post(f"/api/orders{query}", data=SONG)).status == 400


async def test_another_site_cannot_order_in_ones_name(browser):
    answer = await browser.post(UPLOAD, data=SONG, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status == 403


async def test_the_cookie_is_for_this_site_alone_and_for_no_script(browser):
    fresh = await browser.get("/", headers={"Cookie": "stembot=made-up"})
    cookie = fresh.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "made-up" not in cookie


async def test_the_table_does_not_hold_what_lets_one_in(browser):
    order = (await json_of(await browser.post(UPLOAD, data=SONG)))["order"]
    kept = await browser.service.queue.orders.order(order)
    cookies = [cookie.value for cookie in browser.session.cookie_jar]
    assert all(value not in kept.owner for value in cookies)


async def test_too_many_uploads_from_one_address_are_put_off(browser):
    answers = [
        await browser.post(f"/api/orders?id=many-{number:04}&name=a.mp3&want=vocals", data=b"x" * number)
        for number in range(1, 25)
    ]
    last = await json_of(answers[-1])
    assert answers[-1].status == 429
    assert "try again in" in last["text"]


async def test_hostile_names_are_only_names(browser):
    name = "../../%00<img src=x onerror=alert(1)>.mp3"
    answer = await browser.post(
        "/api/orders", params={"id": "upload-5", "name": name, "want": "vocals"}, data=SONG
    )
    assert answer.status == 201
    assert answer.content_type == "application/json"


async def test_delivery_has_nothing_to_send():
    platform = WebPlatform()
    assert platform.name == "web"


@pytest.mark.parametrize("language", sorted(translations()))
async def test_the_page_speaks_the_browsers_language(browser, language):
    answer = await browser.get("/", headers={"Accept-Language": f"xx, {language}-CH;q=0.9, en;q=0.1"})
    text = await answer.text()
    assert f'<html lang="{language}">' in text
    assert html.escape(translations()[language]["app.head"]) in text
    assert "{{" not in text


def test_uploads_are_counted_by_address_and_come_back_with_time():
    now = 0.0
    rate = AddressRateLimiter(2, 10.0, clock=lambda: now)
    for _ in range(2):
        rate.take("a")
    rate.take("b")
    with pytest.raises(Busy) as raised:
        rate.take("a")
    assert raised.value.facts["ends_s"] == pytest.approx(5.0)
    now = 5.1
    rate.take("a")


async def test_a_song_of_ones_own_is_deleted_with_all_that_was_made_of_it(browser):
    order = (await json_of(await browser.post(UPLOAD, data=SONG)))["order"]
    await finish_jobs(browser)
    facts = await json_of(await browser.get(f"/api/orders/{order}"))
    store = browser.service.queue.store
    song = (await browser.service.queue.orders.order(order)).song
    answer = await browser.delete(f"/api/orders/{order}")
    assert "Deleted" in (await json_of(answer))["text"]
    assert await json_of(await browser.get("/api/orders")) == []
    assert (await browser.get(facts["mixer"].partition("#")[0])).status == 410
    assert (await browser.get(facts["files"][0]["url"])).status == 404
    assert await store.size(f"songs/{song}/source") is None
    assert await store.size("mixes/1/drumless.mp3") is None


async def test_what_somebody_else_asked_for_too_stays_for_them(open_app):
    mine, theirs = await open_app(), await open_app()
    order = (await json_of(await mine.post(UPLOAD, data=SONG)))["order"]
    other = (await json_of(await theirs.post(UPLOAD, data=SONG)))["order"]
    await finish_jobs(mine)
    link = (await json_of(await mine.get(f"/api/orders/{order}")))["mixer"].partition("#")[0]
    await mine.delete(f"/api/orders/{order}")
    facts = await json_of(await theirs.get(f"/api/orders/{other}"))
    assert (await theirs.get(facts["files"][0]["url"])).status == 200
    assert (await theirs.get(facts["mixer"].partition("#")[0])).status == 200
    assert (await mine.get(link)).status == 410, "the link that was given out by who deleted it"


async def test_nobody_deletes_for_others_nor_from_another_site(open_app):
    mine, theirs = await open_app(), await open_app()
    order = (await json_of(await mine.post(UPLOAD, data=SONG)))["order"]
    assert (await theirs.delete(f"/api/orders/{order}")).status == 404
    other_site = {"Sec-Fetch-Site": "cross-site"}
    assert (await mine.delete(f"/api/orders/{order}", headers=other_site)).status == 403
    assert len(await json_of(await mine.get("/api/orders"))) == 1


async def test_inside_telegram_one_sees_the_songs_of_the_chat(browser, monkeypatch):
    """By what Telegram signed; anyone who tells something else stays a browser like any other."""
    order = NewOrder(
        request_id="telegram:5:1", owner="telegram:5", platform="telegram", reply_to="5:1", song="a" * 64,
        song_name="From the chat.mp3", outputs="-drums:mp3", language="en",
    )  # fmt: skip
    await browser.service.queue.submit(order)
    assert (await browser.post("/api/telegram", data="user=5&hash=00")).status == 403
    assert await json_of(await browser.get("/api/orders")) == []
    monkeypatch.setattr("bots.web.handlers.verify_init_data", lambda _init_data, _token: "telegram:5")
    assert (await browser.post("/api/telegram", data="signed")).status == 200
    assert [each["song"] for each in await json_of(await browser.get("/api/orders"))] == ["From the chat.mp3"]


async def test_a_link_to_a_mixer_is_no_cookie_of_a_person(browser):
    token = browser.service.results._links.sign(
        LinkClaims("songs/x/m@1/1/manifest.json", "t", time.time() + 60)
    )
    browser.session.cookie_jar.update_cookies({"stembot_telegram": token})
    assert await json_of(await browser.get("/api/orders")) == []
