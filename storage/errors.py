"""The root of every error that a person may be told about, and storage's own branch of it.

StembotError                  carries `facts`; its sentence is looked up by class name in
`bots.i18n.translate`
├── StorageError              ours to mend: the disk or the bucket did not do what it was asked
│   ├── NotStored             nothing is kept under that key (any more)
│   └── TooManyBytes          size_bytes, limit_bytes: the stream was cut off and nothing is kept
└── LinkError                 the holder of a link cannot be let in
    ├── LinkRefused           wrong, altered or meant for something else   (HTTP 403)
    └── LinkEnded             right once, but its time is up or what it shows is gone (HTTP 410)

The other branches grow in `separator.core.errors`.
"""

from __future__ import annotations


class StembotError(Exception):
    """Something went wrong."""

    def __init__(self, **facts: float | str) -> None:
        """Keep the facts: numbers with a unit in their name, or short words; never a path or a host."""
        told = ", ".join(f"{name}={value}" for name, value in facts.items())
        super().__init__(f"{self.__doc__} ({told})" if told else self.__doc__)
        self.facts = facts


class StorageError(StembotError):
    """The store did not keep or return what it was asked to."""


class NotStored(StorageError):
    """Nothing is kept under that key."""


class TooManyBytes(StorageError):
    """More bytes came than are taken."""


class LinkError(StembotError):
    """This link opens nothing."""


class LinkRefused(LinkError):
    """This link is not one of ours, or was changed on its way."""


class LinkEnded(LinkError):
    """This link has ended."""
