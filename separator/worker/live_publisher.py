"""Publishes a separation while it is made: the preview, then pieces of the growing stems.

It observes the song's thread (`separator.pipeline.separate.Observer`) and uploads from a task of its own,
from files that are on disk anyway, one piece at a time. The format is `storage.live`'s. Nothing waits for it:
what the store refuses is retried later, or never, and the separation does not notice.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import structlog

from separator.audio.peaks import PER_S
from storage import LiveIndex, LiveStem, Manifest, StemFile, StorageError, live_key
from storage.flac_index import FlacIndexer
from storage.live import complete_pieces, piece_key

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from separator.audio.decode import Decoded
    from separator.audio.peaks import WaveformPeaks
    from separator.inference.engine import Device
    from separator.pipeline.stem_writer import Separation, StemFiles
    from separator.worker.lease import RunningJob
    from storage import ObjectStore

log = structlog.get_logger()

PIECE_S = 10.0  #: of a stem in one object: 1 MB, and an index that changes six times a minute of music
POLL_S = 0.5  #: between two checks of how far the files have grown
OUTAGE_PAUSE_S = 5.0  #: before a store that failed is asked again
FINISH_S = 5.0  #: for the last write of the index; the manifest is there already
CHUNK_BYTES = 1 << 20  # read at once
_GENERATIONS = 1000  # more than one claim makes
GROWTH = 1.1  # peaks are written again when they have grown by a tenth: some forty times in an hour's song


@dataclass
class _GrowingStem:
    """A stem's file while it is written."""

    name: str
    estimated: bool
    path: Path
    samples: int  #: when it will be complete
    indexer: FlacIndexer = field(default_factory=FlacIndexer)
    pieces: list[int] = field(default_factory=list)  #: as in `LiveStem`

    def index_new_bytes(self) -> None:
        """Read what was appended since the last call."""
        with self.path.open("rb") as file:
            file.seek(self.indexer.fed)
            while chunk := file.read(CHUNK_BYTES):
                self.indexer.feed(chunk)

    def complete_pieces(self, least: int) -> list[tuple[int, int]]:
        """Pieces of at least so many samples that can be stored: (first byte, end)."""
        cuts = [(cut.sample, cut.byte) for cut in self.indexer.cuts]
        return complete_pieces(cuts, self.pieces[-1] if self.pieces else 0, least)

    def read(self, start: int, end: int) -> bytes:
        """Bytes of the file."""
        with self.path.open("rb") as file:
            file.seek(start)
            return file.read(end - start)

    def to_live_stem(self) -> LiveStem:
        """What of it is in the store."""
        end = self.pieces[-1] if self.pieces else -1
        cuts = tuple((cut.sample, cut.byte) for cut in self.indexer.cuts if cut.byte <= end)
        info = _with_samples(self.indexer.streaminfo, self.samples) if cuts else b""
        return LiveStem(self.name, self.estimated, info, cuts, tuple(self.pieces))


def _with_samples(streaminfo: bytes, samples: int) -> bytes:
    """STREAMINFO with the total, which the encoder writes when it is done and some readers want before."""
    # 20 bits rate, 3 channels, 5 depth, 36 samples (RFC 9639, section 8.2)
    packed = int.from_bytes(streaminfo[10:18]) >> 36 << 36 | samples
    return streaminfo[:10] + packed.to_bytes(8) + streaminfo[18:]


@dataclass(frozen=True)
class _SongInfo:
    """What is known when the song is decoded."""

    rate_hz: int
    samples: int
    estimated: frozenset[str]
    peaks: WaveformPeaks


