"""The page that the fault run writes: for each fault and installation, what became of people's songs."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

HEAD = """# What becomes of songs when something breaks

Written by `{command}`: `stembot serve` with
a worker and both bots in real processes, songs sent to the web app, or to a bot where its platform is what
breaks. One is being separated when the fault strikes, another is sent while it lasts. *Answered* counts who
has the files in the end, *lost* and *doubled* what went wrong with orders that were taken in. *Read
meanwhile* is what the second sender was told before the song was taken in; pages and people send again.
*Attempts* is how often the separation was begun that needed most. *Recovered* is the time from the repair to
the last answer. No operator helps: a supervisor, a periodic job or time repairs it.

| fault | on | lasted | answered | lost | doubled | attempts | read meanwhile | recovered |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
"""
TAIL = """
{machine}, {day}. Leases last 6 s in this run (30 s by default), so that it does not only wait.
Rows may come from several runs into the same JSON file.

- *Telegram gone*, *Discord gone*: connections break and new ones are refused; what people write meanwhile
  waits at the platform, and what is finished meanwhile waits in the outbox.
- *Disk full*: not a byte is left on the file system that holds uploads, the objects, the job table, or
  PostgreSQL's files, and the database is made to ask for more. PostgreSQL stops itself then; it is started
  again, as its supervisor would.
- *Kill -9 of serve*: its children end by themselves before it is started again (the run waits for that).
- *Clocks*: every process of ours jumps, by Debian's `faketime`; PostgreSQL's own clock does not. This run's
  S3 server takes signatures of any time; a real one refuses them beyond 15 minutes, which is then *S3 gone*
  until the clock is right: `stembot doctor` names a clock that differs from the database's.
- *Corrupted manifest*: every manifest in the store has a flipped bit; somebody asks for another mix of a song
  that was answered before. It is separated again, which does not count as doubled.
- *Corrupted weights*: files of `htdemucs` of the right length and the wrong content appear beside a worker.

What holds besides:

- *A device that hangs*: no window ends for 60 s, or 20 times the usual if that is longer (180 s for a model's
  first, 900 s for a load; a job that is silent for two hours counts as well). The worker lets its leases
  lapse and ends with exit code 75; another has its jobs, and the attempt counts.
- *A store that takes nothing* (full, or 403): nothing is separated for it; finished stems are kept for the
  next try on the same worker. Tries are 2 s to 10 min apart, people read that the store is to blame, and
  after a day the job fails. Attempts are not spent.
- *A job whose lease lapsed* runs alone from then on. An idle worker has it at once; where none is idle, one
  worker of the fleet waits for it, the others go on. A job that merely failed is no suspect.
"""


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
    texts: list[str] = field(default_factory=list)  #: what somebody read whose song was
    attempts: int = 0  #: of the separation that was under way
    recovered_s: float = 0.0  #: from the repair to the last answer

    @property
    def is_kept(self) -> bool:
        """Whether the promise was kept."""
        return not self.lost and not self.doubled and self.asked == self.answered


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
        outcome.attempts,
        refused,
        f"{outcome.recovered_s:.0f} s",
    )
    return f"| {' | '.join(map(str, cells))} |"


def _machine() -> str:
    """Its processor and cores, as Linux tells."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    [model, *_] = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return f"{model}, {os.cpu_count()} cores, load {os.getloadavg()[2]:.0f}"


def page(known: dict[tuple[str, str], dict[str, Any]], arguments: Sequence[str]) -> str:
    """The page for the docs, of everything that is known."""
    command = " ".join(["python -m benchmarks.faults", *arguments])
    rows = [row(Outcome(**known[key])) for key in sorted(known)]
    texts = TAIL.format(machine=_machine(), day=time.strftime("%Y-%m-%d"))
    return HEAD.format(command=command) + "\n".join(rows) + "\n" + texts
