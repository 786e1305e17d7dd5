"""Temporary folders, each locked while its process lives, so that those of killed ones are known.

A process number says nothing in a container, where the next process has the same.
"""

from __future__ import annotations

import os
import re
import shutil
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

try:
    import fcntl
except ImportError:  # Windows: folders of killed processes stay
    fcntl = None  # type: ignore[assignment]

_PREFIX = "stembot-work-"
_TRIES = 3  # of making a folder; a file system without locks fails them all, and its folders are never stale
_EARLIER_NAME = re.compile(r"stembot-(\d+)-.+")  # earlier versions' folders, named after their process


class _LockedDirectory(TemporaryDirectory[str]):
    """A temporary folder that stays locked until it is removed, or its process ends."""

    def __init__(self) -> None:
        super().__init__(prefix=_PREFIX, ignore_cleanup_errors=True)
        self._lock = _lock(Path(self.name))

    def is_safe(self) -> bool:
        """Whether it was not taken for a stale one in the moment before it was locked."""
        return (fcntl is None or self._lock is not None) and Path(self.name).is_dir()

    def cleanup(self) -> None:
        super().cleanup()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def temp_dir() -> TemporaryDirectory[str]:
    """A new folder, removed when the block ends."""
    for _ in range(_TRIES):
        folder = _LockedDirectory()
        if folder.is_safe():
            break
    return folder


def remove_stale_temp_dirs() -> int:
    """Remove the folders of processes that have ended; returns how many there were."""
    count = 0
    for path in Path(gettempdir()).glob("stembot-*"):
        if _EARLIER_NAME.fullmatch(path.name):
            if _has_ended(path):
                shutil.rmtree(path, ignore_errors=True)
                count += 1
        elif path.name.startswith(_PREFIX) and (lock := _lock(path)) is not None:
            shutil.rmtree(path, ignore_errors=True)
            os.close(lock)
            count += 1
    return count


def _lock(path: Path) -> int | None:
    """Lock a folder; returns the descriptor that holds the lock, or None where another process has it."""
    if fcntl is None:
        return None
    with suppress(OSError):  # it is removed already, or another user's
        descriptor = os.open(path, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # locked, or on a file system without locks
            os.close(descriptor)
        else:
            return descriptor
    return None


def _has_ended(path: Path) -> bool:
    """Whether the process that an earlier version's folder is named after has ended; it is not this one."""
    name = _EARLIER_NAME.fullmatch(path.name)
    if name is None:
        return False
    process = int(name[1])
    if process == os.getpid():
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except OSError:  # it runs as another user
        return False
    return False
