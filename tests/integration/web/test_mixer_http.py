"""What a link shows over HTTP, and what it does not."""

from __future__ import annotations

import io
import json
import re
import time
import zipfile

import numpy as np
import pytest
import soundfile
from aiohttp import ClientPayloadError, hdrs

from bots.web.mixer import STATIC
from bots.web.mixer.preview import Previews, loudest_s
from bots.web.mixer.separations import LinkTarget
from storage import LinkClaims, Manifest, Revocations, StorageError, revoke
from storage.revocations import RECHECK_S
from tests.integration.web.conftest import FOLDER


async def test_a_link_opens_the_page(site):
    answer = await site.client.get(f"/m/{site.token('Tom & <b>Jerry</b>')}")
    text = await answer.text()
    assert answer.status == 200
    assert "Tom &amp; &lt;b&gt;Jerry&lt;/b&gt;" in text
    assert "<b>" not in text
    assert "Die Sänger" in text


async def test_the_page_names_all_its_modules_so_that_none_waits_for_another(site):
    """On a phone each module that is found inside another costs a round trip."""
    text = await (await site.client.get(f"/m/{site.token()}")).text()
    named = set(re.findall(r'(?:modulepreload" href|module" src)="static/([a-z0-9_]+\.js)"', text))
    apart = {"worklet.js"}  # the audio thread asks for it
    assert named == {path.name for path in STATIC.glob("*.js")} - apart


async def test_every_answer_keeps_others_out(site):
    """No script, frame or request of anybody else, and no link told by a referrer."""
    token = site.token()
    paths = [token, f"{token}/manifest.json", f"{token}/stems/bass.flac", f"{token}/nothing", "x.y"]
    for path in (*paths, "static/mixer.js"):
        answer = await site.client.get(f"/m/{path}")
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Access-Control-Allow-Origin" not in answer.headers


async def test_the_manifest_tells_facts_and_no_keys(site):
    answer = await site.client.get(f"/m/{site.token()}/manifest.json")
    facts = await answer.json()
    assert [stem["name"] for stem in facts["stems"]] == ["vocals", "drums", "bass", "other"]
    assert [stem["estimated"] for stem in facts["stems"]] == [False, True, True, True]
    assert facts["samples"] == len(site.stems["vocals"])
    assert "songs/" not in json.dumps(facts), "where it is kept is nobody's business"


@pytest.mark.parametrize(
    ("asked", "status", "start", "end"),
    [
        (None, 200, 0, None),
        ("bytes=0-99", 206, 0, 100),
        ("bytes=100-", 206, 100, None),
        ("bytes=-50", 206, -50, None),
        ("bytes=10-9999999999", 206, 10, None),
    ],
)
async def test_a_stem_is_served_by_ranges(site, asked, status, start, end):
    headers = {hdrs.RANGE: asked} if asked else {}
    answer = await site.client.get(f"/m/{site.token()}/stems/drums.flac", headers=headers)
    assert answer.status == status
    assert await answer.read() == site.files["drums"][start:end]
    assert answer.headers["Content-Type"] == "audio/flac"


async def test_a_part_of_a_stem_has_an_address_of_its_own(site):
    """Browsers cache it as a whole; their caches of ranges lose bytes when several are fetched at once."""
    answer = await site.client.get(f"/m/{site.token()}/stems/drums.flac?bytes=100-2100")
    assert answer.status == 200
    assert await answer.read() == site.files["drums"][100:2100]


@pytest.mark.parametrize("part", ["5-5", "9-3", "0-9999999", "999999990-999999999"])
async def test_a_part_that_is_not_there_is_not_served(site, part):
    answer = await site.client.get(f"/m/{site.token()}/stems/drums.flac?bytes={part}")
    assert answer.status == 404


@pytest.mark.parametrize("asked", ["bytes=999999999-", "bytes=9-3", "apples=1-2", "bytes=a-b"])
async def test_a_range_that_is_not_there_is_said_to_be_so(site, asked):
    answer = await site.client.get(f"/m/{site.token()}/stems/drums.flac", headers={hdrs.RANGE: asked})
    assert answer.status == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(site.files['drums'])}"


