"""What the fault run breaks: `stembot serve` in real processes, over disk and database that can go away.

one machine    SQLite and a folder, on file systems of their own that can be filled; a clock that can jump
a house apart  PostgreSQL, which can be stopped, and an S3 server behind a proxy that can be cut
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile
from aiohttp import ClientError, ClientSession, ClientTimeout, CookieJar, TCPConnector

from benchmarks.storage_parts import Proxy, s3_server
from bots.settings import BotSettings
from separator import open_keeper
from separator.queue.keeping import Filters
from tests.programs import Program, eventually, free_port
from tests.servers.postgres import PostgresServer, find_programs

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from separator import Job

LEASE_S, BEAT_S = 6.0, 1.0  #: short, so that a run does not consist of waiting for leases
ROOM_BYTES = 96 * 2**20  #: of each file system that can be filled
PATIENCE_S = 240.0  #: for an answer, after all is mended
RATE_HZ = 44_100
OK, MADE = 200, 201  # of HTTP
FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")  #: Debian's `faketime`


def song(number: int, seconds: float) -> bytes:
    """A tone that swells, with noise of its own: small, and never the same song twice."""
    chance, time_s = np.random.default_rng(number), np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    tone = 0.3 * np.sin(2 * np.pi * (110 + 7 * number) * time_s) * (0.6 + 0.4 * np.sin(12 * time_s))
    out = io.BytesIO()
    soundfile.write(out, tone + 0.02 * chance.standard_normal(len(tone)), RATE_HZ, format="FLAC")
    return out.getvalue()


class Disk:
    """A file system of its own (tmpfs), which can be full; a plain folder for who may not mount."""

    def __init__(self, folder: Path) -> None:
        """Mount it."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.mounted = os.geteuid() == 0 and self._mount("-t", "tmpfs", "-o", f"size={ROOM_BYTES}", "tmpfs")

    def fill(self) -> None:
        """Leave not a byte."""
        with contextlib.suppress(OSError), (self.folder / "ballast").open("wb", buffering=0) as ballast:
            while True:
                ballast.write(bytes(2**16))

    def empty(self) -> None:
        """Make room again."""
        (self.folder / "ballast").unlink()

    def close(self) -> None:
        """Unmount it."""
        if self.mounted:
            command = ["umount", "-l", str(self.folder)]
            subprocess.run(command, check=False)  # noqa: S603 - a folder of ours

    def _mount(self, *options: str) -> bool:
        command = ["mount", *options, str(self.folder)]
        mounted = subprocess.run(command, check=False, capture_output=True)  # noqa: S603 - a folder of ours
        return mounted.returncode == 0


@dataclass
class Asked:
    """A song that somebody sent, and what they were told."""

    name: str
    wish: str = "drumless"
    order: int = 0  #: 0 while it was not taken in
    refused: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def answered(self) -> bool:
        """Whether its files are there."""
        return bool(self.facts.get("files"))


class Person:
    """Somebody at the web room's page, who does as the page does: what was not taken in is sent again."""

    def __init__(self, house: House, number: int) -> None:
        self._root = house.root
        # An address of one's own, since the room counts uploads by address; a cookie of one's own, too.
        place = TCPConnector(local_addr=(f"127.0.1.{number % 250 + 1}", 0))
        jar = CookieJar(unsafe=True)  # of an address without a name
        self._session = ClientSession(connector=place, cookie_jar=jar, timeout=ClientTimeout(total=90))
        self.number = number

    async def send(self, asked: Asked, data: bytes, again_s: float) -> None:
        """Send a song until it is taken in."""
        url = f"{self._root}/api/orders?id={asked.name}-upload&name={asked.name}.flac&want={asked.wish}"
        while not asked.order:
            try:
                async with self._session.post(url, data=data) as answer:
                    facts = await answer.json(content_type=None)
                if answer.status == MADE:
                    asked.order = facts["order"]
                    return
                asked.refused.append(facts["text"])
            except (ClientError, TimeoutError, ValueError):
                asked.refused.append("(no connection)")
            await asyncio.sleep(again_s)

    async def look(self, asked: Asked) -> dict[str, Any]:
        """What the page says now."""
        try:
            async with self._session.get(f"{self._root}/api/orders/{asked.order}") as answer:
                facts = await answer.json(content_type=None)
        except (ClientError, TimeoutError, ValueError):
            facts = {"text": "(no connection)"}
        asked.facts = facts if "order" in facts else asked.facts
        if facts["text"] not in asked.told:
            asked.told.append(facts["text"])
        return facts

    async def downloaded(self, asked: Asked) -> int:
        """Bytes of the answer's file; 0 where it does not come whole."""
        [file] = asked.facts["files"]
        async with self._session.get(self._root + file["url"]) as answer:
            return len(await answer.read()) if answer.status == OK else 0

    async def close(self) -> None:
        """Leave."""
        await self._session.close()


