"""The queue on each database, with a clock that a test can turn."""

from __future__ import annotations

import os
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import pytest

from separator.core.jobs import Job, JobKind, JobSpec, NewOrder, Order
from separator.queue import Queue
from separator.queue.db.migrate import migrate
from separator.queue.db.sqlite import SqliteDriver, open_sqlite
from tests.queue_sides import claim_any
from tests.servers.postgres import PostgresServer, find_programs

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from separator.queue.db.driver import Driver

SONG = "5" * 64
PER_OWNER = 2
LEASE_S = 30.0


class QueueDatabase(Protocol):
    """One database; every `open` is what another process would have."""

    single_writer: bool  #: whether a writing transaction keeps every other from beginning

    async def open(self) -> Queue: ...

    async def driver(self) -> Driver: ...

    async def advance_clock(self, seconds: float) -> None: ...

    async def waits_for_lock(self) -> bool:
        """Whether a transaction waits for the locks of another one."""
        ...


class SqliteDatabase:
    """A file, and a clock that stands still until it is turned."""

    single_writer = True

    def __init__(self, path: Path, stack: AsyncExitStack) -> None:
        self._path, self._stack, self._now = path, stack, 1_000_000.0

    async def driver(self) -> SqliteDriver:
        driver = await open_sqlite(self._path, clock=lambda: self._now)
        self._stack.push_async_callback(driver.close)
        return driver

    async def open(self) -> Queue:
        driver = await self.driver()
        await migrate(driver)
        return Queue.of(driver, PER_OWNER)

    async def advance_clock(self, seconds: float) -> None:
        self._now += seconds

    async def waits_for_lock(self) -> bool:
        return False  # nobody gets so far


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[QueueDatabase]:
    async with AsyncExitStack() as stack:
        if request.param == "sqlite":
            yield SqliteDatabase(tmp_path / "line.sqlite", stack)
        else:
            pytest.importorskip(
                "psycopg", reason="LOUD: psycopg is not installed, so PostgreSQL is not checked"
            )
            from tests.contract.queue.postgres_database import PostgresDatabase  # noqa: PLC0415

            there = PostgresDatabase(request.getfixturevalue("postgres_url"), stack)
            await there.make()
            yield there


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a server."""
    if url := os.environ.get("STEMBOT_TEST_DATABASE_URL"):
        yield url
        return
    programs = find_programs()
    if programs is None:
        pytest.skip("LOUD: PostgreSQL is not installed here, so the queue is not checked on it")
    server = PostgresServer(programs)
    server.start()
    yield server.url
    server.close()


@pytest.fixture
async def queue(database: QueueDatabase) -> Queue:
    return await database.open()


@pytest.fixture
async def other(database: QueueDatabase) -> Queue:
    """The same queue, opened by another process."""
    return await database.open()


@dataclass
class Client:
    """Writes orders the way the front ends do: SEPARATE, then MIX."""

    queue: Queue
    submitted: int = field(default=0)

    def order(
        self, owner: str = "telegram:1", *, request: str | None = None, outputs: str = "-drums:mp3"
    ) -> NewOrder:
        self.submitted += 1
        return NewOrder(
            request_id=request or f"telegram:message:{self.submitted}",
            owner=owner,
            platform=owner.partition(":")[0],
            reply_to=f"chat {owner}",
            song=SONG,
            song_name="song.mp3",
            outputs=outputs,
        )

    @staticmethod
    def plan(song: str = "a", *, outputs: str = "-drums:mp3") -> list[JobSpec]:
        separate = JobSpec(JobKind.SEPARATE, f"separate:{song}", {"song": song})
        return [separate, JobSpec(JobKind.MIX, f"mix:{separate.key}:{outputs}", {"wish": outputs})]

    async def submit(
        self, song: str = "a", owner: str = "telegram:1", *, outputs: str = "-drums:mp3", song_s: float = 0.0
    ) -> Order:
        """Submit an order; `song_s` is known where a worker has decoded the song before and released it."""
        order = await self.queue.orders.submit(
            self.order(owner, outputs=outputs), self.plan(song, outputs=outputs)
        )
        if not song_s:
            return order
        async with self.queue.orders.database.driver.transaction() as tx:
            await tx.all(
                "UPDATE job SET song_s = :song_s WHERE key = :key", song_s=song_s, key=f"separate:{song}"
            )
        return order

    async def claim(
        self, kind: JobKind = JobKind.SEPARATE, worker: str = "w1", queue: Queue | None = None
    ) -> Job:
        """Claim a job that has to be there, for 30 s."""
        job = await (queue or self.queue).workers.claim(worker, kind, LEASE_S)
        assert job is not None, "there is work to claim"
        return job

    async def finish_all(self, queue: Queue | None = None) -> list[Job]:
        """Finish all that can be claimed, as one worker would, and say in which order."""
        done = []
        workers = (queue or self.queue).workers
        while job := await claim_any(workers, "w1", LEASE_S):
            await workers.finish(job, {"manifest": f"stems of {job.key}"})
            done.append(job)
        return done


@pytest.fixture
def client(queue: Queue) -> Client:
    return Client(queue)
