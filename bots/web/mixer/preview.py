"""The half minute of a song that a chat plays beside its link: all stems, where they are loudest."""

from __future__ import annotations

import asyncio
import json
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from bots.web.mixer.aac_parts import decode, encode
from storage.base import Lazy
from storage.flac_index import Cut

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from bots.web.mixer.separations import LinkTarget
    from storage.flac_index import FlacIndex
    from storage.objects import ObjectStore
else:
    np = Lazy("numpy")

PREVIEW_S = 30
FADE_S = 1.0
_CODEC = ("-c:a", "libmp3lame", "-b:a", "128k", "-f", "mp3")  # what every chat plays


class Previews:
    """Makes previews, one at a time, and keeps the last of them."""

    def __init__(self, store: ObjectStore) -> None:
        """Read stems from this store."""
        self._store = store
        self._turn = asyncio.Lock()
        self._last: tuple[str, bytes] = ("", b"")

    async def get(self, shown: LinkTarget, indexes: Sequence[FlacIndex]) -> bytes:
        """An mp3 file.

        Raises:
            NotStored: The separation is not whole yet, or gone.
            StorageError: It could not be made.
        """
        manifest = shown.manifest
        async with self._turn:
            if self._last[0] != shown.key:
                peaks = json.loads(await self._store.get(manifest.peaks_key))
                start = int(loudest(peaks) * manifest.rate_hz)
                parts = [
                    await self._part(shown, stem.name, index, start, manifest.rate_hz)
                    for stem, index in zip(manifest.stems, indexes, strict=True)
                ]
                length = min(map(len, parts))
                mixed = _faded(np.sum([part[:length] for part in parts], axis=0), manifest.rate_hz)
                self._last = (shown.key, await encode(mixed, manifest.rate_hz, _CODEC))
            return self._last[1]

    async def _part(
        self, shown: LinkTarget, stem: str, index: FlacIndex, start: int, rate_hz: int
    ) -> np.ndarray:
        """(samples, channels) of a stem from `start` on, by whole segments of FLAC, trimmed."""
        cuts = [*index.cuts, Cut(index.samples, index.size_bytes)]
        samples = [cut.sample for cut in cuts]
        first = max(0, bisect_right(samples, start) - 1)
        last = min(len(cuts) - 1, bisect_right(samples, start + PREVIEW_S * rate_hz))
        place = shown.find(stem, cuts[first].byte, cuts[last].byte)
        frames = b"".join([chunk async for chunk in self._store.stream(*place)])
        sound, _ = await asyncio.to_thread(decode, index, frames, samples[last] - samples[first])
        begin = start - samples[first]
        return sound[begin : begin + PREVIEW_S * rate_hz]


def loudest(peaks: Mapping[str, Any]) -> float:
    """Where the loudest half minute of a song begins, in seconds, by its stems' peaks."""
    per_s = peaks["per_s"]
    total = [sum(each) for each in zip(*peaks["stems"].values(), strict=False)]
    laid = [0, *accumulate(total)]
    span = PREVIEW_S * per_s
    if len(total) <= span:
        return 0.0
    starts = range(0, len(total) - span, per_s)
    return float(max(starts, key=lambda at: laid[at + span] - laid[at]) / per_s)


def _faded(sound: np.ndarray, rate_hz: int) -> np.ndarray:
    ramp = np.minimum(1, np.arange(len(sound)) / (FADE_S * rate_hz)).astype(np.float32)[:, None]
    faded: np.ndarray = np.clip(sound * np.minimum(ramp, ramp[::-1]), -1, 1)
    return faded
