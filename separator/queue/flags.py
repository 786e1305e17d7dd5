"""What holds for the whole line, on every machine, until somebody takes it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from separator.queue.db.driver import Tx

DRAINED = "drained"  #: workers begin nothing new (`claims` reads it in SQL); what they hold they finish

_PUT_UP = "INSERT INTO notice (name, at) VALUES (:name, :now) ON CONFLICT (name) DO NOTHING"
_TAKE_DOWN = "DELETE FROM notice WHERE name = :name"
_HOLDS = "SELECT 1 FROM notice WHERE name = :name"


async def put_up(tx: Tx, name: str) -> None:
    """From now on this holds."""
    await tx.all(_PUT_UP, name=name)


async def take_down(tx: Tx, name: str) -> None:
    """It holds no more."""
    await tx.all(_TAKE_DOWN, name=name)


async def holds(tx: Tx, name: str) -> bool:
    """Whether it holds."""
    return await tx.one(_HOLDS, name=name) is not None
