"""Files that a link's holder can have made: what the mixer asks of whoever can make them.

The mixer only shows what is stored. Where it is mounted beside a line of jobs, that side gives it a
`MixFiles`, and the page offers a mix as MP3 and the song as `.stem.mp4`; without one it does not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from storage.links import LinkClaims

#: What can be asked for: `stems:stem.mp4`, or stems that are summed: `drums+bass:mp3`.
WISH = re.compile(r"stems:stem\.mp4|(?!stems:)[a-z]{1,16}(\+[a-z]{1,16}){0,7}:mp3")


@dataclass(frozen=True)
class FileStatus:
    """How far a file is."""

    text: str  #: for a person, in their language
    final: bool = False  #: nothing more will come of it
    key: str = ""  #: where it is stored; empty until it is
    name: str = ""  #: to keep it by
    mime: str = ""


class MixFiles(Protocol):
    """Makes files of what a link shows."""

    async def begin(self, grant: LinkClaims, outputs: str, language: str) -> FileStatus | None:
        """Have a file made, if it is neither there nor under way, and say how far it is.

        None where this link's stems can be had as they are only.

        Raises:
            StembotError: With a sentence: too much is in the line, or the stems do not allow it.
        """
        ...

    async def look(self, grant: LinkClaims, outputs: str) -> FileStatus | None:
        """How far a file is; None where nobody has asked for it of late."""
        ...
