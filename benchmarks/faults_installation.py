"""What the fault run breaks: `stembot serve` in real processes, over disk and database that can go away.

single machine SQLite and a folder, on file systems of their own that can be filled
distributed    PostgreSQL, which can be stopped or filled, and an S3 server behind a proxy that can be cut

In both live two bots, whose platforms (the tests' stand-ins) are behind such proxies, too. With `fake_clock`
its clock can jump. The library for that makes `time.sleep` fail in every process it is loaded into, so
the other installations run without.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import ClientError, ClientSession

from benchmarks.faults_people import OK, stand_ins
from benchmarks.storage_parts import s3_server
from bots.settings import BotSettings
from separator import open_queue_admin
from separator.queue.admin import Filters
from tests.programs import Program, eventually, free_port
from tests.servers.postgres import PostgresServer, find_programs

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from benchmarks.faults_people import Platforms
    from separator import Job

LEASE_S, BEAT_S = 6.0, 1.0  #: short, so that a run does not consist of waiting for leases
DISK_BYTES = 96 * 2**20  #: of each file system that can be filled
DATABASE_DISK_BYTES = 192 * 2**20  #: a new cluster takes 40 MB, and its log grows
#: In every process; in the worker's, its device hangs for good once a file is there.
HOOK = """
import pathlib, sys, threading, time

def hang():
    while not hasattr(sys.modules.get("separator.inference.engine"), "enforce_consistency"):
        time.sleep(0.05)
    engine = sys.modules["separator.inference.engine"]
    share = engine.enforce_consistency
    def call(*arguments):
        if pathlib.Path({trigger!r}).exists():
            threading.Event().wait()
        return share(*arguments)
    engine.enforce_consistency = call

if sys.orig_argv[-1] == "worker":
    threading.Thread(target=hang, daemon=True).start()
"""
START_S = 180.0  #: for all services to start, on a busy machine
TIMEOUT_S = 240.0  #: for an answer, after everything works again
FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")  #: Debian's `faketime`


class Disk:
    """A file system of its own (tmpfs), which can be full; a plain folder without the right to mount."""

    def __init__(self, folder: Path, size_bytes: int = DISK_BYTES) -> None:
        """Mount it."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.mounted = os.geteuid() == 0 and self._mount("-t", "tmpfs", "-o", f"size={size_bytes}", "tmpfs")

    def fill(self) -> None:
        """Leave not a byte."""
        with contextlib.suppress(OSError), (self.folder / "ballast").open("ab", buffering=0) as ballast:
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


