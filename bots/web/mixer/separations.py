"""What a link leads to: a separation that is whole or still being made, seen as one kind of thing.

A link to `<separation>/live/live.json` shows what is done so far, and the whole separation once that is
there: so it can be given out while the song is still being separated, and stays good.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage import seek_table
from storage.base import LinkEnded, NotStored, StorageError
from storage.flac_index import Cut, FlacIndex, index_flac
from storage.live import LiveIndex, LiveStem, live_key
from storage.manifest import Manifest, StemFile
from storage.revocations import Revocations

if TYPE_CHECKING:
    from storage.links import LinkClaims
    from storage.objects import ObjectStore

_LIVE = live_key("")  # how the key of a separation that is being made ends
_KEPT = 64  # separations whose cuts are remembered; those of ten minutes of six stems are some 60 kB


@dataclass(frozen=True)
class LinkTarget:
    """What a link shows; exactly one of `whole` and `live` is there."""

    title: str
    key: str  #: of the manifest, or where it will be: the same before and after a separation is whole
    whole: Manifest | None = None
    live: LiveIndex | None = None

    @property
    def facts(self) -> Manifest | LiveIndex:
        """What both know: model, rate, length, gain, stems."""
        facts = self.whole or self.live
        if facts is None:
            raise NotStored
        return facts

    @property
    def stems(self) -> tuple[StemFile | LiveStem, ...]:
        """As they are listed."""
        return self.facts.stems

    @property
    def manifest(self) -> Manifest:
        """The whole separation.

        Raises:
            NotStored: It is not whole yet.
        """
        if self.whole is None:
            raise NotStored
        return self.whole

    @property
    def peaks_key(self) -> str:
        """Where the waveforms are."""
        return self.facts.peaks_key

    def find(self, stem: str, start: int, end: int) -> tuple[str, int, int]:
        """The object that holds these bytes of a stem's FLAC file, and where in it they are.

        Raises:
            NotStored: There is no such stem, or they are not there yet.
        """
        if self.live is not None:
            for each in self.live.stems:
                if each.name == stem:
                    return self.live.find(each, start, end)
        for stored in self.whole.stems if self.whole else ():
            if stored.name == stem:
                return stored.key, start, end
        raise NotStored


class SeparationReader:
    """Opens what links lead to, and remembers where stems can be cut."""

    def __init__(self, store: ObjectStore) -> None:
        """Read from this store."""
        self._store = store
        self._revoked = Revocations(store)
        self._indexes: OrderedDict[str, asyncio.Task[list[FlacIndex]]] = OrderedDict()

    async def open(self, grant: LinkClaims) -> LinkTarget:
        """What a grant shows now.

        Raises:
            LinkEnded: What it showed is gone, or it was taken back.
        """
        if await self._revoked.has(grant.name):
            raise LinkEnded
        try:
            if not grant.manifest.endswith(_LIVE):
                return await self._whole(grant, grant.manifest)
            key = f"{grant.manifest.removesuffix(_LIVE)}/manifest.json"
            try:
                return await self._whole(grant, key)
            except NotStored:
                live = LiveIndex.from_json(await self._store.get(grant.manifest))
                return LinkTarget(grant.title, key, live=live)
        except (NotStored, ValueError):
            raise LinkEnded from None

    async def indexes(self, shown: LinkTarget) -> list[FlacIndex]:
        """Where each stem can be cut; of one that is being made, as far as it is there.

        Raises:
            StorageError: A stem is not what it should be.
        """
        if shown.live is not None:
            return [_so_far(stem.streaminfo, stem.cuts) for stem in shown.live.stems]
        try:
            return await asyncio.shield(self._remembered(shown))
        except ValueError as broken:
            raise StorageError(doing="index") from broken

    async def _whole(self, grant: LinkClaims, key: str) -> LinkTarget:
        return LinkTarget(grant.title, key, whole=Manifest.from_json(await self._store.get(key)))

    def _remembered(self, shown: LinkTarget) -> asyncio.Task[list[FlacIndex]]:
        """The cuts of a whole separation, read once, by whoever asks first."""
        task = self._indexes.get(shown.key)
        if task is None or (task.done() and (task.cancelled() or task.exception())):
            task = asyncio.create_task(self._read(shown.manifest))
            self._indexes[shown.key] = task
        self._indexes.move_to_end(shown.key)
        while len(self._indexes) > _KEPT:
            self._indexes.popitem(last=False)
        return task

    async def _read(self, manifest: Manifest) -> list[FlacIndex]:
        """The table of cuts that was stored with the stems; older separations have none and are scanned."""
        if manifest.cuts_key:
            table = seek_table.from_json(await self._store.get(manifest.cuts_key))
            if all(stem.name in table for stem in manifest.stems):
                return [table[stem.name] for stem in manifest.stems]
        return list(await asyncio.gather(*(index_flac(self._store.stream(s.key)) for s in manifest.stems)))


def _so_far(streaminfo: bytes, found: tuple[tuple[int, int], ...]) -> FlacIndex:
    """The index of a file that is there up to its last cut."""
    sample, byte = found[-1] if found else (0, 0)
    return FlacIndex(streaminfo, sample, byte, tuple(Cut(*cut) for cut in found[:-1]))
