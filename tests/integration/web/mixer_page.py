"""The mixer page, driven by playwright: its buttons and its sound."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Page

SILENCE = 1e-4  # −80 dB
LATEST_S = 20.0


class Mixer:
    """The page: its buttons, and the levels of its sound."""

    def __init__(self, page: Page) -> None:
        """Drive this page, and collect its errors."""
        self.page = page
        self.errors: list[str] = []
        self.other_origins: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda line: self.errors.append(line.text) if line.type == "error" else None)

    async def open(self, url: str) -> None:
        """Go there, and wait until it can be played."""
        origin = "/".join(url.split("/")[:3])
        self.page.on(
            "request",
            lambda asked: None if asked.url.startswith(origin) else self.other_origins.append(asked.url),
        )
        await self.page.goto(url)
        await self.until("window.stembot !== undefined")

    async def until(self, condition: str) -> None:
        """Look until it is so; `wait_for_function` needs eval, which the page's policy forbids."""
        async with asyncio.timeout(LATEST_S):
            while not await self.page.evaluate(condition):
                await asyncio.sleep(0.02)

    async def play(self) -> None:
        """Press play, and wait until it is heard."""
        await self.page.click("#play")
        await self.until("stembot.levels().master > 0.01")
        await self.play_on()  # the first level heard may hold the silence before it

    async def stems(self) -> dict[str, float]:
        """RMS of each stem after its fader."""
        return await self.page.evaluate("stembot.levels().stems")

    async def play_on(self, seconds: float = 0.3) -> None:
        """Let so much of the song pass: by the song's own clock, not by ours."""
        now = await self.page.evaluate("stembot.state().now")
        await self.until(f"stembot.state().now > {now + seconds}")

    async def press(self, stem: str, part: str) -> None:
        """Press a stem's button, and wait until that can be heard."""
        await self.page.click(f'[data-stem="{stem}"] [data-part="{part}"]')
        await self.play_on()


@asynccontextmanager
async def open_mixer(browser, site, manifest="", before="", **context) -> AsyncIterator[Mixer]:
    """The page behind a link; fails on an error of the page, or a request to another origin."""
    made = await browser.new_context(**context)
    if before:
        await made.add_init_script(before)
    mixer = Mixer(await made.new_page())
    await mixer.open(site.url(f"/m/{site.token(manifest=manifest)}"))
    yield mixer
    assert mixer.errors == []
    assert mixer.other_origins == [], "no request goes to another origin"
    await made.close()