class Installation:
    """One installation under `serve`, and ways to break it."""

    def __init__(
        self, folder: Path, name: str, platforms: Platforms, *, fake_clock: bool, **settings: str
    ) -> None:
        """Create its folders; nothing runs yet."""
        self.name, self.folder, data = name + ", clocks" * fake_clock, folder, folder / "data"
        self.platforms, self.proxies = platforms, dict(platforms.proxies)
        self.disks = {"data": Disk(data)} | {part: Disk(data / part) for part in ("spool", "objects")}
        port = free_port()
        self.root, self.clock = f"http://127.0.0.1:{port}", folder / "clock"
        beat = {"lease_s": str(LEASE_S), "beat_s": str(BEAT_S), "worker_nice": "0"}
        given = {**beat, **platforms.settings, **settings}
        self.program = Program(data, web_port=str(port), models_dir=str(folder / "models"), **given)
        self.program.logs = folder / "logs"
        self.program.logs.mkdir()
        for each in ("models", "hooks", "tmp"):
            (folder / each).mkdir()
        (folder / "hooks" / "sitecustomize.py").write_text(HOOK.format(trigger=str(folder / "hang")))
        path = self.program.environment["PYTHONPATH"]
        self.program.environment |= {
            "PYTHONPATH": f"{folder / 'hooks'}{os.pathsep}{path}",
            "TMPDIR": str(folder / "tmp"),
        }
        self.settings = BotSettings(_env_file=None, data_dir=data, **settings)
        self._offset_s = 0
        self.postgres: PostgresServer  #: of a distributed one
        self.serve: subprocess.Popen[bytes]
        self.jump(0)
        if fake_clock:
            self.program.environment |= {
                "LD_PRELOAD": str(FAKETIME),
                "FAKETIME_TIMESTAMP_FILE": str(self.clock),
                "FAKETIME_CACHE_DURATION": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            }

    async def start(self) -> None:
        """Start it and wait until its web app answers and both bots are online."""
        self.platforms.discord.identified.clear()
        before = len(self.platforms.telegram.of("getUpdates"))
        self.serve = self.program.room("serve")
        await eventually(self._is_up, "the web app answers", START_S)
        await asyncio.wait_for(self.platforms.discord.identified.wait(), START_S)
        await self.platforms.telegram.until(
            lambda: len(self.platforms.telegram.of("getUpdates")) > before, START_S
        )

    async def _is_up(self) -> bool:
        try:
            async with ClientSession() as session, session.get(f"{self.root}/readyz") as answer:
                return answer.status == OK
        except ClientError:
            return False

    def jump(self, by_s: int) -> None:
        """Set every process's clock, by what it shows now."""
        self._offset_s += by_s
        self.clock.write_text(f"{self._offset_s:+d}")

    def children(self) -> list[int]:
        """The processes of all services, from serve's log."""
        started = re.findall(r'"process": "(\w+)", "pid": (\d+)', self.program.log("serve"))
        return [int(pid) for pid in dict(started).values()]

    def kill(self, child: str) -> None:
        """`kill -9` a service, as the kernel does when memory is out."""
        pid = re.findall(rf'"process": "{child}", "pid": (\d+)', self.program.log("serve"))[-1]
        os.kill(int(pid), signal.SIGKILL)

    async def corrupt(self, ending: str) -> None:
        """Flip a bit in the first byte of every object whose key ends so."""
        for path in (self.folder / "data" / "objects").rglob("*"):
            if path.is_file() and path.name.endswith(ending):
                path.write_bytes(_flipped(path.read_bytes()))
        if "s3" in self.proxies:
            await asyncio.to_thread(_corrupt_bucket, self.proxies["s3"].address, ending)

    async def jobs(self) -> tuple[Job, ...]:
        """All of the table."""
        async with open_queue_admin(self.settings) as keeper:
            return (await keeper.list_jobs(Filters(most=1000))).jobs

    async def unsent(self) -> int:
        """Answers that were not delivered."""
        async with open_queue_admin(self.settings) as keeper:
            _, orders = await keeper.count_by_state()
        return sum(count for state, count in orders.items() if state not in {"sent", "draft"})

    def close(self) -> None:
        """End everything."""
        self.program.close()
        for part in ("objects", "spool", "data"):
            self.disks[part].close()


def _flipped(data: bytes) -> bytes:
    return bytes([data[0] ^ 1]) + data[1:]


def _corrupt_bucket(address: str, ending: str) -> None:
    import boto3  # noqa: PLC0415 - only where there is a bucket

    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
    client = boto3.client("s3", endpoint_url=address, region_name="us-east-1", **keys)
    for found in client.list_objects_v2(Bucket="stems").get("Contents", []):
        if found["Key"].endswith(ending):
            body = client.get_object(Bucket="stems", Key=found["Key"])["Body"].read()
            client.put_object(Bucket="stems", Key=found["Key"], Body=_flipped(body))
    client.close()


@contextlib.asynccontextmanager
async def single_machine(
    folder: Path, specs: Path, *, fake_clock: bool = False
) -> AsyncIterator[Installation]:
    """SQLite and a folder."""
    async with stand_ins(specs) as platforms:
        installation = Installation(folder, "SQLite, folder", platforms, fake_clock=fake_clock)
        try:
            await installation.start()
            yield installation
        finally:
            installation.close()


@contextlib.asynccontextmanager
async def distributed(folder: Path, specs: Path, *, fake_clock: bool = False) -> AsyncIterator[Installation]:
    """PostgreSQL and S3."""
    programs = find_programs()
    if programs is None:
        message = "PostgreSQL is not installed here"
        raise RuntimeError(message)
    disk = Disk(Path(tempfile.mkdtemp(prefix="stembot-postgres-")), DATABASE_DISK_BYTES)
    postgres = PostgresServer(programs, disk.folder)
    try:
        postgres.start()
        async with s3_server() as proxy, stand_ins(specs) as platforms:
            installation = Installation(
                folder, "PostgreSQL, S3", platforms, fake_clock=fake_clock, database_url=postgres.url,
                storage_url="s3://stems/faults", s3_key_id="a", s3_secret="b",  # noqa: S106 - moto takes any
            )  # fmt: skip
            installation.program.environment |= {"AWS_ENDPOINT_URL": proxy.address, "AWS_REGION": "us-east-1"}
            installation.postgres = postgres
            installation.proxies["s3"], installation.disks["database"] = proxy, disk
            try:
                await installation.start()
                yield installation
            finally:
                installation.close()
    finally:
        postgres.close()
        disk.close()
        shutil.rmtree(disk.folder, ignore_errors=True)


def fresh(folder: Path) -> Path:
    """An empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
