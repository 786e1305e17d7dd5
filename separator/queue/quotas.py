"""The limits of `separator.core.limits`, looked at in the transaction that writes the order.

Orders under limits are written one after the other, so each sees what the one before it took.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from separator.core.errors import Busy
from separator.core.jobs import JobKind
from separator.queue import orders, usage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from separator.core.jobs import JobSpec, NewOrder
    from separator.core.limits import Quotas
    from separator.queue.db.driver import Tx

_IN_LINE = "SELECT COUNT(*) AS many FROM job WHERE kind = 'separate' AND state = 'queued'"


async def refuse(tx: Tx, order: NewOrder, plan: Sequence[JobSpec], rules: Quotas) -> None:
    """Let nothing pass that is over a limit, except an order that is there already.

    Raises:
        Busy: With the limit's name, and when it ends as far as that is known.
    """
    if await orders.by_request(tx, order.request_id):
        return
    for kind, who, share in rules.quotas_for(order):
        if await usage.waiting(tx, who) >= share.waiting:
            raise Busy(limit=f"{kind}jobs_waiting", most=share.waiting)
    if await _is_new_work(tx, plan):
        await _refuse_new_work(tx, order, rules)


async def _is_new_work(tx: Tx, plan: Sequence[JobSpec]) -> bool:
    """Whether a song has to be taken apart for this; not where somebody's order has that done already."""
    first = plan[0]
    return first.kind is JobKind.SEPARATE and not await orders.in_flight(tx, first.key)


async def _refuse_new_work(tx: Tx, order: NewOrder, rules: Quotas) -> None:
    row = await tx.one(_IN_LINE) or {}
    if row["many"] >= rules.waiting_all:
        raise Busy(limit="jobs_waiting_all", most=rules.waiting_all)
    for kind, who, share in rules.quotas_for(order):
        if ends_s := (await usage.of(tx, who, share)).ends_s:
            raise Busy(limit=f"{kind}day", limit_s=share.day_s, ends_s=ends_s)
