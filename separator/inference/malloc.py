"""Memory that a network frees stays with the process, instead of going back to the system and coming anew.

A window takes hundreds of buffers of 10 to 100 MB. By default glibc asks the system for each and gives it
back, and every page that comes anew is cleared first: 385,000 page faults a window of `htdemucs`, a quarter
of its time (docs/decisions/0013). Light: no torch.
"""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

#: Names and values of `mallopt`, from glibc's malloc.h.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -2, -3, -8
LARGEST_BYTES = 1 << 30  # no buffer of a network is larger; one that is goes its own way
KEPT_BYTES = (1 << 31) - 1  # what may lie free before any goes back; the largest that `mallopt` takes
FREE_BYTES = 64 << 10  # of a room: what may lie free at the end of its heap
STEP_BYTES = 64 << 20  # taken from the system at a time


def tune_for_inference() -> bool:
    """Set this for the whole process, before its first window; says whether it could be set.

    One arena for all threads: a song runs in one thread and the next in another, and each would keep its own.
    """
    return _choose(
        {
            _MMAP_THRESHOLD: LARGEST_BYTES,
            _TRIM_THRESHOLD: KEPT_BYTES,
            _TOP_PAD: STEP_BYTES,
            _ARENA_MAX: 1,
        }
    )


def tune_for_low_memory() -> bool:
    """Set the opposite for a bot or a web room: many small things, and they idle for weeks.

    One arena, too: each of a dozen threads that read files would keep one of its own.
    """
    return _choose({_TRIM_THRESHOLD: FREE_BYTES, _ARENA_MAX: 1})


def trim() -> None:
    """Give back what lies free between what is in use: freed windows leave holes that do not fit the next.

    Else a worker grows with its song: by half a gigabyte for seven minutes of music, measured on 2026-11-28.
    """
    if sys.platform.startswith("linux"):
        with suppress(OSError, AttributeError):  # not glibc
            ctypes.CDLL(None).malloc_trim(0)


def _choose(choices: dict[int, int]) -> bool:
    """Set glibc's malloc for the whole process, where it is glibc."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # not glibc: musl has no such thing
        return False
    return all([mallopt(name, value) == 1 for name, value in choices.items()])  # noqa: C419 - set every one
