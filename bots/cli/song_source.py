"""A song that `stembot separate` is given: a file, or a stream that has to become one first."""

from __future__ import annotations

import shutil
import stat
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from bots.cli.separate_arguments import STDIN, NoSuchFile
from bots.cli.terminal import printable
from separator import temp_folder, title_of
from separator.core.errors import FolderUnusable
from storage import temp_dir

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCK_BYTES = 1 << 20
ROOM_BYTES = 64 << 20  #: that a stream leaves free in the folder for temporary files; it may have no end


@contextmanager
def as_file(name: str) -> Iterator[tuple[str, str]]:
    """The path of a file, and what it is called; a stream (`-`, a FIFO, `<(…)`) is stored for the block.

    Raises:
        NoSuchFile: It is neither a file nor a stream.
        OSError: It cannot be read.
    """
    if name == STDIN:
        if sys.stdin is None or sys.stdin.isatty():
            raise NoSuchFile(file=name, limit="terminal")
        with _stored(sys.stdin.buffer) as path:
            yield path, title_of("")
        return
    mode = Path(name).stat().st_mode
    if stat.S_ISREG(mode):
        with Path(name).open("rb"):  # that it may be read
            yield name, name
    elif stat.S_ISFIFO(mode) or (stat.S_ISSOCK(mode) and name.startswith("/dev/")):
        with Path(name).open("rb") as stream, _stored(stream) as path:
            yield path, title_of("") if name.startswith(("/dev/", "/proc/")) else name
    else:
        raise NoSuchFile(file=printable(name), limit="device")


@contextmanager
def _stored(stream: IO[bytes]) -> Iterator[str]:
    """A file with everything that comes out of a stream."""
    folder = Path(temp_folder())
    with temp_dir() as temporary:
        path = Path(temporary) / "source"
        with path.open("wb") as file:
            while block := stream.read(BLOCK_BYTES):
                file.write(block)
                if shutil.disk_usage(folder).free < ROOM_BYTES:
                    raise FolderUnusable(folder=str(folder), limit="full")
        yield str(path)
