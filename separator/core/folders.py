"""Whether a folder can be written to: looked at before the work, and told by its name when a write failed.

No I/O of ours is more than a probe: a file without a name, which leaves nothing behind.
"""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile, gettempdir
from typing import TYPE_CHECKING

from separator.core.errors import FolderUnusable

if TYPE_CHECKING:
    from collections.abc import Iterator

LEAST_BYTES = 1 << 20  #: free in a folder into which anything is written
_NO_ROOM = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}


def check_folder(folder: Path, least_bytes: int = LEAST_BYTES) -> None:
    """Make sure that files can be written into a folder, or that it can be made.

    Raises:
        FolderUnusable: They cannot.
    """
    try:
        there = next((each for each in (folder, *folder.absolute().parents) if each.exists()), folder)
        if not there.is_dir():
            raise FolderUnusable(folder=str(folder), limit="no_folder")
        with TemporaryFile(dir=there) as probe:
            probe.write(b"probe")
    except OSError as error:
        raise _translate(error, folder) from error
    check_room(folder, least_bytes, there)


def check_room(folder: Path, least_bytes: int, there: Path | None = None) -> None:
    """Make sure that a folder has room; `there` is one on the same disk where it is not made yet.

    Raises:
        FolderUnusable: It has not.
    """
    if shutil.disk_usage(there or folder).free < least_bytes:
        raise FolderUnusable(folder=str(folder), limit="full")


@contextmanager
def folder_errors(folder: Path) -> Iterator[None]:
    """Turn errors of the disk into a `FolderUnusable` that names it; those of files elsewhere pass."""
    try:
        yield
    except OSError as error:
        if error.filename and not Path(os.fsdecode(error.filename)).absolute().is_relative_to(
            folder.absolute()
        ):
            raise
        raise _translate(error, folder) from error


def _translate(error: OSError, folder: Path) -> Exception:
    """What an error says of a folder; the error itself where it says nothing."""
    limits = {errno.ENOTDIR: "no_folder", errno.EEXIST: "no_folder", errno.ENOENT: "missing"}
    limits |= dict.fromkeys(_NO_ROOM, "full") | dict.fromkeys(_READ_ONLY, "read_only")
    if error.errno not in limits or (error.errno == errno.ENOENT and folder.exists()):
        return error
    return FolderUnusable(folder=str(folder), limit=limits[error.errno])


def temp_folder() -> str:
    """The folder for temporary files.

    Raises:
        FolderUnusable: There is none that can be written to.
    """
    try:
        return gettempdir()
    except FileNotFoundError as error:  # it lists all that were tried
        raise FolderUnusable(folder="TMPDIR", limit="missing") from error
