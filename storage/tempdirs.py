"""Temporary folders, named after their process, so that those of killed processes can be removed."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

_NAME = re.compile(r"stembot-(\d+)-.+")


def temp_dir() -> TemporaryDirectory[str]:
    """A new folder, removed when the block ends."""
    return TemporaryDirectory(prefix=f"stembot-{os.getpid()}-", ignore_cleanup_errors=True)


def remove_stale_temp_dirs() -> int:
    """Remove the folders of processes that have ended; returns how many there were.

    A folder whose process number is in use again stays until the next time.
    """
    stale = [path for path in Path(gettempdir()).glob("stembot-*") if _is_stale(path)]
    for path in stale:
        shutil.rmtree(path, ignore_errors=True)
    return len(stale)


def _is_stale(path: Path) -> bool:
    name = _NAME.fullmatch(path.name)
    if name is None:
        return False
    try:
        os.kill(int(name[1]), 0)
    except ProcessLookupError:
        return True
    except OSError:  # it runs as another user
        return False
    return False
