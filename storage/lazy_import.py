"""A package that is loaded when something of it is first used.

For what only some processes need, some of the time: NumPy takes 15 MB of a web room, which nobody may ask for
a picture.
"""

from __future__ import annotations

from importlib import import_module


class Lazy:
    """Stands for a package under the name that it is imported by."""

    def __init__(self, name: str) -> None:
        """Load nothing yet."""
        self._name = name

    def __getattr__(self, name: str) -> object:
        """Load the package, if it is not there yet; Python lets one thread do that and the others wait."""
        return getattr(import_module(self._name), name)
