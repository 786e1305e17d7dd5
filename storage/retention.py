"""Forgetting on time: songs after a day, stems and mixes after a week, and what killed uploads left behind.

Age is what the store says of an object's last write. A separation is forgotten whole, its manifest first, so
nobody is ever shown half of one; what has no manifest is an orphan and goes by the same age. A song that is
sent again is written anew by `put_song`, so its time starts again. What could be heard while a separation was
being made (`storage.live`) is in its stems by then, and goes an hour after the last of it came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage.live import FOLDER as LIVE
from storage.revocations import FOLDER as REVOKED

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.base import Store
    from storage.settings import StorageSettings

SOURCE = "/source"  #: how the key of a song as it was sent ends
LIVE_S = (
    3600.0  #: a page that plays from live pieces moves on to the stems within seconds; a paused one, an hour
)
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
    ages_s = await store.list_ages("songs")
    songs = [key for key, age_s in ages_s.items() if key.endswith(SOURCE) and age_s > settings.keep_song_s]
    stems = [folder for folder, age_s in _youngest(ages_s).items() if age_s > settings.keep_stems_s]
    live = [folder for folder, age_s in _youngest(ages_s, _live_folder).items() if age_s > LIVE_S]
    ages_s = await store.list_ages("mixes")
    mixes = [key for key, age_s in ages_s.items() if age_s > settings.keep_stems_s]
    revoked = [key for key, age_s in (await store.list_ages(REVOKED)).items() if age_s > settings.link_s]
    await _forget(store, revoked, settings.link_s)
    return Swept(
        songs=await _forget(store, songs, settings.keep_song_s),
        stems=await _forget(store, stems, settings.keep_stems_s) + await _forget(store, live, LIVE_S),
        mixes=await _forget(store, mixes, settings.keep_stems_s),
    )


def _youngest(ages_s: dict[str, float], folder_of: Callable[[str], str] | None = None) -> dict[str, float]:
    """The age of the newest object of each separation: one that is being uploaded is young."""
    youngest: dict[str, float] = {}
    for key, age_s in ages_s.items():
        folder = (folder_of or _folder)(key)
        if folder and not key.endswith(SOURCE):
            youngest[folder] = min(age_s, youngest.get(folder, age_s))
    return youngest


def _folder(key: str) -> str:
    """The separation that an object belongs to."""
    return "/".join(key.split("/")[:_DEPTH])


def _live_folder(key: str) -> str:
    """The folder of live pieces that an object is in; empty where it is in none."""
    return f"{_folder(key)}/{LIVE}" if key.split("/")[_DEPTH : _DEPTH + 1] == [LIVE] else ""


async def _forget(store: Store, prefixes: list[str], older_s: float) -> int:
    """Forget these, but for what was written anew since it was listed: a song that was sent again."""
    gone = 0
    for prefix in prefixes:
        ages_s = await store.list_ages(prefix.rpartition("/")[0])
        if all(age_s > older_s for key, age_s in ages_s.items() if key == prefix or _within(key, prefix)):
            gone += await store.delete(prefix)
    return gone


def _within(key: str, prefix: str) -> bool:
    return key.startswith(f"{prefix}/")
