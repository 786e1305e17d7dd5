"""Which stored objects the queue still needs; retention deletes the others when they expire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from separator.queue.database import read
from separator.queue.rows import from_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from separator.core.jobs import Json
    from separator.queue.database import Database
    from separator.queue.db.driver import Row, Tx

_WAITING_SONGS = """
SELECT DISTINCT song FROM orders
WHERE song <> '' AND (state = 'open' OR (state = 'draft' AND created > :now - :draft_s))
"""
# Work that is not done, what it comes after, and what was done for answers that are not sent yet.
_NEEDED_JOBS = """
SELECT args, result FROM job WHERE state IN ('waiting', 'queued', 'running')
    OR id IN (SELECT after_job FROM job WHERE state IN ('waiting', 'queued', 'running'))
    OR id IN (SELECT job FROM orders WHERE state IN ('ready', 'sending'))
"""


class SongRecords:
    """What the queue knows of stored objects; every method is one transaction."""

    def __init__(self, database: Database) -> None:
        """Work on an opened database."""
        self.database = database

    @read
    async def keys_in_use(self, tx: Tx, draft_s: float) -> frozenset[str]:
        """Keys of the songs, manifests and files that orders wait for.

        Args:
            tx: The transaction.
            draft_s: For so long a song waits for its outputs to be chosen.
        """
        songs = await tx.all(_WAITING_SONGS, draft_s=draft_s)
        keys = {f"songs/{row['song']}/source" for row in songs}
        for row in await tx.all(_NEEDED_JOBS):
            keys.update(_keys_of(row))
        return frozenset(keys)


def _keys_of(row: Row) -> Iterator[str]:
    """The objects that a job reads and those that it has made."""
    args: Json = from_text(row["args"]) or {}
    result: Json = from_text(row["result"]) or {}
    for key in (args.get("source"), args.get("manifest"), result.get("manifest")):
        if key:
            yield str(key)
    for file in result.get("files", []):
        yield str(file["key"])
