"""Sides of the queue for tests that have another side open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from separator.core.jobs import JobKind
from separator.queue import WorkerQueue

if TYPE_CHECKING:
    from separator.core.jobs import Job, Position
    from separator.queue.client import QueueClient
    from separator.queue.orders import OrderBook


def worker_queue(client: QueueClient) -> WorkerQueue:
    """The workers' side of a front end's queue."""
    return WorkerQueue(client.orders.database, per_owner=2)


async def claim_any(workers: WorkerQueue, worker: str = "w1", lease_s: float = 30.0) -> Job | None:
    """The next job of any kind."""
    for kind in JobKind:
        if job := await workers.claim(worker, kind, lease_s):
            return job
    return None


async def position(orders: OrderBook, order_id: int) -> Position | None:
    """An order's position; None when it is not in the queue."""
    status = await orders.order_status(order_id)
    return status.position if status else None
