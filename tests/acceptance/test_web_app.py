"""A newcomer's whole way: start the program, drop a song on the page, watch it, play with its stems.

The real program in real processes, the real model, a real song, Debian's Chromium; judged by the sound.
"""

from __future__ import annotations

import asyncio
import math
import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import async_playwright

from tests.programs import Program, eventually, free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from playwright.async_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.processes]

#: For a machine without a screen, a sound card or a network.
CHROMIUM = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip
SILENCE = 1e-4  # −80 dB
HEARD = 3e-3  # −50 dB


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("LOUD: there is no Chromium here, so nobody walked through the web app")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
        yield started
        await started.close()


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[str]:
    """The address of a served room."""
    port = free_port()
    program = Program(tmp_path, web_port=str(port))
    program.room("serve")
    url = f"http://127.0.0.1:{port}"
    try:
        await eventually(lambda: answers(port), "the web app listens")
        yield url
    finally:
        program.close()


async def answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def see(page: Page, expression: str, what: str) -> object:
    return await eventually(lambda: page.evaluate(expression), what)


async def drop(page: Page, song: Path) -> None:
    """Drop a file on the page, as a hand does."""
    data = await asyncio.to_thread(song.read_bytes)
    handle = await page.evaluate_handle(
        """(bytes) => {
            const carried = new DataTransfer();
            carried.items.add(new File([new Uint8Array(bytes)], "Country Song.mp3", { type: "audio/mpeg" }));
            return carried;
        }""",
        list(data),
    )
    await page.dispatch_event("#drop", "dragover", {"dataTransfer": handle})
    await page.dispatch_event("#drop", "drop", {"dataTransfer": handle})


async def levels(page: Page) -> dict[str, float]:
    """RMS of each stem after its fader, once the last change has been heard."""
    now = await page.evaluate("stembot.state().now")
    await see(page, f"stembot.state().now > {now} + 0.3 || stembot.state().now < {now}", "the song goes on")
    return await page.evaluate("stembot.levels().stems")


async def at_a_loud_place(page: Page) -> None:
    """Loop a part of the song where every stem is heard, so that levels can be compared."""
    await page.evaluate("stembot.mixer.loop.restore(3, 8)")
    await page.click("#play")
    await see(page, f"stembot.levels().master > {HEARD}", "the song is heard")


async def kept(page: Page, button: str) -> str:
    """What a file is called that a button of the mixer has made."""
    async with page.expect_download(timeout=60_000) as download:
        await page.click(button)
    file = await download.value
    assert (await asyncio.to_thread((await file.path()).stat)).st_size > 50_000
    return file.suggested_filename


@pytest.mark.timeout(300)
async def test_a_song_dropped_on_the_page_becomes_stems_that_can_be_played_with(browser, room, wheel_song):
    page = await (await browser.new_context()).new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    elsewhere: list[str] = []
    page.on("request", lambda asked: None if asked.url.startswith(room) else elsewhere.append(asked.url))

    await page.goto(room)
    assert "200 MB" in await page.inner_text("#drop"), "the limits are told before anything is sent"
    await drop(page, wheel_song)
    await page.wait_for_url("**/m/*", timeout=120_000)
    await see(page, "window.stembot !== undefined", "the mixer opened")
    assert "Slow Motion Dream" in await page.inner_text("h1"), "the song says what it is called"

    await at_a_loud_place(page)
    everything = await levels(page)
    assert set(everything) == {"vocals", "drums", "bass", "other"}
    assert everything["vocals"] > HEARD

    await page.click('[data-stem="vocals"] [data-part="solo"]')
    alone = await levels(page)
    assert alone.pop("vocals") > HEARD
    assert max(alone.values()) < SILENCE
    await page.click('[data-stem="vocals"] [data-part="solo"]')

    await page.click('[data-stem="vocals"] [data-part="mute"]')
    muted = await levels(page)
    assert muted.pop("vocals") < SILENCE
    assert max(muted.values()) > HEARD

    gains = "stembot.mixer.mixState.gains('other')[0]"
    await page.fill('[data-stem="other"] [data-part="volume"]', "-6")
    assert 20 * math.log10(await page.evaluate(gains)) == pytest.approx(-6, abs=0.01)

    await page.click("#play")
    await see(page, f"stembot.levels().master < {SILENCE}", "pause is silence")

    await page.evaluate("stembot.mixer.mixState.reset(), stembot.mixer.refresh()")
    assert (await kept(page, "#dj")).endswith(".stem.mp4"), "one file of stems, for DJ software"
    await page.click('[data-preset="instrumental"]')
    assert (await kept(page, "#mp3")).endswith("(drums+bass+other).mp3"), "what is heard, made by the worker"

    await page.goto(room)
    await drop(page, wheel_song)
    await page.wait_for_url("**/m/*", timeout=20_000)  # a song that is known: nothing is separated
    await see(page, "window.stembot !== undefined", "the mixer opened again")
    assert troubles == []
    assert elsewhere == []


@pytest.mark.timeout(300)
async def test_a_file_without_sound_is_told_and_the_next_song_is_answered(
    browser, room, wheel_song, tmp_path
):
    (tmp_path / "notes.mp3").write_bytes(b"these are only words " * 100)
    page = await (await browser.new_context()).new_page()
    await page.goto(room)
    await page.set_input_files("#file", tmp_path / "notes.mp3")
    said = "[...document.querySelectorAll('.order [data-part=text]')].map(each => each.textContent).join()"
    await see(page, f"{said}.includes('any sound in that file')", "the file is refused with a sentence")
    await page.check("[value=drumless]", force=True)
    await page.set_input_files("#file", wheel_song)
    link = page.locator(".order .files a").first
    await link.wait_for(timeout=120_000)
    async with page.expect_download() as download:
        await link.click()
    kept = await (await download.value).path()
    assert (await download.value).suggested_filename.endswith("(drumless).mp3")
    assert kept.stat().st_size > 50_000
