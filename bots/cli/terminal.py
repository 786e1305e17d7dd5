"""Output of the commands: tables, and sentences on standard error; and streams that never fail a command.

rich is loaded when a table is drawn: services import the command line and draw none.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bots.i18n.translate import translate
from separator import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.table import Table

WIDE = 200  #: characters of a line where there is no terminal to wrap it


def new_table(columns: Iterable[str] = ()) -> Table:
    """An empty table; without columns it has no header either."""
    from rich.table import Table  # noqa: PLC0415 - see the module's docstring

    names = list(columns)
    table = Table(box=None, pad_edge=False, header_style="bold", show_header=bool(names))
    for name in names:
        table.add_column(name, overflow="fold")
    return table


def draw(tables: Iterable[Table]) -> None:
    """Draw tables as wide as the terminal, or unwrapped where there is none."""
    from rich.console import Console  # noqa: PLC0415 - see the module's docstring

    console = Console(width=None if sys.stdout.isatty() else WIDE, highlight=False)
    for table in tables:
        console.print(table)


def fail(key: str, **facts: float | str) -> ExitCode:
    """Print a sentence to standard error; returns the exit code of a failure."""
    print(translate(key, **facts), file=sys.stderr)
    return ExitCode.FAILED


class TerminalStream(io.TextIOWrapper):
    """A standard stream that escapes what it cannot show, and drops what nobody reads any more.

    The work is done by the time that it is told: `| head` or a terminal without letters is no reason to fail.
    """

    def write(self, text: str) -> int:
        """Write a text, or drop it."""
        try:
            return super().write(text)
        except BrokenPipeError:
            return self._drop()

    def flush(self) -> None:
        """Write what is buffered, or drop it."""
        try:
            super().flush()
        except BrokenPipeError:
            self._drop()

    def _drop(self) -> int:
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())
        return 0


def protect_streams() -> None:
    """Replace stdout and stderr of this process by streams that never fail a command."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by the process that started us
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for good
            continue
        line_buffering, encoding = stream.line_buffering, stream.encoding
        safe = TerminalStream(
            stream.detach(), encoding=encoding, errors="backslashreplace", line_buffering=line_buffering
        )
        setattr(sys, name, safe)


def printable(name: str) -> str:
    """A file's name as text; bytes that are no UTF-8 are escaped."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
