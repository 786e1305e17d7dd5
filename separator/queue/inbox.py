"""Messages that a bot has taken from its platform and not handled yet.

A platform that hears that a message was taken does not send it again. So it is noted here first: what a
killed process was handling, the next one finds.

    taken ──► noted ──► confirmed to the platform ──► handled ──► removed
                │
                └ the process ends here: another takes it over, at most `TRIES` times in all
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from separator.queue.database import write

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from separator.queue.database import Database
    from separator.queue.db.driver import Tx

TRIES = 3  #: processes that may take a message; one that ends each of them is given up
_KEPT_S = 86_400.0  #: as long as Telegram keeps a message that nobody takes

_ADD = """
INSERT INTO inbox (bot, id, owner, body, at, seen) VALUES (:bot, :id, :owner, :body, :now, :now)
ON CONFLICT (bot, id) DO NOTHING RETURNING id
"""
_RENEW = "UPDATE inbox SET seen = :now WHERE bot = :bot AND id = :id"
_RELEASE = "UPDATE inbox SET seen = 0, tries = tries - 1 WHERE bot = :bot AND id = :id"
_TAKE_OVER = """
UPDATE inbox SET seen = :now, tries = tries + 1 WHERE bot = :bot AND seen <= :now - :idle_s AND tries < :tries
RETURNING id, owner, body
"""
_PRUNE = """
DELETE FROM inbox WHERE bot = :bot AND (at < :now - :kept_s OR (tries >= :tries AND seen <= :now - :idle_s))
"""


@dataclass(frozen=True)
class Incoming:
    """One message as the platform sent it."""

    id: int
    body: str  #: as the bot wants to read it again
    owner: str = ""  #: who sent it; forgetting them forgets it


class MessageInbox:
    """The messages that bots are handling; every method is one transaction."""

    def __init__(self, database: Database) -> None:
        """Work on an opened database."""
        self.database = database

    @write
    async def add(self, tx: Tx, bot: str, messages: Sequence[Incoming]) -> set[int]:
        """Note messages; returns those that were not noted before, which are the caller's to handle."""
        added: set[int] = set()
        for each in messages:
            row = await tx.one(_ADD, bot=bot, id=each.id, owner=each.owner, body=each.body)
            added |= {row["id"]} if row else set()
        return added

    @write
    async def renew(self, tx: Tx, bot: str, ids: Collection[int]) -> None:
        """Say that these are still being handled."""
        for each in ids:
            await tx.all(_RENEW, bot=bot, id=each)

    @write
    async def release(self, tx: Tx, bot: str, ids: Collection[int]) -> None:
        """Let any process take these over at once: this one ends."""
        for each in ids:
            await tx.all(_RELEASE, bot=bot, id=each)

    @write
    async def take_over(self, tx: Tx, bot: str, idle_s: float) -> list[Incoming]:
        """Claim the messages, oldest first, whose process has said nothing for so long."""
        await tx.all(_PRUNE, bot=bot, kept_s=_KEPT_S, tries=TRIES, idle_s=idle_s)
        rows = await tx.all(_TAKE_OVER, bot=bot, idle_s=idle_s, tries=TRIES)
        return sorted(
            (Incoming(row["id"], row["body"], row["owner"]) for row in rows), key=lambda each: each.id
        )

    @write
    async def remove(self, tx: Tx, bot: str, ids: Collection[int]) -> None:
        """Forget messages that are handled."""
        for each in ids:
            await tx.all("DELETE FROM inbox WHERE bot = :bot AND id = :id", bot=bot, id=each)
