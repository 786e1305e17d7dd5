"""Break what a running installation stands on, and see what becomes of people's songs.

    python -m benchmarks.faults [--seed N] [--only NAME] [--pause S] [--json OUT] [--write docs/faults.md]

Everything runs as people run it: `stembot serve` in real processes, songs sent to the web room by HTTP as its
page sends them. Of each fault: a song is being separated when it strikes, somebody else sends one while it
lasts. Afterwards the books are read. Exits with 1 if an order was lost or doubled.

    lost       taken in (201), and no answer after all was mended
    doubled    two separations, or two mixes, were finished for the same work
    recovered  seconds from the mend to the last answer; nobody lends a hand
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.faults_house import PATIENCE_S, Asked, House, Person, a_house_apart, fresh, one_machine, song
from separator import Kind, State
from separator.models.registry import CARDS
from separator.queue.orders import JUST_DONE_S
from tests.programs import eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager

    Break = Callable[[House], AbstractAsyncContextManager[None]]

FIRST_S, SECOND_S = 12.0, 2.0  # of song: long enough to be struck in its middle; short
HOUR_S = 3600
HEAD = """# What becomes of songs when something breaks

Written by `python -m benchmarks.faults --json OUT --write docs/faults.md`: `stembot serve` in real processes,
songs sent to the web room. One is being separated when the fault strikes, another is sent while it lasts. *Read
by the second sender* is what the room said before the song was taken in; then it was sent again. *Recovered* is the time from the mend to the last answer. Nobody lent a hand.

| fault | on | lasted | answered | lost | doubled | read by the second sender | recovered |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""
AGAIN_S = 4.0  # between two tries of somebody whose song is not taken in


@dataclass
class Outcome:
    """What became of it."""

    fault: str
    on: str
    pause_s: float
    asked: int = 0
    answered: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)  #: what somebody read whose song was not taken in
    told: list[str] = field(default_factory=list)  #: what somebody read whose song was
    attempts: int = 0  #: of the separation that was under way
    recovered_s: float = 0.0  #: from the mend to the last answer

    @property
    def held(self) -> bool:
        """Whether the promise was kept."""
        return not self.lost and not self.doubled and self.asked == self.answered


@contextlib.asynccontextmanager
async def full(house: House, disk: str) -> AsyncIterator[None]:
    """Not a byte is left on a file system."""
    house.disks[disk].fill()
    yield
    house.disks[disk].empty()


@contextlib.asynccontextmanager
async def no_database(house: House) -> AsyncIterator[None]:
    """The server is stopped hard."""
    await asyncio.to_thread(house.postgres.stop, "immediate")
    yield
    await asyncio.to_thread(house.postgres.start)


@contextlib.asynccontextmanager
async def no_store(house: House) -> AsyncIterator[None]:
    """Connections break, and new ones are refused."""
    await house.proxy.stop()
    yield
    await house.proxy.start(int(house.proxy.address.rpartition(":")[2]))


@contextlib.asynccontextmanager
async def clock(house: House, by_s: int) -> AsyncIterator[None]:
    """Every process sees the clock jump; it stays there."""
    house.jump(by_s)
    yield


@contextlib.asynccontextmanager
async def worker_killed(house: House) -> AsyncIterator[None]:
    """What the kernel does to a process when memory is out."""
    house.kill("worker")
    yield


@contextlib.asynccontextmanager
async def serve_killed(house: House) -> AsyncIterator[None]:
    """`serve` dies; whatever starts it at boot (systemd, Compose) starts it again."""
    house.program.kill("serve")
    yield
    await house.start()


@contextlib.asynccontextmanager
async def manifest_broken(house: House) -> AsyncIterator[None]:
    """Every manifest that is stored has a bit that flipped."""
    for path in (house.folder / "data" / "objects").rglob("manifest.json"):
        data = bytearray(path.read_bytes())
        data[0] ^= 1
        path.write_bytes(data)
    yield


@contextlib.asynccontextmanager
async def weights_broken(house: House) -> AsyncIterator[None]:
    """Files of the best model appear: as long as they should be, and not what their source published."""
    files = CARDS["htdemucs"].files
    for file in files:
        with (house.folder / "models" / file.name).open("wb") as out:
            os.truncate(out.fileno(), file.size_bytes)
    await asyncio.sleep(3)  # until the worker has told that it could load them
    yield


ALONE: dict[str, Break] = {
    "disk full during upload": lambda house: full(house, "spool"),
    "disk full during publish": lambda house: full(house, "objects"),
    "disk full during database write": lambda house: full(house, "data"),
    "clock jumps an hour ahead": lambda house: clock(house, HOUR_S),
    "clock jumps an hour back": lambda house: clock(house, -HOUR_S),
    "worker out of memory": worker_killed,
    "kill -9 of serve": serve_killed,
    "corrupted manifest": manifest_broken,
    "corrupted weights": weights_broken,
}
APART: dict[str, Break] = {
    "database gone": no_database,
    "S3 gone": no_store,
    "worker out of memory": worker_killed,
    "kill -9 of serve": serve_killed,
}


