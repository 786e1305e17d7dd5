"""The limits of `separator.core.limits` in SQL: what each person and place has used, and who is blocked.

The cost of a song is written when its length is known, so anyone who listens while it is made and then
cancels
it has used it; and again when its separation is done. One that is refused or fails gives it back. It counts
once, whichever other worker tried. Orders under limits are written in turn, so each sees what the one before
it took.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from separator.core.errors import Busy
from separator.core.limits import DAY_S, Block, QuotaUsage

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from separator.core.jobs import NewOrder
    from separator.core.limits import Quota, Quotas
    from separator.queue.db.driver import Row, Tx

_WAITING = """
SELECT (SELECT COUNT(*) FROM orders WHERE owner = :who AND state = 'open')
    + (SELECT COUNT(*) FROM orders WHERE place = :who AND state = 'open') AS many
"""
# Songs of a day for which no button was pressed.
_DRAFTS = """
SELECT COUNT(*) AS many FROM orders AS draft
WHERE (draft.owner = :who OR draft.place = :who) AND draft.state = 'draft' AND draft.wish LIKE ':%'
    AND draft.created > :now - :day_s
    AND NOT EXISTS (SELECT 1 FROM orders AS chosen WHERE chosen.song = draft.song
        AND chosen.owner = draft.owner AND chosen.state <> 'draft')
