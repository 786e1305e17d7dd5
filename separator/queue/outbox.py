"""The way back: answers that wait for the platform's bot, each claimed by one sender at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from separator.core.errors import LeaseLost
from separator.queue import counters

if TYPE_CHECKING:
    from separator.queue.db.driver import Row, Tx

_LOOK = """
SELECT id, token FROM orders
WHERE platform = :platform
    AND ((state = 'ready' AND send_at <= :now) OR (state = 'sending' AND lease_until <= :now))
ORDER BY send_at, id LIMIT 1
"""
_DUE = _LOOK + "FOR UPDATE SKIP LOCKED"
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
_AGAIN = """
UPDATE orders SET state = 'ready', send_at = :now + :wait_s, lease_until = NULL
WHERE id = :id AND token = :token AND state = 'sending' RETURNING id
"""


async def due(tx: Tx, platform: str) -> bool:
    """Whether a claim could find something; a look that gets into nobody's way."""
    return await tx.one(_LOOK, platform=platform) is not None


async def claim(tx: Tx, platform: str, lease_s: float) -> Row | None:
    """Take the answer that has waited longest."""
    seen = await tx.one(_DUE, platform=platform)
    if seen is None:
        return None
    return await tx.one(_CLAIM, id=seen["id"], token=seen["token"], lease_s=lease_s)


async def renew(tx: Tx, order_id: int, token: int, lease_s: float) -> None:
    """Keep a claim while its answer is being sent.

    Raises:
        LeaseLost: Another sender has it.
    """
    if await tx.one(_RENEW, id=order_id, token=token, lease_s=lease_s) is None:
        raise LeaseLost


async def sent(tx: Tx, order_id: int, token: int, receipt: str) -> None:
    """The answer is in the chat; saying it again after an answer that got lost is harmless.

    Raises:
        LeaseLost: Another sender has it.
    """
    if now := await tx.one(_SENT, id=order_id, token=token, receipt=receipt):
        told = "sent" if receipt else "unreachable"
        await counters.add(tx, "answers", f"{now['platform']} {told}", near=order_id)
    else:
        row = await tx.one("SELECT token, state FROM orders WHERE id = :id", id=order_id)
        if row is None or row["token"] != token or row["state"] != "sent":
            raise LeaseLost


async def again(tx: Tx, order_id: int, token: int, wait_s: float) -> None:
    """It could not be sent now.

    Raises:
        LeaseLost: Another sender has it.
    """
    if await tx.one(_AGAIN, id=order_id, token=token, wait_s=wait_s) is None:
        raise LeaseLost
