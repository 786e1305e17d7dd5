"""The mixer in Chromium, heard and measured: `python -m benchmarks.mixer FOLDER [--step-s 300]`.

FOLDER holds real songs, a folder each with FLAC files of their stems. What leaves the mixer is recorded in
the page, behind its master fader, and compared with what the stems' files say it should be.

    faders     what is heard when stems are soloed, muted, turned down, panned, against the sum made here
    step       six stems with one and the same sound, one on the left, another on the right: the time between
               them, after seeks, in loops, at other speeds, and all through `--step-s` seconds of play
    opening    a ten-minute song of six stems: bytes of the page, seconds until it can be played and is heard
    memory     JavaScript heap and decoded sound while that song plays for `--play-s` seconds
    slow line  the same at 3 Mbit/s and 40 ms: seconds until it is heard, stalls, and how lossy parts differ
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import shutil
import sys
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from playwright.async_api import async_playwright

from benchmarks.mixer_song import FOUR, RATE_HZ, SIX, installation, real, rounded, same, six

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Page

    from benchmarks.mixer_song import Installation

CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--autoplay-policy=no-user-gesture-required"]
LONG_S = 600.0
SLOW_BYTES_S, SLOW_MS = 3_000_000 // 8, 40
SLOW_PLAY_S = 60.0
STEADY_TRIES = 8
QUIET = 3e-3  # RMS: below it the stems' own rounding is what would be compared
BLOCK = 16_384  # samples of a recorded block: a third of a second
LATEST_S = 90.0

#: Puts the ear in its place, and counts moments without sound while some should be heard.
EAR = """
async () => {
    const { engine } = stembot.mixer;
    await engine.context.audioWorklet.addModule("/m/static/ear.js");
    const sides = { channelCount: 2, channelCountMode: "explicit" };
    const ear = new AudioWorkletNode(engine.context, "ear", sides);
    window.heard = [];
    ear.port.onmessage = ({ data }) => {
        if (window.heard.length >= 8) window.heard.shift();
        window.heard.push(data);
    };
    engine.master.connect(ear).connect(engine.context.destination);
    window.stalls = 0;
    setInterval(() => { window.stalls += engine.last.playing && engine.last.buffering ? 1 : 0; }, 20);
}
"""
TAKE = """
() => window.heard.map((block) => block.map((floats) => {
    const bytes = new Uint8Array(floats.buffer);
    let text = "";
    const n = 32768;
    for (let k = 0; k < bytes.length; k += n) text += String.fromCharCode(...bytes.subarray(k, k + n));
    return btoa(text);
}))
"""


class ScheduledDevice:
    """A page with the mixer, and an ear in it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def until(self, condition: str) -> None:
        """Wait until it is so."""
        async with asyncio.timeout(LATEST_S):
            while not await self.page.evaluate(condition):  # noqa: ASYNC110 - the page tells nobody
                await asyncio.sleep(0.01)

    async def hear(self, blocks: int = 4) -> list[np.ndarray]:
        """The next blocks of sound: (2, BLOCK) each."""
        await self.page.evaluate("window.heard = []")
        await self.until(f"window.heard.length >= {blocks}")
        told = await self.page.evaluate(TAKE)
        return [
            np.stack([np.frombuffer(base64.b64decode(side), np.float32) for side in each]) for each in told
        ]

    async def hear_steadily(self) -> list[np.ndarray]:
        """As `hear`, at a time when no stem's sound was late; a busy machine is not the mixer's fault."""
        for _ in range(STEADY_TRIES):
            late = await self.page.evaluate("window.stalls")
            blocks = await self.hear()
            if await self.page.evaluate("window.stalls") == late:
                break
        return blocks

    async def balance(self, **stems: dict[str, Any]) -> None:
        """Set faders: everything else at rest."""
        await self.page.evaluate(
            """(wanted) => {
                const { mixer } = stembot;
                mixer.mixState.reset();
                for (const name in wanted) Object.assign(mixer.mixState.stems[name], wanted[name]);
                mixer.refresh();
            }""",
            stems,
        )

    async def seek(self, share: float) -> None:
        """Go there, and wait until the audio thread says that it is there."""
        await self.page.evaluate(f"stembot.mixer.seek({share}), (window.asked = stembot.state().time)")
        target = share * await self.page.evaluate("stembot.mixer.manifest.duration_s")
        near = f"Math.abs(stembot.state().position / {RATE_HZ} - {target}) < 2"
        await self.until(f"{near} && stembot.state().time > window.asked + 0.2 && !stembot.state().buffering")

    async def go_on(self, seconds: float) -> None:
        """Let so much of the song pass."""
        now = await self.page.evaluate("stembot.state().now")
        await self.until(f"stembot.state().now > {now + seconds} || stembot.state().now < {now}")