async def test_head_tells_the_size_and_sends_nothing(site):
    answer = await site.client.head(f"/m/{site.token()}/stems/drums.flac")
    assert (answer.status, answer.content_length) == (200, len(site.files["drums"]))


async def test_a_download_is_named_after_the_song(site):
    answer = await site.client.get(f"/m/{site.token('Ä/B: «Lied»')}/stems/drums.flac?download")
    told = answer.headers["Content-Disposition"]
    assert "filename*=UTF-8''%C3%84%20B%20%20%C2%ABLied%C2%BB%20%28drums%29.flac" in told.replace(
        "%20%20%20", "%20%20"
    )
    assert "/" not in told
    assert told.isascii()


async def test_a_link_unfurls_with_a_title_and_a_picture(site):
    token = site.token()
    text = await (await site.client.get(f"/m/{token}")).text()
    assert '<meta property="og:title" content="Ein Lied">' in text
    picture = re.search(r'og:image" content="([^"]+)"', text)[1]
    assert picture == site.url(f"/m/{token}/card.png"), "chats take absolute addresses only"
    answer = await site.client.get(f"/m/{token}/card.png")
    assert answer.content_type == "image/png"
    assert len(await answer.read()) < 50_000


async def test_a_chat_can_play_half_a_minute_beside_the_link(site, tmp_path):
    token = site.token()
    text = await (await site.client.get(f"/m/{token}")).text()
    address = re.search(r'og:audio" content="([^"]+)"', text)[1]
    assert address == site.url(f"/m/{token}/preview.mp3")
    answer = await site.client.get(f"/m/{token}/preview.mp3")
    assert answer.content_type == "audio/mpeg"
    (tmp_path / "preview.mp3").write_bytes(await answer.read())
    sound, rate_hz = soundfile.read(tmp_path / "preview.mp3")
    assert len(sound) / rate_hz == pytest.approx(30, abs=0.2)
    assert np.sqrt(np.mean(sound**2)) == pytest.approx(
        np.sqrt(np.mean(sum(site.stems.values()) ** 2)), rel=0.15
    ), "all stems are in it"


@pytest.mark.parametrize(("stored_s", "start_s"), [(12.5, 12.5), (80.0, 60.0), (None, 0.0)])
async def test_the_preview_begins_at_the_highlight_that_the_worker_stored(site, stored_s, start_s):
    """As far as half a minute fits; earlier versions stored none."""
    manifest = Manifest(
        song="x", model="m", model_version="1", rate_hz=10, samples=900, stems=(),
        peaks_key=f"{FOLDER}/peaks.json", highlight_s=stored_s,
    )  # fmt: skip
    assert await Previews(site.store)._highlight_s(LinkTarget("", "", manifest)) == start_s


def test_without_a_stored_highlight_the_preview_is_the_loudest_half_minute():
    peaks = {"per_s": 2, "stems": {"vocals": [1] * 200 + [90] * 60 + [1] * 200, "drums": [5] * 460}}
    assert loudest_s(peaks) == 100


async def test_all_stems_come_as_one_zip_under_their_names(site):
    answer = await site.client.get(f"/m/{site.token('Ein/Lied')}/stems.zip")
    archive = zipfile.ZipFile(io.BytesIO(await answer.read()))
    assert archive.testzip() is None
    assert archive.namelist() == [f"Ein Lied ({name}).flac" for name in site.files]
    assert archive.read("Ein Lied (bass).flac") == site.files["bass"]


@pytest.mark.parametrize("name", ["song", "vocals", "other"])
async def test_the_pictures_of_a_separation_are_served(site, name):
    answer = await site.client.get(f"/m/{site.token()}/pictures/{name}.png")
    assert answer.content_type == "image/png"
    assert (await answer.read()).startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["guitar", "peaks", "..%2fsong", "SONG", ""])
async def test_no_other_pictures_are(site, name):
    answer = await site.client.get(f"/m/{site.token()}/pictures/{name}.png")
    assert answer.status == 404


