"""What a job queue promises; `separator.queue.sql` keeps the promise on SQLite and PostgreSQL.

Every method is one transaction. A method that takes a `token` raises `LeaseLost` when the row has moved on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from separator.core.errors import ErrorRecord
    from separator.core.jobs import (
        Delivery,
        Job,
        JobHistory,
        JobKind,
        JobSpec,
        JobState,
        Json,
        NewOrder,
        Order,
        OrderStatus,
        Position,
        Progress,
        Service,
    )
    from separator.core.limits import Block, Quotas
    from separator.queue.admin import Filters, Listing
    from separator.queue.stats import QueueStats


class OrderBook(Protocol):
    """The bots' side of the table."""

    async def save_draft(self, order: NewOrder) -> Order:
        """Keep a song whose wish is still to come; the same `request_id` returns the order that is there."""
        ...

    async def submit(self, order: NewOrder, plan: Sequence[JobSpec], rules: Quotas | None = None) -> Order:
        """Write an order and the chain of jobs that answers it, in one transaction.

        `plan` is in the order of work (SEPARATE, MIX); each waits for the one before it. A job of the same
        key that is alive is shared. An empty plan is not allowed. The last job answers the order. The same
        `request_id` returns the order that is there and adds nothing.

        Raises:
            Busy: It would be over one of the `rules`; an order without rules is under none.
        """
        ...

    async def answer_from(self, order: NewOrder, job_id: int) -> Order:
        """Write an order that a DONE job already answers; it is READY at once."""
        ...

    async def find_done(self, key: str) -> Job | None:
        """The newest DONE job with this key."""
        ...

    async def find_order(self, request_id: str) -> Order | None:
        """The order made from this message, if one was."""
        ...

    async def order(self, order_id: int) -> Order | None:
        """One order by its id."""
        ...

    async def set_reply_to(self, order_id: int, reply_to: str) -> None:
        """Change where the answer goes (a status message was sent anew)."""
        ...

    async def order_status(self, order_id: int) -> OrderStatus | None:
        """Where one order stands now."""
        ...

    async def open_orders(self, platform: str) -> list[OrderStatus]:
        """All orders of a platform that are OPEN, oldest first."""
        ...

    async def service(self) -> Service:
        """Whether work that is in line will be begun now."""
        ...

    async def common_weights(self) -> frozenset[str] | None:
        """Names of the weight files that every living worker can load; None while none lives."""
        ...

    async def position(self, order_id: int) -> Position | None:
        """How many jobs go before it, and seconds to go; None when it is not in line."""
        ...

    async def cancel(self, order_id: int) -> bool:
        """Take an order back; its job is stopped if nobody else wants it. False when it was too late."""
        ...

    async def counts(self, owner: str) -> tuple[int, int]:
        """(orders of this owner that are OPEN, jobs in line of everybody)."""
        ...

    async def recent(self, owner: str, limit: int) -> list[Order]:
        """An owner's latest orders, newest first."""
        ...

    async def claim_delivery(self, platform: str, lease_s: float) -> Delivery | None:
        """Take one READY order (or a SENDING one whose claim lapsed) to send its answer."""
        ...

    async def renew_delivery(self, order_id: int, token: int, lease_s: float) -> None:
        """Keep a claim on an answer while it is being sent."""
        ...

    async def delivered(self, order_id: int, token: int, receipt: str) -> None:
        """The answer is in the chat."""
        ...

    async def undelivered(self, order_id: int, token: int, retry_in_s: float | None) -> None:
        """It could not be sent: try again after that time, or never (None: it ends as SENT, unsent)."""
        ...

    async def replan(self, claimed: Delivery, limit_bytes: int, plan: Sequence[JobSpec]) -> None:
        """Give a claimed answer that is too large for its chat back to the line.

        `plan` makes its files anew, within `limit_bytes` each; without one they stay as they are.
        """
        ...

    async def wait(self, timeout_s: float) -> None:
        """Return when the table may have changed, at the latest after `timeout_s`."""
        ...


