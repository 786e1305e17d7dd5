"""The queue in one SQLite file: no server, nothing to install, safe against a power cut.

One connection writes and one reads, so reading never waits for a commit of this process. WAL with
`synchronous=FULL`: a commit that was answered is on the disk. Writers take turns by `BEGIN IMMEDIATE`.
A third connection only watches the file's change counter, which is in shared memory.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
import time
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import aiosqlite

from storage.base import private_file

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from separator.queue.db.driver import Row, Tx, Value

BUSY_S = 10.0  #: how long a writer waits for the others, in seconds; a commit takes milliseconds
POLL_S = 0.08  #: between two looks at the change counter: a pick-up may take 150 ms, a look costs up to 1
_LOCKS = re.compile(r"\s+FOR UPDATE( OF \w+)?( SKIP LOCKED)?")


class SqliteTx:
    """One open transaction; the clock stands still in it."""

    def __init__(self, connection: aiosqlite.Connection, now: float) -> None:
        self._connection, self._now = connection, now

    async def all(self, sql: str, **values: Value) -> list[Row]:
        """Run a statement; every row that it returns, by column name."""
        rows = await self._connection.execute_fetchall(_LOCKS.sub("", sql), {**values, "now": self._now})
        return [dict(row) for row in rows]

    async def one(self, sql: str, **values: Value) -> Row | None:
        """Run a statement; the first row that it returns."""
        rows = await self.all(sql, **values)
        return rows[0] if rows else None

    def wake(self, topic: str) -> None:
        """Nothing to do: every commit moves the file's change counter."""


class SqliteDriver:
    """The driver for a file on this machine. `clock` is for tests; all processes share this machine's."""

    id_column = "INTEGER PRIMARY KEY AUTOINCREMENT"

    def __init__(
        self,
        writer: aiosqlite.Connection,
        reader: aiosqlite.Connection,
        watcher: sqlite3.Connection,
        clock: Callable[[], float],
    ) -> None:
        self._writer, self._reader, self._watcher, self._clock = writer, reader, watcher, clock
        self._seen = 0  # of the change counter
        self._write_turn, self._read_turn = asyncio.Lock(), asyncio.Lock()
        self._committed = asyncio.Event()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """A transaction that no other writer overlaps."""
        async with self._write_turn:
            async with _transaction(self._writer, "BEGIN IMMEDIATE"):
                yield SqliteTx(self._writer, self._clock())
            self._committed.set()
            self._committed = asyncio.Event()

    def unlimited_transaction(self) -> AbstractAsyncContextManager[Tx]:
        """Any transaction may take as long as it needs here."""
        return self.transaction()

    @asynccontextmanager
    async def read_transaction(self) -> AsyncIterator[Tx]:
        """One moment of the table."""
        async with self._read_turn, _transaction(self._reader, "BEGIN"):
            yield SqliteTx(self._reader, self._clock())

    @asynccontextmanager
    async def autocommit(self) -> AsyncIterator[Tx]:
        """One statement, which is a transaction by itself."""
        async with self._read_turn:
            yield SqliteTx(self._reader, self._clock())

    @asynccontextmanager
    async def one_at_a_time(self, tx: Tx, what: str) -> AsyncIterator[None]:  # noqa: ARG002 - see below
        """Nothing to do: a writer has the whole file to itself."""
        yield

    async def has_table(self, tx: Tx, name: str) -> bool:
        """Whether there is such a table."""
        return await tx.one("SELECT 1 FROM sqlite_master WHERE name = :name", name=name) is not None

    def is_retryable(self, error: Exception) -> bool:
        """Whether others had the file for longer than `BUSY_S`."""
        return isinstance(error, sqlite3.OperationalError) and "locked" in str(error)

    def is_database_error(self, error: Exception) -> bool:
        """Whether the file could not be read or written: locked for too long, disk full, disk gone."""
        return isinstance(error, sqlite3.OperationalError)

    async def changed(self, mark: int, timeout_s: float, topics: Collection[str]) -> int:  # noqa: ARG002
        """Look at the file's change counter until it moves; a commit of this process is seen at once.

        The counter does not say what has changed; at one look in `POLL_S` that costs nothing.
        """
        ends = asyncio.get_running_loop().time() + timeout_s
        while (version := self._version()) == mark:
            left_s = ends - asyncio.get_running_loop().time()
            if left_s <= 0:
                break
            await _wait_for(self._committed, min(POLL_S, left_s))
        return version

    def _version(self) -> int:
        """A number that differs after every commit of any other connection, the writer here included.

        Asked in the loop itself: it takes some 10 µs, another thread ten times that.
        """
        try:
            [(self._seen,)] = self._watcher.execute("PRAGMA data_version").fetchall()
        except sqlite3.OperationalError as error:
            if not self.is_retryable(error):
                raise
            # somebody recovers the file this very moment: the next read will show
        return self._seen

    async def close(self) -> None:
        """Close all connections; a transaction that is under way ends first."""
        async with self._write_turn, self._read_turn:
            self._watcher.close()
            await self._reader.close()
            await self._writer.close()


async def _wait_for(event: asyncio.Event, longest_s: float) -> None:
    """Sleep until the event, or the time is up."""
    try:
        async with asyncio.timeout(longest_s):
            await event.wait()
    except TimeoutError:
        pass  # both ways to wake are right


@asynccontextmanager
async def _transaction(connection: aiosqlite.Connection, begin: str) -> AsyncIterator[None]:
    """Begin; commit if the block ends well, else roll back, also when the task is cancelled half way."""
    try:
        await connection.execute_fetchall(begin)
        yield
        await connection.execute_fetchall("COMMIT")
    except BaseException:
        await asyncio.shield(_roll_back(connection))
        raise


async def _roll_back(connection: aiosqlite.Connection) -> None:
    """Undo; harmless where nothing is open, as after a BEGIN that found the file locked."""
    try:
        await connection.execute_fetchall("ROLLBACK")
    except sqlite3.OperationalError as nothing:
        if "no transaction" not in str(nothing):
            raise


async def open_sqlite(path: Path, clock: Callable[[], float] = time.time) -> SqliteDriver:
    """Open the file, which is made if need be."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    private_file(path)
    async with AsyncExitStack() as opened:
        writer = await _connect(path)
        opened.push_async_callback(writer.close)
        reader = await _connect(path)
        opened.push_async_callback(reader.close)
        watcher = sqlite3.connect(path, isolation_level=None, timeout=0)
        opened.pop_all()
    return SqliteDriver(writer, reader, watcher, clock)


async def _connect(path: Path) -> aiosqlite.Connection:
    """One connection in WAL mode."""
    connection = await aiosqlite.connect(path, isolation_level=None, timeout=BUSY_S)
    connection.row_factory = sqlite3.Row
    try:
        await _turn_on_wal(connection)
        await connection.execute_fetchall("PRAGMA synchronous=FULL")
        await connection.execute_fetchall("PRAGMA foreign_keys=ON")
    except BaseException:
        await connection.close()
        raise
    return connection


async def _turn_on_wal(connection: aiosqlite.Connection) -> None:
    """Switch the file to WAL; SQLite does not wait for others here, so two that start at once try again."""
    ends = time.monotonic() + BUSY_S
    while True:
        try:
            await connection.execute_fetchall("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > ends:
                raise
            await asyncio.sleep(POLL_S)
        else:
            return
