"""Two machines in small: bots and web app on one, a worker on each of two others; one dies for good.

Nothing is between them but PostgreSQL and an S3 bucket: each has folders of its own, and none opens those of
another.
"""

from __future__ import annotations

import asyncio
import io
import os
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import imageio_ffmpeg
import pytest
import soundfile

from benchmarks.scores import read_song, sdr
from bots.settings import BotSettings
from separator import OrderState
from separator.queue import open_queue
from tests.conftest import SHARED
from tests.programs import Program, eventually, free_port
from tests.servers import discord as on_discord
from tests.servers import telegram as on_telegram
from tests.servers.postgres import PostgresServer, find_programs
from tests.servers.s3 import s3_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    import numpy as np

    from separator.core.jobs import Progress
    from separator.queue import Queue

pytestmark = [pytest.mark.processes, pytest.mark.postgres]

TELEGRAM_TOKEN = "4242:two-machines_token"
LEASE_S = "3"
#: Songs whose true vocals are known, and seconds of each: the first is long enough to die in.
SONGS = {"heart_on_my_thumb": 30.0, "mallory": 10.0, "wfpl30": 10.0, "80s_rock": 6.0}
LEAST_DB = 5.0  #: SDR of the right vocals; those of any other song score below 0


@dataclass
class Machines:
    """Three computers and what is between them."""

    house: Program  #: bots and web app
    one: Program
    two: Program
    queue: Queue
    metrics: str

    @property
    def all(self) -> tuple[Program, ...]:
        return self.house, self.one, self.two


@pytest.fixture
def between() -> Iterator[dict[str, str]]:
    """PostgreSQL and S3, as the environment of anyone who uses them."""
    pytest.importorskip("psycopg", reason="LOUD: psycopg is not installed, so two machines are not tried")
    programs = find_programs()
    if programs is None:
        pytest.skip("LOUD: PostgreSQL is not installed here, so two machines are not tried")
    with ExitStack() as stack:
        s3 = stack.enter_context(s3_server())
        postgres = PostgresServer(programs)
        stack.callback(postgres.close)
        postgres.start()
        yield {**s3, "STEMBOT_DATABASE_URL": postgres.url, "STEMBOT_STORAGE_URL": "s3://stems/small"}


@pytest.fixture
async def telegram(shared) -> AsyncIterator[on_telegram.BotApi]:
    contract = on_telegram.Contract(shared / "specs/telegram_api.json")
    async with on_telegram.BotApi(contract, TELEGRAM_TOKEN).running() as api:
        yield api
    assert api.problems == []


@pytest.fixture
async def discord() -> AsyncIterator[on_discord.Discord]:
    async with on_discord.Discord(on_discord.Contract(SHARED / "specs" / "discord_openapi.json")) as server:
        server.channel()
        yield server
    assert server.problems == []


@pytest.fixture
async def machines(between, telegram, discord, tmp_path) -> AsyncIterator[Machines]:
    """All three up, both bots online."""
    port = free_port()
    beat = {"lease_s": LEASE_S, "beat_s": "0.5", "worker_nice": "0", "edit_every_s": "0.5"}
    known = [
        machine(tmp_path / name, between, **beat, **more)
        for name, more in {
            "house": {
                "telegram_token": TELEGRAM_TOKEN,
                "telegram_api_url": telegram.root,
                "discord_token": on_discord.TOKEN,
                "discord_api_url": discord.root,
                "web_port": str(free_port()),
                "metrics_port": str(port),
            },
            "one": {},
            "two": {},
        }.items()
    ]
    house, one, two = known
    try:
        for room in (("bot", "telegram"), ("bot", "discord"), ("web",)):
            house.room(*room)
        for each in (one, two):
            each.worker()
        await asyncio.wait_for(discord.identified.wait(), 60)
        settings = BotSettings(
            _env_file=None, data_dir=tmp_path / "test", database_url=between["STEMBOT_DATABASE_URL"]
        )
        async with open_queue(settings) as queue:
            yield Machines(house, one, two, queue, f"http://127.0.0.1:{port}/metrics")
    finally:
        for each in known:
            each.close()


def machine(folder: Path, between: dict[str, str], **settings: str) -> Program:
    """A computer with folders of its own, for data and for what is temporary."""
    there = Program(folder / "data", **settings)
    (folder / "tmp").mkdir()
    there.environment |= {**between, "TMPDIR": str(folder / "tmp")}
    return there


def opened(program: Program) -> set[str]:
    """Every file that the processes of a machine have open, and where they stand."""
    found = set()
    for process in program._running.values():
        for pid in session_of(process.pid):
            for link in (Path(f"/proc/{pid}/cwd"), *Path(f"/proc/{pid}/fd").glob("*")):
                try:
                    found.add(str(link.readlink()))
                except OSError:  # closed, or ended, since it was listed
                    continue
    return found


def session_of(leader: int) -> list[int]:
    """The processes that a room consists of: itself and what it has started."""
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]
    found = []
    for pid in pids:
        try:
            if os.getsid(pid) == leader:
                found.append(pid)
        except ProcessLookupError:
            continue
    return found


