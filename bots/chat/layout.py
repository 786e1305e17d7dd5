"""What several platforms lay out alike: a progress bar, and files spread over messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Sized(Protocol):
    """A file of a known size."""

    @property
    def size_bytes(self) -> int:
        """Its size."""
        ...


SizedT = TypeVar("SizedT", bound=Sized)


def progress_bar(progress: float, cells: int) -> str:
    """Progress from 0 to 1 as a line of cells, never fuller than it is: `▰▰▰▰▱▱▱▱▱▱`."""
    full = min(cells, max(0, int(progress * cells)))
    return "▰" * full + "▱" * (cells - full)


def batches(
    files: Iterable[SizedT], max_files: int, max_bytes: int, kind: Callable[[SizedT], object] = lambda _: None
) -> list[list[SizedT]]:
    """The files in their order, message by message.

    Args:
        files: What is to be sent.
        max_files: In one message.
        max_bytes: In one message; a larger file is sent alone.
        kind: Files of different kinds do not share a message.
    """
    found: list[list[SizedT]] = []
    for file in files:
        batch = found[-1] if found else []
        full = len(batch) == max_files or sum(each.size_bytes for each in (*batch, file)) > max_bytes
        if not batch or full or kind(batch[0]) != kind(file):
            found.append([])
        found[-1].append(file)
    return found
