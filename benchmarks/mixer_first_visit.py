"""A newcomer's wait, from dropping a song to hearing stems: `python -m benchmarks.mixer_first_visit SONG`.

Starts `stembot serve` on an empty folder, drops the song on its page in Chromium, opens the mixer as soon as
there is a link, listens until the separation is whole, then comes as somebody else with the same song.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.async_api import async_playwright

from benchmarks.mixer import CHROMIUM

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from playwright.async_api import Browser, Page

LATEST_S = 600.0
HEARD = 1e-3  # RMS


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of the whole program, running over `folder`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"STEMBOT_DATA_DIR": str(folder / "data"), "STEMBOT_WEB_PORT": str(port)}
    command = [sys.executable, "-m", "bots", "serve"]
    with (folder / "log").open("wb") as log:
        root = Path(__file__).parent.parent
        environment["PYTHONPATH"] = str(root)
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)  # noqa: S603 - ours
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(60)


async def until(look: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401 - whatever was looked for
    """What `look` finds, as soon as it finds something."""
    async with asyncio.timeout(LATEST_S):
        while not (found := await look()):  # noqa: ASYNC110 - a page tells nobody
            await asyncio.sleep(0.02)
        return found


async def drop(page: Page, url: str, song: Path) -> None:
    """Open the room and choose the song."""
    await page.goto(url)
    await page.check("[value=drumless]", force=True)
    await page.set_input_files("#file", song)


async def run(url: str, browser: Browser, song: Path) -> dict[str, Any]:
    """The first visit and the second; seconds since the song was chosen."""
    room = await (await browser.new_context()).new_page()
    await until(lambda: _opens(room, url))
    began = time.monotonic()
    told: dict[str, Any] = {}

    def now() -> float:
        return round(time.monotonic() - began, 1)

    await drop(room, url, song)
    link = await until(lambda: _link(room))
    told["link s"] = now()
    mixer = await room.context.new_page()
    await mixer.goto(url + link)
    await until(lambda: mixer.evaluate("window.stembot !== undefined"))
    await mixer.click("#play")
    await until(lambda: mixer.evaluate(f"stembot.levels().master > {HEARD}"))
    told |= {"heard s": now(), "separated by then": await mixer.inner_text("#live-status")}
    await until(lambda: mixer.evaluate("!document.body.classList.contains('live')"))
    told |= {"whole s": now(), "played by then s": round(await mixer.evaluate("stembot.state().now"), 1)}
    await until(lambda: room.evaluate("document.querySelector('.order .files a') !== null"))
    told["files s"] = now()
    again = await (await browser.new_context()).new_page()
    began = time.monotonic()
    await drop(again, url, song)
    await again.goto(url + await until(lambda: _link(again)))
    await until(lambda: again.evaluate("window.stembot !== undefined"))
    told["repeat: mixer open s"] = round(time.monotonic() - began, 2)
    return told


async def _opens(page: Page, url: str) -> bool:
    try:
        await page.goto(url)
    except Exception:  # noqa: BLE001 - it is still starting
        return False
    return True


async def _link(page: Page) -> str:
    """The address of the mixer, once the order has one."""
    found = await page.evaluate(
        "document.querySelector('.order [data-part=mixer]:not([hidden])')?.getAttribute('href') ?? ''"
    )
    return str(found).partition("#")[0]


async def measure(song: Path) -> dict[str, Any]:
    """Everything, on an empty installation."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    folder = tempfile.TemporaryDirectory(prefix="stembot-room-", ignore_cleanup_errors=True)
    with folder as name, served(Path(name)) as url:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
            return await run(url, browser, song)


def main() -> int:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description="A newcomer's wait, from dropping a song to hearing it.")
    parser.add_argument("song", type=Path)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    told = asyncio.run(measure(asked.song.resolve()))
    for name, value in told.items():
        print(f"{name:24} {value}")
    if asked.json:
        asked.json.write_text(json.dumps(told, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
