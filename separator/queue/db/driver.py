"""What the queue asks of a database: transactions of portable SQL, a clock, and word of changes.

The queue's SQL is written once. A driver makes it true for its database:

    :name        a value, handed in by name
    :now         seconds since 1970 by the database's clock, the same clock for everybody in the line
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
        """Once this is committed, wake who waits for this: a kind of job, or answers for a platform."""
        ...


class Driver(Protocol):
    """A database that keeps the line."""

    id_column: str  #: what `$ID` stands for

    def transaction(self) -> AbstractAsyncContextManager[Tx]:
        """A transaction that commits when the block ends well and leaves no trace when it does not."""
        ...

    def read_transaction(self) -> AbstractAsyncContextManager[Tx]:
        """One moment of the table, read without getting into any writer's way."""
        ...

    def autocommit(self) -> AbstractAsyncContextManager[Tx]:
        """For one statement that reads: less to ask of the database than `read_transaction`."""
        ...

    def one_at_a_time(self, tx: Tx, what: str) -> AbstractAsyncContextManager[None]:
        """Within `tx`, everybody else who does `what` waits until `tx` ends."""
        ...

    async def has_table(self, tx: Tx, name: str) -> bool:
        """Whether there is such a table."""
        ...

    def may_try_again(self, error: Exception) -> bool:
        """Whether the same transaction may go well the next time (a lock, a deadlock, a restart)."""
        ...

    def is_trouble(self, error: Exception) -> bool:
        """Whether the database did not do its part; all other errors are the program's."""
        ...

    async def changed(self, mark: int, timeout_s: float, topics: Collection[str]) -> int:
        """Wait until something came for `topics` since `mark`; returns the new mark, or the old one.

        A driver may wake for other changes, too; and whoever waits looks again by itself now and then.
        """
        ...

    async def close(self) -> None:
        """Let go of every connection."""
        ...
