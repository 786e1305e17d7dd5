"""What goes wrong in the fault run, and in which installation: each breaks something, waits, and repairs it.

A repair is what an installation gets without an operator: a server that starts again by itself, a disk that
a sweep has emptied, `serve` that systemd or Compose starts again. A clock that jumped stays as it is.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sqlite3
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from benchmarks.faults_installation import distributed, single_machine
from separator.inference.catalog.registry import CARDS
from separator.queue import open_queue_admin
from tests.programs import eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager

    from benchmarks.faults_installation import Installation

    Break = Callable[[Installation], AbstractAsyncContextManager[None]]
    Opened = Callable[[Path, Path], AbstractAsyncContextManager[Installation]]

HOUR_S = 3600
DAY_S = 2 * 86_400
WORKED_ON = 6  #: temporary folders that a worker's songs in hand have
SEGMENTS = 64  #: more than the file system has room for
TOLD_S = 3.0  #: until a worker has told which weights lie beside it
GOES_S = 60.0  #: for the children of a killed `serve` to end, on a busy machine


@contextlib.asynccontextmanager
async def full(installation: Installation, disk: str) -> AsyncIterator[None]:
    """Not a byte is left on a file system."""
    installation.disks[disk].fill()
    if disk in {"data", "database"}:
        await asyncio.to_thread(_ask_for_blocks, installation, disk)
        installation.disks[disk].fill()
    yield
    installation.disks[disk].empty()
    if disk == "database":  # it stops itself when it cannot write; its supervisor starts it again
        await asyncio.to_thread(installation.postgres.revive)


def _ask_for_blocks(installation: Installation, disk: str) -> None:
    """Remove what the database has in hand: small writes would still fit into it."""
    if disk == "data":
        with (
            contextlib.suppress(sqlite3.Error),
            sqlite3.connect(installation.folder / "data/line.sqlite") as line,
        ):
            line.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    with (
        contextlib.suppress(psycopg.Error),
        psycopg.connect(installation.postgres.url, autocommit=True) as server,
    ):
        for _ in range(SEGMENTS):  # each wants a new segment of its log, until there is no room for one
            server.execute("SELECT pg_logical_emit_message(true, 'faults', 'full')")
            server.execute("SELECT pg_switch_wal()")


@contextlib.asynccontextmanager
async def no_database(installation: Installation) -> AsyncIterator[None]:
    """The server is stopped hard."""
    await asyncio.to_thread(installation.postgres.stop, "immediate")
    yield
    await asyncio.to_thread(installation.postgres.start)


@contextlib.asynccontextmanager
async def cut(installation: Installation, line: str) -> AsyncIterator[None]:
    """Connections to a server break, and new ones are refused."""
    proxy = installation.proxies[line]
    await proxy.stop()
    yield
    await proxy.start(int(proxy.address.rpartition(":")[2]))


@contextlib.asynccontextmanager
async def clock(installation: Installation, by_s: int) -> AsyncIterator[None]:
    """Every process of ours sees the clock jump; it stays there. A database's own clock does not."""
    installation.jump(by_s)
    yield


@contextlib.asynccontextmanager
async def worker_killed(installation: Installation) -> AsyncIterator[None]:
    """What the kernel does to a process when memory is out."""
    installation.kill("worker")
    yield


@contextlib.asynccontextmanager
async def serve_killed(installation: Installation) -> AsyncIterator[None]:
    """`serve` alone dies; its children must end by themselves, or they would be in the next one's way."""
    children = installation.children()
    os.kill(installation.serve.pid, signal.SIGKILL)
    await asyncio.to_thread(installation.serve.wait)
    yield
    await eventually(lambda: _none_lives(children), "serve's children are gone", GOES_S)
    await installation.start()


async def _none_lives(pids: list[int]) -> bool:
    return not any(map(_lives, pids))


