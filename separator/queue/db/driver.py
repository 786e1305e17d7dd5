"""What the queue needs of a database: transactions of portable SQL, a clock, notifications of changes.

The queue's SQL is written once. A driver adapts it to its database:

    :name        a value, given by name
    :now         seconds since 1970 by the database's clock, the same clock for every process
    FOR UPDATE   lock the rows that were read; dropped where one writer has the whole table anyway
    $ID          in migrations: the column type of a row number that the database hands out
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection
    from contextlib import AbstractAsyncContextManager

Row = dict[str, Any]
Value = str | int | float | None


class Tx(Protocol):
    """One open transaction."""

    async def all(self, sql: str, **values: Value) -> list[Row]:
        """Run a statement; every row that it returns, by column name."""
        ...

    async def one(self, sql: str, **values: Value) -> Row | None:
        """Run a statement; the first row that it returns."""
        ...

    def wake(self, topic: str) -> None:
        """Once this is committed, wake those who wait for this: a kind of job, or answers for a platform."""
        ...


class Driver(Protocol):
    """A database that the queue is in."""

    id_column: str  #: what `$ID` stands for

    def transaction(self) -> AbstractAsyncContextManager[Tx]:
        """A transaction that commits when the block ends well and leaves no trace when it does not."""
        ...

    def unlimited_transaction(self) -> AbstractAsyncContextManager[Tx]:
        """A transaction that may take as long as it needs: of a migration, which may build an index."""
        ...

    def read_transaction(self) -> AbstractAsyncContextManager[Tx]:
        """One moment of the table, read without blocking any writer."""
        ...

    def autocommit(self) -> AbstractAsyncContextManager[Tx]:
        """For one statement that reads: cheaper than `read_transaction`."""
        ...

    def one_at_a_time(self, tx: Tx, what: str) -> AbstractAsyncContextManager[None]:
        """Within `tx`, everybody else who does `what` waits until `tx` ends."""
        ...

    async def has_table(self, tx: Tx, name: str) -> bool:
        """Whether there is such a table."""
        ...

    def is_retryable(self, error: Exception) -> bool:
        """Whether the same transaction may go well the next time (a lock, a deadlock, a restart)."""
        ...

    def is_database_error(self, error: Exception) -> bool:
        """Whether the database failed; all other errors are the program's."""
        ...

    async def changed(self, mark: int, timeout_s: float, topics: Collection[str]) -> int:
        """Wait until something came for `topics` since `mark`; returns the new mark, or the old one.

        A driver may wake for other changes, too; and callers look again by themselves now and then.
        """
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...
