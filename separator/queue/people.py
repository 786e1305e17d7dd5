"""`separator.core.people` in portable SQL."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Protocol, TypeVar

from separator.core.jobs import NewOrder
from separator.core.people import FinishedOrder, Forgotten
from separator.queue import blocklist, usage
from separator.queue.rows import from_text, order_of, to_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping

    from separator.core.jobs import Json, Order
    from separator.core.limits import Block, Quota, QuotaUsage
    from separator.queue.db.driver import Tx

T = TypeVar("T")

_PREFER = """
INSERT INTO preference (who, facts, at) VALUES (:who, :facts, :now)
ON CONFLICT (who) DO UPDATE SET facts = excluded.facts, at = excluded.at
"""
_ASK = """
INSERT INTO request (id, owner, platform, facts, invited, at)
VALUES (:id, :owner, :platform, :facts, :invited, :now)
ON CONFLICT (id) DO UPDATE SET facts = excluded.facts, invited = excluded.invited
"""
_LEFT = """
SELECT facts FROM request WHERE platform = :platform AND invited = 0 AND at <= :now - :older_s ORDER BY at, id
"""
_KEEP = """
INSERT INTO kept_file (platform, key, id, at) VALUES (:platform, :key, :id, :now)
ON CONFLICT (platform, key) DO UPDATE SET id = excluded.id, at = excluded.at
"""
_MADE = """
SELECT orders.*, job.result AS made FROM orders JOIN job ON job.id = orders.job
WHERE orders.owner = :owner AND job.state = 'done' AND orders.state IN ('ready', 'sending', 'sent')
ORDER BY orders.id DESC LIMIT :most
"""
_ANSWERED = """
SELECT * FROM orders
WHERE place = :place AND song = :song AND wish = :outputs AND state = 'sent' AND receipt <> ''
ORDER BY id DESC LIMIT 1
"""
_BUSY = """
SELECT COUNT(*) AS many, MIN(created) AS oldest, :now AS now FROM orders
WHERE place = :place AND created > :now - :within_s AND state NOT IN ('cancelled', 'draft')
"""
_MY_JOBS = """
SELECT DISTINCT job.id, job.after_job, job.result FROM orders JOIN job ON job.id = orders.job
WHERE orders.owner = :owner AND orders.song LIKE :song AND NOT EXISTS
    (SELECT 1 FROM orders AS theirs WHERE theirs.job = job.id AND theirs.owner <> :owner)
"""
_MY_SONGS = """
SELECT DISTINCT song FROM orders WHERE owner = :owner AND song LIKE :song AND song <> '' AND NOT EXISTS
    (SELECT 1 FROM orders AS theirs WHERE theirs.song = orders.song AND theirs.owner <> :owner)
"""
#: Work that has ended and that no order and no other work points at.
_FORGET_JOB = """
DELETE FROM job WHERE id = :id AND state NOT IN ('waiting', 'queued', 'running')
    AND NOT EXISTS (SELECT 1 FROM orders WHERE orders.job = job.id)
    AND NOT EXISTS (SELECT 1 FROM job AS child WHERE child.after_job = job.id)
