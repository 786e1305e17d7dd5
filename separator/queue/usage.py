"""What songs cost whom, kept for a day, and what people and places have in the line.

The cost of a song is written in the transaction that makes its separation DONE, so it counts once, whoever
else tried.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from separator.core.limits import DAY_S, QuotaUsage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from separator.core.limits import Quota
    from separator.queue.db.driver import Row, Tx

_WAITING = """
SELECT (SELECT COUNT(*) FROM orders WHERE owner = :who AND state = 'open')
    + (SELECT COUNT(*) FROM orders WHERE place = :who AND state = 'open') AS many
"""
_CHARGED = """
SELECT song_s, at - (:now - :day_s) AS ends_s FROM charge WHERE who = :who AND at > :now - :day_s ORDER BY at
"""
_CHARGE = """
INSERT INTO charge (who, job, song_s, at) VALUES (:who, :job, :song_s, :now) ON CONFLICT (who, job) DO NOTHING
"""
# The order that made the work necessary: the first of those that it was done for.
_FIRST = """
SELECT orders.owner, orders.place FROM orders JOIN job AS mix ON mix.id = orders.job
WHERE mix.after_job = :job ORDER BY orders.id LIMIT 1
"""


async def charge(tx: Tx, job_id: int, owner: str, song_s: float) -> None:
    """A song was taken apart for somebody, and for the place that they asked in; else for its owner."""
    first = await tx.one(_FIRST, job=job_id) or {"owner": owner, "place": ""}
    for who in (first["owner"], first["place"]):
        if who and song_s:
            await tx.all(_CHARGE, who=who, job=job_id, song_s=song_s)


async def of(tx: Tx, who: str, share: Quota) -> QuotaUsage:
    """What a person or place has taken."""
    charged = await tx.all(_CHARGED, who=who, day_s=DAY_S)
    used_s = sum(row["song_s"] for row in charged)
    ends_s = _ends_s(charged, used_s, share.day_s) if share.day_s else 0.0
    return QuotaUsage(share, await waiting(tx, who), used_s, ends_s)


async def waiting(tx: Tx, who: str) -> int:
    """Orders of a person or place that are in line."""
    row = await tx.one(_WAITING, who=who) or {}
    return int(row["many"])


def _ends_s(charged: Sequence[Row], used_s: float, day_s: float) -> float:
    """Seconds until so much has fallen out of the day that what is left of it is below the limit."""
    ends_s = 0.0
    for row in charged:
        if used_s < day_s:
            break
        used_s -= row["song_s"]
        ends_s = row["ends_s"]
    return ends_s
