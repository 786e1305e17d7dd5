"""What happened to each job, for whoever looks into it later; written with the move that it tells of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from separator.core.jobs import Event

if TYPE_CHECKING:
    from separator.queue.db.driver import Tx

_NOTE = "INSERT INTO event (job, at, what, who, why) VALUES (:job, :now, :what, :who, :why)"
_OF_JOB = "SELECT at, what, who, why FROM event WHERE job = :job ORDER BY id"


async def note(tx: Tx, job: int, what: str, *, who: str = "", why: str = "") -> None:
    """Write down what happened to a job."""
    await tx.all(_NOTE, job=job, what=what, who=who, why=why)


async def of_job(tx: Tx, job: int) -> list[Event]:
    """All that happened to a job, oldest first."""
    return [Event(**row) for row in await tx.all(_OF_JOB, job=job)]
