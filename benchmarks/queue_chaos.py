"""Chaos in the queue: workers and bots are killed and frozen, the database restarted; then all is counted.

The seed decides who is hit and how; when exactly it hits them is the machine's affair. A blow waits a while
for somebody who has work in hand: one that is still starting has nothing to lose.
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
WORK_MS = 700  # of a job, so that there is work in hand for as long as the blows last
VICTIM_S = 15.0  #: how long a blow waits for somebody with work in hand
PATIENCE_S = 240.0  #: for the queue to become empty after the last blow
#: What a ledger says of work that is begun, and of work that is out of hand.
BEGINS = {"worker": "claimed", "bot": "sent"}
ENDS = {"worker": ("finished", "stale"), "bot": ("delivered", "stale_delivery")}


@dataclass
class Stage:
    """Where a run happens."""

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

    def ledger(self, role: str) -> list[dict[str, Any]]:
        """What all processes of a role have written."""
        lines = [
            line for path in self.folder.glob(f"{role}-*.jsonl") for line in path.read_text().splitlines()
        ]
        return [json.loads(line) for line in lines]

    def has_work(self, role: str, pid: int) -> bool:
        """Whether a process has claimed something that it has not brought to an end."""
        path = self.folder / f"{role}-{pid}.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        seen = Counter(json.loads(line)["event"] for line in lines)
        return seen[BEGINS[role]] > sum(seen[event] for event in ENDS[role])


@dataclass
class Troupe:
    """The processes of a run, and what was done to them."""

    stage: Stage
    orders: int
    work_ms: int
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    bots: list[subprocess.Popen[bytes]] = field(default_factory=list)
    blows: Counter[str] = field(default_factory=Counter)
    hit_at_work: int = 0  #: of the blows on workers and bots

    def begin(self) -> None:
        """Start everybody."""
        self.workers = [self._worker() for _ in range(WORKERS)]
        self.bots = [self._bot(number) for number in range(BOTS)]

    def _worker(self) -> subprocess.Popen[bytes]:
        return self.stage.start("worker", self.work_ms)

    def _bot(self, number: int) -> subprocess.Popen[bytes]:
        return self.stage.start("bot", number, BOTS, self.orders)

    async def strike(self, blow: str, chance: random.Random) -> None:
        """One blow; who is killed is followed by another."""
        role = "worker" if "worker" in blow else "bot"
        place = await self._victim(role, chance) if role in blow else 0
        if blow == "kill worker":
            _kill(self.workers[place])
            self.workers[place] = self._worker()
        elif blow == "kill bot":
            _kill(self.bots[place])
            self.bots[place] = self._bot(place)
        elif blow == "stop worker":
            self.workers[place].send_signal(signal.SIGSTOP)
            await asyncio.sleep(LEASE_S + 1)
            self.workers[place].send_signal(signal.SIGCONT)
        elif self.stage.restart:
            await asyncio.to_thread(self.stage.restart)
        self.blows[blow] += 1

    async def _victim(self, role: str, chance: random.Random) -> int:
        """The place of somebody with work in hand; anybody's where nobody comes to have any."""
        troupe = self.workers if role == "worker" else self.bots
        order = chance.sample(range(len(troupe)), len(troupe))
        ends = time.monotonic() + VICTIM_S
        while time.monotonic() < ends:
            for place in order:
                if self.stage.has_work(role, troupe[place].pid):
                    self.hit_at_work += 1
                    return place
            await asyncio.sleep(0.02)
        return order[0]

    def end(self) -> None:
        """Kill everybody."""
        for process in (*self.workers, *self.bots):
            _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


async def chaos(stage: Stage, seed: int, orders: int = 200, rounds: int = 5) -> dict[str, Any]:
    """Run it and check the books; `faults` of the figures that come back must be empty.

    Args:
        stage: Where.
        seed: Decides the blows.
        orders: How many are handed in meanwhile.
        rounds: Of 4 killed workers, 2 killed bots and a worker that is stopped past its lease each.
    """
    chance = random.Random(seed)  # noqa: S311 - to be repeated
    blows = (["kill worker"] * 4 + ["kill bot"] * 2 + ["stop worker"]) * rounds
    if stage.restart:
        blows += ["restart database"] * 2
    chance.shuffle(blows)
    troupe, began = Troupe(stage, orders, work_ms=WORK_MS), time.monotonic()
    async with open_queue(stage.settings) as queue:
        troupe.begin()
        try:
            for blow in blows:
                await asyncio.sleep(chance.uniform(0.2, 1.2))
                await troupe.strike(blow, chance)
            left = await _settle(queue, orders)
        finally:
            troupe.end()
        figures = await _books(queue, stage, orders)
    return {
        "seed": seed,
        "orders": orders,
        "took_s": round(time.monotonic() - began, 1),
        "blows": dict(troupe.blows),
        "hit_at_work": troupe.hit_at_work,
        **figures,
        "faults": [*figures["faults"], *([f"{left} orders without an answer"] if left else [])],
    }


async def _settle(queue: Queue, orders: int) -> int:
    """Wait until every order is answered; returns how many are not."""
    end = time.monotonic() + PATIENCE_S
    while True:
        sent = 0
        for number in range(orders):
            order = await queue.orders.find_order(f"bench:{number}")
            sent += order is not None and order.state == "sent"
        if sent == orders or time.monotonic() > end:
            return orders - sent
        await asyncio.sleep(0.5)


async def _books(queue: Queue, stage: Stage, orders: int) -> dict[str, Any]:
    """What the table says, held against what the processes saw."""
    jobs, states = await queue.admin.count_by_state()
    accepted = Counter(each["job"] for each in stage.ledger("worker") if each["event"] == "finished")
    delivered = Counter(each["order"] for each in stage.ledger("bot") if each["event"] == "delivered")
    sent = Counter(each["order"] for each in stage.ledger("bot") if each["event"] == "sent")
    stale = [
        each
        for role in ("worker", "bot")
        for each in stage.ledger(role)
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
    if not stage.database_url and (check := _integrity(stage.folder / FILE)) != "ok":
        faults.append(check)
    return {
        "jobs": jobs,
        "claims": sum(each["event"] == "claimed" for each in stage.ledger("worker")),
        "stale_writes_refused": len(stale),
        "stale_writes_counted_in_the_table": await _counted(queue),
        "sent_again_after_a_bot_died": sum(times - 1 for times in sent.values()),
        "faults": faults,
    }


async def _counted(queue: Queue) -> int:
    """Writes that the table itself says it has refused, whoever's they were."""
    totals = (await queue.admin.stats()).totals
    return int(sum(much for (name, _), much in totals.items() if name == "stale"))


def _integrity(path: Path) -> str:
    """What SQLite thinks of its file."""
    connection = sqlite3.connect(path)
    try:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
    finally:
        connection.close()
