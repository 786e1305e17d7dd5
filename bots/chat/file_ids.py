"""A platform's own ids of our files: by its id a file is sent again without being uploaded again."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from storage import StembotError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from separator import People


class FileIdCache:
    """The ids of one platform, stored in the database by `File.key`."""

    def __init__(self, people: People, platform: str) -> None:
        self._people = people
        self._platform = platform

    async def get(self, keys: Sequence[str]) -> dict[str, str]:
        """The ids of these files, as far as there are any."""
        return await self._people.file_ids(self._platform, keys)

    async def add(self, ids: dict[str, str]) -> None:
        """Store ids; a file whose id could not be stored is uploaded again."""
        with contextlib.suppress(StembotError):
            await self._people.add_file_ids(self._platform, ids)
