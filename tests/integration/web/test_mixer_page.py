"""The mixer in Chromium: what is heard, read from the sound itself and not only from buttons."""

from __future__ import annotations

import asyncio
import io
import json
import math

import numpy as np
import pytest
import soundfile

from tests.integration.web.mixer_page import SILENCE, Mixer, open_mixer

pytestmark = pytest.mark.browser


async def test_play_is_heard_and_pause_is_silence(browser, site):
    async with open_mixer(browser, site) as mixer:
        assert await mixer.page.evaluate("stembot.levels().master") == 0
        await mixer.play()
        assert min((await mixer.stems()).values()) > 0.01
        await mixer.page.click("#play")
        await mixer.until(f"stembot.levels().master < {SILENCE}")
        stopped = await mixer.page.evaluate("stembot.state().now")
        assert stopped > 0


async def test_solo_leaves_one_stem_and_mute_takes_one_away(browser, site):
    async with open_mixer(browser, site) as mixer:
        await mixer.play()
        await mixer.press("vocals", "solo")
        levels = await mixer.stems()
        assert levels.pop("vocals") > 0.01
        assert max(levels.values()) < SILENCE
        await mixer.press("vocals", "solo")
        await mixer.press("bass", "mute")
        levels = await mixer.stems()
        assert levels.pop("bass") < SILENCE
        assert min(levels.values()) > 0.01


async def test_the_fader_changes_the_level_by_what_it_says(browser, site):
    async with open_mixer(browser, site) as mixer:
        await mixer.play()
        before = (await mixer.stems())["bass"]  # a steady tone
        await mixer.page.fill('[data-stem="bass"] [data-part="volume"]', "-12")
        await mixer.play_on()
        change = 20 * math.log10((await mixer.stems())["bass"] / before)
        assert change == pytest.approx(-12, abs=0.3)
        assert await mixer.page.inner_text('[data-stem="bass"] [data-part="db"]') == "−12.0 dB"
        await mixer.page.fill('[data-stem="bass"] [data-part="volume"]', "-40")
        await mixer.play_on()
        assert (await mixer.stems())["bass"] < SILENCE, "the fader's lowest place is nothing"


async def test_presets_are_what_musicians_call_them(browser, site):
    async with open_mixer(browser, site) as mixer:
        await mixer.play()
        for preset, silent in {
            "drumless": {"drums"},
            "instrumental": {"vocals"},
            "bassless": {"bass"},
        }.items():
            await mixer.page.click(f'[data-preset="{preset}"]')
            await mixer.play_on()
            levels = await mixer.stems()
            assert {name for name, level in levels.items() if level < SILENCE} == silent


async def test_keys_do_what_the_page_says(browser, site):
    async with open_mixer(browser, site) as mixer:
        await mixer.page.keyboard.press("Space")
        await mixer.until("stembot.levels().master > 0.01")
        await mixer.page.keyboard.press("2")
        await mixer.play_on()
        assert (await mixer.stems())["drums"] < SILENCE
        await mixer.page.keyboard.press("2")
        await mixer.page.keyboard.press("Shift+Digit3")
        await mixer.play_on()
        levels = await mixer.stems()
        assert levels["bass"] > 0.01
        assert levels["vocals"] < SILENCE
        await mixer.page.keyboard.press("ArrowRight")
        await mixer.until("stembot.state().now > 5")


async def test_a_balance_is_there_again_at_the_next_visit(browser, site):
    context = await browser.new_context()
    mixer = Mixer(await context.new_page())
    await mixer.open(site.url(f"/m/{site.token()}"))
    await mixer.page.click('[data-stem="drums"] [data-part="mute"]')
    await mixer.page.fill('[data-stem="bass"] [data-part="volume"]', "-6")
    await mixer.open(site.url(f"/m/{site.token(title='another link')}"))
    pressed = await mixer.page.get_attribute('[data-stem="drums"] [data-part="mute"]', "aria-pressed")
    assert pressed == "true"
    assert await mixer.page.input_value('[data-stem="bass"] [data-part="volume"]') == "-6"
    await context.close()


async def test_a_shared_address_opens_with_its_balance_and_loop(browser, site):
    context = await browser.new_context()
    mixer = Mixer(await context.new_page())
    await mixer.open(site.url(f"/m/{site.token()}#mix=vocals=-6:s,drums=0:-50&loop=4-6&tempo=0.75:2"))
    await mixer.play()
    await mixer.play_on()
    levels = await mixer.stems()
    assert levels.pop("vocals") > 0.01
    assert max(levels.values()) < SILENCE
    assert await mixer.page.inner_text("#speed-shown") == "75 %"
    for _ in range(20):
        assert 3.7 < await mixer.page.evaluate("stembot.state().now") < 6.3
        await asyncio.sleep(0.1)  # the loop goes round meanwhile
    await context.close()


