"""The outbox: answers that wait for the platform's bot, each claimed by one sender at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from separator.core.errors import LeaseLost
from separator.core.jobs import Delivery, JobState, OrderState
from separator.queue import events, job_chain
from separator.queue.database import fenced, lookup, write
from separator.queue.transitions import delivery_topic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from separator.core.jobs import JobSpec
    from separator.queue.database import Database
    from separator.queue.db.driver import Row, Tx
    from separator.queue.status import StatusReader

_FIND = """
SELECT id, token FROM orders
WHERE platform = :platform
    AND ((state = 'ready' AND send_at <= :now) OR (state = 'sending' AND lease_until <= :now))
ORDER BY send_at, id LIMIT 1
"""
_LOCK_NEXT = _FIND + "FOR UPDATE SKIP LOCKED"
_CLAIM = """
UPDATE orders SET state = 'sending', token = token + 1, lease_until = :now + :lease_s
WHERE id = :id AND token = :token AND (state = 'ready' OR (state = 'sending' AND lease_until <= :now))
RETURNING *
"""
_RENEW = """
UPDATE orders SET lease_until = :now + :lease_s
WHERE id = :id AND token = :token AND state = 'sending' RETURNING id
"""
_SENT = """
UPDATE orders SET state = 'sent', receipt = :receipt, lease_until = NULL
WHERE id = :id AND token = :token AND state = 'sending' RETURNING id, platform
"""
_IS_SENT = "SELECT 1 FROM orders WHERE id = :id AND token = :token AND state = 'sent'"
_RETRY = """
UPDATE orders SET state = 'ready', send_at = :now + :wait_s, lease_until = NULL
WHERE id = :id AND token = :token AND state = 'sending' RETURNING id
"""
_REPLAN = """
UPDATE orders SET job = :job, state = :state, limit_bytes = :limit_bytes, send_at = :now, lease_until = NULL
WHERE id = :id AND token = :token AND state = 'sending' RETURNING id
"""


class Outbox:
    """Claims answers and records what became of them; every method is one transaction.

    A method that takes a claim's token raises `LeaseLost` when another sender has it. `wait` wakes for the
    platform that was last claimed for, so each loop that waits has an outbox of its own.
    """

    def __init__(self, database: Database, statuses: StatusReader) -> None:
        """Work on an opened database."""
        self.database = database
        self._statuses = statuses
        self._topics: list[str] = []
        self._mark = 0

    async def claim_delivery(self, platform: str, lease_s: float) -> Delivery | None:
        """Claim the oldest READY order, or a SENDING one whose claim lapsed, to send its answer."""
        self._topics = [delivery_topic(platform)]
        return await self._claim(platform, lease_s) if await self._is_due(platform) else None

    @lookup
    async def _is_due(self, tx: Tx, platform: str) -> bool:
        """Whether a claim could find something; takes no locks."""
        return await tx.one(_FIND, platform=platform) is not None

    @write
    async def _claim(self, tx: Tx, platform: str, lease_s: float) -> Delivery | None:
        found = await tx.one(_LOCK_NEXT, platform=platform)
        row: Row | None = await tx.one(_CLAIM, lease_s=lease_s, **found) if found else None
        status = await self._statuses.one(tx, row["id"]) if row else None
        return Delivery(status, row["token"]) if row and status else None

    @fenced
    async def renew_delivery(self, tx: Tx, order_id: int, token: int, lease_s: float) -> None:
        """Keep a claim on an answer while it is being sent."""
        if await tx.one(_RENEW, id=order_id, token=token, lease_s=lease_s) is None:
            raise LeaseLost

    @fenced
    async def delivered(self, tx: Tx, order_id: int, token: int, receipt: str) -> None:
        """The answer is in the chat. Saying it twice is harmless."""
        await _end(tx, order_id, token, receipt)

    @fenced
    async def undelivered(self, tx: Tx, order_id: int, token: int, retry_in_s: float | None) -> None:
        """It could not be sent: try again after that time, or never (None: it ends as SENT, unsent)."""
        if retry_in_s is None:
            await _end(tx, order_id, token, "")
        elif await tx.one(_RETRY, id=order_id, token=token, wait_s=retry_in_s) is None:
            raise LeaseLost

    @write
    async def replan(self, tx: Tx, claimed: Delivery, limit_bytes: int, plan: Sequence[JobSpec]) -> None:
        """Put a claimed answer that is too large for its chat back into the queue.

        `plan` makes its files again, within `limit_bytes` each; without one they stay as they are.
        """
        order = claimed.status.order
        done = {"id": order.job, "state": JobState.DONE}
        job = await job_chain.get_or_create(tx, order.owner, plan) if plan else done
        state = OrderState.READY if job["state"] == JobState.DONE else OrderState.OPEN
        facts = {"job": job["id"], "limit_bytes": limit_bytes, "state": state.value}
        if await tx.one(_REPLAN, id=order.id, token=claimed.token, **facts) is None:
            raise LeaseLost
        if state is OrderState.READY:
            tx.wake(delivery_topic(order.platform))

    async def wait(self, timeout_s: float) -> None:
        """Return when there may be an answer to send, at the latest after `timeout_s`."""
        self._mark = await self.database.changed(self._mark, timeout_s, self._topics)


async def _end(tx: Tx, order_id: int, token: int, receipt: str) -> None:
    """SENT, whether the answer came in (`receipt`) or not.

    Raises:
        LeaseLost: Another sender has it.
    """
    if row := await tx.one(_SENT, id=order_id, token=token, receipt=receipt):
        outcome = "sent" if receipt else "unreachable"
        await events.count(tx, "answers", f"{row['platform']} {outcome}", near=order_id)
    elif await tx.one(_IS_SENT, id=order_id, token=token) is None:
        raise LeaseLost
