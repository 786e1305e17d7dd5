"""Makes the data folder that lies here, by the first landed version (commit 948e37e).

    git archive 948e37e --prefix=first/ | tar -x -C PLACE
    PYTHONPATH=PLACE/first python -P tests/data/first_version/make.py EMPTY_FOLDER
    PYTHONPATH=PLACE/first python -P tests/data/first_version/make.py EMPTY_FOLDER postgresql://…

It was run once: everything imported here is that version's. Its worker is killed while it holds an order;
then what is in the folder is written beside this script, the table as the SQL that makes it.

    chat:1  sent         its link is kept, and so is its mix
    chat:2  ready        nobody has brought the answer yet
    chat:3  open         RUNNING in the hands of the killed worker
    chat:4  open         QUEUED behind it
    chat:5  draft        buttons are shown, nothing is chosen yet
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import imageio_ffmpeg
from bots.courier import Courier
from bots.desk import Desk
from bots.talk import Person, Request, Song

from bots.settings import BotSettings
from separator import open_line
from storage import open_links

HERE = Path(__file__).parent
LINK_S = 50 * 365 * 86_400.0  # the kept link must open for as long as this test lives


class Chat:
    """A platform that takes everything."""

    name = "chat"

    async def show(self, _address, _reply):
        """Seen."""

    async def deliver(self, result):
        """Taken; the receipt is the link."""
        return next(button.url for row in result.reply.buttons for button in row if button.url)


def tone(path: Path, hertz: int) -> Path:
    """1.2 s of a tone that swells: small, and no silence."""
    source = f"sine=frequency={hertz}:sample_rate=44100:duration=1.2,tremolo=f=4"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-f", "lavfi", "-i", source]
    subprocess.run([*command, "-metadata", f"title=Tone {hertz}", "-b:a", "64k", path], check=True)
    return path


def request(path: Path, words: str, number: int) -> Request:
    async def fetch():
        yield path.read_bytes()

    song = Song(path.name, path.stat().st_size, fetch)
    return Request(f"chat:{number}", Person("chat:1"), "chat", words, song, reply_to=lambda: "here")


async def until(look):
    """Look often: the moment to kill is short."""
    while not (found := await look()):
        await asyncio.sleep(0.01)  # another process brings it about
    return found


async def make(folder: Path, url: str) -> None:
    """Ask for five songs and stop in the middle."""
    given = {"STEMBOT_DATABASE_URL": url, "STEMBOT_LEASE_S": "3", "STEMBOT_BEAT_S": "0.5"}
    os.environ |= {"STEMBOT_DATA_DIR": str(folder), **given}
    settings = BotSettings(_env_file=None, public_url="https://stems.example", link_s=LINK_S)
    worker = subprocess.Popen([sys.executable, "-m", "separator", "worker"])
    async with open_line(settings) as line:
        desk = Desk(line, open_links(settings), settings)

        async def ask(number: int, words: str) -> None:
            path = tone(folder / f"Tone {110 * number}.mp3", 110 * number)
            async for _ in desk.serve(request(path, words, number)):
                pass
            path.unlink()

        async def is_ready() -> bool:
            return (await line.orders.find_order("chat:2")).state == "ready"

        async def is_sent() -> bool:
            return (await line.orders.find_order("chat:1")).state == "sent"

        async def is_running() -> bool:
            return any(each.state == "running" for each in await line.orders.standings("chat"))

        courier = asyncio.create_task(Courier(desk, Chat()).run())
        await ask(1, "drumless")
        await until(is_sent)
        courier.cancel()
        await asyncio.gather(courier, return_exceptions=True)
        await ask(2, "vocals ogg")
        await until(is_ready)
        await ask(3, "bassless")
        await until(is_running)
        worker.kill()
        worker.wait()
        await ask(4, "instrumental")
        await ask(5, "")
        link = await receipt(line)
    keep(folder, url, link)


async def receipt(line) -> str:
    """The link that the first order was answered with."""
    async with line.orders._driver.reading() as tx:
        return (await tx.one("SELECT receipt FROM orders WHERE request_id = 'chat:1'"))["receipt"]


def keep(folder: Path, url: str, link: str) -> None:
    """What is to be kept, beside this script. On PostgreSQL only the table: the objects are the same."""
    if url:
        dump = ["pg_dump", "--inserts", "--no-owner", "--no-privileges", url]
        (HERE / "line.postgres.sql").write_bytes(subprocess.run(dump, check=True, capture_output=True).stdout)
        return
    table = sqlite3.connect(folder / "line.sqlite")
    (HERE / "line.sqlite.sql").write_text("\n".join(table.iterdump()) + "\n")
    shutil.rmtree(HERE / "objects", ignore_errors=True)
    shutil.copytree(folder / "objects", HERE / "objects")
    shutil.copytree(folder / "keys", HERE / "keys", dirs_exist_ok=True)
    facts = {"made": time.time(), "link": link}
    (HERE / "facts.json").write_text(json.dumps(facts, indent=1) + "\n")


if __name__ == "__main__":
    asyncio.run(make(Path(sys.argv[1]), *sys.argv[2:] or [""]))
