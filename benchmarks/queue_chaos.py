"""Chaos in the queue: workers and bots are killed and frozen, the database restarted; then all is counted.

The seed decides which process is hit and how, not exactly when. A fault waits a while for a process that is
busy: one that is still starting has nothing to lose.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from separator.core.settings import SeparatorSettings
from separator.queue import FILE, open_queue

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from separator.queue import Queue

LEASE_S, BEAT_S = 2.0, 0.4
WORKERS, BOTS = 4, 2
WORK_MS = 700  # of a job, so that processes are busy for as long as faults are injected
FIND_BUSY_S = 15.0  #: how long a fault waits for a busy process
TIMEOUT_S = 240.0  #: for the queue to become empty after the last fault
#: Events of work that begins, and of work that ends.
START_EVENTS = {"worker": "claimed", "bot": "sent"}
END_EVENTS = {"worker": ("finished", "stale"), "bot": ("delivered", "stale_delivery")}


@dataclass
class Setup:
    """The folder and database of a run."""

    folder: Path
    database_url: str = ""
    restart: Callable[[], None] | None = None  #: of the database, where there is a server

    @property
    def environment(self) -> dict[str, str]:
        """For the processes."""
        given = {
            "STEMBOT_DATA_DIR": str(self.folder),
            "STEMBOT_DATABASE_URL": self.database_url,
            "STEMBOT_LEASE_S": str(LEASE_S),
            "STEMBOT_BEAT_S": str(BEAT_S),
        }
        return {**os.environ, **given}

    @property
    def settings(self) -> SeparatorSettings:
        """For this process."""
        return SeparatorSettings(
            _env_file=None,
            data_dir=self.folder,
            database_url=self.database_url,
            lease_s=LEASE_S,
            beat_s=BEAT_S,
        )

    def start(self, role: str, *arguments: object) -> subprocess.Popen[bytes]:
        """Start a part."""
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [
            sys.executable,
            "-m",
            "benchmarks.queue_parts",
            role,
            str(self.folder),
            *map(str, arguments),
        ]
        with (self.folder / f"{role}.log").open("ab") as log:
            return subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)  # noqa: S603 - ours

    def events(self, role: str) -> list[dict[str, Any]]:
        """Events that all processes of a role have written."""
        lines = [
            line for path in self.folder.glob(f"{role}-*.jsonl") for line in path.read_text().splitlines()
        ]
        return [json.loads(line) for line in lines]

    def is_busy(self, role: str, pid: int) -> bool:
        """Whether a process has claimed something that it has not brought to an end."""
        path = self.folder / f"{role}-{pid}.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        seen = Counter(json.loads(line)["event"] for line in lines)
        return seen[START_EVENTS[role]] > sum(seen[event] for event in END_EVENTS[role])


@dataclass
class Processes:
    """The processes of a run, and the faults injected into them."""

    setup: Setup
    orders: int
    work_ms: int
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    bots: list[subprocess.Popen[bytes]] = field(default_factory=list)
    faults_injected: Counter[str] = field(default_factory=Counter)
    hit_while_busy: int = 0  #: of the faults of workers and bots

    def begin(self) -> None:
        """Start everybody."""
        self.workers = [self._worker() for _ in range(WORKERS)]
        self.bots = [self._bot(number) for number in range(BOTS)]

    def _worker(self) -> subprocess.Popen[bytes]:
        return self.setup.start("worker", self.work_ms)

    def _bot(self, number: int) -> subprocess.Popen[bytes]:
        return self.setup.start("bot", number, BOTS, self.orders)

    async def inject(self, fault: str, chance: random.Random) -> None:
        """Inject one fault; a killed process is replaced."""
        role = "worker" if "worker" in fault else "bot"
        index = await self._find_busy(role, chance) if role in fault else 0
        if fault == "kill worker":
            _kill(self.workers[index])
            self.workers[index] = self._worker()
        elif fault == "kill bot":
            _kill(self.bots[index])
            self.bots[index] = self._bot(index)
        elif fault == "stop worker":
            self.workers[index].send_signal(signal.SIGSTOP)
            await asyncio.sleep(LEASE_S + 1)
            self.workers[index].send_signal(signal.SIGCONT)
        elif self.setup.restart:
            await asyncio.to_thread(self.setup.restart)
        self.faults_injected[fault] += 1

    async def _find_busy(self, role: str, chance: random.Random) -> int:
        """The index of a busy process; of any where none becomes busy."""
        processes = self.workers if role == "worker" else self.bots
        order = chance.sample(range(len(processes)), len(processes))
        ends = time.monotonic() + FIND_BUSY_S
        while time.monotonic() < ends:
            for index in order:
                if self.setup.is_busy(role, processes[index].pid):
                    self.hit_while_busy += 1
                    return index
            await asyncio.sleep(0.02)
        return order[0]

    def end(self) -> None:
        """Kill everybody."""
        for process in (*self.workers, *self.bots):
            _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


async def chaos(setup: Setup, seed: int, orders: int = 200, rounds: int = 5) -> dict[str, Any]:
    """Run it and check the results; `faults` of the figures that are returned must be empty.

    Args:
        setup: The folder and database.
        seed: Decides the faults.
        orders: How many are submitted meanwhile.
        rounds: Of 4 killed workers, 2 killed bots and a worker that is stopped past its lease each.
    """
    chance = random.Random(seed)  # noqa: S311 - to be repeated
    faults_injected = (["kill worker"] * 4 + ["kill bot"] * 2 + ["stop worker"]) * rounds
    if setup.restart:
        faults_injected += ["restart database"] * 2
    chance.shuffle(faults_injected)
    processes, began = Processes(setup, orders, work_ms=WORK_MS), time.monotonic()
    async with open_queue(setup.settings) as queue:
        processes.begin()
        try:
            for fault in faults_injected:
                await asyncio.sleep(chance.uniform(0.2, 1.2))
                await processes.inject(fault, chance)
            left = await _wait_until_answered(queue, orders)
        finally:
            processes.end()
        figures = await _check(queue, setup, orders)
    return {
        "seed": seed,
        "orders": orders,
        "took_s": round(time.monotonic() - began, 1),
        "faults_injected": dict(processes.faults_injected),
        "hit_while_busy": processes.hit_while_busy,
        **figures,
        "faults": [*figures["faults"], *([f"{left} orders without an answer"] if left else [])],
    }


async def _wait_until_answered(queue: Queue, orders: int) -> int:
    """Wait until every order is answered; returns how many are not."""
    end = time.monotonic() + TIMEOUT_S
    while True:
        sent = 0
        for number in range(orders):
            order = await queue.orders.find_order(f"bench:{number}")
            sent += order is not None and order.state == "sent"
        if sent == orders or time.monotonic() > end:
            return orders - sent
        await asyncio.sleep(0.5)


async def _check(queue: Queue, setup: Setup, orders: int) -> dict[str, Any]:
    """What the table says, compared with what the processes saw."""
    jobs, states = await queue.admin.count_by_state()
    accepted = Counter(each["job"] for each in setup.events("worker") if each["event"] == "finished")
    delivered = Counter(each["order"] for each in setup.events("bot") if each["event"] == "delivered")
    sent = Counter(each["order"] for each in setup.events("bot") if each["event"] == "sent")
    stale = [
        each
        for role in ("worker", "bot")
        for each in setup.events(role)
        if each["event"] in {"stale", "stale_delivery"}
    ]
    faults = [f"job {job} was finished {times} times" for job, times in accepted.items() if times > 1]
    faults += [
        f"order {order} was delivered {times} times" for order, times in delivered.items() if times > 1
    ]
    if set(jobs) != {"done"}:
        faults.append(f"jobs that did not end well: {jobs}")
    if states != {"sent": orders}:
        faults.append(f"orders: {states}")
    if not setup.database_url and (check := _integrity(setup.folder / FILE)) != "ok":
        faults.append(check)
    return {
        "jobs": jobs,
        "claims": sum(each["event"] == "claimed" for each in setup.events("worker")),
        "stale_writes_refused": len(stale),
        "stale_writes_counted_in_the_table": await _stale_count(queue),
        "sent_again_after_a_bot_died": sum(times - 1 for times in sent.values()),
        "faults": faults,
    }


async def _stale_count(queue: Queue) -> int:
    """Stale writes that the table itself has counted."""
    totals = (await queue.admin.stats()).totals
    return int(sum(total for (name, _), total in totals.items() if name == "stale"))


def _integrity(path: Path) -> str:
    """What SQLite thinks of its file."""
    connection = sqlite3.connect(path)
    try:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
    finally:
        connection.close()
