"""The queue: how fast it is, what it costs to wait in it, and what is left of it after chaos.

    python -m benchmarks.queue [--database sqlite|postgres] [--chaos] [--seed N] [--json OUT]

For PostgreSQL a server of its own is started from the Debian package's programs. `--chaos` kills and freezes
workers and bots, restarts the server, and exits with 1 if any order or job is not exactly once.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import random
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from benchmarks.queue_chaos import Setup, chaos
from separator.core.jobs import JobKind, JobSpec, NewOrder
from separator.queue import open_queue
from tests.servers.postgres import PostgresServer, find_programs

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from separator.queue import Queue

LONG_QUEUE, PEOPLE = 5_000, 200
NO_OPS = 1_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.queue", description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--chaos", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where the SQLite file lies; a new folder by default")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    with ExitStack() as stack:
        setup = _setup(options, stack)
        measure = chaos(setup, options.seed) if options.chaos else speed(setup)
        figures = {"database": options.database, "machine": _machine(), **asyncio.run(measure)}
    _show(figures)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 1 if figures.get("faults") else 0


def _setup(options: argparse.Namespace, stack: ExitStack) -> Setup:
    """The folder and the database of this run."""
    folder = Path(stack.enter_context(TemporaryDirectory(dir=options.folder, prefix="stembot-bench-")))
    if options.database == "sqlite":
        return Setup(folder)
    programs = find_programs()
    if programs is None:
        sys.exit("PostgreSQL is not installed here")
    server = PostgresServer(programs)
    stack.callback(server.close)
    server.start()

    def restart() -> None:
        server.stop("immediate")
        server.start()

    return Setup(folder, server.url, restart)


async def speed(setup: Setup) -> dict[str, Any]:
    """All figures of a queue that nobody attacks."""
    async with open_queue(setup.settings) as queue:
        figures = {"no-op jobs/s, 4 workers": await _throughput(setup, queue)}
        figures |= await _pick_up(setup, queue)
        figures["idle worker, % of a core"] = await _idle(setup)
        figures |= await _long_queue(queue)
    return figures


async def _ask(queue: Queue, number: int, kind: JobKind = JobKind.MIX) -> int:
    """An order with a job of its own; returns its id."""
    order = NewOrder(f"speed:{number}", f"bench:{number % PEOPLE}", "bench", "", "song", "song", "-drums:mp3")
    separate = JobSpec(JobKind.SEPARATE, f"speed separate {number}", {})
    mix = JobSpec(JobKind.MIX, f"speed mix {number}", {})
    return (await queue.orders.submit(order, [mix] if kind is JobKind.MIX else [separate, mix])).id


async def _throughput(setup: Setup, queue: Queue) -> float:
    """Jobs a second through four workers that do nothing, from a queue of 1,000 by 200 people."""
    for number in range(NO_OPS):
        await _ask(queue, number)
    workers = [setup.start("worker", 0) for _ in range(4)]
    try:
        while len(done := _finished(setup)) < NO_OPS:  # noqa: ASYNC110 - other processes write it
            await asyncio.sleep(0.1)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    middle = sorted(done)[NO_OPS // 10 : -NO_OPS // 10]  # while all four are there
    return round(len(middle) / (middle[-1] - middle[0]), 1)


def _finished(setup: Setup) -> list[float]:
    return [each["at"] for each in setup.events("worker") if each["event"] == "finished"]


async def _pick_up(setup: Setup, queue: Queue, times: int = 60) -> dict[str, float]:
    """From the order's commit to the claim in another process that was asleep."""
    chance, waits = random.Random(1), []  # noqa: S311 - moments
    before = len(setup.events("worker"))
    worker = setup.start("worker", 0)
    try:
        for number in range(NO_OPS, NO_OPS + times):
            await asyncio.sleep(chance.uniform(0.5, 0.8) + (5 if number == NO_OPS else 0))
            await _ask(queue, number)
            asked = time.time()
            expected = before + 2 * (number - NO_OPS + 1)
            while len(events := setup.events("worker")) < expected:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.02)
            claimed = max(each["at"] for each in events if each["event"] == "claimed")
            waits.append(1000 * (claimed - asked))
    finally:
        worker.kill()
        worker.wait()
    return {"pick-up ms, median": round(median(waits), 1), "pick-up ms, p95": _p95(waits)}


async def _idle(setup: Setup, lasts_s: float = 20.0) -> float:
    """What a worker costs that has nothing to do: its own time on the CPU, lease renewer included."""
    worker = setup.start("worker", 0)
    try:
        await asyncio.sleep(5)
        before = _cpu_s(worker.pid)
        await asyncio.sleep(lasts_s)
        return round(100 * (_cpu_s(worker.pid) - before) / lasts_s, 2)
    finally:
        worker.kill()
        worker.wait()


def _cpu_s(pid: int) -> float:
    """Seconds on the CPU, user and system (Linux: fields 14 and 15 of /proc/PID/stat, in ticks of 10 ms)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


async def _long_queue(queue: Queue) -> dict[str, float]:
    """Claim and position with 5,000 queued by 200 people."""
    ids = [await _ask(queue, 10_000 + number, JobKind.SEPARATE) for number in range(LONG_QUEUE)]
    await queue.workers.heartbeat("bench", "none", 5.0)
    chance = random.Random(2)  # noqa: S311 - places
    claims = await _timed(lambda: queue.workers.claim("bench", JobKind.SEPARATE, 600), 100)
    positions = await _timed(lambda: queue.orders.order_status(chance.choice(ids)), 100)
    return {
        "claim ms, median": round(median(claims), 2),
        "claim ms, p95": _p95(claims),
        "position ms, median": round(median(positions), 2),
        "position ms, p95": _p95(positions),
        "position ms, longest": round(max(positions), 2),
    }


async def _timed(call: Callable[[], Awaitable[object]], times: int) -> list[float]:
    """Milliseconds of each call."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        await call()
        took.append(1000 * (time.perf_counter() - began))
    return took


def _p95(values: Sequence[float]) -> float:
    return round(quantiles(values, n=20)[-1], 2)


def _machine() -> str:
    return (
        f"{platform.machine()}, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    )


def _show(figures: dict[str, Any]) -> None:
    table = Table(title=f"The queue on {figures['database']}", show_header=False)
    for name, value in figures.items():
        table.add_row(name, json.dumps(value) if isinstance(value, (dict, list)) else str(value))
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
