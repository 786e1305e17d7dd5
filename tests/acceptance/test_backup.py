"""What `docs/operating.md` says of backups is run here as it stands there, while the line is in use."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bots.settings import BotSettings
from separator import NewOrder, OrderState, open_queue_client
from separator.core.jobs import JobKind
from separator.inference.catalog import card_of
from separator.queue import open_queue
from storage import LinkClaims, Manifest, StemFile, open_links, open_store
from tests.conftest import ROOT
from tests.queue_sides import worker_queue
from tests.servers.postgres import PostgresServer, find_programs

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from separator import QueueClient

pytestmark = pytest.mark.processes


def run(heading: str, folder: Path, **environment: str) -> None:
    """Run the commands that stand under a heading of the page, in a folder."""
    page = (ROOT / "docs/operating.md").read_text()
    [commands] = re.findall(rf"### {heading}\n.*?```sh\n(.*?)```", page, re.DOTALL)
    path = f"{Path(sys.executable).parent}:{find_programs() or ''}:{os.environ['PATH']}"
    given = {**os.environ, "PATH": path, **environment}
    subprocess.run(["sh", "-eu", "-c", commands], cwd=folder, env=given, check=True)


async def order(queue: QueueClient, number: int, song: str, outputs: str = "-drums:mp3"):
    return await queue.submit(NewOrder(f"t:{number}", f"t:{number}", "t", "chat", song, "Song.mp3", outputs))


async def keep(queue: QueueClient, data: bytes) -> str:
    async def chunks() -> AsyncIterator[bytes]:
        yield data

    return (await queue.store.put_song(chunks(), 1 << 20)).sha256


async def work_off(queue: QueueClient, song: str) -> None:
    """Do the separation and the mix that are in the line, as a worker does."""
    base = f"songs/{song}/m@1/1-1"
    stems = tuple(StemFile(name, f"{base}/{name}.flac", 4) for name in ("vocals", "drums", "bass", "other"))
    for stem in stems:
        await queue.store.put(stem.key, b"fLaC")
    model = card_of("auto").name
    manifest = Manifest(song, model, "1", 44_100, 9, stems, f"{base}/peaks.json")
    await queue.store.put(f"{base}/manifest.json", manifest.to_json())
    await queue.store.put("mixes/a/1-1/drumless.mp3", b"mix")
    for kind in (JobKind.SEPARATE, JobKind.MIX):
        job = await worker_queue(queue).claim("w", kind, 30)
        files = [{"key": "mixes/a/1-1/drumless.mp3"}] if kind is JobKind.MIX else []
        await worker_queue(queue).finish(
            job, {"manifest": f"{base}/manifest.json", "files": files, "song_s": 1.0}
        )


@asynccontextmanager
async def in_use(settings: BotSettings) -> AsyncIterator[tuple[QueueClient, str, str]]:
    """A line with a song that is done, one that is being separated and one that waits."""
    async with open_queue_client(settings) as queue:
        done, running, waiting = [await keep(queue, f"song {number}".encode()) for number in range(3)]
        await order(queue, 1, done)
        await work_off(queue, done)
        await order(queue, 2, running)
        assert await worker_queue(queue).claim(
            "dead", JobKind.SEPARATE, 0.0
        )  # lapsed at once: the rest may be quick
        await order(queue, 3, waiting)
        grant = LinkClaims(f"songs/{done}/m@1/1-1/manifest.json", "Song", 4e9)
        yield queue, done, open_links(settings).sign(grant)


async def goes_on(settings: BotSettings, done: str, token: str) -> None:
    """In the place that was restored: known songs are answered, links open, the line is worked off."""
    async with open_queue_client(settings) as queue:
        again = await order(queue, 4, done)
        assert again.state is OrderState.READY, "a known song needs no worker"
        grant = open_links(settings).read(token)
        assert Manifest.from_json(await open_store(settings).get(grant.manifest)).song == done
    async with open_queue(settings) as queue:
        left = []
        while job := await queue.workers.claim("w", JobKind.SEPARATE, 30):
            assert await open_store(settings).size(job.args["source"]), "its song was kept"
            left.append(job.attempts)
        assert left == [2, 1], "the one whose worker is gone, then the one that waited"


async def test_a_data_folder_is_backed_up_in_use_and_restored(tmp_path):
    """The last commits lie in the write-ahead log: a plain copy would lose or spoil them."""
    settings = BotSettings(_env_file=None, data_dir=tmp_path / "data")
    async with in_use(settings) as (queue, done, token):
        await asyncio.to_thread(run, "One machine: back up", tmp_path)
        await order(queue, 9, done)  # after the backup: not in it
    (tmp_path / "data").rename(tmp_path / "lost")
    await asyncio.to_thread(run, "One machine: restore", tmp_path)
    await goes_on(settings, done, token)
    async with open_queue(settings) as queue:
        assert await queue.orders.find_order("t:9") is None


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    pytest.importorskip("psycopg", reason="LOUD: psycopg is not installed, so its backup is not tried")
    programs = find_programs()
    if programs is None:
        pytest.skip("LOUD: PostgreSQL is not installed here, so its backup is not tried")
    server = PostgresServer(programs)
    server.start()
    yield server
    server.close()


@pytest.mark.postgres
async def test_postgres_is_backed_up_in_use_and_restored_into_a_new_database(postgres, tmp_path):
    """With the objects in a folder here; a bucket is copied by its own tools, after the table as well."""
    settings = BotSettings(_env_file=None, data_dir=tmp_path / "data", database_url=postgres.url)
    old = {"STEMBOT_DATABASE_URL": postgres.url}
    async with in_use(settings) as (_, done, token):
        await asyncio.to_thread(run, "PostgreSQL: back up", tmp_path, **old)
    url = postgres.url.replace("/postgres", "/restored")
    await asyncio.to_thread(run, "PostgreSQL: restore", tmp_path, STEMBOT_DATABASE_URL=url, OLD=postgres.url)
    await goes_on(settings.model_copy(update={"database_url": type(settings.database_url)(url)}), done, token)
