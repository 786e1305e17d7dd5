"""Tables on a terminal. rich is loaded when one is drawn: rooms import the command line and draw none."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.table import Table

WIDE = 200  #: characters of a line that no terminal wraps


def new_table(columns: Iterable[str] = ()) -> Table:
    """An empty table; without columns it gets none of their names either."""
    from rich.table import Table  # noqa: PLC0415 - see the module's docstring

    named = list(columns)
    table = Table(box=None, pad_edge=False, header_style="bold", show_header=bool(named))
    for name in named:
        table.add_column(name, overflow="fold")
    return table


def draw(tables: Iterable[Table]) -> None:
    """Draw tables: as wide as the terminal, or whole where nobody would see them wrapped."""
    from rich.console import Console  # noqa: PLC0415 - see the module's docstring

    console = Console(width=None if sys.stdout.isatty() else WIDE, highlight=False)
    for table in tables:
        console.print(table)