class QueueAdmin(Protocol):
    """The side of whoever looks after the line: an operator, a monitor."""

    async def clock(self) -> float:
        """Seconds since 1970, by the clock that all times of the line are told by."""
        ...

    async def stats(self) -> QueueStats:
        """The line in numbers, at one moment."""
        ...

    async def list_jobs(self, filters: Filters) -> Listing:
        """Jobs, newest first."""
        ...

    async def history(self, job_id: int) -> JobHistory | None:
        """Everything about one job."""
        ...

    async def cancel_job(self, job_id: int) -> JobState | None:
        """Cancel a job for all who wait for it; they are told.

        Returns the state that it was in: one that had ended is as it was. None where there is no such job.
        """
        ...

    async def retry(self, job_id: int) -> int:
        """Put the orders of a FAILED job into the line again; returns how many.

        The job stays as it was; others do its work. 0 where it did not fail, or nobody waits for it any more.
        """
        ...

    async def drain(self, on: bool) -> None:
        """Let workers begin nothing new, or let them again; what they hold they finish."""
        ...

    async def block(self, who: str, for_s: float = 0.0, why: str = "") -> None:
        """Take no songs from a person, a place or an address, for so long; 0 is until `unblock`.

        Saying it again replaces what was said. What is in line already goes on.
        """
        ...

    async def unblock(self, who: str) -> bool:
        """Take songs from them again; returns whether they were blocked."""
        ...

    async def blocks(self) -> tuple[Block, ...]:
        """All that hold now, oldest first."""
        ...


class JobQueue(Protocol):
    """The workers' side of the table."""

    async def claim(self, worker: str, kinds: Collection[JobKind], lease_s: float) -> Job | None:
        """Lease the next job: a job whose lease lapsed is claimable as it is."""
        ...

    async def renew(self, job: Job, lease_s: float) -> bool:
        """Keep the lease; returns whether the job should stop because nobody wants it any more."""
        ...

    async def is_cancelled(self, job: Job) -> bool:
        """Whether the job should stop because nobody wants it any more; only a look, cheaper than `renew`."""
        ...

    async def waiting_orders(self, job: Job) -> list[int]:
        """Ids of the open orders that wait for the job, or for what comes after it: for the log."""
        ...

    async def report(self, job: Job, progress: Progress) -> None:
        """Say how far it is; best effort."""
        ...

    async def finish(self, job: Job, result: Json) -> None:
        """DONE, and what waited for it becomes claimable, in the same transaction."""
        ...

    async def refuse(self, job: Job, error: ErrorRecord) -> None:
        """REFUSED: the song's fault, told to every order of it and of what waits for it."""
        ...

    async def fail(self, job: Job, error: ErrorRecord, retry_in_s: float) -> None:
        """Back into the line for another attempt, or FAILED when they are spent."""
        ...

    async def release(self, job: Job, wait_s: float = 0.0) -> None:
        """Hand it back unharmed (SIGTERM): claimable after `wait_s`, the attempt not counted."""
        ...

    async def stopped(self, job: Job) -> None:
        """CANCELLED: the worker has seen the wish to stop and let go."""
        ...

    async def prune(self, older_s: float) -> int:
        """Delete orders and jobs that ended longer ago; returns how many rows. What still waits stays."""
        ...

    async def heartbeat(
        self,
        worker: str,
        device: str,
        speed: float | None,
        doing: str = "",
        weights: frozenset[str] = frozenset(),
    ) -> None:
        """A worker is alive; `speed` is its seconds of audio per second, once it has measured one.

        `doing` is `ready`, or `loading MODEL`; `weights` are names of the weight files that it could load.
        """
        ...

    async def remove_worker(self, worker: str) -> None:
        """A worker has ended, and will not be seen again."""
        ...

    async def find_done(self, key: str) -> Job | None:
        """The newest DONE job with this key."""
        ...

    async def wait(self, timeout_s: float) -> None:
        """Return when there may be work, at the latest after `timeout_s`."""
        ...
