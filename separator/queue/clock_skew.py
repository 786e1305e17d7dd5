"""The clock was set back: times of the line that now lie ahead go back with it.

Else work that was due before, by a clock that has been set back by an hour, would be due again only when that
hour has come round, and a dead worker would count as living for as long. A clock that jumps ahead needs
nothing: leases lapse, and whoever held them is told by its token.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from separator.queue.db.driver import Tx

log = structlog.get_logger()

LEAST_S = 120.0  #: less is no matter: nobody waits longer for it. Twice the longest lease, that on an answer

# By how much the clock is behind what somebody wrote down as the time it was.
_BEHIND = """
SELECT COALESCE(MAX(at), :now) - :now AS by_s FROM (
    SELECT MAX(seen) AS at FROM worker
    UNION ALL SELECT created AS at FROM job WHERE id = (SELECT MAX(id) FROM job)) AS said
"""
# What was put off is still put off by the same time; what was due is due. A lease that was written after the
# clock was set back ends soon, so it is told from one that was written before, and stays.
_TURN_BACK = """
UPDATE job SET run_at = CASE WHEN run_at - :by_s > :now THEN run_at - :by_s ELSE :now END
WHERE state IN ('waiting', 'queued') AND run_at > :now;
UPDATE job SET lease_until = lease_until - :by_s WHERE state = 'running' AND lease_until > :now + :by_s / 2;
UPDATE job SET created = created - :by_s WHERE created > :now;
UPDATE job SET started = started - :by_s WHERE started > :now;
UPDATE orders SET send_at = CASE WHEN send_at - :by_s > :now THEN send_at - :by_s ELSE :now END
WHERE state IN ('open', 'ready', 'sending') AND send_at > :now;
UPDATE orders SET lease_until = lease_until - :by_s
WHERE state = 'sending' AND lease_until > :now + :by_s / 2;
UPDATE served SET at = at - :by_s WHERE at > :now;
UPDATE worker SET seen = seen - :by_s WHERE seen > :now
"""


async def set_right(tx: Tx) -> None:
    """Look whether the clock was set back, and let the line's times follow; the look costs two rows."""
    found = await tx.one(_BEHIND)
    if found is None or found["by_s"] < LEAST_S:
        return
    for statement in _TURN_BACK.split(";"):
        await tx.all(statement, by_s=found["by_s"])
    log.warning("clock_set_back", by_s=round(found["by_s"]))