@asynccontextmanager
async def seat(browser: Browser, url: str, *, slow: bool = False) -> AsyncIterator[ScheduledDevice]:
    """Open a link as somebody who was never there."""
    context = await browser.new_context()
    page = await context.new_page()
    if slow:
        line = {
            "offline": False,
            "latency": SLOW_MS,
            "downloadThroughput": SLOW_BYTES_S,
            "uploadThroughput": -1,
        }
        session = await context.new_cdp_session(page)
        await session.send("Network.enable")
        await session.send("Network.emulateNetworkConditions", line)
    await page.goto(url, wait_until="commit")
    found = ScheduledDevice(page)
    await found.until("window.stembot !== undefined")
    yield found
    await context.close()


async def faders(browser: Browser, place: Installation, folder: Path, song: str) -> dict[str, Any]:
    """What is heard against what the faders say, on one real song; the worst block of each setting."""
    stems = {stem: rounded(sound) for stem, sound in real(folder, song).items()}
    url, _ = await place.keep(song.replace("_", "-"), stems)
    settings: dict[str, dict[str, dict[str, Any]]] = {
        "unity": {},
        "solo vocals": {"vocals": {"solo": True}},
        "mute drums": {"drums": {"mute": True}},
        "other -12 dB": {"other": {"db": -12}},
        "vocals left, drums right": {"vocals": {"pan": -1}, "drums": {"pan": 1}},
    }
    errors = {}
    async with seat(browser, url) as at:
        await at.page.evaluate(EAR)
        await at.page.click("#play")
        await at.until("stembot.levels().master > 0.001")
        for name, wanted in settings.items():
            await at.balance(**wanted)
            await at.seek(0.3)  # well before the song's end
            await at.go_on(1.0)
            expected = sum(stems[stem] * _gains(stem, wanted) for stem in FOUR)
            errors[name] = round(max(_error_db(block, expected.T) for block in await at.hear_steadily()), 1)
    return {"song": song, **errors}


def _gains(stem: str, wanted: dict[str, dict[str, Any]]) -> np.ndarray:
    """[left, right] of a stem, as the page's help says it."""
    facts = wanted.get(stem, {})
    soloed = any(each.get("solo") for each in wanted.values())
    if facts.get("mute") or (soloed and not facts.get("solo")):
        return np.zeros(2, np.float32)
    pan = facts.get("pan", 0)
    level = 10 ** (facts.get("db", 0) / 20)
    return np.array([level * min(1, 1 - pan), level * min(1, 1 + pan)], np.float32)


def _error_db(block: np.ndarray, expected: np.ndarray) -> float:
    """Of what was heard, against the best fitting place of what was expected."""
    at = _place(block.sum(axis=0), expected.sum(axis=0))
    true = expected[:, at : at + BLOCK]
    error = float(np.sum((block - true) ** 2) / max(float(np.sum(true**2)), 1e-12))
    return 10 * float(np.log10(max(error, 1e-20)))


def _place(needle: np.ndarray, hay: np.ndarray) -> int:
    """Where in `hay` `needle` fits best (normalised cross-correlation by FFT)."""
    size = 1 << (len(hay) + len(needle)).bit_length()
    product = np.fft.irfft(np.fft.rfft(hay, size) * np.conj(np.fft.rfft(needle, size)), size)
    fit = product[: len(hay) - len(needle) + 1]
    energy = np.cumsum(hay**2, dtype=np.float64)
    window = energy[len(needle) - 1 :] - np.concatenate([[0], energy[: -len(needle)]])
    return int(np.argmax(fit / np.sqrt(window[: len(fit)] + 1e-6)))