class LivePublisher:
    """Publishes one separation."""

    def __init__(self, store: ObjectStore, running: RunningJob, base: str, link_folder: str = "") -> None:
        """Publish one claim's separation, and report keys through `running`.

        Args:
            store: Where.
            running: The job.
            base: The folder of this claim's separation, for pieces and preview.
            link_folder: Of the index, the same for every claim of the job, so that links to it last.
        """
        self._store, self._running, self._base = store, running, base
        self._live_key = live_key(link_folder or base)
        self._first_generation = _GENERATIONS * (running.job.token - 1)  # bytes of other claims are others
        self._loop, self._wake = asyncio.get_running_loop(), asyncio.Event()
        self._song: _SongInfo | None = None
        self._preview: Separation | None = None
        self._files: StemFiles | None = None
        self._growing: list[_GrowingStem] = []
        self._generation = -1  #: of what is in `_growing`
        self._index: LiveIndex | None = None  #: as it was stored last
        self._peaks_until = 0  #: samples of the stems whose peaks were stored last

    # Called from the song's thread:

    def on_decoded(self, song: Decoded, device: Device, peaks: WaveformPeaks) -> None:
        """See `separator.pipeline.separate.Observer`."""
        estimated = frozenset(stem.value for stem in device.network.estimated)
        self._song = _SongInfo(song.rate_hz, song.samples, estimated, peaks)

    def on_preview(self, preview: Separation) -> None:
        """See `separator.pipeline.separate.Observer`."""
        self._preview = preview
        self._loop.call_soon_threadsafe(self._wake.set)

    def on_files(self, files: StemFiles) -> None:
        """See `separator.pipeline.separate.Observer`."""
        self._files = files

    # Run in the worker's loop:

    @asynccontextmanager
    async def publishing(self) -> AsyncIterator[None]:
        """Upload while the block runs."""
        task = asyncio.create_task(self._publish())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def finish(self, manifest: str) -> None:
        """Write into the index that the separation is complete."""
        if self._index is None:
            return
        index = replace(self._index, manifest=manifest)
        try:
            async with asyncio.timeout(FINISH_S):
                await self._store.put(self._live_key, index.to_json())
        except (StorageError, TimeoutError):
            log.info("live_finish_failed")

    async def _publish(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), POLL_S)
            self._wake.clear()
            try:
                await self._store_preview()
                await self._store_stems()
            except FileNotFoundError:
                continue  # all files are being written again at a smaller gain
            except (StorageError, OSError) as error:
                log.info("live_delayed", error=type(error).__name__)
                await asyncio.sleep(OUTAGE_PAUSE_S)
            except Exception:  # whatever it is, the separation goes on
                log.exception("live_failed")
                return

    async def _store_preview(self) -> None:
        preview = self._preview
        if preview is None or self._running.preview:
            return
        folder = f"{self._base}/preview"
        stems = [
            StemFile(each.name, f"{folder}/{each.path.name}", each.path.stat().st_size, each.estimated)
            for each in preview.stems
        ]
        for stem, each in zip(stems, preview.stems, strict=True):
            await self._store.put_file(stem.key, each.path)
        await self._store.put_file(f"{folder}/peaks.json", preview.peaks)
        args = self._running.job.args
        manifest = Manifest(
            song=args["song"],
            model=args["model"],
            model_version=args["version"],
            rate_hz=preview.rate_hz,
            samples=preview.samples,
            stems=tuple(stems),
            peaks_key=f"{folder}/peaks.json",
            gain=preview.gain,
        )
        await self._store.put(f"{folder}/manifest.json", manifest.to_json())
        self._running.publish(preview=f"{folder}/manifest.json")
        log.info("preview_stored", song_s=round(preview.song_s, 1))

    async def _store_stems(self) -> None:
        """Store complete pieces, then the index that names them."""
        song, files = self._song, self._files
        if song is None or files is None:
            return
        if files.generation != self._generation:
            self._generation, self._peaks_until = files.generation, 0
            self._growing = [
                _GrowingStem(stem.value, stem.value in song.estimated, path, song.samples)
                for stem, path in files.paths.items()
            ]
        stored = False
        for stem in self._growing:
            await asyncio.to_thread(stem.index_new_bytes)
            for start, end in stem.complete_pieces(int(PIECE_S * song.rate_hz)):
                stored = True
                await self._store_piece(stem, start, end)
        if stored:
            await self._store_peaks(song, files)
            await self._store_index(song, files)

    async def _store_piece(self, stem: _GrowingStem, start: int, end: int) -> None:
        number = max(len(stem.pieces) - 1, 0)
        data = await asyncio.to_thread(stem.read, start, end)
        generation = self._first_generation + self._generation
        await self._store.put(piece_key(self._base, generation, stem.name, number), data)
        stem.pieces = [*(stem.pieces or [start]), end]

    async def _store_index(self, song: _SongInfo, files: StemFiles) -> None:
        args = self._running.job.args
        index = LiveIndex(
            base=self._base,
            song=args["song"],
            model=args["model"],
            model_version=args["version"],
            rate_hz=song.rate_hz,
            samples=song.samples,
            stems=tuple(stem.to_live_stem() for stem in self._growing),
            gain=files.format.gain,
            generation=self._first_generation + files.generation,
        )
        if self._running.should_stop():
            return  # the index may be another claim's by now
        await self._store.put(self._live_key, index.to_json())
        self._index = index
        self._running.publish(live=self._live_key)

    async def _store_peaks(self, song: _SongInfo, files: StemFiles) -> None:
        ready = min(stem.to_live_stem().cuts[-1][0] if stem.pieces else 0 for stem in self._growing)
        if ready < GROWTH * self._peaks_until or not ready:
            return
        gain = files.format.gain
        stems = {stem.value: peaks.values_so_far(gain) for stem, peaks in files.peaks.items()}
        facts = {"per_s": PER_S, "song": song.peaks.values(gain), "stems": stems}
        body = json.dumps(facts, separators=(",", ":")).encode()
        await self._store.put(f"{self._base}/live/peaks.json", body)
        self._peaks_until = ready
