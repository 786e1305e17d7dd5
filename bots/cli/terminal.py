"""Output of the commands: tables, and sentences on standard error.

rich is loaded when a table is drawn: services import the command line and draw none.
"""

from __future__ import annotations

import sys
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