async def step(browser: Browser, place: Installation, folder: Path, seconds: float) -> dict[str, Any]:
    """The largest time between two stems, in microseconds, by what was done before."""
    url, _ = await place.keep("same", same(folder, max(seconds + 60, 120)))
    worst: dict[str, float] = {}
    async with seat(browser, url) as at:
        await at.page.evaluate(EAR)
        await at.page.click("#play")
        await at.until("stembot.levels().master > 0.001")
        for to in (0.5, 0.1, 0.33, 0.77):
            await at.seek(to)
            await _pairs(at, worst, "seeks")
        await at.page.evaluate("stembot.mixer.loop.restore(20, 21.5)")
        await _pairs(at, worst, "loops")
        await at.page.evaluate("stembot.mixer.loop.toggle()")
        for speed, semitones in ((0.5, 0), (1.5, 0), (0.75, 5), (1, -12)):
            await at.page.evaluate(f"stembot.mixer.setTempo({{ speed: {speed}, semitones: {semitones} }})")
            await _pairs(at, worst, "speed and key")
        await at.page.evaluate("stembot.mixer.setTempo({ speed: 1, semitones: 0 })")
        await at.seek(0)
        while await at.page.evaluate("stembot.state().now") < seconds:
            await _pairs(at, worst, f"{seconds:.0f} s of play")
            await at.go_on(5)
        stalls = await at.page.evaluate("window.stalls")
    return {**{name: round(each, 1) for name, each in worst.items()}, "stalls": stalls}


async def _pairs(at: ScheduledDevice, worst: dict[str, float], what: str) -> None:
    """Hear the first stem on the left and each other one on the right."""
    first, *others = SIX
    for other in others:
        mute = {stem: {"mute": True} for stem in SIX if stem not in (first, other)}
        await at.balance(**mute, **{first: {"pan": -1}, other: {"pan": 1}})
        await at.go_on(0.4)
        for left, right in await at.hear(2):
            if max(np.std(left), np.std(right)) > QUIET:  # a seek may still bring its sound, of both
                worst[what] = max(worst.get(what, 0.0), abs(_lag_us(left, right)))


def _lag_us(left: np.ndarray, right: np.ndarray) -> float:
    """Time between two channels, by the peak of their cross-correlation, to a part of a sample."""
    size = 2 * BLOCK
    cross = np.fft.rfft(left, size) * np.conj(np.fft.rfft(right, size))
    fit = np.roll(np.fft.irfft(cross, size), BLOCK)
    peak = int(np.argmax(fit))
    if fit[peak] <= 0 or not 0 < peak < size - 1:
        return 1e6
    below, top, above = fit[peak - 1 : peak + 2]
    bend = below - 2 * top + above
    return float((peak - BLOCK + (0.5 * (below - above) / bend if bend else 0)) * 1e6 / RATE_HZ)


async def opening(browser: Browser, url: str) -> dict[str, Any]:
    """How soon, with how many bytes, asking whom."""
    context = await browser.new_context()
    page = await context.new_page()
    session = await context.new_cdp_session(page)
    await session.send("Network.enable")
    asked: dict[str, str] = {}
    sizes: dict[str, float] = {}
    session.on("Network.requestWillBeSent", lambda e: asked.update({e["requestId"]: e["request"]["url"]}))
    session.on("Network.loadingFinished", lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]}))
    at = ScheduledDevice(page)
    await page.goto(url, wait_until="commit")
    await at.until("window.stembot?.state().ready >= 6")
    playable = await page.evaluate("performance.now()")
    await page.click("#play")
    await at.until("stembot.levels().master > 0.0005")
    heard = await page.evaluate("performance.now()")
    own = url.split("/m/", maxsplit=1)[0]
    shell = [n for key, n in sizes.items() if "/static/" in asked[key] or asked[key] == url]
    facts = [n for key, n in sizes.items() if asked[key].endswith(".json")]
    elsewhere = [each for each in asked.values() if not each.startswith((own, "data:", "blob:"))]
    await context.close()
    return {
        "playable s": round(playable / 1000, 2),
        "heard s": round(heard / 1000, 2),
        "page and scripts kB": round(sum(shell) / 1000, 1),
        "manifest and peaks kB": round(sum(facts) / 1000, 1),
        "asked of others": len(elsewhere),
    }


