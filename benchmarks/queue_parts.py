"""The processes of the queue's benchmark: workers and bots that do nothing but their part of the queue.

    python -m benchmarks.queue_parts worker LEDGER WORK_MS
    python -m benchmarks.queue_parts bot LEDGER NUMBER BOTS ORDERS

They use the real queue, the real leases and the settings of the environment. What each has seen accepted goes
into a ledger file of its own, a line an event, so that a `kill -9` loses none that was written.
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


class SentFiles:
    """A file that this process alone appends to."""

    def __init__(self, folder: Path, role: str) -> None:
        """Open it, named after the process."""
        self._file = (folder / f"{role}-{os.getpid()}.jsonl").open("a", buffering=1)

    def write(self, event: str, **facts: float | str) -> None:
        """One line, in the file before this returns."""
        self._file.write(json.dumps({"event": event, "at": time.time(), **facts}) + "\n")


def order(number: int) -> tuple[NewOrder, list[JobSpec]]:
    """The `number`-th order of the chaos, always the same."""
    chance = random.Random(number)  # noqa: S311 - the same orders after every restart
    song, outputs = (
        f"song {chance.randrange(SONGS)}",
        chance.choice(["-drums:mp3", "vocals:mp3", "stems:flac"]),
    )
    asked = NewOrder(
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
    return asked, [separate, mix]


async def worker(ledger: SentFiles, settings: SeparatorSettings, work_s: float) -> None:
    """Two consumers and a lease renewer, as the real worker has them; for ever."""
    name = f"worker {os.getpid()}"
    info = WorkerInfo(name, "none", settings.lease_s, settings.beat_s)
    async with open_worker_queue(settings) as first, open_worker_queue(settings) as second:
        with LeaseRenewer(lambda: open_worker_queue(settings), info) as leases:
            await asyncio.gather(
                _consume(first, JobKind.SEPARATE, ledger, leases, work_s),
                _consume(second, JobKind.MIX, ledger, leases, work_s),
            )


async def _consume(
    queue: WorkerQueue, kind: JobKind, ledger: SentFiles, leases: LeaseRenewer, work_s: float
) -> None:
    """Claim, pretend to work, finish."""
    while True:
        try:
            job = await queue.claim(leases.worker.name, kind, leases.worker.lease_s)
            if job is None:
                await queue.wait(0.5)
                continue
            ledger.write("claimed", job=job.id, token=job.token)
            with leases.track(job) as running:
                await _pretend(queue, ledger, job, running, work_s)
        except StorageError:
            await asyncio.sleep(0.2)


async def _pretend(
    queue: WorkerQueue, ledger: SentFiles, job: Job, running: RunningJob, work_s: float
) -> None:
    """Work for a while, then say so as often as it takes."""
    if work_s:
        await asyncio.sleep(random.uniform(0.5, 1.5) * work_s)  # noqa: S311 - any length will do
    while True:
        try:
            await queue.finish(job, {"song_s": 1, "manifest": "none", "token": job.token})
        except LeaseLost:
            ledger.write("stale", job=job.id, token=job.token, known=str(running.stop_reason))
        except StorageError:
            await asyncio.sleep(0.2)
            continue
        else:
            ledger.write("finished", job=job.id, token=job.token)
        return


async def bot(ledger: SentFiles, settings: SeparatorSettings, numbers: Sequence[int]) -> None:
    """Write one's share of the orders, all of them after every restart; bring the answers meanwhile."""
    async with open_queue(settings) as queue:
        await asyncio.gather(_submit_all(queue, numbers), _deliver_on(queue, ledger))


async def _submit_all(queue: Queue, numbers: Sequence[int]) -> None:
    """Hand the orders in, each as often as it takes."""
    for number in numbers:
        while True:
            try:
                await queue.orders.submit(*order(number))
            except StorageError:
                await asyncio.sleep(0.2)
            else:
                break
        await asyncio.sleep(0.05)


async def _deliver_on(queue: Queue, ledger: SentFiles) -> None:
    """Bring answers, for ever."""
    while True:
        try:
            await _deliver(queue, ledger)
        except StorageError:
            await asyncio.sleep(0.2)


async def _deliver(queue: Queue, ledger: SentFiles) -> None:
    """Bring one answer, or wait for one."""
    delivery = await queue.outbox.claim_delivery("bench", 2.0)
    if delivery is None:
        await queue.outbox.wait(0.5)
        return
    number = delivery.status.order.id
    ledger.write("sent", order=number, token=delivery.token)
    await asyncio.sleep(0.15)  # the chat takes its time: here a bot dies between sending and saying so
    try:
        await queue.outbox.delivered(number, delivery.token, "receipt")
    except LeaseLost:
        ledger.write("stale_delivery", order=number)
    else:
        ledger.write("delivered", order=number)


def main(arguments: Sequence[str]) -> None:
    """Play a part until killed."""
    role, folder, *numbers = arguments
    ledger, settings = SentFiles(Path(folder), role), SeparatorSettings(_env_file=None)
    if role == "worker":
        asyncio.run(worker(ledger, settings, int(numbers[0]) / 1000))
    else:
        mine, bots, orders = map(int, numbers)
        asyncio.run(bot(ledger, settings, range(mine, orders, bots)))


if __name__ == "__main__":
    main(sys.argv[1:])