"""
_LOOKS_BACK = 5  # rows read for each result that is asked for: some are the same song and wish again


class _Run(Protocol):
    """Runs a piece of work in a transaction, again while that helps."""

    async def __call__(self, work: Callable[[Tx], Awaitable[T]]) -> T: ...


class SqlPeople:
    """`People` (separator.core.people) over the same database as the line."""

    def __init__(self, write: _Run, read: _Run) -> None:
        """Take what runs writing and reading transactions."""
        self._write, self._read = write, read

    async def preferences(self, whos: Collection[str]) -> dict[str, Json]:
        """What each of these has chosen."""
        return await self._read(lambda tx: _preferences(tx, whos))

    async def set_preferences(self, who: str, facts: Json) -> None:
        """Replace what somebody has chosen."""
        await self._write(lambda tx: _prefer(tx, who, facts))

    async def add_pending(self, order: NewOrder, *, invited: bool = False) -> None:
        """Remember a request."""
        values = {"id": order.request_id, "owner": order.owner, "platform": order.platform}
        facts = to_text(asdict(order))
        await self._write(lambda tx: tx.all(_ASK, facts=facts, invited=int(invited), **values))

    async def find_pending(self, request_id: str) -> NewOrder | None:
        """A request whose song has not come yet."""
        sql = "SELECT facts FROM request WHERE id = :id"
        row = await self._read(lambda tx: tx.one(sql, id=request_id))
        return NewOrder(**from_text(row["facts"])) if row else None

    async def remove_pending(self, request_id: str) -> bool:
        """Its song has come, or never will."""
        sql = "DELETE FROM request WHERE id = :id RETURNING id"
        return await self._write(lambda tx: tx.one(sql, id=request_id)) is not None

    async def stale_pending(self, platform: str, older_s: float) -> list[NewOrder]:
        """Requests of a platform that are older than this."""
        rows = await self._read(lambda tx: tx.all(_LEFT, platform=platform, older_s=older_s))
        return [NewOrder(**from_text(row["facts"])) for row in rows]

    async def file_ids(self, platform: str, keys: Collection[str]) -> dict[str, str]:
        """The platform's ids of these files."""
        return await self._read(lambda tx: _kept(tx, platform, keys))

    async def add_file_ids(self, platform: str, ids: Mapping[str, str]) -> None:
        """Remember the platform's ids of files."""
        await self._write(lambda tx: _keep(tx, platform, ids))

    async def finished_orders(self, owner: str, most: int) -> list[FinishedOrder]:
        """An owner's latest finished orders."""
        rows = await self._read(lambda tx: tx.all(_MADE, owner=owner, most=_LOOKS_BACK * most))
        newest: dict[tuple[str, str], FinishedOrder] = {}
        for row in rows:
            order = order_of(row)
            newest.setdefault((order.song, order.outputs), FinishedOrder(order, from_text(row["made"])))
        return list(newest.values())[:most]

    async def find_answered(self, place: str, song: str, outputs: str) -> Order | None:
        """The latest order of this place for the same song and wish whose answer is in the chat."""
        row = await self._read(lambda tx: tx.one(_ANSWERED, place=place, song=song, outputs=outputs))
        return order_of(row) if row else None

    async def orders_within(self, place: str, within_s: float) -> tuple[int, float]:
        """(orders of a place within this time, seconds until the oldest of them falls out of it)."""
        row = await self._read(lambda tx: tx.one(_BUSY, place=place, within_s=within_s)) or {}
        return row["many"], max(0.0, (row["oldest"] or row["now"]) + within_s - row["now"])

    async def quota_usage(self, who: str, share: Quota) -> QuotaUsage:
        """What a person or place has taken of what they may."""
        return await self._read(lambda tx: usage.of(tx, who, share))

    async def find_block(self, whos: Collection[str]) -> Block | None:
        """The first of these that the operator takes no songs from."""
        return await self._read(lambda tx: blocklist.of(tx, whos))

    async def forget(self, owner: str, song: str = "") -> Forgotten:
        """Delete all that is known of somebody, or their orders for one song."""
        return await self._write(lambda tx: _forget(tx, owner, song))


async def _preferences(tx: Tx, whos: Collection[str]) -> dict[str, Json]:
    found = {}
    for who in whos:
        if row := await tx.one("SELECT facts FROM preference WHERE who = :who", who=who):
            found[who] = from_text(row["facts"])
    return found


async def _prefer(tx: Tx, who: str, facts: Json) -> None:
    if facts:
        await tx.all(_PREFER, who=who, facts=to_text(facts))
    else:
        await tx.all("DELETE FROM preference WHERE who = :who", who=who)


async def _kept(tx: Tx, platform: str, keys: Collection[str]) -> dict[str, str]:
    sql = "SELECT id FROM kept_file WHERE platform = :platform AND key = :key"
    rows = {key: await tx.one(sql, platform=platform, key=key) for key in keys}
    return {key: row["id"] for key, row in rows.items() if row}


async def _keep(tx: Tx, platform: str, ids: Mapping[str, str]) -> None:
    for key, kept in ids.items():
        await tx.all(_KEEP, platform=platform, key=key, id=kept)


async def _forget(tx: Tx, owner: str, song: str) -> Forgotten:
    """Rows of the person, then finished jobs that nothing points at any more: mixes before separations."""
    which = {"owner": owner, "song": song or "%"}  # a hash has no wildcards in it
    jobs = await tx.all(_MY_JOBS, **which)
    songs = frozenset(row["song"] for row in await tx.all(_MY_SONGS, **which))
    gone = await tx.all("DELETE FROM orders WHERE owner = :owner AND song LIKE :song RETURNING id", **which)
    for job_id in [row["id"] for row in jobs] + [row["after_job"] for row in jobs if row["after_job"]]:
        await tx.all(_FORGET_JOB, id=job_id)
    made = [from_text(row["result"]) or {} for row in jobs]
    files = frozenset(file["key"] for each in made for file in each.get("files", []))
    for key in files:
        await tx.all("DELETE FROM kept_file WHERE key = :key", key=key)
    if song:
        return Forgotten(len(gone), songs, files)
    for table, column in (("preference", "who"), ("request", "owner"), ("served", "owner")):
        await tx.all(f"DELETE FROM {table} WHERE {column} = :owner", owner=owner)  # noqa: S608 - our own names
    return Forgotten(len(gone), songs, files)
