"""The queue in PostgreSQL: any number of bots and workers on any number of machines.

Only the server's clock counts. Rows are locked one by one; claims take turns by an advisory lock, so that
shares and limits are exact. A process that freezes inside a transaction loses it after `FROZEN_S`, so that
the others never wait for it longer. NOTIFY wakes those who wait; beneath it they poll by their time-outs.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import psycopg
import structlog
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from separator.core.errors import ConfigError
from storage import StorageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection

    from psycopg import AsyncConnection

    from separator.queue.db.driver import Row, Tx, Value

log = structlog.get_logger()

#: Of the statement, since a transaction may have waited for a lock; in a query of its own, so that it is
#: asked once and not for every row.
SERVER_CLOCK = "(SELECT extract(epoch FROM statement_timestamp())::float8)"
CHANNEL = "stembot"
POOL = 4  #: connections of one opened queue at most; a process opens a queue for each of its loops
ANSWER_S = 5.0  #: to get a connection; then the database counts as away
FROZEN_S = 5.0  #: a transaction that does nothing for so long is ended by the server
STATEMENT_S = 15.0  #: a statement that takes longer is ended by the server; ours take milliseconds
HUNG_S = 20.0  #: a transaction that takes longer is given up here: the server does not even end statements
RECONNECT_S = 1.0  #: between two tries to listen again
#: A server that vanished without a word (a pulled cable) is noticed within half a minute, not in two hours.
_TCP: dict[str, Any] = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
_NAMES = re.compile(r"(?<!:):([a-z_]+)")
_DATABASE_ERRORS = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.InternalError, TimeoutError)
#: How a server refuses an address that will never be right, and what it means.
_WRONG_ADDRESS = {
    "password authentication failed": "password",
    "no password supplied": "password",
    "no pg_hba.conf entry": "access",
    '" does not exist': "name",  # of the role or the database
    "invalid connection option": "address",
    "invalid port number": "port",
    "invalid integer value": "port",
}
_NO_OPTIONS = "unsupported startup parameter"  # says PgBouncer
_LOCAL_LIMITS = (
    f"SET LOCAL idle_in_transaction_session_timeout = {int(FROZEN_S * 1000)};"
    f" SET LOCAL statement_timeout = {int(STATEMENT_S * 1000)}"
).encode()
#: What may pass, said of a connection.
_UNREACHABLE = ("Connection refused", "failed to resolve host", "timeout expired", "starting up", "too many")
_OPTIONS = (
    f"-c idle_in_transaction_session_timeout={int(FROZEN_S * 1000)}"
    f" -c statement_timeout={int(STATEMENT_S * 1000)}"
)


@lru_cache(maxsize=256)
def _translated(sql: str, clock: str) -> bytes:
    """The queue's SQL in psycopg's form. Statements are ours, values never become part of them."""
    return _NAMES.sub(lambda found: clock if found[1] == "now" else f"%({found[1]})s", sql).encode()


class PostgresTx:
    """One open transaction."""

    def __init__(self, connection: AsyncConnection[Row], clock: str) -> None:
        self._connection, self._clock = connection, clock
        self.topics: set[str] = set()

    async def all(self, sql: str, **values: Value) -> list[Row]:
        """Run a statement; every row that it returns, by column name."""
        cursor = await self._connection.execute(_translated(sql, self._clock), values)
        return await cursor.fetchall() if cursor.description else []

    async def one(self, sql: str, **values: Value) -> Row | None:
        """Run a statement; the first row that it returns."""
        rows = await self.all(sql, **values)
        return rows[0] if rows else None

    def wake(self, topic: str) -> None:
        """Wake those who wait for this, once this is committed."""
        self.topics.add(topic)


class PostgresDriver:
    """The driver for a server. `clock` is the SQL of the time, another one only in tests."""

    id_column = "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"

    def __init__(self, url: str, clock: str = SERVER_CLOCK) -> None:
        """Prepare; nothing is opened yet."""
        self._url, self._clock = url, clock
        self._is_pooled = False  #: by transactions, so that a session keeps nothing (PgBouncer)
        self._pool = self._make_pool({"options": _with_options(url)})
        self._listener: asyncio.Task[None] | None = None
        self._changed, self._changes = asyncio.Event(), Counter[str]()
        self._connections = 0

    def _make_pool(self, more: dict[str, Any]) -> AsyncConnectionPool[AsyncConnection[Row]]:
        return AsyncConnectionPool(
            self._url,
            kwargs={"autocommit": True, "row_factory": dict_row} | more | _TCP,
            connection_class=psycopg.AsyncConnection[dict[str, object]],
            min_size=1,
            max_size=POOL,
            timeout=ANSWER_S,
            open=False,
        )

    async def open(self) -> None:
        """Connect.

        Raises:
            ConfigError: The address names a person, a password or a database that the server does not know.
            StorageError: The server does not answer.
        """
        await self._try_address()
        try:
            await self._pool.open(wait=True, timeout=ANSWER_S)
        except psycopg.OperationalError as away:
            await self._pool.close()
            raise StorageError(doing="database") from away

    async def _try_address(self) -> None:
        """Connect once by itself: the pool does not say why it cannot."""
        try:
            connection = await psycopg.AsyncConnection.connect(
                self._url,
                connect_timeout=max(int(ANSWER_S), 1),
                options="" if self._is_pooled else _with_options(self._url),
                prepare_threshold=None,
                **_TCP,
            )
        except psycopg.Error as error:
            words = str(error)
            if _NO_OPTIONS in words and not self._is_pooled:
                self._is_pooled, self._pool = True, self._make_pool({"prepare_threshold": None})
                log.info("database_pooled")
                return
            if reason := next((reason for said, reason in _WRONG_ADDRESS.items() if said in words), ""):
                raise ConfigError(setting="STEMBOT_DATABASE_URL", reason=reason) from error
            log.info("database_unreachable", reason=_reason(error))
            raise StorageError(doing="database") from error
        await connection.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """A transaction; its notifications are sent with its commit."""
        async with asyncio.timeout(HUNG_S), self._pool.connection() as connection, connection.transaction():
            if self._is_pooled:
                await connection.execute(_LOCAL_LIMITS)
            tx = PostgresTx(connection, self._clock)
            yield tx
            for topic in sorted(tx.topics):
                await connection.execute("SELECT pg_notify(%s, %s)", [CHANNEL, topic])

    @asynccontextmanager
    async def unlimited_transaction(self) -> AsyncIterator[Tx]:
        """A transaction that may take as long as it needs."""
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute("SET LOCAL statement_timeout = 0")
            yield PostgresTx(connection, self._clock)

    @asynccontextmanager
    async def read_transaction(self) -> AsyncIterator[Tx]:
        """One moment of the table."""
        async with asyncio.timeout(HUNG_S), self._pool.connection() as connection:
            await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            try:
                yield PostgresTx(connection, self._clock)
            finally:
                await connection.rollback()  # there is nothing to commit

    @asynccontextmanager
    async def autocommit(self) -> AsyncIterator[Tx]:
        """One statement, which is a transaction by itself: one way there and back, not three."""
        async with asyncio.timeout(HUNG_S), self._pool.connection() as connection:
            yield PostgresTx(connection, self._clock)

    @asynccontextmanager
    async def one_at_a_time(self, tx: Tx, what: str) -> AsyncIterator[None]:
        """A lock that the transaction gives back when it ends."""
        await tx.one("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))", what=f"stembot {what}")
        yield

    async def has_table(self, tx: Tx, name: str) -> bool:
        """Whether there is such a table."""
        row = await tx.one("SELECT to_regclass(:name) IS NOT NULL AS there", name=name)
        return bool(row and row["there"])

    def is_retryable(self, error: Exception) -> bool:
        """Lost races, and connections that broke; not a server that does not answer at all."""
        return self.is_database_error(error) and not isinstance(error, (PoolTimeout, TimeoutError))

    def is_database_error(self, error: Exception) -> bool:
        """Whether the server failed."""
        return isinstance(error, _DATABASE_ERRORS)

    async def changed(self, mark: int, timeout_s: float, topics: Collection[str]) -> int:
        """Wait for a NOTIFY of one of these topics since `mark`."""
        if self._listener is None:
            self._listener = asyncio.create_task(self._listen(), name="listen")
        ends = asyncio.get_running_loop().time() + timeout_s
        while (now := self._mark(topics)) == mark:
            event, left_s = self._changed, ends - asyncio.get_running_loop().time()
            try:
                async with asyncio.timeout(left_s):
                    await event.wait()
            except TimeoutError:
                break
        return now

    def _mark(self, topics: Collection[str]) -> int:
        """Grows with every notification of these topics, and every connection, which may have missed one."""
        return 1 + self._connections + sum(self._changes[topic] for topic in topics)

    async def _listen(self) -> None:
        """Receive every NOTIFY, for ever; after a broken connection one may have been missed."""
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    self._url,
                    autocommit=True,
                    connect_timeout=int(ANSWER_S),
                    prepare_threshold=None,
                    **_TCP,
                ) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    self._connections += 1
                    self._notify_waiters()
                    async for notification in connection.notifies():
                        self._changes[notification.payload] += 1
                        self._notify_waiters()
            except psycopg.Error as lost:
                log.warning("listen_lost", error=type(lost).__name__)
            await asyncio.sleep(RECONNECT_S)

    def _notify_waiters(self) -> None:
        """Wake those who wait in `changed`."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def close(self) -> None:
        """Close every connection."""
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)
        await self._pool.close()


def _reason(error: psycopg.Error) -> str:
    """Why a server does not answer, in words without address or password."""
    words = str(error)
    return next((said for said in _UNREACHABLE if said in words), type(error).__name__)


def _with_options(url: str) -> str:
    """Our limits, after the options that the address itself carries."""
    given = psycopg.conninfo.conninfo_to_dict(url).get("options")
    return f"{given} {_OPTIONS}" if given else _OPTIONS


async def open_postgres(url: str, clock: str = SERVER_CLOCK) -> PostgresDriver:
    """Connect to a server.

    Raises:
        StorageError: It does not answer.
    """
    driver = PostgresDriver(url, clock)
    await driver.open()
    return driver
