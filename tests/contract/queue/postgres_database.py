"""The queue on PostgreSQL, for the contract suite: apart from other tests, with its own clock."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import psycopg

from separator.queue import Queue
from separator.queue.db.migrate import migrate
from separator.queue.db.postgres import PostgresDriver, open_postgres

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

PER_OWNER = 2


class PostgresDatabase:
    """A schema of its own, and a clock in a table of it that stands still until it is turned."""

    single_writer = False

    def __init__(self, url: str, stack: AsyncExitStack) -> None:
        self._server, self._stack, self._schema = url, stack, f"test_{uuid.uuid4().hex}"

    async def make(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._server, autocommit=True) as connection:
            await connection.execute(f"CREATE SCHEMA {self._schema}")
            await connection.execute(f"CREATE TABLE {self._schema}.clock (at float8)")
            await connection.execute(f"INSERT INTO {self._schema}.clock VALUES (1000000.0)")

    async def driver(self) -> PostgresDriver:
        url = f"{self._server}?options=-csearch_path%3D{self._schema}&application_name={self._schema}"
        driver = await open_postgres(url, clock="(SELECT at FROM clock)")
        self._stack.push_async_callback(driver.close)
        return driver

    async def open(self) -> Queue:
        driver = await self.driver()
        await migrate(driver)
        return Queue.of(driver, PER_OWNER)

    async def advance_clock(self, seconds: float) -> None:
        async with await psycopg.AsyncConnection.connect(self._server, autocommit=True) as connection:
            await connection.execute(f"UPDATE {self._schema}.clock SET at = at + %s", [seconds])

    async def waits_for_lock(self) -> bool:
        async with await psycopg.AsyncConnection.connect(self._server, autocommit=True) as connection:
            found = await connection.execute(
                "SELECT 1 FROM pg_stat_activity WHERE application_name = %s AND wait_event_type = 'Lock'",
                [self._schema],
            )
            return await found.fetchone() is not None