@dataclass(frozen=True)
class Clip:
    """The beginning of a real song, as somebody sends it, and its true vocals."""

    path: Path
    vocals: np.ndarray


@pytest.fixture
def clips(shared, tmp_path) -> list[Clip]:
    made = []
    for name, seconds in SONGS.items():
        song = read_song(shared / "audio" / name)
        end = int(seconds * song.rate_hz)
        source, path = tmp_path / f"{name}.wav", tmp_path / f"{name}.flac"
        soundfile.write(source, song.mixture[:end], song.rate_hz, subtype="FLOAT")
        encode = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(source), str(path)]
        subprocess.run(encode, check=True)
        made.append(Clip(path, song.truth["vocals"][:end]))
    return made


async def working(machines: Machines) -> tuple[Program, Program]:
    """Wait until a song is half done; returns the machine that works on it, and the other one."""
    pids = {each._running["worker"].pid: each for each in (machines.one, machines.two)}

    async def half_done() -> Program | None:
        for platform in ("telegram", "discord"):
            for standing in await machines.queue.orders.open_orders(platform):
                if under_way(standing.progress):
                    story = await machines.queue.admin.history(standing.order.job)
                    before = await machines.queue.admin.history(story.job.after_job or story.job.id)
                    return pids[int(before.job.worker.split(":")[1])]
        return None

    doomed = await eventually(half_done, "a song is half done")
    return doomed, machines.two if doomed is machines.one else machines.one


def under_way(progress: Progress) -> bool:
    """Begun, and not so near its end that it could be over before the blow falls."""
    return progress.stage == "separate" and 0 < progress.share < 0.8


async def figure(machines: Machines, name: str) -> float:
    """A figure, as a monitor reads it on the machine with the web app."""
    async with aiohttp.ClientSession() as session, session.get(machines.metrics) as answer:
        lines = (await answer.text()).splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith(name))


async def test_every_song_is_answered_once_though_a_machine_dies_for_good(machines, telegram, discord, clips):
    """Two people in each chat; the worker that has a song half done is killed and never comes back."""
    music = next(iter(discord.channels.values()))
    people = [on_telegram.Person(telegram, 1), on_telegram.Person(telegram, 2)]
    members = [on_discord.Person(discord, name) for name in ("ann", "ben")]
    for person, clip in zip(people, clips[:2], strict=True):
        await person.sends(clip.path, "vocals flac", kind="document")
    asked = []
    for member, clip in zip(members, clips[2:], strict=True):
        file = (clip.path.name, clip.path.read_bytes())
        asked.append(await member.says(music, f"<@{discord.bot.id}> vocals flac", file))
    doomed, other = await working(machines)
    for mine in machines.all:
        folders = [str(each.data_dir.parent) for each in machines.all if each is not mine]
        assert [path for path in opened(mine) if path.startswith(tuple(folders))] == []
    doomed.kill("worker")

    async def all_sent() -> bool:
        orders = [order for each in (*people, *members) for order in await recent(machines, each)]
        return [order.state for order in orders] == [OrderState.SENT] * len(clips)

    await eventually(all_sent, "every song is answered")
    answers = [*(told(telegram, person) for person in people), *(beside(discord, each) for each in asked)]
    assert [len(files) for files in answers] == [1] * len(clips), "once"
    for clip, [data] in zip(clips, answers, strict=True):
        sound, _ = soundfile.read(io.BytesIO(data), dtype="float32")
        assert sdr(clip.vocals, sound) > LEAST_DB, clip.path.name
    assert await figure(machines, "stembot_lease_expiries_total") >= 1
    assert await figure(machines, "stembot_answers_total") == len(clips)
    assert other._running["worker"].poll() is None
    for each in machines.all:
        kept = {path.name for path in each.data_dir.iterdir()}
        assert not kept & {"line.sqlite", "objects"}, "songs, stems and the line are elsewhere"


async def recent(machines: Machines, person: on_telegram.Person | on_discord.Person) -> list:
    """The orders of one of our people."""
    is_telegram = isinstance(person, on_telegram.Person)
    owner = f"telegram:{person.id}" if is_telegram else f"discord:{person.user.id}"
    return await machines.queue.orders.recent(owner, 10)


def told(api: on_telegram.BotApi, person: on_telegram.Person) -> list[bytes]:
    """Every file that the bot has sent somebody in Telegram."""
    sent = [message.get("document") or message.get("audio") for message in api.by_bot(person.id)]
    return [api.files[file["file_id"]] for file in sent if file]


def beside(discord: on_discord.Discord, question: on_discord.Message) -> list[bytes]:
    """Every song that came in answer to a message in Discord; the picture in the card is none."""
    answers = [each for each in discord.messages.values() if each.reference is question]
    files = [file for each in answers for file in each.attachments if file["filename"] != "stems.png"]
    return [discord.blobs[file["url"].partition("/files/")[2]] for file in files]