class House:
    """One installation under `serve`, and the hands that break it."""

    def __init__(self, folder: Path, name: str, **settings: str) -> None:
        """Make its folders; nothing runs yet."""
        self.name, self.folder, data = name, folder, folder / "data"
        self.disks = {"data": Disk(data)} | {part: Disk(data / part) for part in ("spool", "objects")}
        port = free_port()
        self.root, self.clock = f"http://127.0.0.1:{port}", folder / "clock"
        beat = {"lease_s": str(LEASE_S), "beat_s": str(BEAT_S), "worker_nice": "0"}
        self.program = Program(
            data, web_port=str(port), models_dir=str(folder / "models"), **beat, **settings
        )
        self.program.logs = folder / "logs"
        self.program.logs.mkdir()
        (folder / "models").mkdir()
        self.settings = BotSettings(_env_file=None, data_dir=data, **settings)
        self._ahead_s = 0
        self.postgres: PostgresServer  #: of a house apart
        self.proxy: Proxy  #: before its S3 server
        self.jump(0)
        if FAKETIME.exists() and not settings:
            self.program.environment |= {
                "LD_PRELOAD": str(FAKETIME),
                "FAKETIME_TIMESTAMP_FILE": str(self.clock),
                "FAKETIME_CACHE_DURATION": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            }

    async def start(self) -> None:
        """Start it and wait until it answers."""
        self.program.room("serve")
        await eventually(self._is_up, "the web room answers")

    async def _is_up(self) -> bool:
        try:
            async with ClientSession() as session, session.get(f"{self.root}/readyz") as answer:
                return answer.status == OK
        except ClientError:
            return False

    def jump(self, by_s: int) -> None:
        """Set every process's clock, by what it shows now."""
        self._ahead_s += by_s
        self.clock.write_text(f"{self._ahead_s:+d}")

    def pid(self, child: str) -> int:
        """The process of a room, by what serve has logged."""
        return int(re.findall(rf'"child": "{child}", "pid": (\d+)', self.program.log("serve"))[-1])

    def kill(self, child: str) -> None:
        """`kill -9` of a room, as the kernel does when memory is out."""
        os.kill(self.pid(child), signal.SIGKILL)

    async def jobs(self) -> tuple[Job, ...]:
        """All of the table."""
        async with open_keeper(self.settings) as keeper:
            return (await keeper.listed(Filters(most=1000))).jobs

    async def unsent(self) -> int:
        """Answers that nobody has brought."""
        async with open_keeper(self.settings) as keeper:
            _, orders = await keeper.census()
        return sum(count for state, count in orders.items() if state not in {"sent", "draft"})

    def close(self) -> None:
        """End everything."""
        self.program.close()
        for disk in reversed(self.disks.values()):
            disk.close()


@contextlib.asynccontextmanager
async def one_machine(folder: Path) -> AsyncIterator[House]:
    """SQLite and a folder."""
    house = House(folder, "SQLite, folder")
    try:
        await house.start()
        yield house
    finally:
        house.close()


@contextlib.asynccontextmanager
async def a_house_apart(folder: Path) -> AsyncIterator[House]:
    """PostgreSQL and S3."""
    programs = find_programs()
    if programs is None:
        message = "PostgreSQL is not installed here"
        raise RuntimeError(message)
    postgres = PostgresServer(programs)
    try:
        postgres.start()
        async with s3_server() as proxy:
            house = House(
                folder, "PostgreSQL, S3", database_url=postgres.url, storage_url="s3://stems/faults",
                s3_key_id="a", s3_secret="b",  # noqa: S106 - moto takes any
            )  # fmt: skip
            house.program.environment |= {"AWS_ENDPOINT_URL": proxy.address, "AWS_REGION": "us-east-1"}
            house.postgres, house.proxy = postgres, proxy
            try:
                await house.start()
                yield house
            finally:
                house.close()
    finally:
        postgres.close()


def fresh(folder: Path) -> Path:
    """An empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
