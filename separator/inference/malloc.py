"""Settings of glibc's malloc, for processes that run networks and for those that idle.

A window takes hundreds of buffers of 10 to 100 MB. By default glibc requests each from the system and returns
it, and the system clears every page: 385,000 page faults a window of `htdemucs`, a quarter of its time
(docs/decisions/0013). Imports no torch.
"""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

#: Names and values of `mallopt`, from glibc's malloc.h.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -2, -3, -8
MMAP_BYTES = 1 << 30  # larger buffers are mapped one by one; no buffer of a network is larger
MAX_FREE_BYTES = (1 << 31) - 1  # free at the end of the heap before it is returned; the largest allowed
IDLE_FREE_BYTES = 64 << 10  # the same for a process that idles
PAD_BYTES = 64 << 20  # requested from the system at a time


def tune_for_inference() -> bool:
    """Keep freed memory, for the whole process; call it before the first window. Returns whether it worked.

    One arena for all threads: a song runs in one thread and the next in another, and each would have its own.
    """
    return _set(
        {
            _MMAP_THRESHOLD: MMAP_BYTES,
            _TRIM_THRESHOLD: MAX_FREE_BYTES,
            _TOP_PAD: PAD_BYTES,
            _ARENA_MAX: 1,
        }
    )


def tune_for_low_memory() -> bool:
    """Return freed memory early, for a bot or the web app: many small objects, and idle for weeks.

    One arena, too: each of a dozen threads that read files would have its own.
    """
    return _set({_TRIM_THRESHOLD: IDLE_FREE_BYTES, _ARENA_MAX: 1})


def trim() -> None:
    """Return free memory between used blocks: freed windows leave holes that do not fit the next.

    Without it a worker grew by half a gigabyte in seven minutes of music, measured on 2026-11-28.
    """
    if sys.platform.startswith("linux"):
        with suppress(OSError, AttributeError):  # not glibc
            ctypes.CDLL(None).malloc_trim(0)


def _set(options: dict[int, int]) -> bool:
    """Call `mallopt` for each option; False where the C library is not glibc."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # not glibc: musl has none
        return False
    return all([mallopt(name, value) == 1 for name, value in options.items()])  # noqa: C419 - set every one
