"""Folders for files that live as long as a piece of work, named after their process, so that others can tidy.

A process that is killed leaves its folder, with a decoded song in it; whoever starts next removes it.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

_NAME = re.compile(r"stembot-(\d+)-.+")


def scratch() -> TemporaryDirectory[str]:
    """A new folder, removed when the block ends."""
    return TemporaryDirectory(prefix=f"stembot-{os.getpid()}-", ignore_cleanup_errors=True)


def tidy_scratch() -> int:
    """Remove the folders of processes that are gone; returns how many there were.

    A number that another process has by now keeps its folder for this time.
    """
    left = [path for path in Path(gettempdir()).glob("stembot-*") if _is_left(path)]
    for path in left:
        shutil.rmtree(path, ignore_errors=True)
    return len(left)


def _is_left(path: Path) -> bool:
    named = _NAME.fullmatch(path.name)
    if named is None:
        return False
    try:
        os.kill(int(named[1]), 0)
    except ProcessLookupError:
        return True
    except OSError:  # it is there and not ours
        return False
    return False
