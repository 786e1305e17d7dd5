"""Rows of the table as the facts of `separator.core.jobs`, and back."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from separator.core.jobs import Job, JobKind, JobState, NewOrder, Order, OrderState, Progress
from storage.base import known_fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from separator.queue.db.driver import Row, Tx

_NEWEST_DONE = "SELECT * FROM job WHERE key = :key AND state = 'done' ORDER BY id DESC LIMIT 1"


def to_text(value: Mapping[str, Any] | None) -> str | None:
    """JSON for a column."""
    return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def from_text(text: str | None) -> Any:  # noqa: ANN401 - JSON is what its writer made it
    """What `to_text` wrote."""
    return None if text is None else json.loads(text)


def job_of(row: Row) -> Job:
    """A row of `job`."""
    return Job(
        id=row["id"],
        kind=JobKind(row["kind"]),
        key=row["key"],
        state=JobState(row["state"]),
        owner=row["owner"],
        args=from_text(row["args"]),
        token=row["token"],
        attempts=row["attempts"],
        max_attempts=row["max_attempts"],
        result=from_text(row["result"]),
        error=from_text(row["error"]),
        worker=row["worker"],
        lease_until=row["lease_until"],
        cancel=bool(row["cancel"]),
        alone=bool(row["alone"]),
        after_job=row["after_job"],
        created=row["created"],
        started=row["started"],
        finished=row["finished"],
    )


async def newest_done(tx: Tx, key: str) -> Job | None:
    """The newest DONE job with this key."""
    row = await tx.one(_NEWEST_DONE, key=key)
    return job_of(row) if row else None


def order_of(row: Row) -> Order:
    """A row of `orders`."""
    return Order(
        request_id=row["request_id"],
        owner=row["owner"],
        platform=row["platform"],
        reply_to=row["reply_to"],
        song=row["song"],
        song_name=row["song_name"],
        outputs=row["wish"],
        language=row["language"],
        limit_bytes=row["limit_bytes"],
        place=row["place"],
        effort=row["effort"],
        id=row["id"],
        state=OrderState(row["state"]),
        job=row["job"],
        receipt=row["receipt"],
        created=row["created"],
    )


def new_order_to_text(order: NewOrder) -> str | None:
    """A pending order as JSON, with the keys of earlier versions, which may read it during an update."""
    facts = asdict(order)
    facts["wish"] = facts.pop("outputs")
    return to_text(facts)


def new_order_of(row: Row) -> NewOrder:
    """A row of `request`; what a later version added to it is left out."""
    facts = from_text(row["facts"])
    return NewOrder(outputs=facts.pop("wish"), **known_fields(NewOrder, facts))


def progress_of(row: Row) -> Progress:
    """How far the job of a row is."""
    return Progress(row["stage"], row["done"], row["total"], row["preview"], row["live"])