async def memory(browser: Browser, url: str, seconds: float) -> dict[str, Any]:
    """The most that was held while the song played."""
    most: dict[str, float] = {"heap MB": 0.0, "decoded MB": 0.0, "both MB": 0.0}
    async with seat(browser, url) as at:
        await at.page.evaluate(EAR)
        session = await at.page.context.new_cdp_session(at.page)
        await session.send("Performance.enable")
        await at.page.click("#play")
        await at.until("stembot.levels().master > 0.0005")
        while (now := await at.page.evaluate("stembot.state().now")) < seconds - 1:
            told = await session.send("Performance.getMetrics")
            heap = next(each["value"] for each in told["metrics"] if each["name"] == "JSHeapUsedSize") / 1e6
            decoded = await at.page.evaluate(_DECODED) / 1e6
            for name, value in (("heap MB", heap), ("decoded MB", decoded), ("both MB", heap + decoded)):
                most[name] = max(most[name], round(value, 1))
            await asyncio.sleep(2)
            if await at.page.evaluate("stembot.state().now") == now:
                break
        stalls = await at.page.evaluate("window.stalls")
    return {**most, "played s": round(now), "stalls": stalls}


#: Bytes of decoded sound that loader and core hold.
_DECODED = """
[...stembot.mixer.loader.segments].reduce((sum, [key, state]) => {
    if (state !== true) return sum;
    const [stem, segment] = key.split(":").map(Number);
    const { cuts, samples } = stembot.mixer.loader.stems[stem];
    return sum + 8 * ((cuts[segment + 1]?.[0] ?? samples) - cuts[segment][0]);
}, 0)
"""


async def slow_line(browser: Browser, url: str, stems: dict[str, np.ndarray]) -> dict[str, Any]:
    """The same song where the line is slow."""
    async with seat(browser, url, slow=True) as at:
        await at.page.click("#play")
        await at.until("stembot.levels().master > 0.0005")
        heard = await at.page.evaluate("performance.now()")
        await at.page.evaluate(EAR)
        await at.until(f"stembot.state().now > {SLOW_PLAY_S}")
        light = await at.page.evaluate("stembot.mixer.loader.usesAac")
        stalls = await at.page.evaluate("window.stalls")
        expected = sum(rounded(sound[: int(2 * SLOW_PLAY_S * RATE_HZ)]) for sound in stems.values())
        errors = [_error_db(block, expected.T) for block in await at.hear()]
    return {
        "heard s": round(heard / 1000, 2),
        "stalls": stalls,
        "lossy": light,
        "error dB": round(float(np.median(errors)), 1),
    }


async def run(asked: argparse.Namespace) -> dict[str, Any]:
    """Everything that was asked for."""
    found: dict[str, Any] = {}
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory(prefix="stembot-mixer-") as name:
        async with installation(Path(name)) as place, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
            if "faders" in asked.only:
                found["faders"] = [await faders(browser, place, asked.folder, each) for each in asked.song]
            if "step" in asked.only:
                found["step"] = await step(browser, place, asked.folder, asked.step_s)
            if {"opening", "memory", "slow"} & set(asked.only):
                stems = six(asked.folder, LONG_S)
                url, rate = await place.keep("long", stems)
                found["lossless Mbit/s"] = round(rate, 2)
                if "opening" in asked.only:
                    await opening(browser, url)  # Chromium's own first time
                    found["opening"] = await opening(browser, url)
                if "slow" in asked.only:
                    found["slow line"] = await slow_line(browser, url, stems)
                if "memory" in asked.only:
                    found["memory"] = await memory(browser, url, asked.play_s)
            await browser.close()
    return found


def main() -> int:
    """Print a table, and write JSON where asked."""
    parser = argparse.ArgumentParser(description="The mixer in Chromium, heard and measured.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--song", action="append", default=None)
    parser.add_argument("--step-s", type=float, default=300.0)
    parser.add_argument("--play-s", type=float, default=LONG_S)
    parser.add_argument("--only", nargs="*", default=["faders", "step", "opening", "slow", "memory"])
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    asked.song = asked.song or ["lithium", "heart_on_my_thumb", "scurutan_jam"]
    found = asyncio.run(run(asked))
    for name, facts in found.items():
        for row in facts if isinstance(facts, list) else [facts]:
            told = (
                "  ".join(f"{key}: {value}" for key, value in row.items()) if isinstance(row, dict) else row
            )
            print(f"{name:16} {told}")
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