async def strike(house: House, name: str, fault: Break, pause_s: float, number: int) -> Outcome:
    """One fault, with a song under way and one that comes while it lasts."""
    outcome = Outcome(name, house.name, pause_s)
    people = [Person(house, number), Person(house, number + 1)]
    asked = [Asked(f"song{number}-{os.getpid()}"), Asked(f"song{number + 1}-{os.getpid()}")]
    first, second = song(number, FIRST_S), song(number + 1, SECOND_S)
    known = name == "corrupted manifest"  # somebody wishes something else of a song that was answered before
    try:
        await people[0].send(asked[0], first, AGAIN_S)
        ready = _is_answered if known else _under_way
        await eventually(lambda: ready(asked[0], people[0]), "the song is far enough", PATIENCE_S)
        if known:
            asked[1].wish, second = "vocals", first
            await asyncio.sleep(JUST_DONE_S + 1)  # the line believes for so long what was done just now
        async with fault(house):
            sending = asyncio.create_task(people[1].send(asked[1], second, AGAIN_S))
            ends = time.monotonic() + pause_s
            while time.monotonic() < ends:
                await people[0].look(asked[0])
                await asyncio.sleep(0.5)
        mended = time.monotonic()
        await asyncio.wait_for(sending, PATIENCE_S)
        await _wait(people, asked)
        outcome.recovered_s = round(time.monotonic() - mended, 1)
        await _read_the_books(house, outcome, people, asked)
    finally:
        for person in people:
            await person.close()
    return outcome


async def _under_way(asked: Asked, person: Person) -> bool:
    """Whether its windows are being counted (or it is done already, on a fast machine)."""
    facts = await person.look(asked)
    return bool(facts.get("share")) or asked.answered


async def _is_answered(asked: Asked, person: Person) -> bool:
    await person.look(asked)
    return asked.answered


async def _wait(people: list[Person], asked: list[Asked]) -> None:
    """Until each has the files, or patience ends."""
    ends = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends and not all(each.answered for each in asked):
        for person, each in zip(people, asked, strict=True):
            await person.look(each)
        await asyncio.sleep(0.25)


async def _read_the_books(house: House, outcome: Outcome, people: list[Person], asked: list[Asked]) -> None:
    """Hold what people have against what the table says."""
    outcome.asked = sum(bool(each.order) for each in asked)
    for person, each in zip(people, asked, strict=True):
        if each.answered and await person.downloaded(each):
            outcome.answered += 1
        else:
            outcome.lost.append(f"{each.name}: {each.told[-1:]}")
        outcome.refused = list(dict.fromkeys([*outcome.refused, *each.refused]))
        outcome.told = list(dict.fromkeys([*outcome.told, *each.told]))
    jobs = [job for job in await house.jobs() if job.state is State.DONE]
    done = Counter((job.key, job.args.get("manifest", "")) for job in jobs)
    outcome.doubled = [key for (key, _), times in done.items() if times > 1 and not _was_made_anew(outcome)]
    outcome.attempts = max((job.attempts for job in jobs[:4] if job.kind is Kind.SEPARATE), default=0)
    with contextlib.suppress(AssertionError):
        await eventually(lambda: _all_sent(house), "every answer is brought", 20)
    if left := await house.unsent():
        outcome.lost.append(f"{left} answers unsent")


def _was_made_anew(outcome: Outcome) -> bool:
    """Whether work was rightly done twice, since what came of it the first time was destroyed."""
    return outcome.fault == "corrupted manifest"


async def _all_sent(house: House) -> bool:
    return not await house.unsent()


async def run(seed: int, only: list[str], pause_s: float, done: Callable[[Outcome], None]) -> list[Outcome]:
    """All faults, each house with its own, in an order that the seed decides; `done` hears of each."""
    outcomes, number = [], 1000 * seed
    chance = random.Random(seed)  # noqa: S311 - to be repeated
    for open_house, faults in ((one_machine, ALONE), (a_house_apart, APART)):
        names = [name for name in faults if not only or name in only]
        chance.shuffle(names)
        if not names:
            continue
        with tempfile.TemporaryDirectory(prefix="stembot-faults-", ignore_cleanup_errors=True) as folder:
            async with open_house(fresh(Path(folder) / "house")) as house:
                for name in names:
                    number += 2
                    outcome = await strike(house, name, faults[name], pause_s, number)
                    outcomes.append(outcome)
                    done(outcome)
                    print(row(outcome), flush=True)
    return outcomes


def row(outcome: Outcome) -> str:
    """A line of the table."""
    refused = "; ".join(outcome.refused) or "taken in"
    cells = (
        outcome.fault,
        outcome.on,
        f"{outcome.pause_s:.0f} s",
        f"{outcome.answered} of {outcome.asked}",
        len(outcome.lost),
        len(outcome.doubled),
        refused,
        f"{outcome.recovered_s:.0f} s",
    )
    return f"| {' | '.join(map(str, cells))} |"


def _known(path: Path | None) -> dict[tuple[str, str], dict[str, Any]]:
    """What earlier runs found that wrote into the same file, by fault and house."""
    if path is None or not path.exists():
        return {}
    return {(each["fault"], each["on"]): each for each in json.loads(path.read_text(encoding="utf-8"))}


def main() -> int:
    """Run as the module's docstring says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", default=[], choices=sorted({*ALONE, *APART}))
    parser.add_argument("--pause", type=float, default=60.0, help="seconds that each fault lasts")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--write", type=Path, help="the page to write the table into")
    asked = parser.parse_args()
    known = _known(asked.json)

    def done(outcome: Outcome) -> None:
        known[outcome.fault, outcome.on] = asdict(outcome)
        if asked.json:
            asked.json.write_text(json.dumps(list(known.values()), indent=1, ensure_ascii=False))

    outcomes = asyncio.run(run(asked.seed, asked.only, asked.pause, done))
    for each in outcomes:
        for trouble in (*each.lost, *each.doubled):
            print(f"{each.fault}: {trouble}")
    if asked.write:
        rows = [row(Outcome(**known[key])) for key in sorted(known)]
        asked.write.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return int(not all(each.held for each in outcomes))


if __name__ == "__main__":
    sys.exit(main())