"""
_ALL_QUEUED = "SELECT COUNT(*) AS many FROM job WHERE kind = 'separate' AND state = 'queued'"
_CHARGES = """
SELECT song_s, at - (:now - :day_s) AS ends_s FROM charge WHERE who = :who AND at > :now - :day_s ORDER BY at
"""
_CHARGE = """
INSERT INTO charge (who, job, song_s, at) VALUES (:who, :job, :song_s, :now)
ON CONFLICT (who, job) DO UPDATE SET song_s = excluded.song_s
"""
_UPDATE_CHARGE = "UPDATE charge SET song_s = :song_s WHERE job = :job RETURNING who"
_CHARGE_NOBODY_ELSE = "DELETE FROM charge WHERE job = :job AND who <> :owner AND who <> :place"
# The order that made the work necessary: the first of those that it was done for.
_FIRST_ORDER = """
SELECT orders.owner, orders.place FROM orders JOIN job AS mix ON mix.id = orders.job
WHERE mix.after_job = :job ORDER BY orders.id LIMIT 1
"""
_FIRST_WANTED = _FIRST_ORDER.replace("ORDER BY", "AND orders.state <> 'cancelled' ORDER BY")
_BLOCK = """
INSERT INTO block (who, until, why, at)
VALUES (:who, CASE WHEN :for_s > 0 THEN :now + :for_s ELSE NULL END, :why, :now)
ON CONFLICT (who) DO UPDATE SET until = excluded.until, why = excluded.why, at = excluded.at
"""
_UNBLOCK = "DELETE FROM block WHERE who = :who RETURNING who"
_BLOCKS = "SELECT who, why, until - :now AS ends_s FROM block WHERE {which} (until IS NULL OR until > :now)"
_BLOCK_OF = _BLOCKS.replace("{which}", "who = :who AND")
_ALL_BLOCKS = _BLOCKS.replace("{which}", "") + " ORDER BY at, who"


async def check(tx: Tx, order: NewOrder, limits: Quotas, *, new_work: bool) -> None:
    """Let a new order pass, unless it is over a limit.

    Args:
        tx: The transaction that writes the order.
        order: The order.
        limits: The limits.
        new_work: A song has to be separated for it.

    Raises:
        Busy: With the limit's name, and when it ends as far as that is known.
    """
    quotas = limits.quotas_for(order)
    await check_waiting(tx, order, limits)
    if not new_work:
        return
    row = await tx.one(_ALL_QUEUED) or {}
    if row["many"] >= limits.waiting_all:
        raise Busy(limit="jobs_waiting_all", most=limits.waiting_all)
    for kind, who, quota in quotas:
        if ends_s := (await usage(tx, who, quota)).ends_s:
            raise Busy(limit=f"{kind}day", limit_s=quota.day_s, ends_s=ends_s)


async def check_waiting(tx: Tx, order: NewOrder, limits: Quotas) -> None:
    """Refuse the order of a person or place that has enough in the queue; needs no song yet.

    Raises:
        Busy: With the limit's name.
    """
    for kind, who, quota in limits.quotas_for(order):
        if await _waiting(tx, who) >= quota.waiting:
            raise Busy(limit=f"{kind}jobs_waiting", most=quota.waiting)


async def check_drafts(tx: Tx, order: NewOrder, limits: Quotas) -> None:
    """Refuse a song whose outputs are to be chosen where as many as may be queued wait for that.

    Raises:
        Busy: With the limit's name.
    """
    for _, who, quota in limits.quotas_for(order):
        row = await tx.one(_DRAFTS, who=who, day_s=DAY_S) or {}
        if row["many"] >= quota.waiting:
            raise Busy(limit="drafts", most=quota.waiting)


async def charge(tx: Tx, job_id: int, owner: str, song_s: float) -> None:
    """Charge a separation to the person and place of the first order that still wants it.

    Where none does any more, the one who was charged stays so, else the first order or the job's owner is.
    """
    if not song_s:
        return
    wanted = await tx.one(_FIRST_WANTED, job=job_id)
    if wanted is None and await tx.one(_UPDATE_CHARGE, job=job_id, song_s=song_s):
        return
    first = wanted or await tx.one(_FIRST_ORDER, job=job_id) or {"owner": owner, "place": ""}
    await tx.all(_CHARGE_NOBODY_ELSE, job=job_id, owner=first["owner"], place=first["place"])
    for who in (first["owner"], first["place"]):
        if who:
            await tx.all(_CHARGE, who=who, job=job_id, song_s=song_s)


async def move_charge(tx: Tx, job_id: int, owner: str) -> None:
    """An order of a separation was cancelled: what it costs is borne by those who still want it."""
    if charged := await tx.one("SELECT song_s FROM charge WHERE job = :job LIMIT 1", job=job_id):
        await charge(tx, job_id, owner, charged["song_s"])


async def refund(tx: Tx, job_id: int) -> None:
    """A separation ended through no fault of those who wanted it: it costs nothing."""
    await tx.all("DELETE FROM charge WHERE job = :job", job=job_id)


async def usage(tx: Tx, who: str, quota: Quota) -> QuotaUsage:
    """What a person or place has used."""
    charges = await tx.all(_CHARGES, who=who, day_s=DAY_S)
    used_s = sum(row["song_s"] for row in charges)
    ends_s = _ends_s(charges, used_s, quota.day_s) if quota.day_s else 0.0
    return QuotaUsage(quota, await _waiting(tx, who), used_s, ends_s)


async def _waiting(tx: Tx, who: str) -> int:
    """Open orders of a person or place."""
    row = await tx.one(_WAITING, who=who) or {}
    return int(row["many"])


def _ends_s(charges: Sequence[Row], used_s: float, day_s: float) -> float:
    """Seconds until so much has fallen out of the day that what is left of it is below the limit."""
    ends_s = 0.0
    for row in charges:
        if used_s < day_s:
            break
        used_s -= row["song_s"]
        ends_s = row["ends_s"]
    return ends_s


async def add_block(tx: Tx, who: str, for_s: float, why: str) -> None:
    """Block somebody for so long; 0 is until it is taken back. It replaces an earlier block."""
    await tx.all(_BLOCK, who=who, for_s=for_s, why=why)


async def remove_block(tx: Tx, who: str) -> bool:
    """Accept songs again; returns whether they were blocked."""
    return await tx.one(_UNBLOCK, who=who) is not None


async def blocks(tx: Tx) -> tuple[Block, ...]:
    """All blocks that hold now, the oldest first."""
    return tuple(Block(**row) for row in await tx.all(_ALL_BLOCKS))


async def find_block(tx: Tx, whos: Collection[str]) -> Block | None:
    """The first of these that is blocked."""
    for who in filter(None, whos):
        if row := await tx.one(_BLOCK_OF, who=who):
            return Block(**row)
    return None
