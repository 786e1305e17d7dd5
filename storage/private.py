"""Files that no other user of the machine reads: songs, stems, and who asked for what."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_OTHERS = 0o077


def private_folder(path: Path) -> None:
    """Make a folder that only this user may read, or take it from others where it is there.

    All files that this process makes from now on are its user's alone, too.
    """
    os.umask(os.umask(_OTHERS) | _OTHERS)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    _take_from_others(path)


def private_file(path: Path) -> None:
    """Make an empty file that only this user may read, or take it from others where it is there."""
    with suppress(OSError):  # whoever opens it says what is wrong
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        _take_from_others(path)


def _take_from_others(path: Path) -> None:
    mode = path.stat().st_mode
    if mode & _OTHERS:
        with suppress(PermissionError):  # it is another user's, who shares it with this one
            path.chmod(mode & ~_OTHERS & 0o7777)
