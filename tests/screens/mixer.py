"""Draw mixer and web app as people see them: `python -m tests.screens.mixer SONG docs/screens`.

SONG is a folder with FLAC files of a song's stems. The real pages over HTTP in Debian's Chromium, on a phone
and on a desktop, in light and dark; the separation is put into a store as a worker does, once whole and once
half made.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from aiohttp import web
from playwright.async_api import async_playwright

from benchmarks.mixer import CHROMIUM
from benchmarks.mixer_song import RATE_HZ, Installation, real
from bots.chat.service import ChatService
from bots.settings import BotSettings
from bots.web.app import web_app
from separator import open_queue_client
from storage import LinkClaims, LiveIndex, LiveStem, live_key, open_links, open_store
from storage.flac_index import FlacIndexer
from storage.live import piece_key

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

    from storage.objects import ObjectStore

SONG_S, SHARE = (
    120.0,
    0.4,
)  # the song goes round until it is so long; so much of it is made in the half made one
NAME = "1-0"  # of an order, so that the page offers what it can have made
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
AT = "stembot.mixer.seek(0.3), stembot.mixer.loop.restore(30, 46)"
Screen = tuple[dict[str, Any], str, str, str]
#: File → what of whose screen is drawn, and what was done there before.
SCREENS: dict[str, Screen] = {
    "mixer-desktop-light": (DESKTOP, "light", "mixer", AT),
    "mixer-phone-dark": (PHONE, "dark", "mixer", AT),
    "mixer-phone-light": (PHONE, "light", "mixer", f"{AT}, document.querySelector('.more').click()"),
    "mixer-live-desktop-light": (DESKTOP, "light", "live", "stembot.mixer.seek(0.1)"),
    "mixer-picture-desktop-dark": (DESKTOP, "dark", "mixer", f"{AT}, how.scrollIntoView()"),
    "mixer-picture-phone-light": (PHONE, "light", "mixer", f"{AT}, how.scrollIntoView()"),
    "mixer-ended-phone-dark": (PHONE, "dark", "ended", ""),
    "room-desktop-dark": (DESKTOP, "dark", "room", ""),
    "room-phone-light": (PHONE, "light", "room", ""),
}


async def kept(installation: Installation, stems: dict[str, np.ndarray]) -> dict[str, str]:
    """The addresses of a separation that is whole, of one that is half made, of one whose time is up."""
    await installation.keep("whole", stems)
    await installation.keep("half", stems)
    whole, half = "songs/whole/m@1/1-1", "songs/half/m@1/1-1"
    title, until = "Lithium", time.time() + 600
    names = list(stems)
    index = LiveIndex(
        half, "0" * 64, "htdemucs", "1", RATE_HZ, len(stems[names[0]]),
        tuple([await _half(installation, half, name) for name in names]),
    )  # fmt: skip
    peaks = json.loads(await installation.store.get(f"{half}/peaks.json"))
    done = {name: each[: int(len(each) * SHARE)] for name, each in peaks["stems"].items()}
    song = [max(each) for each in zip(*peaks["stems"].values(), strict=True)]
    await installation.store.put(index.peaks_key, json.dumps({**peaks, "stems": done, "song": song}).encode())
    await installation.store.put(live_key(half), index.to_json())
    await installation.store.delete(f"{half}/manifest.json")
    grants = {
        "mixer": LinkClaims(f"{whole}/manifest.json", title, until, NAME),
        "live": LinkClaims(live_key(half), title, until, NAME),
        "ended": LinkClaims(f"{whole}/manifest.json", title, 1.0, NAME),
    }
    return {key: f"{installation.root}/m/{installation.links.sign(each)}" for key, each in grants.items()}


async def _half(installation: Installation, place: str, name: str) -> LiveStem:
    """Keep the first part of a stem, in pieces."""
    data = await installation.store.get(f"{place}/{name}.flac")
    indexer = FlacIndexer()
    indexer.feed(data)
    cuts = [(cut.sample, cut.byte) for cut in indexer.cuts]
    cuts = cuts[: int(len(cuts) * SHARE)]
    begins = [byte for _, byte in cuts[::10]] + [cuts[-1][1]]
    for number, (first, end) in enumerate(pairwise(begins)):
        await installation.store.put(piece_key(place, 0, name, number), data[first:end])
    return LiveStem(name, False, indexer.streaminfo, tuple(cuts), tuple(begins))


async def drawn(browser: Browser, url: str, screen: Screen, path: Path) -> None:
    """One picture."""
    device, scheme, _, before = screen
    page = await browser.new_page(**device, color_scheme=scheme, locale="en-US")
    await page.goto(url)
    if before:
        await _see(page, "window.stembot !== undefined")
        await page.evaluate(before)
        await asyncio.sleep(2)  # pictures come when they are looked at
    await page.screenshot(path=path)
    await page.close()
    print(path, path.stat().st_size)  # noqa: T201 - a command


async def _see(page: Page, condition: str) -> None:
    async with asyncio.timeout(60):
        while not await page.evaluate(condition):
            await asyncio.sleep(0.05)


async def main(song: Path, folder: Path) -> None:
    """Draw every screen."""
    folder.mkdir(parents=True, exist_ok=True)
    stems = {
        name: np.resize(each, (int(SONG_S * RATE_HZ), 2))
        for name, each in real(song.parent, song.name).items()
    }
    with tempfile.TemporaryDirectory() as data:
        settings = BotSettings(data_dir=Path(data), _env_file=None)
        async with open_queue_client(settings) as queue, async_playwright() as playwright:
            links, store = open_links(settings), cast("ObjectStore", open_store(settings))
            runner = web.AppRunner(web_app(ChatService(queue, links, settings), store, links, settings))
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            root = f"http://127.0.0.1:{runner.addresses[0][1]}"
            urls = await kept(Installation(root, store, links), stems) | {"room": root}
            browser = await playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=CHROMIUM
            )
            for name, screen in SCREENS.items():
                await drawn(browser, urls[screen[2]], screen, folder / f"{name}.png")
            await browser.close()
            await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))