@pytest.mark.parametrize("status", [403, 410])
async def test_a_link_that_opens_nothing_says_so_kindly(site, status):
    token = site.token(until=1.0) if status == 410 else site.token()[:-1] + "_"
    for path in ("", "/manifest.json", "/peaks.json", "/cover", "/stems/bass.flac"):
        answer = await site.client.get(f"/m/{token}{path}")
        assert answer.status == status
        text = await answer.text()
        assert "<h1>" in text
        assert "ab" * 32 not in text


async def test_a_link_to_what_was_swept_has_ended(site):
    await site.store.delete("songs")
    answer = await site.client.get(f"/m/{site.token()}")
    assert answer.status == 410


async def test_a_link_that_was_taken_back_opens_nothing_and_others_still_do(site):
    mine, other = (
        site.links.sign(LinkClaims(f"{FOLDER}/manifest.json", "Lied", time.time() + 60, name))
        for name in ("1-a", "2-a")
    )
    await revoke(site.store, "1-a")
    for path in ("", "/manifest.json", "/stems/bass.flac", "/stems.zip", "/pictures/song.png"):
        assert (await site.client.get(f"/m/{mine}{path}")).status == 410
    assert (await site.client.get(f"/m/{other}")).status == 200
    assert (await site.client.get(f"/m/{site.token()}")).status == 200, (
        "one without a name is never asked for"
    )


async def test_a_link_is_taken_back_also_from_a_page_that_is_open(site):
    """The store is asked now and then, not for every second of sound."""
    now = 0.0
    known = Revocations(site.store, clock=lambda: now)
    assert not await known.has("3-a")
    await revoke(site.store, "3-a")
    assert not await known.has("3-a")
    now += RECHECK_S
    assert await known.has("3-a")


async def test_a_link_to_something_else_of_the_store_shows_nothing(site):
    """Even a signed link is read as a manifest, never as a file."""
    await site.store.put("songs/x/source", b"secret sound")
    answer = await site.client.get(f"/m/{site.token(manifest='songs/x/source')}")
    assert answer.status == 410
    assert "secret" not in await answer.text()


@pytest.mark.parametrize(
    "stem",
    [
        "guitar",
        "source",
        "..%2f..%2fsource",
        "%2e%2e/manifest",
        "vocals%00",
        "vocals.flac",
        "VOCALS",
        "",
        "%00",
        "a" * 5000,
    ],
)
async def test_only_stems_of_the_manifest_are_served(site, stem):
    answer = await site.client.get(f"/m/{site.token()}/stems/{stem}.flac")
    assert answer.status == 404


@pytest.mark.parametrize(
    "path", ["static/../app.py", "static/%2e%2e/app.py", "static/..%2fapp.py", "static/", "static"]
)
async def test_only_the_pages_own_files_are_served_as_such(site, path):
    answer = await site.client.get(f"/m/{path}", allow_redirects=False)
    assert answer.status in (403, 404)
    assert "Mixer" not in await answer.text()


async def test_a_store_that_fails_is_told_as_ours(site, monkeypatch):
    async def broken(_key):
        raise StorageError(doing="get")

    monkeypatch.setattr(site.store, "get", broken)
    answer = await site.client.get(f"/m/{site.token()}")
    assert answer.status == 503
    assert "try again" in await answer.text()


async def test_a_song_without_a_cover_has_none(site):
    answer = await site.client.get(f"/m/{site.token()}/cover")
    assert answer.status == 404


async def test_nothing_can_be_written_through_a_link(site):
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = await site.client.request(method, f"/m/{site.token()}/stems/bass.flac", data=b"x")
        assert answer.status == 405


async def test_a_store_that_fails_in_the_middle_breaks_the_download_off(site, monkeypatch):
    """A short file that claims to be whole would be worse than none."""

    async def half(_key, _start, _end):
        yield b"x" * 1000
        raise StorageError(doing="get")

    monkeypatch.setattr(site.store, "stream", half)
    answer = await site.client.get(f"/m/{site.token()}/stems/bass.flac")
    with pytest.raises(ClientPayloadError):
        await answer.read()
