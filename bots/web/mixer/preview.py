"""The preview that a chat plays beside a link: all stems of the song's highlight, as one MP3."""

from __future__ import annotations

import asyncio
import io
import json
import warnings
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import imageio_ffmpeg

from bots.web.mixer.aac_parts import read_samples
from bots.web.mixer.task_cache import TaskCache
from storage.base import Lazy, StorageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from bots.web.mixer.separations import LinkTarget
    from storage.flac_index import FlacIndex
    from storage.manifest import Manifest
    from storage.objects import ObjectStore
else:
    np = Lazy("numpy")

PREVIEW_S = 30
FADE_MS = 1000
_MAX_CACHED = 32  # previews in memory, some 500 kB each


class Previews:
    """Makes previews, one at a time, and caches the last of them."""

    def __init__(self, store: ObjectStore) -> None:
        """Read stems from this store."""
        self._store = store
        self._lock = asyncio.Lock()
        self._previews = TaskCache[bytes](_MAX_CACHED)

    def has(self, target: LinkTarget) -> bool:
        """Whether it need not be made."""
        return self._previews.has(target.key)

    async def get(self, target: LinkTarget, indexes: Sequence[FlacIndex]) -> bytes:
        """An MP3 file.

        Raises:
            NotStored: The separation is not finished, or was deleted.
            StorageError: It could not be made.
        """
        manifest = target.manifest
        return await self._previews.get(target.key, lambda: self._make(target, manifest, indexes))

    async def _make(self, target: LinkTarget, manifest: Manifest, indexes: Sequence[FlacIndex]) -> bytes:
        async with self._lock:
            start = int(await self._highlight_s(target) * manifest.rate_hz)
            end = start + PREVIEW_S * manifest.rate_hz
            parts = [
                (await read_samples(self._store, target, stem.name, index, start, end))[0]
                for stem, index in zip(manifest.stems, indexes, strict=True)
            ]
            length = min(map(len, parts))
            mix = np.sum([part[:length] for part in parts], axis=0)
            return await asyncio.to_thread(_to_mp3, mix, manifest.rate_hz)

    async def _highlight_s(self, target: LinkTarget) -> float:
        """The highlight as the worker found it; separations of earlier versions name none."""
        manifest = target.manifest
        if manifest.highlight_s is None:
            return loudest_s(json.loads(await self._store.get(manifest.peaks_key)))
        return max(0.0, min(manifest.highlight_s, manifest.song_s - PREVIEW_S))


def loudest_s(peaks: Mapping[str, Any]) -> float:
    """Where the loudest `PREVIEW_S` of a song begin, in seconds, by its stems' peaks."""
    per_s = peaks["per_s"]
    total = [sum(each) for each in zip(*peaks["stems"].values(), strict=False)]
    sums = [0, *accumulate(total)]
    span = PREVIEW_S * per_s
    if len(total) <= span:
        return 0.0
    starts = range(0, len(total) - span, per_s)
    return float(max(starts, key=lambda start: sums[start + span] - sums[start]) / per_s)


def _to_mp3(sound: np.ndarray, rate_hz: int) -> bytes:
    """(samples, channels), float32, as an MP3 that fades in and out: every chat plays that."""
    with warnings.catch_warnings():  # pydub warns of no ffmpeg on the PATH; it is given ours
        warnings.simplefilter("ignore")
        from pydub import AudioSegment  # noqa: PLC0415 - only who asks for a preview pays for it
        from pydub.exceptions import CouldntEncodeError  # noqa: PLC0415

    AudioSegment.converter = imageio_ffmpeg.get_ffmpeg_exe()
    steps = np.rint(np.clip(sound, -1, 1) * 32_767).astype("<i2")
    clip = AudioSegment(steps.tobytes(), frame_rate=rate_hz, sample_width=2, channels=steps.shape[1])
    file = io.BytesIO()
    try:
        clip.fade_in(FADE_MS).fade_out(FADE_MS).export(file, format="mp3", bitrate="128k")
    except CouldntEncodeError as failure:
        raise StorageError(doing="encode") from failure
    return file.getvalue()
