"""The table makes itself, once, whichever process comes first."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from separator.core.errors import ConfigError
from separator.core.jobs import TRANSITIONS
from separator.queue.db.migrate import migrate, migrations

if TYPE_CHECKING:
    from separator.queue.db.driver import Driver


async def test_processes_that_start_at_once_migrate_once(database):
    drivers = [await database.driver() for _ in range(4)]
    await asyncio.gather(*(migrate(driver) for driver in drivers))
    async with drivers[0].read_transaction() as tx:
        rows = await tx.all("SELECT number, name FROM migration ORDER BY number")
    assert rows == [{"number": step.number, "name": step.name} for step in migrations()]


async def test_sql_obeys_the_table_of_moves(database):
    driver = await database.driver()
    await migrate(driver)
    async with driver.read_transaction() as tx:
        rows = {(row["was"], row["becomes"]) for row in await tx.all("SELECT was, becomes FROM move")}
    assert rows == {(was, becomes) for was, moves in TRANSITIONS.items() for becomes in moves}


async def test_a_table_of_a_later_version_is_not_touched(database):
    """An old worker beside a new bot must say so instead of writing what it does not know."""
    driver = await database.driver()
    await migrate(driver)
    async with driver.transaction() as tx:
        await tx.all("INSERT INTO migration (number, name, at) VALUES (9999, 'later', 0)")
    with pytest.raises(ConfigError, match="9999"):
        await migrate(driver)


async def _fail_inside(driver: Driver) -> None:
    """Write something, then meet a bug."""
    with suppress(RuntimeError):
        async with driver.transaction() as tx:
            await tx.all("INSERT INTO served (owner, at) VALUES ('x', 1)")
            raise RuntimeError


async def test_a_transaction_that_fails_leaves_no_trace(database):
    driver = await database.driver()
    await migrate(driver)
    await _fail_inside(driver)
    async with driver.read_transaction() as tx:
        assert await tx.all("SELECT * FROM served") == []


async def test_a_transaction_that_is_cancelled_half_way_lets_go_of_the_table(database):
    driver, another = await database.driver(), await database.driver()
    await migrate(driver)
    inside = asyncio.Event()

    async def stuck() -> None:
        async with driver.transaction() as tx:
            await tx.all("INSERT INTO served (owner, at) VALUES ('x', 1)")
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(stuck())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with another.transaction() as tx:
        assert await tx.all("SELECT * FROM served") == []
