"""Puts finished files under the names that a person sees: whole, and never over what was there before.

Files are made in a folder of their own beside their place (`staging`), so that two programs which write into
one folder cannot meet, and what was begun is gone when they end. All files of an order get the same number:

    Song (vocals).mp3       was there before
    Song (vocals) (2).mp3   what is made now, with Song (drums) (2).mp3 beside it
"""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

MOST_NUMBERS = 100_000  #: tried for a free name


@contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """A folder in `folder` for files under way, removed at the end; `folder` is made if it is missing.

    Where the block fails, folders that were made for it are removed again.
    """
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with TemporaryDirectory(dir=folder, prefix=".stembot-", ignore_cleanup_errors=True) as name:
            yield Path(name)
    except BaseException:
        with suppress(OSError):  # another program has put something there
            for each in made:
                each.rmdir()
        raise


def publish(
    files: Mapping[Path, Path], *, overwrite: bool = False, keep: Collection[Path] = ()
) -> list[Path]:
    """Move finished files to their names; returns where they are.

    Args:
        files: From a finished file to the name that it should have, on the same file system.
        overwrite: Replace files that have these names.
        keep: Files that are never replaced: songs, and results of this run.

    Raises:
        OSError: The folder does not take them; then none of them is there.
    """
    for number in range(1, MOST_NUMBERS):
        wanted = {staged: _numbered(path, number) for staged, path in files.items()}
        if not overwrite:
            if _link_all(wanted):
                return list(wanted.values())
        elif not any(_is_one_of(path, keep) for path in wanted.values()):
            return [staged.replace(path) for staged, path in wanted.items()]
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))


def _numbered(path: Path, number: int) -> Path:
    """`Song (vocals).mp3` is `Song (vocals) (2).mp3`, `Song.stem.mp4` is `Song (2).stem.mp4`."""
    if number == 1:
        return path
    ending = ".stem.mp4" if path.name.endswith(".stem.mp4") else path.suffix
    return path.with_name(f"{path.name.removesuffix(ending)} ({number}){ending}")


def _is_one_of(path: Path, files: Collection[Path]) -> bool:
    return path.exists() and any(file.exists() and path.samefile(file) for file in files)


def _link_all(wanted: Mapping[Path, Path]) -> bool:
    """Give every file its name, or none of them: false where one of the names is taken."""
    done: list[Path] = []
    try:
        for staged, path in wanted.items():
            _link(staged, path)
            done.append(path)
    except BaseException as failure:
        for path in done:
            path.unlink(missing_ok=True)
        if isinstance(failure, FileExistsError):
            return False
        raise
    for staged in wanted:
        staged.unlink(missing_ok=True)
    return True


def _link(staged: Path, path: Path) -> None:
    """Give a file a second name.

    Raises:
        FileExistsError: There is a file of this name.
    """
    try:
        os.link(staged, path)
    except FileExistsError:
        raise
    except OSError:  # no hard links here, as on exFAT and some network drives: take the name, then replace it
        with path.open("xb"):
            pass
        try:
            staged.replace(path)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
