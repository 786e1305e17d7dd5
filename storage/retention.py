"""Deletes what has expired: songs after a day, stems and mixes after a week, and what killed uploads left.

Age is the time since an object was last written. A separation is deleted as one, its manifest first, so that
a reader never sees half of it; files without a manifest are orphans and expire at the same age. A song that
is uploaded again is written again by `put_song`, so its time starts again. The pieces of a separation in
progress (`storage.live`) are part of its stems in the end, and expire an hour after the last of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage.live import FOLDER as LIVE
from storage.revocations import FOLDER as REVOKED

if TYPE_CHECKING:
    from storage.base import StorageSettings
    from storage.objects import ObjectStore

SOURCE = "/source"  #: how the key of an uploaded song ends
LIVE_S = 3600.0  #: a page that plays live pieces moves on to the stems in seconds; a paused one gets an hour
_DEPTH = 4  # segments of a separation's folder: songs/<sha256>/<model>@<version>/<token>


class DeletedCounts(NamedTuple):
    """How many objects were deleted."""

    songs: int
    stems: int
    mixes: int


async def delete_expired(store: ObjectStore, settings: StorageSettings) -> DeletedCounts:
    """Delete what has expired. Harmless beside another run, an upload or a download.

    Raises:
        StorageError: The store does not answer; the next run deletes what is left.
    """
    stems_s = settings.keep_stems_s
    ages_s = await store.list_ages("songs")
    songs = {key: age_s for key, age_s in ages_s.items() if key.endswith(SOURCE)}
    stems, live = _newest(ages_s, live=False), _newest(ages_s, live=True)
    await _delete(store, await store.list_ages(REVOKED), settings.link_s)
    return DeletedCounts(
        songs=await _delete(store, songs, settings.keep_song_s),
        stems=await _delete(store, stems, stems_s) + await _delete(store, live, LIVE_S),
        mixes=await _delete(store, await store.list_ages("mixes"), stems_s),
    )


def _newest(ages_s: dict[str, float], *, live: bool) -> dict[str, float]:
    """Folder → age of its newest object, so that one being uploaded is young.

    The folders are separations, or (`live`) those of their live pieces.
    """
    newest: dict[str, float] = {}
    for key, age_s in ages_s.items():
        segments = key.split("/")
        if key.endswith(SOURCE) or (live and segments[_DEPTH : _DEPTH + 1] != [LIVE]):
            continue
        folder = "/".join(segments[: _DEPTH + live])
        newest[folder] = min(age_s, newest.get(folder, age_s))
    return newest


async def _delete(store: ObjectStore, ages_s: dict[str, float], limit_s: float) -> int:
    """Delete the prefixes older than `limit_s`, but for what was written since they were listed."""
    deleted = 0
    for prefix in [prefix for prefix, age_s in ages_s.items() if age_s > limit_s]:
        now_s = await store.list_ages(prefix.rpartition("/")[0])
        inside = (age_s for key, age_s in now_s.items() if key == prefix or key.startswith(f"{prefix}/"))
        if all(age_s > limit_s for age_s in inside):
            deleted += await store.delete(prefix)
    return deleted
