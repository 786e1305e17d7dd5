"""Forgetting on time: songs after a day, stems and mixes after a week, and what killed uploads left behind.

Age is what the store says of an object's last write. A separation is forgotten whole, its manifest first, so
nobody is ever shown half of one; what has no manifest is an orphan and goes by the same age. A song that is
sent again is written anew by `put_song`, so its time starts again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from storage.base import Store
    from storage.settings import StorageSettings

SOURCE = "/source"  #: how the key of a song as it was sent ends
_DEPTH = 4  # segments of a separation's folder: songs/<sha256>/<model>@<version>/<token>


class Swept(NamedTuple):
    """How many objects were forgotten."""

    songs: int
    stems: int
    mixes: int


async def sweep(store: Store, settings: StorageSettings) -> Swept:
    """Forget what has had its time. Harmless beside another sweep, an upload or a download.

    Raises:
        StorageError: The store does not answer; what is left is for the next time.
    """
    ages_s = await store.ages("songs")
    songs = [key for key, age_s in ages_s.items() if key.endswith(SOURCE) and age_s > settings.keep_song_s]
    stems = [folder for folder, age_s in _youngest(ages_s).items() if age_s > settings.keep_stems_s]
    ages_s = await store.ages("mixes")
    mixes = [key for key, age_s in ages_s.items() if age_s > settings.keep_stems_s]
    return Swept(*[await _forget(store, keys) for keys in (songs, stems, mixes)])


def _youngest(ages_s: dict[str, float]) -> dict[str, float]:
    """The age of the newest object of each separation: one that is being uploaded is young."""
    youngest: dict[str, float] = {}
    for key, age_s in ages_s.items():
        if not key.endswith(SOURCE):
            youngest[_folder(key)] = min(age_s, youngest.get(_folder(key), age_s))
    return youngest


def _folder(key: str) -> str:
    return "/".join(key.split("/")[:_DEPTH])


async def _forget(store: Store, prefixes: list[str]) -> int:
    return sum([await store.delete(prefix) for prefix in prefixes])
