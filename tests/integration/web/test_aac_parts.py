"""On slow connections lossy parts are fetched: small enough to play on, in step, near the lossless sound."""

from __future__ import annotations

import asyncio
import io

import numpy as np
import pytest
import soundfile

from tests.integration.web.mixer_page import open_mixer


async def test_a_lossy_part_is_a_tenth_of_the_samples_it_stands_for(site):
    answer = await site.client.get(f"/m/{site.token()}/stems/drums.aac?part=2")
    body = await answer.read()
    assert answer.status == 200
    assert answer.content_type == "audio/aac"
    assert body[:2] in (b"\xff\xf1", b"\xff\xf9"), "an ADTS stream"
    assert len(body) < 3.3 * 44_100 * 4 / 10


@pytest.mark.parametrize("part", ["10", "999999", "-1", "", "1.5", "1e3", "٣", "..%2f"])
async def test_no_other_parts_are_served(site, part):
    answer = await site.client.get(f"/m/{site.token()}/stems/drums.aac?part={part}")
    assert answer.status == 404


async def test_a_part_that_many_ask_for_is_made_once(site, monkeypatch):
    made = 0
    real = asyncio.create_subprocess_exec

    async def counted(*arguments, **facts):
        nonlocal made
        made += 1
        return await real(*arguments, **facts)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", counted)
    path = f"/m/{site.token()}/stems/bass.aac?part=1"
    answers = await asyncio.gather(*(site.client.get(path) for _ in range(5)))
    assert {await answer.read() for answer in answers} == {await answers[0].read()}
    assert made == 1


@pytest.mark.browser
async def test_lossy_parts_are_in_step_with_the_lossless_sound_and_join_without_a_seam(browser, site, flacs):
    """Each part decoded as the page does it, all of them laid one after another."""
    async with open_mixer(browser, site) as mixer:
        told = await mixer.page.evaluate(
            """async () => {
                const { loader } = stembot.mixer;
                const bass = 2, out = [], { signal } = new AbortController();
                loader.connection.isSlow = () => true;
                for (let segment = 0; segment < 7; segment += 1) {
                    const { left } = await loader.loadSegment(bass, segment, signal);
                    for (const value of left) out.push(value);
                }
                return out;
            }"""
        )
    true, _ = soundfile.read(io.BytesIO(flacs["bass"]), dtype="float32")
    heard = np.array(told, dtype=np.float32)
    assert len(heard) > 6 * 44_100, "two seams are in it"
    true = true[: len(heard)]
    error = heard - true[:, 0]
    loudness = 10 * np.log10(np.sum(error**2) / np.sum(true[:, 0] ** 2))
    assert loudness < -30, "a bass tone, coded at 128 kbit/s"
    assert np.abs(np.diff(heard)).max() < 2 * np.abs(np.diff(true[:, 0])).max(), "no click at any seam"


@pytest.mark.browser
async def test_a_browser_that_cannot_decode_lossy_parts_gets_the_lossless_ones(browser, site):
    async with open_mixer(browser, site) as mixer:
        await mixer.page.evaluate(
            """() => {
                const { loader } = stembot.mixer;
                loader.connection.isSlow = () => true;
                const real = loader.decoder.decodeAudioData.bind(loader.decoder);
                loader.decoder.decodeAudioData = (data) => new Uint8Array(data)[0] === 0xff
                    ? Promise.reject(new DOMException("no such codec", "EncodingError")) : real(data);
            }"""
        )
        await mixer.page.evaluate("stembot.mixer.seek(0.5)")
        await mixer.play()
        assert await mixer.page.evaluate("stembot.mixer.loader.aacWorks") is False
