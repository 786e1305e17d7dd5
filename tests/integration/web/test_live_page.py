"""A song is heard while it is still being separated, and goes on when it is whole."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import pytest

from storage import LiveIndex, LiveStem, live_key
from storage.flac_index import FlacIndexer
from storage.live import piece_key
from tests.integration.web.conftest import FOLDER, RATE_HZ, SONG_S
from tests.integration.web.mixer_page import open_mixer

LIVE = live_key(FOLDER)


async def separate_to(
    site, seconds: float, generation: int = 0, folder: str = FOLDER, live: str = LIVE
) -> None:
    """Keep so much of each stem as a worker would, in pieces of some four seconds."""
    stems = []
    for name, data in site.files.items():
        indexer = FlacIndexer()
        indexer.feed(data)
        cuts = [(cut.sample, cut.byte) for cut in indexer.cuts if cut.sample <= seconds * RATE_HZ]
        begins = [byte for _, byte in cuts[::4]] + ([cuts[-1][1]] if (len(cuts) - 1) % 4 else [])
        for number, (first, end) in enumerate(pairwise(begins)):
            await site.store.put(piece_key(folder, generation, name, number), data[first:end])
        stems.append(LiveStem(name, name != "vocals", indexer.streaminfo, tuple(cuts), tuple(begins)))
    samples = int(SONG_S * RATE_HZ)
    index = LiveIndex(
        folder, "ab" * 32, "spleeter-rhythm", "1", RATE_HZ, samples, tuple(stems), generation=generation
    )
    whole = json.loads(await site.store.get(f"{FOLDER}/peaks.json"))
    done = {name: peaks[: int(len(peaks) * seconds / SONG_S)] for name, peaks in whole["stems"].items()}
    told = {"per_s": whole["per_s"], "song": whole["stems"]["bass"], "stems": done}
    await site.store.put(index.peaks_key, json.dumps(told).encode())
    await site.store.put(live, index.to_json())


@pytest.fixture
async def manifest(site) -> bytes:
    """The manifest of the whole separation, which is not there yet."""
    kept = await site.store.get(f"{FOLDER}/manifest.json")
    await site.store.delete(f"{FOLDER}/manifest.json")
    return kept


@pytest.mark.usefixtures("manifest")
async def test_what_is_done_is_told_with_its_cuts_and_the_rest_is_not(site):
    await separate_to(site, 9)
    facts = await (await site.client.get(f"/m/{site.token(manifest=LIVE)}/manifest.json")).json()
    assert facts["live"] == 0
    assert facts["samples"] == SONG_S * RATE_HZ
    assert all(7 < stem["samples"] / RATE_HZ <= 9 for stem in facts["stems"])
    assert "songs/" not in json.dumps(facts)


async def test_bytes_are_the_same_before_and_after_the_separation_is_whole(site, manifest):
    await separate_to(site, 9)
    path = f"/m/{site.token(manifest=LIVE)}/stems/drums.flac"
    facts = await (await site.client.get(f"/m/{site.token(manifest=LIVE)}/manifest.json")).json()
    cuts = next(stem["cuts"] for stem in facts["stems"] if stem["name"] == "drums")
    part = f"{path}?bytes={cuts[5][1]}-{cuts[6][1]}"
    before = await (await site.client.get(part)).read()
    await site.store.put(f"{FOLDER}/manifest.json", manifest)
    await site.store.delete(f"{FOLDER}/live")
    assert (
        await (await site.client.get(part)).read() == before == site.files["drums"][cuts[5][1] : cuts[6][1]]
    )
    assert (await site.client.get(path)).status == 200, "now it can be downloaded, too"


async def facts_of(site, link: str) -> dict:
    answer = await site.client.get(f"/m/{site.token(manifest=link)}/manifest.json")
    assert answer.status == 200
    return await answer.json()


@pytest.mark.parametrize("link", [LIVE, live_key(f"{FOLDER}-1")], ids=["link", "link of an earlier version"])
async def test_a_link_lasts_when_another_worker_claims_the_job_and_begins_again(site, manifest, link):
    """Each deployment froze the page, and an hour later it said that the link had expired."""
    await separate_to(site, 9, folder=f"{FOLDER}-1", live=link)
    first = await facts_of(site, link)
    await separate_to(site, 5, generation=1000, folder=f"{FOLDER}-2")
    again = await facts_of(site, link)
    assert (again["live"], again["id"] != first["id"]) == (1000, True), "bytes of the first mean nothing now"
    await site.store.put(f"{FOLDER}/manifest.json", manifest)
    await site.store.delete(f"{FOLDER}-1")
    await site.store.delete(f"{FOLDER}-2")
    await site.store.delete(f"{FOLDER}/live")
    assert (await facts_of(site, link))["live"] is None


async def test_a_link_of_an_earlier_version_shows_the_separation_that_it_was_made_for(site, manifest):
    await site.store.put(f"{FOLDER}-1/manifest.json", manifest)
    assert (await facts_of(site, live_key(f"{FOLDER}-1")))["live"] is None


@pytest.mark.usefixtures("manifest")
async def test_half_a_separation_cannot_be_downloaded(site):
    await separate_to(site, 9)
    for path in ("stems/drums.flac", "stems.zip", "pictures/song.png", "stems/drums.flac?bytes=0-900000"):
        assert (await site.client.get(f"/m/{site.token(manifest=LIVE)}/{path}")).status == 404


@pytest.mark.usefixtures("manifest")
async def test_a_link_to_a_separation_that_never_came_has_ended(site):
    assert (await site.client.get(f"/m/{site.token(manifest=LIVE)}")).status == 410


@pytest.mark.browser
async def test_playback_starts_with_the_first_seconds_and_follows_to_the_end(browser, site, manifest):
    await separate_to(site, 6)
    async with open_mixer(browser, site, manifest=LIVE) as mixer:
        told = await mixer.page.inner_text("#live-status")
        assert 10 < int(re.search(r"(\d+) %", told)[1]) < 21
        await mixer.play()
        await mixer.page.evaluate("stembot.mixer.seek(4 / 30)")
        await mixer.until("stembot.state().buffering && stembot.state().now > 4.5")
        await separate_to(site, 14)
        await mixer.until("stembot.state().now > 7")
        await site.store.put(f"{FOLDER}/manifest.json", manifest)
        await mixer.until("!document.body.classList.contains('live')")
        assert not await mixer.page.is_visible("#live-status")
        await mixer.page.evaluate("stembot.mixer.seek(28.5 / 30)")
        await mixer.until("stembot.state().now > 29.9 && !stembot.state().playing")


@pytest.mark.browser
@pytest.mark.usefixtures("manifest")
async def test_what_was_made_anew_is_fetched_anew(browser, site):
    """A louder stem made all of them softer: bytes of the generation before mean nothing any more."""
    await separate_to(site, 6)
    async with open_mixer(browser, site, manifest=LIVE) as mixer:
        await mixer.until("stembot.state().ready > 0")
        asked: list[str] = []
        mixer.page.on("request", lambda each: asked.append(each.url))
        await separate_to(site, 10, generation=1)
        await mixer.until("stembot.mixer.manifest.live === 1")
        await mixer.until("stembot.state().ready > 4")
        assert any("generation=1" in url for url in asked)
        await mixer.play()
