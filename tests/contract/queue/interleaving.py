"""Two transactions, step by step: one halts before a statement until the other is done, or waits for it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine

    from separator.queue.db.driver import Driver, Row, Tx, Value

T = TypeVar("T")
PATIENCE_S = 20.0  #: then the test fails; nothing here waits for time to pass
BEGIN = "BEGIN"  #: the moment before a writing transaction begins


class Halting:
    """A driver that halts once, before the first statement that begins with the words it is given."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._words: str | None = None
        self._halted, self._go_on = asyncio.Event(), asyncio.Event()
        self.queueing = 0  #: transactions that have asked to begin and were not let in yet

    def __getattr__(self, name: str) -> Any:
        return getattr(self._driver, name)

    def halt_before(self, words: str) -> None:
        """Where to halt: the first words of a statement, or `BEGIN`."""
        self._words = words

    async def halted(self) -> None:
        """Until it stands there."""
        async with asyncio.timeout(PATIENCE_S):
            await self._halted.wait()

    def go_on(self) -> None:
        """Let it go on."""
        self._go_on.set()

    async def pass_by(self, sql: str) -> None:
        """Halt, if this is the place."""
        if self._words and " ".join(sql.split()).startswith(self._words):
            self._words = None
            self._halted.set()
            async with asyncio.timeout(PATIENCE_S):
                await self._go_on.wait()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """A transaction that may halt."""
        await self.pass_by(BEGIN)
        self.queueing += 1
        async with self._driver.transaction() as tx:
            self.queueing -= 1
            yield HaltingTx(tx, self)

    @asynccontextmanager
    async def unlimited_transaction(self) -> AsyncIterator[Tx]:
        """As `transaction`, for migrations."""
        await self.pass_by(BEGIN)
        self.queueing += 1
        async with self._driver.unlimited_transaction() as tx:
            self.queueing -= 1
            yield HaltingTx(tx, self)


class HaltingTx:
    """A transaction of it."""

    def __init__(self, tx: Tx, driver: Halting) -> None:
        self._tx, self._driver = tx, driver

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tx, name)

    async def all(self, sql: str, **values: Value) -> list[Row]:
        await self._driver.pass_by(sql)
        return await self._tx.all(sql, **values)

    async def one(self, sql: str, **values: Value) -> Row | None:
        await self._driver.pass_by(sql)
        return await self._tx.one(sql, **values)


async def interleave(
    held: tuple[Halting, Coroutine[Any, Any, T]],
    passing: Coroutine[Any, Any, T],
    stuck: Callable[[], Awaitable[bool]],
) -> tuple[T | BaseException, T | BaseException]:
    """Let one go to its halt, the other as far as it can, then the first to its end.

    Args:
        held: What halts, and what it does.
        passing: What is done meanwhile.
        stuck: Whether a transaction waits for another one's end.
    Returns: What each returned or raised.
    """
    driver, work = held
    first = asyncio.create_task(work)
    await driver.halted()
    second = asyncio.create_task(passing)
    async with asyncio.timeout(PATIENCE_S):
        while not second.done() and not await stuck():
            await asyncio.sleep(0)
    driver.go_on()
    async with asyncio.timeout(PATIENCE_S):
        one, other = await asyncio.gather(first, second, return_exceptions=True)
    return one, other
