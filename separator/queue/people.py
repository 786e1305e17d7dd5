"""What is remembered of people besides their orders, and deleted when they say so.

preference   what somebody has chosen: language, format …       who → JSON
request      a pending song: asked for, and still to come        from the first answer to the order
kept_file    a platform's own id of a file of ours               same content, no second upload
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from separator.core.jobs import FinishedOrder, Forgotten, JobState, NewOrder
from separator.queue import quotas, songs
from separator.queue.database import lookup, read, write
from separator.queue.rows import from_text, new_order_of, new_order_to_text, order_of, to_text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from separator.core.jobs import Json, Order
    from separator.core.limits import Block, Quota, QuotaUsage
    from separator.queue.database import Database
    from separator.queue.db.driver import Row, Tx

_SET_PREFERENCES = """
INSERT INTO preference (who, facts, at) VALUES (:who, :facts, :now)
ON CONFLICT (who) DO UPDATE SET facts = excluded.facts, at = excluded.at
"""
_ADD_PENDING = """
INSERT INTO request (id, owner, platform, facts, invited, at)
VALUES (:id, :owner, :platform, :facts, :invited, :now)
ON CONFLICT (id) DO UPDATE SET facts = excluded.facts, invited = excluded.invited
"""
_STALE_PENDING = """
SELECT facts FROM request WHERE platform = :platform AND invited = 0 AND at <= :now - :older_s ORDER BY at, id
"""
_ADD_FILE_ID = """
INSERT INTO kept_file (platform, key, id, at) VALUES (:platform, :key, :id, :now)
ON CONFLICT (platform, key) DO UPDATE SET id = excluded.id, at = excluded.at
"""
_FINISHED = """
SELECT orders.*, job.result AS job_result FROM orders JOIN job ON job.id = orders.job
WHERE orders.owner = :owner AND job.state = 'done' AND orders.state IN ('ready', 'sending', 'sent')
ORDER BY orders.id DESC LIMIT :most
"""
_ANSWERED = """
SELECT * FROM orders
WHERE place = :place AND song = :song AND wish = :outputs AND state = 'sent' AND receipt <> ''
ORDER BY id DESC LIMIT 1
"""
_WITHIN = """
SELECT COUNT(*) AS many, MIN(created) AS oldest, :now AS now FROM orders
WHERE place = :place AND created > :now - :within_s AND state NOT IN ('cancelled', 'draft')
"""
_OWN_JOBS = """
SELECT DISTINCT job.id, job.kind, job.token, job.key, job.args, job.state, job.after_job, job.result
FROM orders JOIN job ON job.id = orders.job
WHERE orders.owner = :owner AND orders.song LIKE :song AND NOT EXISTS
    (SELECT 1 FROM orders AS others WHERE others.job = job.id AND others.owner <> :owner)
"""
_JOB_BEFORE = """
SELECT id, kind, token, key, args, state, after_job, NULL AS result FROM job WHERE id = :id
    AND NOT EXISTS (SELECT 1 FROM job AS child WHERE child.after_job = job.id AND child.cancel = 0
        AND child.state IN ('waiting', 'queued', 'running'))
"""
_OWN_SONGS = """
SELECT DISTINCT song FROM orders WHERE owner = :owner AND song LIKE :song AND song <> '' AND NOT EXISTS
    (SELECT 1 FROM orders AS others WHERE others.song = orders.song AND others.owner <> :owner)
