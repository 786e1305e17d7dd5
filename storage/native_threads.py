"""Waits for the threads of obstore, which are none of Python's.

A request's answer is handed over by such a thread, and for a moment after that it still needs the
interpreter. Where Python ends in that moment, the process aborts (exit code 134, on Python 3.11).
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

NAME = "tokio-"  #: what the names of obstore's threads begin with
PAUSE_S = 0.005  #: between two looks; Python lets other threads go on meanwhile
RESTING = 3  #: looks in a row at which all must be at rest: one that waits for the interpreter rests, too
LONGEST_S = 2.0  #: a thread may be in a request that nobody waits for any more
_BUSY = "RD"  #: states of a thread in Linux: running or about to, or waiting for a disk


async def wait_until_at_rest() -> None:
    """Return when none of the threads is about to need the interpreter; where that is unknown, soon."""
    ends = time.monotonic() + LONGEST_S
    resting = 0
    while resting < RESTING and time.monotonic() < ends:
        await asyncio.sleep(PAUSE_S)
        resting = 0 if _is_busy() else resting + 1


def _is_busy() -> bool:
    for thread in Path("/proc/self/task").glob("*"):
        try:
            name, _, facts = (thread / "stat").read_text().partition(" (")[2].rpartition(") ")
        except OSError:  # it has ended
            continue
        if name.startswith(NAME) and facts[:1] in _BUSY:
            return True
    return False
