"""What a link leads to: a separation that is finished or in progress, behind one interface.

A link to `<job>/live/live.json` shows what is done so far, and the finished separation once that is stored:
it can be given out while the song is still being separated, and stays valid when another worker takes over.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bots.web.mixer.task_cache import TaskCache
from storage import seek_table
from storage.base import LinkEnded, NotStored, StorageError
from storage.flac_index import Cut, FlacIndex, index_flac
from storage.live import LiveIndex, LiveStem, live_key
from storage.manifest import Manifest, StemFile
from storage.revocations import Revocations

if TYPE_CHECKING:
    from storage.links import LinkClaims
    from storage.objects import ObjectStore

_LIVE_INDEX = live_key("")  # how the key of a live index ends
_CLAIM = re.compile(r"-\d+$")  # ends the folder of one claim: `<job>-<token>`
_MAX_CACHED = 64  # separations whose indexes are in memory; ten minutes of six stems take some 60 kB


@dataclass(frozen=True)
class LinkTarget:
    """What a link shows; exactly one of `finished` and `live` is set."""

    title: str
    key: str  #: of the manifest, or where it will be: the same before and after a separation is finished
    finished: Manifest | None = None
    live: LiveIndex | None = None

    @property
    def separation(self) -> Manifest | LiveIndex:
        """What both know: model, rate, length, gain, stems, peaks_key."""
        separation = self.finished or self.live
        if separation is None:
            raise NotStored
        return separation

    @property
    def stems(self) -> tuple[StemFile | LiveStem, ...]:
        """In the order of the manifest."""
        return self.separation.stems

    @property
    def manifest(self) -> Manifest:
        """The finished separation.

        Raises:
            NotStored: It is in progress.
        """
        if self.finished is None:
            raise NotStored
        return self.finished

    def locate(self, stem: str, start: int, end: int) -> tuple[str, int, int]:
        """The object that holds these bytes of a stem's FLAC file: (key, start, end) within it.

        Raises:
            NotStored: There is no such stem, or they are not stored yet.
        """
        for each in self.stems:
            if each.name == stem:
                if isinstance(each, StemFile):
                    return each.key, start, end
                if self.live is not None:
                    return self.live.locate(each, start, end)
        raise NotStored


class SeparationReader:
    """Opens what links lead to, and caches where their stems can be cut."""

    def __init__(self, store: ObjectStore) -> None:
        """Read from this store."""
        self._store = store
        self._revocations = Revocations(store)
        self._indexes = TaskCache[list[FlacIndex]](_MAX_CACHED)

    async def open(self, claims: LinkClaims) -> LinkTarget:
        """What a link shows now.

        Raises:
            LinkEnded: What it showed was deleted, or it was revoked.
        """
        if await self._revocations.has(claims.link_id):
            raise LinkEnded
        try:
            if not claims.manifest.endswith(_LIVE_INDEX):
                return await self._finished(claims.title, claims.manifest)
            return await self._progressing(claims)
        except (NotStored, ValueError):
            raise LinkEnded from None

    async def indexes(self, target: LinkTarget) -> list[FlacIndex]:
        """The FLAC index of each stem; of a separation in progress, as far as it is stored.

        Raises:
            StorageError: A stem is not a valid FLAC file.
        """
        if target.live is not None:
            return [_partial_index(stem) for stem in target.live.stems]
        try:
            return await self._indexes.get(target.key, lambda: self._read_indexes(target.manifest))
        except ValueError as broken:
            raise StorageError(doing="index") from broken

    async def _finished(self, title: str, key: str) -> LinkTarget:
        manifest = Manifest.from_json(await self._store.get(key))
        folder = manifest.peaks_key.rpartition("/")[0]  # of the stems, where `key` is that of a copy
        return LinkTarget(title, f"{folder}/manifest.json", finished=manifest)

    async def _progressing(self, claims: LinkClaims) -> LinkTarget:
        """What a link to a separation in progress shows now, whichever claim of its job has come further.

        Links name the folder that all claims of a job share; those of earlier versions that of one claim.
        """
        folder = claims.manifest.removesuffix(_LIVE_INDEX)
        folders = list(dict.fromkeys([folder, _CLAIM.sub("", folder)]))
        for each in folders:
            with suppress(NotStored):
                return await self._finished(claims.title, f"{each}/manifest.json")
        for each in reversed(folders):
            with suppress(NotStored):
                live = LiveIndex.from_json(await self._store.get(live_key(each)))
                return LinkTarget(claims.title, f"{live.base}/manifest.json", live=live)
        raise NotStored

    async def _read_indexes(self, manifest: Manifest) -> list[FlacIndex]:
        """The seek table stored with the stems; separations of earlier versions have none and are scanned."""
        if manifest.cuts_key:
            table = seek_table.from_json(await self._store.get(manifest.cuts_key))
            if all(stem.name in table for stem in manifest.stems):
                return [table[stem.name] for stem in manifest.stems]
        return list(await asyncio.gather(*(index_flac(self._store.stream(s.key)) for s in manifest.stems)))


def _partial_index(stem: LiveStem) -> FlacIndex:
    """The index of a file that is stored up to its last cut."""
    sample, byte = stem.cuts[-1] if stem.cuts else (0, 0)
    return FlacIndex(stem.streaminfo, sample, byte, tuple(Cut(*cut) for cut in stem.cuts[:-1]))