"""
_DELETE_PERSON = (
    "DELETE FROM preference WHERE who = :owner",
    "DELETE FROM request WHERE owner = :owner",
    "DELETE FROM served WHERE owner = :owner",
    "DELETE FROM inbox WHERE owner = :owner",
)
_MOVE_PLACE = (
    *(
        f"UPDATE {table} SET who = :new WHERE who = :old "  # noqa: S608 - our own names
        f"AND NOT EXISTS (SELECT 1 FROM {table} AS others WHERE others.who = :new{same})"
        for table, same in (
            ("preference", ""),
            ("block", ""),
            ("charge", " AND others.job = charge.job"),
        )
    ),
    "UPDATE orders SET place = :new WHERE place = :old",
)
_ROWS_EACH = 5  # rows read for each result that is asked for: some are the same song and outputs again


class People:
    """What the bots remember of people; every method is one transaction."""

    def __init__(self, database: Database) -> None:
        """Work on an opened database."""
        self.database = database

    @read
    async def preferences(self, tx: Tx, whos: Collection[str]) -> dict[str, Json]:
        """What each of these has chosen; who has chosen nothing is left out."""
        sql = "SELECT facts FROM preference WHERE who = :who"
        rows = {who: await tx.one(sql, who=who) for who in whos}
        return {who: from_text(row["facts"]) for who, row in rows.items() if row}

    @write
    async def set_preferences(self, tx: Tx, who: str, facts: Json) -> None:
        """Replace what somebody has chosen; nothing chosen leaves nothing behind."""
        if facts:
            await tx.all(_SET_PREFERENCES, who=who, facts=to_text(facts))
        else:
            await tx.all("DELETE FROM preference WHERE who = :who", who=who)

    @write
    async def add_pending(self, tx: Tx, order: NewOrder, *, invited: bool = False) -> None:
        """Remember a request whose song is still to come; the same `request_id` replaces what was there.

        The song of one that is `invited` comes by another way, so nobody is fetching it.
        """
        values = {"id": order.request_id, "owner": order.owner, "platform": order.platform}
        await tx.all(_ADD_PENDING, facts=new_order_to_text(order), invited=int(invited), **values)

    @lookup
    async def find_pending(self, tx: Tx, request_id: str) -> NewOrder | None:
        """A request whose song has not come yet."""
        row = await tx.one("SELECT facts FROM request WHERE id = :id", id=request_id)
        return new_order_of(row) if row else None

    @write
    async def remove_pending(self, tx: Tx, request_id: str) -> bool:
        """Its song has come, or never will; returns whether it was there."""
        return await tx.one("DELETE FROM request WHERE id = :id RETURNING id", id=request_id) is not None

    @lookup
    async def stale_pending(self, tx: Tx, platform: str, older_s: float) -> list[NewOrder]:
        """Requests of a platform that are older than this: the process that fetched their songs has ended."""
        rows = await tx.all(_STALE_PENDING, platform=platform, older_s=older_s)
        return [new_order_of(row) for row in rows]

    @read
    async def file_ids(self, tx: Tx, platform: str, keys: Collection[str]) -> dict[str, str]:
        """The platform's ids of these files, as far as it has them."""
        sql = "SELECT id FROM kept_file WHERE platform = :platform AND key = :key"
        rows = {key: await tx.one(sql, platform=platform, key=key) for key in keys}
        return {key: row["id"] for key, row in rows.items() if row}

    @write
    async def add_file_ids(self, tx: Tx, platform: str, ids: Mapping[str, str]) -> None:
        """Remember the platform's ids of files, by our keys."""
        for key, file_id in ids.items():
            await tx.all(_ADD_FILE_ID, platform=platform, key=key, id=file_id)

    @lookup
    async def finished_orders(self, tx: Tx, owner: str, most: int) -> list[FinishedOrder]:
        """An owner's latest finished orders, newest first; the same song and outputs once."""
        newest: dict[tuple[str, str], FinishedOrder] = {}
        for row in await tx.all(_FINISHED, owner=owner, most=_ROWS_EACH * most):
            order = order_of(row)
            newest.setdefault((order.song, order.outputs), FinishedOrder(order, from_text(row["job_result"])))
        return list(newest.values())[:most]

    @lookup
    async def find_answered(self, tx: Tx, place: str, song: str, outputs: str) -> Order | None:
        """The latest order of this place for the same song and outputs whose answer is in the chat."""
        row = await tx.one(_ANSWERED, place=place, song=song, outputs=outputs)
        return order_of(row) if row else None

    @lookup
    async def orders_within(self, tx: Tx, place: str, within_s: float) -> tuple[int, float]:
        """(orders of a place within this time, seconds until the oldest of them falls out of it)."""
        row = await tx.one(_WITHIN, place=place, within_s=within_s) or {}
        return row["many"], max(0.0, (row["oldest"] or row["now"]) + within_s - row["now"])

    @write
    async def move_place(self, tx: Tx, old: str, new: str) -> None:
        """A place has another name now; where both have chosen or used something, the new one's stays."""
        for sql in _MOVE_PLACE:
            await tx.all(sql, old=old, new=new)

    @read
    async def quota_usage(self, tx: Tx, who: str, quota: Quota) -> QuotaUsage:
        """What a person or place has used of their quota."""
        return await quotas.usage(tx, who, quota)

    @read
    async def find_block(self, tx: Tx, whos: Collection[str]) -> Block | None:
        """The first of these that the operator takes no songs from."""
        return await quotas.find_block(tx, whos)

    @write
    async def forget(self, tx: Tx, owner: str, song: str = "") -> Forgotten:
        """Delete all that is known of somebody (or their orders for one song) and the work for nobody else.

        What a day's songs cost stays until the day is over, else forgetting would renew the quota; and so
        does a block. Finished jobs that nothing points at any more go too, mixes before separations.
        """
        which = {"owner": owner, "song": song or "%"}  # a hash has no wildcards in it
        async with self.database.driver.one_at_a_time(tx, songs.LOCK):
            jobs = await _own_jobs(tx, which)
            own_songs = [row["song"] for row in await tx.all(_OWN_SONGS, **which)]
            orders = await tx.all(
                "DELETE FROM orders WHERE owner = :owner AND song LIKE :song RETURNING id", **which
            )
            for job in jobs:
                if job["state"] == JobState.RUNNING:
                    await songs.forget_job(tx, job)
                await tx.all(songs.DELETE_JOB, id=job["id"])
            unneeded = frozenset([each for each in own_songs if await songs.forget_song(tx, each)])
        results = [from_text(row["result"]) or {} for row in jobs]
        files = frozenset(file["key"] for each in results for file in each.get("files", []))
        for key in files:
            await tx.all("DELETE FROM kept_file WHERE key = :key", key=key)
        if not song:
            for sql in _DELETE_PERSON:
                await tx.all(sql, owner=owner)
        return Forgotten(len(orders), unneeded, files)


async def _own_jobs(tx: Tx, which: Mapping[str, str]) -> list[Row]:
    """Jobs that only somebody's own orders wait for, each before the one that it comes after."""
    jobs = await tx.all(_OWN_JOBS, **which)
    for job in list(jobs):
        if job["after_job"] and (before := await tx.one(_JOB_BEFORE, id=job["after_job"])):
            jobs.append(before)
    return jobs
