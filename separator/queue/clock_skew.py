"""Corrects times in the tables after the database's clock was set back.

Else work that was due before, by a clock that has been set back by an hour, would be due again only when that
hour has come round, and a dead worker would count as living for as long. A clock that jumps ahead needs
nothing: leases lapse, and the workers that held them are refused by their tokens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from separator.queue.db.driver import Tx

log = structlog.get_logger()

LEAST_S = (
    120.0  #: less needs no correction: nobody waits longer for it. Twice the longest lease, on an answer
)

# By how much the clock is behind the latest time in the tables.
_SET_BACK_BY = """
SELECT COALESCE(MAX(at), :now) - :now AS by_s FROM (
    SELECT MAX(seen) AS at FROM worker
    UNION ALL SELECT created AS at FROM job WHERE id = (SELECT MAX(id) FROM job)) AS latest
"""
# What was put off is still put off by the same time; what was due is due. A lease that was written after the
# clock was set back ends soon, so it is distinguished from one that was written before, and stays.
_CORRECT = """
UPDATE job SET run_at = CASE WHEN run_at - :by_s > :now THEN run_at - :by_s ELSE :now END
WHERE state IN ('waiting', 'queued') AND run_at > :now;
UPDATE job SET lease_until = lease_until - :by_s WHERE state = 'running' AND lease_until > :now + :by_s / 2;
UPDATE job SET created = created - :by_s WHERE created > :now;
UPDATE job SET reserved_until = NULL WHERE reserved_until > :now;
UPDATE job SET unstored_since = unstored_since - :by_s WHERE unstored_since > :now;
UPDATE job SET started = started - :by_s WHERE started > :now;
UPDATE orders SET send_at = CASE WHEN send_at - :by_s > :now THEN send_at - :by_s ELSE :now END
WHERE state IN ('open', 'ready', 'sending') AND send_at > :now;
UPDATE orders SET lease_until = lease_until - :by_s
WHERE state = 'sending' AND lease_until > :now + :by_s / 2;
UPDATE served SET at = at - :by_s WHERE at > :now;
UPDATE worker SET seen = seen - :by_s WHERE seen > :now
"""


async def correct(tx: Tx) -> None:
    """Move times that lie ahead back by as much as the clock was set back; the check reads two rows."""
    found = await tx.one(_SET_BACK_BY)
    if found is None or found["by_s"] < LEAST_S:
        return
    for statement in _CORRECT.split(";"):
        await tx.all(statement, by_s=found["by_s"])
    log.warning("clock_set_back", by_s=round(found["by_s"]))
