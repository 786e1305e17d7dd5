"""Break what a running installation stands on, and see what becomes of people's songs.

    python -m benchmarks.faults --specs DIR [--seed N] [--only NAME] [--pause S] [--json OUT] [--write PAGE]

Everything runs as people run it: `stembot serve` in real processes, songs sent to the web app by HTTP as its
page sends them, or to the bots (DIR holds the platforms' contracts, for stand-ins). Of each fault: a song is
being separated when it strikes, somebody else sends one while it lasts. Afterwards the books are read. Exits
with 1 if an order was lost or doubled. With a JSON file that is there already, `--write` adds to its rows.

    lost       taken in (201, or a first answer in the chat), and no files after all was repaired
    doubled    two separations, or two mixes, were finished for the same work; or files came twice
    recovered  seconds from the repair to the last answer; no operator helps
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
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.faults_breaks import NAMES, ROUNDS
from benchmarks.faults_installation import TIMEOUT_S, Installation, fresh
from benchmarks.faults_page import Outcome, page, row
from benchmarks.faults_people import Asked, OnDiscord, OnTelegram, Person, Sender, song
from separator import JobState
from separator.core.jobs import JobKind
from separator.queue.job_chain import JUST_DONE_S
from tests.programs import eventually

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.faults_breaks import Break, Opened

FIRST_S, SECOND_S = 12.0, 2.0  # of song: long enough to be struck in its middle; short
AGAIN_S = 4.0  # between two tries of somebody whose song is not taken in


#: Who sends songs while this is broken; else somebody at the page.
CHATTERS: dict[str, Callable[[Installation, int], Sender]] = {
    "Telegram gone": OnTelegram,
    "Discord gone": OnDiscord,
}


async def strike(installation: Installation, name: str, fault: Break, pause_s: float, number: int) -> Outcome:
    """One fault, with a song under way and one that comes while it lasts."""
    outcome = Outcome(name, installation.name, pause_s)
    sender = CHATTERS.get(name, Person)
    people: list[Sender] = [sender(installation, number), sender(installation, number + 1)]
    asked = [Asked(f"song{number}-{os.getpid()}"), Asked(f"song{number + 1}-{os.getpid()}")]
    try:
        known = await installation.jobs()
        second = await _before(installation, name, people, asked, number)
        async with fault(installation):
            sending = asyncio.create_task(people[1].send(asked[1], second, AGAIN_S))
            ends = time.monotonic() + pause_s
            while time.monotonic() < ends:
                await people[0].look(asked[0])
                await asyncio.sleep(0.5)
        repaired = time.monotonic()
        await asyncio.wait({sending}, timeout=TIMEOUT_S)
        sending.cancel()  # it has ended, or never will
        await asyncio.gather(sending, return_exceptions=True)
        await _wait(people, asked)
        outcome.recovered_s = round(time.monotonic() - repaired, 1)
        await _check_answers(installation, outcome, people, asked)
        await _count_work(installation, outcome, {job.id for job in known})
    except AssertionError as never:  # the other faults are still of interest
        outcome.lost.append(str(never))
    finally:
        for person in people:
            await person.close()
    return outcome


async def _before(
    installation: Installation, name: str, people: list[Sender], asked: list[Asked], number: int
) -> bytes:
    """Have the first song under way, or answered where its manifest is to be spoiled; returns the second."""
    first = song(number, FIRST_S)
    await people[0].send(asked[0], first, AGAIN_S)
    if name != "corrupted manifest":
        await eventually(
            lambda: _under_way(installation, asked[0], people[0]), "the song is far enough", TIMEOUT_S
        )
        return song(number + 1, SECOND_S)
    await eventually(lambda: _is_answered(asked[0], people[0]), "the song is answered", TIMEOUT_S)
    asked[1].outputs = "vocals"
    await asyncio.sleep(JUST_DONE_S + 1)  # work that was done just now is shared for so long
    return first


async def _under_way(installation: Installation, asked: Asked, person: Sender) -> bool:
    """Whether it is being separated (or is done already, on a fast machine)."""
    await person.look(asked)
    running = [
        job
        for job in await installation.jobs()
        if job.kind is JobKind.SEPARATE and job.state is JobState.RUNNING
    ]
    return bool(running) or asked.answered


async def _is_answered(asked: Asked, person: Sender) -> bool:
    await person.look(asked)
    return asked.answered


async def _wait(people: list[Sender], asked: list[Asked]) -> None:
    """Until each has the files, or patience ends."""
    ends = time.monotonic() + TIMEOUT_S
    while time.monotonic() < ends and not all(each.answered for each in asked):
        for person, each in zip(people, asked, strict=True):
            await person.look(each)
        await asyncio.sleep(0.25)


async def _check_answers(
    installation: Installation, outcome: Outcome, people: list[Sender], asked: list[Asked]
) -> None:
    """Hold what people have against what the table says."""
    outcome.asked = len(asked)
    for person, each in zip(people, asked, strict=True):
        if each.answered and await person.downloaded(each):
            outcome.answered += 1
            outcome.doubled += [f"{each.name}: files came twice"] * (len(each.facts["files"]) > 1)
        else:
            outcome.lost.append(f"{each.name}: {each.texts[-1:]}")
        outcome.refused = list(dict.fromkeys([*outcome.refused, *each.refused]))
        outcome.texts = list(dict.fromkeys([*outcome.texts, *each.texts]))
    with contextlib.suppress(AssertionError):
        await eventually(lambda: _all_sent(installation), "every answer is brought", 20)
    if left := await installation.unsent():
        outcome.lost.append(f"{left} answers unsent")


async def _count_work(installation: Installation, outcome: Outcome, known: set[int]) -> None:
    """Look for work that was done twice, among the jobs that are not known from before."""
    jobs = [job for job in await installation.jobs() if job.state is JobState.DONE and job.id not in known]
    done = Counter((job.key, job.args.get("manifest", "")) for job in jobs)
    if outcome.fault != "corrupted manifest":  # that is made again, rightly
        outcome.doubled += [key for (key, _), times in done.items() if times > 1]
    outcome.attempts = max((job.attempts for job in jobs if job.kind is JobKind.SEPARATE), default=0)


async def _all_sent(installation: Installation) -> bool:
    return not await installation.unsent()


async def run(options: argparse.Namespace, done: Callable[[Outcome], None]) -> list[Outcome]:
    """All faults, each installation with its own, in an order that the seed decides; `done` hears of each."""
    outcomes, number = [], 1000 * options.seed
    chance = random.Random(options.seed)  # noqa: S311 - to be repeated
    for open_installation, faults in ROUNDS:
        names = [name for name in faults if not options.only or name in options.only]
        chance.shuffle(names)
        chosen = {name: faults[name] for name in names}
        outcomes += await _in_one_installation(open_installation, chosen, number, options, done)
        number += 2 * len(names)
    return outcomes


async def _in_one_installation(
    open_installation: Opened, faults: dict[str, Break], number: int, options: argparse.Namespace,
    done: Callable[[Outcome], None],
) -> list[Outcome]:  # fmt: skip
    """Break one thing after the other in the same installation."""
    outcomes: list[Outcome] = []
    if not faults:
        return outcomes
    with tempfile.TemporaryDirectory(prefix="stembot-faults-", ignore_cleanup_errors=True) as folder:
        async with open_installation(fresh(Path(folder) / "installation"), options.specs) as installation:
            for turn, (name, fault) in enumerate(faults.items()):
                outcome = await strike(installation, name, fault, options.pause, number + 2 * turn)
                outcomes.append(outcome)
                done(outcome)
                print(row(outcome), flush=True)
    return outcomes


def _known(path: Path | None) -> dict[tuple[str, str], dict[str, Any]]:
    """What earlier runs found that wrote into the same file, by fault and installation."""
    if path is None or not path.exists():
        return {}
    return {(each["fault"], each["on"]): each for each in json.loads(path.read_text(encoding="utf-8"))}


def main() -> int:
    """Run as the module's docstring says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--specs", type=Path, required=True, help="the folder of the platforms' contracts")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", default=[], choices=sorted(NAMES))
    parser.add_argument("--pause", type=float, default=60.0, help="seconds that each fault lasts")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--write", type=Path, help="the page to write the table into")
    asked = parser.parse_args()
    known = _known(asked.json)

    def done(outcome: Outcome) -> None:
        known[outcome.fault, outcome.on] = asdict(outcome)
        if asked.json:
            asked.json.write_text(json.dumps(list(known.values()), indent=1, ensure_ascii=False))

    outcomes = asyncio.run(run(asked, done))
    for each in outcomes:
        for trouble in (*each.lost, *each.doubled):
            print(f"{each.fault}: {trouble}")
    if asked.write:
        asked.write.write_text(
            page(known, [f"--pause {asked.pause:.0f}", f"--seed {asked.seed}"]), encoding="utf-8"
        )
    return int(not all(each.is_kept for each in outcomes))


if __name__ == "__main__":
    sys.exit(main())
