"""Files that are made on request of a link's holder: the interface that the mixer asks.

The mixer only serves what is stored. Where it is mounted beside a queue of jobs, that side implements
`MixFiles`, and the page offers a mix as MP3 and the song as `.stem.mp4`; without one it does not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from storage.links import LinkClaims

#: Outputs that can be requested: `stems:stem.mp4`, or stems that are summed: `drums+bass:mp3`.
OUTPUTS = re.compile(r"stems:stem\.mp4|(?!stems:)[a-z]{1,16}(\+[a-z]{1,16}){0,7}:mp3")


@dataclass(frozen=True)
class FileStatus:
    """How far a file is."""

    text: str  #: for a person, in their language
    final: bool = False  #: it is ready or failed
    key: str = ""  #: where it is stored; empty until it is
    name: str = ""  #: to save it as
    mime: str = ""


class MixFiles(Protocol):
    """Makes files of what a link shows."""

    async def request(self, claims: LinkClaims, outputs: str, language: str) -> FileStatus | None:
        """Have a file made unless it is ready or in progress; None where this link's stems do not allow it.

        Raises:
            StembotError: With a sentence for the person: the queue is full, or the stems do not allow it.
        """
        ...

    async def status(self, claims: LinkClaims, outputs: str) -> FileStatus | None:
        """How far a file is; None where it was not requested lately."""
        ...