async def test_a_seek_lands_where_the_waveform_was_touched(browser, site):
    async with open_mixer(browser, site) as mixer:
        box = await mixer.page.locator('[data-stem="bass"] [data-part="wave"]').bounding_box()
        await mixer.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 10)
        await mixer.play()
        assert 14.8 < await mixer.page.evaluate("stembot.state().now") < 17


async def test_the_song_ends_and_starts_again(browser, site):
    async with open_mixer(browser, site) as mixer:
        await mixer.page.evaluate("stembot.mixer.seek(0.95)")
        await mixer.play()
        await mixer.until("!stembot.state().playing && stembot.levels().master < 1e-4")
        await mixer.until("!document.querySelector('#play').classList.contains('playing')")
        await mixer.play()
        assert await mixer.page.evaluate("stembot.state().now") < 5


async def test_memory_does_not_grow_with_the_song(browser, site):
    """Only the seconds around the playhead are decoded: 4 stems × 17 s, in segments of 1 s."""
    async with open_mixer(browser, site) as mixer:
        await mixer.play()
        await mixer.until("stembot.state().now > 3")
        assert await mixer.page.evaluate("stembot.state().ready") <= 4 * 19


async def test_the_picture_shows_what_is_heard(browser, site):
    """Each quarter of this song's picture belongs to one stem; what is muted goes dark."""
    colour = "[...document.querySelector('#frame canvas').getContext('2d').getImageData({}, 60, 1, 1).data]"
    drums, bass = 150, 250  # columns of the picture
    async with open_mixer(browser, site) as mixer:
        await mixer.page.locator("#spectrogram").scroll_into_view_if_needed()
        await mixer.until(f"{colour.format(drums)}[2] > 200")
        assert await mixer.page.evaluate(colour.format(bass)) == [0x2E, 0xC4, 0x93, 255]
        await mixer.page.click('[data-stem="drums"] [data-part="mute"]')
        assert await mixer.page.evaluate(colour.format(drums)) == [0, 0, 0, 255]
        await mixer.page.click('[data-view="bass"]')
        red, green, _, _ = await mixer.page.evaluate(colour.format(bass))
        assert green > 2 * red
        assert max((await mixer.page.evaluate(colour.format(drums)))[:3]) < 60, (
            "what the mask leaves out is faint"
        )
        box = await mixer.page.locator("#frame").bounding_box()
        await mixer.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 20)
        assert await mixer.page.evaluate("stembot.state().now") == pytest.approx(15, abs=0.2), "and it seeks"


async def test_a_separation_without_pictures_plays_as_ever(browser, site):
    """Separations that were stored before pictures were drawn have none."""
    key = f"{'songs/' + 'ab' * 32}/spleeter-rhythm@1/7/manifest.json"
    facts = json.loads(await site.store.get(key))
    del facts["spectrogram_key"]
    for stem in facts["stems"]:
        del stem["mask_key"]
    await site.store.put(key, json.dumps(facts).encode())
    async with open_mixer(browser, site) as mixer:
        assert not await mixer.page.is_visible("#spectrogram")
        await mixer.play()


async def test_it_plays_where_there_is_no_audio_worklet(browser, site):
    """Over plain http on a home network browsers have none."""
    context = await browser.new_context()
    page = await context.new_page()
    await page.add_init_script("delete BaseAudioContext.prototype.audioWorklet")
    mixer = Mixer(page)
    await mixer.open(site.url(f"/m/{site.token()}"))
    assert await page.evaluate("stembot.mixer.engine.node.constructor.name") == "ScriptProcessorNode"
    await mixer.play()
    await mixer.press("vocals", "solo")
    levels = await mixer.stems()
    assert levels.pop("vocals") > 0.01
    assert max(levels.values()) < SILENCE
    await context.close()


async def test_the_mix_as_it_stands_can_be_kept(browser, site, flacs):
    """What is saved is what the faders say, from the first sample to the last."""
    async with open_mixer(browser, site, accept_downloads=True) as mixer:
        await mixer.page.click('[data-preset="drumless"]')
        await mixer.page.fill('[data-stem="bass"] [data-part="volume"]', "-6")
        async with mixer.page.expect_download() as download:
            await mixer.page.click("#save")
        kept = await download.value
        assert kept.suggested_filename == "Ein Lied (mix).wav"
        saved, rate_hz = soundfile.read(await kept.path(), dtype="float32")
    sound = {name: soundfile.read(io.BytesIO(data), dtype="float32")[0] for name, data in flacs.items()}
    expected = sound["vocals"] + 10 ** (-6 / 20) * sound["bass"] + sound["other"]
    assert rate_hz == 44_100
    assert saved.shape == expected.shape
    assert np.abs(saved - expected).max() < 2.5 / 32_768, "rounding to 16 bits, and Chromium's 32767"


PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_on_a_phone_whatever_can_be_touched_is_as_large_as_a_finger(browser, site, scheme):
    """44 CSS pixels each way (WCAG 2.5.5), and nothing stands out of the screen."""
    async with open_mixer(browser, site, **PHONE, color_scheme=scheme) as mixer:
        await mixer.page.evaluate("stembot.mixer.loop.restore(4, 9)")
        for more in await mixer.page.locator('[data-part="more"]').all():
            await more.tap()
        boxes = await mixer.page.evaluate(
            """[...document.querySelectorAll("button, a, input, .ruler")]
                .filter((each) => each.checkVisibility())
                .map((each) => [each.id || each.className, each.getBoundingClientRect()])
                .map(([name, { width, height }]) => [name, width, height])"""
        )
        assert len(boxes) > 30
        assert [box for box in boxes if min(box[1:]) < 44] == []
        assert await mixer.page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize(
    "device", [PHONE, {"viewport": {"width": 1280, "height": 900}}], ids=["phone", "desktop"]
)
async def test_nothing_moves_while_the_page_opens(browser, site, device):
    """Cumulative layout shift, as browsers count it: 0.1 would still be called good."""
    keep = "(window.moved ??= []).push(...list.getEntries().map(({ value }) => value))"
    watch = f"new PerformanceObserver((list) => {keep})"
    async with open_mixer(
        browser, site, before=f"{watch}.observe({{ type: 'layout-shift', buffered: true }})", **device
    ) as mixer:
        await mixer.until("document.body.classList.contains('ready')")
        await mixer.play()
        assert await mixer.page.evaluate("(window.moved ?? []).reduce((a, b) => a + b, 0)") < 0.01


async def test_on_a_phone_pan_and_download_are_one_touch_away(browser, site):
    async with open_mixer(browser, site, **PHONE) as mixer:
        pan = mixer.page.locator('[data-stem="bass"] [data-part="pan"]')
        assert not await pan.is_visible()
        await mixer.page.locator('[data-stem="bass"] [data-part="more"]').tap()
        await pan.fill("-100")
        assert await mixer.page.evaluate("stembot.mixer.mixState.gains('bass')") == [1, 0]
        assert await mixer.page.locator('[data-stem="bass"] [data-part="download"]').is_visible()


async def test_the_count_in_is_seen_and_heard_and_remembered(browser, site):
    async with open_mixer(browser, site) as mixer:
        await mixer.page.keyboard.press("c")
        await mixer.page.click("#play")
        await mixer.until("document.querySelector('#count-in-number').textContent === '2'")
        assert await mixer.page.evaluate("stembot.state().now") == 0, "the song waits"
        await mixer.until("stembot.state().now > 0.2")
        assert await mixer.page.inner_text("#count-in-number") == ""
        await mixer.page.reload()
        await mixer.until("window.stembot !== undefined")
        assert await mixer.page.get_attribute("#count-in", "aria-pressed") == "true"


async def test_a_lock_screen_is_told_the_song_and_presses_what_we_press(browser, site):
    """It is given to pages that play a media element, so ten seconds of silence play along."""
    async with open_mixer(browser, site) as mixer:
        facts = "[navigator.mediaSession.metadata.title, navigator.mediaSession.metadata.artist]"
        assert await mixer.page.evaluate(facts) == ["Ein Lied", "Die Sänger"]
        await mixer.play()
        await mixer.until("!stembot.mixer.session.silence.paused")
        assert await mixer.page.evaluate("navigator.mediaSession.playbackState") == "playing"
        assert await mixer.page.evaluate("stembot.mixer.session.silence.duration") == 10
        await mixer.page.click("#play")
        await mixer.until("stembot.mixer.session.silence.paused")
        assert await mixer.page.evaluate("navigator.mediaSession.playbackState") == "paused"


async def test_the_address_to_share_brings_back_balance_loop_speed_and_key(browser, site):
    async with open_mixer(browser, site) as mixer:
        await mixer.page.click('[data-preset="drumless"]')
        await mixer.page.fill('[data-stem="bass"] [data-part="volume"]', "-7.5")
        await mixer.page.fill('[data-stem="other"] [data-part="pan"]', "40")
        await mixer.page.evaluate("stembot.mixer.loop.restore(4, 9.5)")
        await mixer.page.fill("#speed", "75")
        await mixer.page.fill("#key", "-3")
        address = await mixer.page.evaluate("stembot.mixer.exporter.address()")
        told = "JSON.stringify([stembot.mixer.mixState.stems, stembot.mixer.loop.span, stembot.mixer.tempo])"
        there = await mixer.page.evaluate(told)
        friend = Mixer(await (await browser.new_context()).new_page())
        await friend.open(address)
        assert await friend.page.evaluate(told) == there
        await friend.page.context.close()
