"""The mixing core and the page's FLAC cutter, run by Chromium as they stand, against what NumPy says."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import soundfile

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Page

pytestmark = pytest.mark.browser

RATE_HZ = 44_100
BLOCK = 128  # what a worklet is asked for

#: What tests ask the page for: the song through loader and core, a core fed by hand, a segment's bytes.
TOOLS = """
const base = location.pathname;
const text = (floats) => {
    const bytes = new Uint8Array(floats.buffer ?? floats, floats.byteOffset ?? 0, floats.byteLength);
    let out = "";
    for (let k = 0; k < bytes.length; k += 32768)
        out += String.fromCharCode(...bytes.subarray(k, k + 32768));
    return btoa(out);
};
const floats = (base64) => new Float32Array(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)).buffer);
const render = (core, samples) => {
    const out = [new Float32Array(samples), new Float32Array(samples)];
    for (let k = 0; k < samples; k += 128) core.pull(...out.map((each) => each.subarray(k, k + 128)));
    return out.map(text);
};
"""


@pytest.fixture
async def page(browser, site) -> AsyncIterator[Page]:
    page = await browser.new_page()
    await page.goto(site.url(f"/m/{site.token()}"))
    yield page
    await page.close()


async def ask(page: Page, body: str, facts: Any = None) -> Any:
    return await page.evaluate(f"async (facts) => {{ {TOOLS} {body} }}", facts)


def told(channels: list[str]) -> np.ndarray:
    return np.stack([np.frombuffer(base64.b64decode(each), np.float32) for each in channels], axis=1)


def text(sound: np.ndarray) -> str:
    return base64.b64encode(sound.astype(np.float32).tobytes()).decode()


def heard(flacs: dict[str, bytes]) -> dict[str, np.ndarray]:
    return {name: soundfile.read(io.BytesIO(data), dtype="float32")[0] for name, data in flacs.items()}


CORE = """
const { MixCore } = await import(`${base.split("/m/")[0]}/m/static/core.js`);
const sound = facts.stems.map(floats);
const core = new MixCore({ stems: sound.length, samples: sound[0].length });
sound.forEach((each, at) => {
    for (let k = 0; k < each.length; k += 10007)
        core.add(at, k, each.slice(k, k + 10007), each.slice(k, k + 10007));
});
"""


async def test_all_faders_up_is_the_sum_of_the_stems_sample_for_sample(page, flacs):
    """Fetched by ranges, renumbered, decoded, mixed: what is heard is what lies in the files."""
    channels = await ask(
        page,
        """
        const { MixCore } = await import(`${base.split("/m/")[0]}/m/static/core.js`);
        const { Loader } = await import(`${base.split("/m/")[0]}/m/static/loader.js`);
        const manifest = await (await fetch(`${base}/manifest.json`)).json();
        const core = new MixCore({ stems: manifest.stems.length, samples: manifest.samples });
        const given = new Set();
        const loader = new Loader(manifest, base, {
            addSegment: (at, start, ...sound) => {
                core.add(at, start, ...sound);
                given.add(`${at}:${start}`);
            },
            dropSegment: () => {},
            onError: (error) => { throw error; },
        });
        const all = manifest.stems.reduce((sum, stem) => sum + stem.cuts.length, 0);
        for (let at = 0; given.size < all; at = (at + manifest.rate_hz) % manifest.samples) {
            loader.prefetch(at, null);
            await new Promise((resume) => setTimeout(resume, 20));
        }
        core.play();
        return render(core, manifest.samples);
        """,
    )
    expected = sum(heard(flacs).values())
    assert len(expected) == len(told(channels))
    error = (told(channels) - expected)[BLOCK * 2 :]  # the first 256 samples fade in
    share = 10 * np.log10(np.mean(error**2) / np.mean(expected**2))
    assert share < -85, "Chromium divides positive 16-bit samples by 32767, negative ones by 32768"


async def test_every_segment_is_a_flac_file_that_a_strict_decoder_takes(page, flacs):
    """The decoder of libsndfile checks both checksums and seeks by frame numbers."""
    segments = await ask(
        page,
        """
        const { flacFile } = await import(`${base.split("/m/")[0]}/m/static/flac.js`);
        const manifest = await (await fetch(`${base}/manifest.json`)).json();
        const stem = manifest.stems.find(({ name }) => name === "drums");
        const file = new Uint8Array(await (await fetch(`${base}/${stem.url}`)).arrayBuffer());
        const info = Uint8Array.from(atob(stem.streaminfo), (letter) => letter.charCodeAt(0));
        return stem.cuts.map(([sample, from], k) => {
            const [end, to] = stem.cuts[k + 1] ?? [manifest.samples, file.length];
            return text(new Uint8Array(flacFile(info, end - sample, file.subarray(from, to))));
        });
        """,
    )
    parts = [soundfile.read(io.BytesIO(base64.b64decode(each)), dtype="float32")[0] for each in segments]
    np.testing.assert_array_equal(np.concatenate(parts), heard(flacs)["drums"])


def ramp(samples: int = RATE_HZ * 2) -> np.ndarray:
    """A sound whose every sample says where it stands."""
    return (np.arange(samples) / samples * 0.5 + 0.25).astype(np.float32)


async def test_a_seek_lands_on_its_sample_in_every_stem_at_once(page):
    a = ramp()
    channels = await ask(
        page,
        CORE + "core.seek(50001); core.play(); return render(core, 4096);",
        {"stems": [text(a), text(-a)]},
    )
    assert np.abs(told(channels)).max() < 1e-7, (
        "a stem and its opposite cancel: they are in step to the sample"
    )
    channels = await ask(
        page, CORE + "core.seek(50001); core.play(); return render(core, 4096);", {"stems": [text(a)]}
    )
    np.testing.assert_allclose(told(channels)[256:, 0], a[50_257 : 50_001 + 4096], atol=1e-6)


async def test_a_loop_goes_round_to_the_sample(page):
    a = ramp()
    body = (
        CORE
        + "core.setLoop({ from: 1000, to: 3500 }); core.seek(1000); core.play(); return render(core, 10240);"
    )
    channels = await ask(page, body, {"stems": [text(a)]})
    expected = np.tile(a[1000:3500], 5)[:10_240]
    np.testing.assert_allclose(told(channels)[256:, 0], expected[256:], atol=1e-6)


async def test_where_one_stem_is_late_all_wait_and_none_is_lost(page):
    a = ramp()
    body = (
        CORE
        + """
        core.drop(1, 10007);
        core.play();
        const before = render(core, 20480);
        const { buffering, position } = core.report();
        core.add(1, 10007, sound[1].slice(10007, 20014), sound[1].slice(10007, 20014));
        const after = render(core, 4096);
        return { buffering, position, after };
    """
    )
    seen = await ask(page, body, {"stems": [text(a), text(-a)]})
    assert seen["buffering"]
    assert seen["position"] == 10_007, "the song stands still where it lacks a stem"
    assert np.abs(told(seen["after"])).max() < 1e-7, "and goes on in step"


async def test_a_fader_moves_without_a_click(page):
    """A jump in gain on a steady tone would be a jump in the sound."""
    tone = 0.5 * np.sin(2 * np.pi * 100 * np.arange(RATE_HZ) / RATE_HZ)
    body = (
        CORE
        + """
        core.play();
        const first = render(core, 8192);
        core.gain(0, 0, 0);
        const second = render(core, 8192);
        return [first, second];
    """
    )
    first, second = (told(each) for each in await ask(page, body, {"stems": [text(tone)]}))
    whole = np.concatenate([first, second])[512:, 0]
    steepest = np.abs(np.diff(tone)).max()
    assert np.abs(np.diff(whole)).max() < 1.5 * steepest
    assert np.abs(second[-1000:]).max() < 1e-4


def pitch_hz(sound: np.ndarray) -> float:
    """The strongest frequency, by a windowed spectrum with parabolic interpolation."""
    spectrum = np.log(np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) + 1e-12)
    at = int(spectrum.argmax())
    left, top, right = spectrum[at - 1 : at + 2]
    return (at + 0.5 * (left - right) / (left - 2 * top + right)) * RATE_HZ / len(sound)


@pytest.mark.parametrize(
    ("speed", "semitones"),
    [(0.5, 0), (0.75, 0), (1.25, 0), (1.5, 0), (1, 12), (1, -12), (1, 1), (0.5, 12), (1.5, -7)],
)
async def test_speed_keeps_the_pitch_and_key_keeps_the_speed(page, speed, semitones):
    at = np.arange(RATE_HZ * 6) / RATE_HZ
    tone = 0.4 * np.sin(2 * np.pi * 440 * at) * (at < 4)  # ends at four seconds of the song
    body = (
        CORE
        + f"core.tempo({speed}, {semitones}); core.play(); return render(core, {RATE_HZ * 8 // 128 * 128});"
    )
    sound = told(await ask(page, body, {"stems": [text(tone)]}))[:, 0]
    steady = sound[RATE_HZ // 2 : RATE_HZ * 2]
    assert pitch_hz(steady) == pytest.approx(440 * 2 ** (semitones / 12), rel=0.002), "3 cents"
    level = np.sqrt(np.convolve(sound**2, np.ones(512) / 512, "same"))
    ends = np.flatnonzero(level > 0.1)[-1] / RATE_HZ
    assert ends == pytest.approx(4 / speed, abs=0.08)
    assert level[RATE_HZ // 2 : int(RATE_HZ * 3.5 / speed)].min() > 0.2, "no holes between the pieces"


async def test_back_at_full_speed_the_sound_is_untouched_again(page):
    a = ramp(RATE_HZ * 4)
    body = (
        CORE
        + """
        core.tempo(0.8, 3); core.play(); render(core, 22016);
        core.tempo(1, 0);
        const { position } = core.report();
        return { position: core.position, out: render(core, 4096) };
    """
    )
    seen = await ask(page, body, {"stems": [text(a)]})
    start = seen["position"]
    np.testing.assert_allclose(told(seen["out"])[:, 0], a[start : start + 4096], atol=1e-6)


async def test_a_count_in_clicks_when_it_says_and_then_the_song_begins_on_its_sample(page):
    a = ramp()
    body = (
        CORE
        + """
        core.seek(20000);
        core.countIn([0, 4000, 8000], 11000, 44100);
        core.play();
        const out = [render(core, 7040), core.report().count, render(core, 13440)];
        return [...out, core.report().position];
    """
    )
    first, count, second, position = await ask(page, body, {"stems": [text(a)]})
    sound = np.concatenate([told(first), told(second)])[:, 0]
    assert count == 2, "two clicks have been heard by then"
    clicks = np.flatnonzero(np.abs(sound[:11_000]) > 0.1)
    assert [clicks[np.searchsorted(clicks, at)] - at < 30 for at in (0, 4000, 8000)] == [True] * 3
    assert np.abs(sound[2500:4000]).max() < 1e-3, "it is quiet between two clicks"
    np.testing.assert_allclose(sound[11_256:20_480], a[20_256:29_480], atol=1e-6)
    assert position == 29_480


async def test_pause_and_seek_end_a_count_in(page):
    body = (
        CORE
        + """
        for (const end of ["pause", "seek"]) {
            core.countIn([0], 44100, 44100);
            core.play();
            render(core, 128);
            core[end](0);
            core.play();
        }
        return render(core, 4096);
    """
    )
    sound = told(await ask(page, body, {"stems": [text(ramp())]}))[:, 0]
    np.testing.assert_allclose(sound[256:], ramp()[256:4096], atol=1e-6)


BEAT = """
const { beatAt, planCountIn } = await import(`${base.split("/m/")[0]}/m/static/beats.js`);
const peaks = { per_s: 20, stems: { drums: facts.drums, vocals: facts.drums.map(() => 90) } };
return { beat: beatAt(peaks, facts.moment), ...planCountIn(peaks, facts.moment) };
"""


def hits(period_s: float, first_s: float, seconds: float = 60.0) -> list[int]:
    """Drums as the peaks file has them, twenty numbers a second: hits that fade, every second one softer."""
    fine = np.zeros(int(seconds * 1000))
    for number, at in enumerate(np.arange(first_s, seconds - 1, period_s)):
        ring = (1.0 if number % 2 else 0.7) * np.exp(-np.arange(150) / 40)
        start = int(at * 1000)
        fine[start : start + 150] = np.maximum(fine[start : start + 150], ring)
    return [int(200 * each) for each in fine.reshape(-1, 50).max(axis=1)]


@pytest.mark.parametrize(("per_minute", "first_s"), [(60, 0.31), (123.4, 0.27)])
async def test_a_song_is_counted_in_at_its_own_beat(page, per_minute, first_s):
    period = 60 / per_minute
    told = await ask(page, BEAT, {"drums": hits(period, first_s), "moment": 30.0})
    assert told["beat"]["period"] == pytest.approx(period, rel=0.005)
    assert np.diff(told["clicks"]) == pytest.approx(period, rel=0.005)
    begins = 30.0 - told["length"] + np.array(told["clicks"])
    early = (begins - first_s + period / 2) % period - period / 2
    assert np.abs(early).max() < 0.035, "a click lies on the beat, to what a twentieth of a second tells"
    assert 0.05 < 30.0 - begins[-1] < 1.2 * period, "the next beat is the song's own"


async def test_a_song_without_a_beat_is_counted_in_evenly(page):
    told = await ask(page, BEAT, {"drums": [40] * 1200, "moment": 3.0})
    assert told["beat"] is None
    assert np.diff([*told["clicks"], told["length"]]) == pytest.approx([0.6] * 4)