def _lives(pid: int) -> bool:
    """Whether a process runs; one that only waits to be buried does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


@contextlib.asynccontextmanager
async def manifest_broken(installation: Installation) -> AsyncIterator[None]:
    """Every manifest that is stored has a bit that flipped."""
    await installation.corrupt("manifest.json")
    yield


@contextlib.asynccontextmanager
async def weights_broken(installation: Installation) -> AsyncIterator[None]:
    """Files of the best model appear: as long as they should be, and not what their source published."""
    files = CARDS["htdemucs"].files
    for file in files:
        with (installation.folder / "models" / file.name).open("wb") as out:
            os.truncate(out.fileno(), file.size_bytes)
    await asyncio.sleep(TOLD_S)
    yield
    for file in files:
        (installation.folder / "models" / file.name).unlink(
            missing_ok=True
        )  # the worker may have put it aside


@contextlib.asynccontextmanager
async def device_hung(installation: Installation) -> AsyncIterator[None]:
    """The device of the worker that runs now answers no more; that of the next one does."""
    trigger = installation.folder / "hang"
    trigger.touch()
    yield
    trigger.unlink()


@contextlib.asynccontextmanager
async def worker_killed_twice(installation: Installation) -> AsyncIterator[None]:
    """Two in a row, each in a song; what they had on disk must be gone in the end."""
    for _ in range(2):
        installation.kill("worker")
        claimed = installation.program.log("serve").count("job_claimed")
        await eventually(lambda claimed=claimed: _claims(installation, claimed), "a song is begun", GOES_S)
    yield
    left = len(list((installation.folder / "tmp").glob("stembot-*")))
    if left > WORKED_ON:
        message = f"{left} temporary folders lie about"
        raise AssertionError(message)


async def _claims(installation: Installation, more_than: int) -> bool:
    return installation.program.log("serve").count("job_claimed") > more_than


@contextlib.asynccontextmanager
async def no_worker_for_a_day(installation: Installation) -> AsyncIterator[None]:
    """Nothing is begun for longer than songs are stored; a worker's first act is to delete what expired."""
    async with open_queue_admin(installation.settings) as admin:
        await admin.drain(on=True)
        yesterday = time.time() - DAY_S
        for path in (installation.folder / "data" / "objects").rglob("*"):
            with contextlib.suppress(FileNotFoundError):
                os.utime(path, (yesterday, yesterday))
        installation.kill("worker")
        yield
        await admin.drain(on=False)


ANYWHERE: dict[str, Break] = {
    "worker out of memory": worker_killed,
    "worker killed twice": worker_killed_twice,
    "device hangs": device_hung,
    "kill -9 of serve": serve_killed,
    "corrupted manifest": manifest_broken,
    "corrupted weights": weights_broken,
    "disk full during upload": lambda installation: full(installation, "spool"),
}
CHATS: dict[str, Break] = {
    "Telegram gone": lambda installation: cut(installation, "telegram"),
    "Discord gone": lambda installation: cut(installation, "discord"),
}
ALONE: dict[str, Break] = ANYWHERE | {
    "no worker for a day": no_worker_for_a_day,
    "disk full during publish": lambda installation: full(installation, "objects"),
    "disk full during database write": lambda installation: full(installation, "data"),
}
APART: dict[str, Break] = ANYWHERE | {
    "disk full during database write": lambda installation: full(installation, "database"),
    "database gone": no_database,
    "S3 gone": lambda installation: cut(installation, "s3"),
}
CLOCKS: dict[str, Break] = {
    "clock jumps an hour ahead": lambda installation: clock(installation, HOUR_S),
    "clock jumps an hour back": lambda installation: clock(installation, -HOUR_S),
}
#: What is broken in an installation that is started for it.
ROUNDS: tuple[tuple[Opened, dict[str, Break]], ...] = (
    (single_machine, ALONE | CHATS),
    (distributed, APART | CHATS),
    (partial(single_machine, fake_clock=True), CLOCKS),
    (partial(distributed, fake_clock=True), CLOCKS),
)
NAMES = tuple(dict.fromkeys(name for _, faults in ROUNDS for name in faults))
