"""The processes of the queue's benchmark: workers and bots that do nothing but their part of the queue.

    python -m benchmarks.queue_parts worker FOLDER WORK_MS
    python -m benchmarks.queue_parts bot FOLDER NUMBER BOTS ORDERS

They use the real queue, the real leases and the settings of the environment. What each has seen accepted goes
into an event log of its own, so that a `kill -9` loses none that was written.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from separator.core.errors import LeaseLost
from separator.core.jobs import JobKind, JobSpec, NewOrder
from separator.core.settings import SeparatorSettings
from separator.queue import open_queue, open_worker_queue
from separator.worker.lease import LeaseRenewer, WorkerInfo
from storage import StorageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from separator.core.jobs import Job
    from separator.queue import Queue, WorkerQueue
    from separator.worker.lease import RunningJob

SONGS = 60  #: of the chaos: 200 orders of 60 songs, so that most work is shared
ATTEMPTS = 50  #: a job that loses its worker so often is still not at fault here


class EventLog:
    """A file of JSON events that this process alone appends to."""

    def __init__(self, folder: Path, role: str) -> None:
        """Open it, named after the process."""
        self._file = (folder / f"{role}-{os.getpid()}.jsonl").open("a", buffering=1)

    def write(self, event: str, **facts: float | str) -> None:
        """Write one event, which is in the file before this returns."""
        self._file.write(json.dumps({"event": event, "at": time.time(), **facts}) + "\n")


def order(number: int) -> tuple[NewOrder, list[JobSpec]]:
    """The `number`-th order of the chaos, always the same."""
    chance = random.Random(number)  # noqa: S311 - the same orders after every restart
    song, outputs = (
        f"song {chance.randrange(SONGS)}",
        chance.choice(["-drums:mp3", "vocals:mp3", "stems:flac"]),
    )
    new = NewOrder(
        request_id=f"bench:{number}",
        owner=f"bench:{chance.randrange(20)}",
        platform="bench",
        reply_to=f"chat {number}",
        song=song,
        song_name=song,
        outputs=outputs,
    )
    separate = JobSpec(JobKind.SEPARATE, f"separate:{song}:{number % 4}", {}, max_attempts=ATTEMPTS)
    mix = JobSpec(JobKind.MIX, f"mix:{separate.key}:{outputs}", {}, max_attempts=ATTEMPTS)
    return new, [separate, mix]


async def worker(log: EventLog, settings: SeparatorSettings, work_s: float) -> None:
    """Two consumers and a lease renewer, as the real worker has them; for ever."""
    name = f"worker {os.getpid()}"
    info = WorkerInfo(name, "none", settings.lease_s, settings.beat_s)
    async with open_worker_queue(settings) as first, open_worker_queue(settings) as second:
        with LeaseRenewer(lambda: open_worker_queue(settings), info) as leases:
            await asyncio.gather(
                _consume(first, JobKind.SEPARATE, log, leases, work_s),
                _consume(second, JobKind.MIX, log, leases, work_s),
            )


async def _consume(
    queue: WorkerQueue, kind: JobKind, log: EventLog, leases: LeaseRenewer, work_s: float
) -> None:
    """Claim, pretend to work, finish."""
    while True:
        try:
            job = await queue.claim(leases.worker.name, kind, leases.worker.lease_s)
            if job is None:
                await queue.wait(0.5)
                continue
            log.write("claimed", job=job.id, token=job.token)
            with leases.track(job) as running:
                await _pretend(queue, log, job, running, work_s)
        except StorageError:
            await asyncio.sleep(0.2)


async def _pretend(queue: WorkerQueue, log: EventLog, job: Job, running: RunningJob, work_s: float) -> None:
    """Work for a while, then say so as often as it takes."""
    if work_s:
        await asyncio.sleep(random.uniform(0.5, 1.5) * work_s)  # noqa: S311 - any length will do
    while True:
        try:
            await queue.finish(job, {"song_s": 1, "manifest": "none", "token": job.token})
        except LeaseLost:
            log.write("stale", job=job.id, token=job.token, known=str(running.stop_reason))
        except StorageError:
            await asyncio.sleep(0.2)
            continue
        else:
            log.write("finished", job=job.id, token=job.token)
        return


async def bot(log: EventLog, settings: SeparatorSettings, numbers: Sequence[int]) -> None:
    """Submit this bot's share of the orders, all of them after every restart; deliver meanwhile."""
    async with open_queue(settings) as queue:
        await asyncio.gather(_submit_all(queue, numbers), _deliver_on(queue, log))


async def _submit_all(queue: Queue, numbers: Sequence[int]) -> None:
    """Submit the orders, each as often as it takes."""
    for number in numbers:
        while True:
            try:
                await queue.orders.submit(*order(number))
            except StorageError:
                await asyncio.sleep(0.2)
            else:
                break
        await asyncio.sleep(0.05)


async def _deliver_on(queue: Queue, log: EventLog) -> None:
    """Deliver answers, for ever."""
    while True:
        try:
            await _deliver(queue, log)
        except StorageError:
            await asyncio.sleep(0.2)


async def _deliver(queue: Queue, log: EventLog) -> None:
    """Deliver one answer, or wait for one."""
    delivery = await queue.outbox.claim_delivery("bench", 2.0)
    if delivery is None:
        await queue.outbox.wait(0.5)
        return
    number = delivery.status.order.id
    log.write("sent", order=number, token=delivery.token)
    await asyncio.sleep(0.15)  # the chat takes its time: here a bot dies between sending and saying so
    try:
        await queue.outbox.delivered(number, delivery.token, "receipt")
    except LeaseLost:
        log.write("stale_delivery", order=number)
    else:
        log.write("delivered", order=number)


def main(arguments: Sequence[str]) -> None:
    """Play a part until killed."""
    role, folder, *numbers = arguments
    log, settings = EventLog(Path(folder), role), SeparatorSettings(_env_file=None)
    if role == "worker":
        asyncio.run(worker(log, settings, int(numbers[0]) / 1000))
    else:
        mine, bots, orders = map(int, numbers)
        asyncio.run(bot(log, settings, range(mine, orders, bots)))


if __name__ == "__main__":
    main(sys.argv[1:])
