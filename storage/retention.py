"""Deletes what has expired: songs after a day, stems and mixes after a week, and what killed uploads left.

Age is the time since an object was last written, or used again (`ObjectStore.renew`). A separation and a mix
are deleted as one, its manifest first, so that
a reader never sees half of it; files without a manifest are orphans and expire at the same age. A song that
is uploaded again is written again by `put_song`, so its time starts again. The pieces of a separation in
progress (`storage.live`) are part of its stems in the end, and expire an hour after the last of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import structlog

from storage.base import StorageError
from storage.live import FOLDER as LIVE
from storage.objects import is_key
from storage.revocations import FOLDER as REVOKED
from storage.revocations import delete_ended_revocations

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from storage.base import StorageSettings
    from storage.objects import ObjectStore

log = structlog.get_logger()

SOURCE = "/source"  #: how the key of an uploaded song ends
LIVE_S = 3600.0  #: a page that plays live pieces moves on to the stems in seconds; a paused one gets an hour
_DEPTH = 4  # segments of a separation's folder: songs/<sha256>/<model>@<version>/<token>
_MIX_DEPTH = 3  # segments of a mix's folder: mixes/<hash>/<token>


class DeletedCounts(NamedTuple):
    """How many objects were deleted."""

    songs: int
    stems: int
    mixes: int


async def delete_expired(
    store: ObjectStore,
    settings: StorageSettings,
    in_use: Callable[[], Awaitable[Collection[str]]] | None = None,
) -> DeletedCounts:
    """Delete what has expired. Harmless beside another run, an upload or a download.

    Args:
        store: Where.
        settings: How long each kind is stored.
        in_use: Returns the keys of objects that stay for now, whatever their age: orders wait for them.

    Raises:
        StorageError: The store does not answer; the next run deletes what is left.
    """
    stems_s = settings.keep_stems_s
    listing = _Listing(store)
    ages_s = await listing.list_ages("songs")
    revoked, mixes = await listing.list_ages(REVOKED), await listing.list_ages("mixes")
    needed = await in_use() if in_use else ()
    songs = {key: age_s for key, age_s in ages_s.items() if key.endswith(SOURCE)}
    separations = {key: age_s for key, age_s in ages_s.items() if not key.endswith(SOURCE)}
    pieces = {key: age_s for key, age_s in separations.items() if key.split("/")[_DEPTH:][:1] == [LIVE]}
    stems, live = _newest(separations, _DEPTH), _newest(pieces, _DEPTH + 1)
    await delete_ended_revocations(store, revoked, settings.link_s)
    deleted = DeletedCounts(
        songs=await _delete(store, songs, settings.keep_song_s, needed),
        stems=await _delete(store, stems, stems_s, needed) + await _delete(store, live, LIVE_S),
        mixes=await _delete(store, _newest(mixes, _MIX_DEPTH), stems_s, needed),
    )
    await store.remove_empty_folders()
    if listing.failure is not None:
        raise listing.failure
    return deleted


class _Listing:
    """Lists what is stored; one prefix that fails does not keep the others from being listed."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self.failure: StorageError | None = None

    async def list_ages(self, prefix: str) -> dict[str, float]:
        """As `ObjectStore.list_ages`, without what is not ours."""
        try:
            ages_s = await self._store.list_ages(prefix)
        except StorageError as failure:
            self.failure = failure
            return {}
        ours = {key: age_s for key, age_s in ages_s.items() if is_key(key)}
        if count := len(ages_s) - len(ours):
            first = next(key for key in ages_s if key not in ours)
            log.warning("foreign_keys_skipped", count=count, first=ascii(first))
        return ours


def _newest(ages_s: dict[str, float], depth: int) -> dict[str, float]:
    """Folder of so many segments → age of its newest object, so that one being uploaded is young."""
    newest: dict[str, float] = {}
    for key, age_s in ages_s.items():
        folder = "/".join(key.split("/")[:depth])
        newest[folder] = min(age_s, newest.get(folder, age_s))
    return newest


async def _delete(
    store: ObjectStore, ages_s: dict[str, float], limit_s: float, needed: Collection[str] = ()
) -> int:
    """Delete the prefixes older than `limit_s`, but for those in use and what was written since.

    One that the store fails to delete is left for the next run.
    """
    deleted = 0
    used = {"/".join(key.split("/")[:depth]) for key in needed for depth in range(1, key.count("/") + 2)}
    for prefix in [prefix for prefix, age_s in ages_s.items() if age_s > limit_s and prefix not in used]:
        try:
            now_s = await store.list_ages(prefix.rpartition("/")[0])
            inside = (
                age_s
                for key, age_s in now_s.items()
                if key == prefix or (key.startswith(f"{prefix}/") and is_key(key))
            )
            if all(age_s > limit_s for age_s in inside):
                deleted += await store.delete(prefix)
        except StorageError as failure:
            log.warning("expired_not_deleted", prefix=prefix, **failure.facts)
    return deleted
