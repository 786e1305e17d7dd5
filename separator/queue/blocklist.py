"""Who may put nothing into the line: the operator's list, in the line's own database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from separator.core.limits import Block

if TYPE_CHECKING:
    from collections.abc import Collection

    from separator.queue.db.driver import Row, Tx

_ADD = """
INSERT INTO block (who, until, why, at)
VALUES (:who, CASE WHEN :for_s > 0 THEN :now + :for_s ELSE NULL END, :why, :now)
ON CONFLICT (who) DO UPDATE SET until = excluded.until, why = excluded.why, at = excluded.at
"""
_FIND = "SELECT who, why, until - :now AS ends_s FROM block WHERE {which} (until IS NULL OR until > :now)"
_ONE = _FIND.replace("{which}", "who = :who AND")
_ALL = _FIND.replace("{which}", "") + " ORDER BY at, who"


async def add(tx: Tx, who: str, for_s: float, why: str) -> None:
    """Take no songs from somebody, for so long; 0 is until it is taken back. The newest word holds."""
    await tx.all(_ADD, who=who, for_s=for_s, why=why)


async def remove(tx: Tx, who: str) -> bool:
    """Take songs again; returns whether they were on the list."""
    return await tx.one("DELETE FROM block WHERE who = :who RETURNING who", who=who) is not None


async def every(tx: Tx) -> tuple[Block, ...]:
    """All that hold now, the oldest first."""
    return tuple(_block(row) for row in await tx.all(_ALL))


async def of(tx: Tx, whos: Collection[str]) -> Block | None:
    """The first of these that is on the list."""
    for who in whos:
        if who and (row := await tx.one(_ONE, who=who)):
            return _block(row)
    return None


def _block(row: Row) -> Block:
    return Block(row["who"], row["ends_s"], row["why"])
