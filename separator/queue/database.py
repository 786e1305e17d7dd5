"""Transactions that are tried again while that helps, and the database's errors as callers know them.

A method decorated with `write`, `fenced`, `read` or `lookup` is one transaction: it is written with the
transaction as its first argument, and called without.

    class OrderBook:
        @lookup
        async def find_order(self, tx: Tx, request_id: str) -> Order | None: ...

    await orders.find_order("telegram:1")
"""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar

import structlog

from separator.core.errors import LeaseLost
from separator.queue import events
from storage import StorageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Coroutine
    from contextlib import AbstractAsyncContextManager

    from separator.queue.db.driver import Driver, Tx

log = structlog.get_logger()

TRIES = 6  #: of one transaction; the pauses between them double from 50 ms, some 1.5 s in all
_FIRST_PAUSE_S = 0.05

T = TypeVar("T")
P = ParamSpec("P")
S = TypeVar("S", bound="HasDatabase")


class HasDatabase(Protocol):
    """What the decorators below need of the object whose method they decorate."""

    database: Database


class Database:
    """Runs transactions on a driver.

    One that lost a race for a lock, or whose connection broke, is tried again for a while; after that the
    caller gets a `StorageError` and decides how long to wait. Nothing is half done in between.
    """

    def __init__(self, driver: Driver) -> None:
        """Use an opened driver."""
        self.driver = driver

    async def run(
        self, begin: Callable[[], AbstractAsyncContextManager[Tx]], work: Callable[[Tx], Awaitable[T]]
    ) -> T:
        """Do `work` in a transaction; `begin` is one of the driver's methods.

        Raises:
            StorageError: The database did not do its part.
        """
        pause_s = _FIRST_PAUSE_S
        for left in reversed(range(TRIES)):
            try:
                async with begin() as tx:
                    return await work(tx)
            except Exception as error:
                if not (left and self.driver.is_retryable(error)):
                    raise self._translate(error) from error
                log.info("transaction_retried", error=type(error).__name__, left=left)
            await asyncio.sleep(pause_s * random.uniform(0.5, 1))  # noqa: S311 - so that two do not meet again
            pause_s *= 2
        raise StorageError

    async def changed(self, mark: int, timeout_s: float, topics: Collection[str]) -> int:
        """Wait for a change of `topics` since `mark`, as `Driver.changed`.

        Raises:
            StorageError: The database did not do its part.
        """
        try:
            return await self.driver.changed(mark, timeout_s, topics)
        except Exception as error:
            raise self._translate(error) from error

    def _translate(self, error: Exception) -> Exception:
        """The error as callers know it: trouble of the database is `StorageError`, all else is itself."""
        return StorageError() if self.driver.is_database_error(error) else error


class _Decorator(Protocol):
    """Makes a method that is called without the transaction it is written with."""

    def __call__(
        self, method: Callable[Concatenate[S, Tx, P], Awaitable[T]]
    ) -> Callable[Concatenate[S, P], Coroutine[Any, Any, T]]: ...


def _transaction(begin: Callable[[Driver], AbstractAsyncContextManager[Tx]]) -> _Decorator:
    def decorate(
        method: Callable[Concatenate[S, Tx, P], Awaitable[T]],
    ) -> Callable[Concatenate[S, P], Coroutine[Any, Any, T]]:
        @wraps(method)
        async def run(self: S, /, *args: P.args, **values: P.kwargs) -> T:
            database = self.database
            return await database.run(
                lambda: begin(database.driver), lambda tx: method(self, tx, *args, **values)
            )

        return run

    return decorate


write = _transaction(lambda driver: driver.transaction())
read = _transaction(lambda driver: driver.read_transaction())  #: one moment of the tables
lookup = _transaction(
    lambda driver: driver.autocommit()
)  #: a single statement that reads: cheaper than `read`


def fenced(
    method: Callable[Concatenate[S, Tx, P], Awaitable[None]],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, None]]:
    """A method that writes by a fencing token; what is refused leaves nothing behind but a count.

    The method raises `LeaseLost` where the row has moved on.
    """
    attempt = write(method)

    @wraps(method)
    async def run(self: S, /, *args: P.args, **values: P.kwargs) -> None:
        try:
            await attempt(self, *args, **values)
        except LeaseLost:
            with suppress(StorageError):  # the refusal stands, counted or not
                await _count_stale(self, method.__name__)
            raise

    return run


@write
async def _count_stale(self: HasDatabase, tx: Tx, operation: str) -> None:  # noqa: ARG001 - for `write`
    await events.count(tx, "stale", operation)
