"""Makes a separation heard while it is being made: the preview, then pieces of the growing stems.

It follows the song's thread (`separator.pipeline.separate.Follower`) and uploads from a task of its own,
from files
that are on disk anyway, one piece at a time. The format is `storage.live`'s. Nothing waits for it: what the
store refuses is tried again later, or never, and the separation does not notice.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from separator.audio.peaks import PER_S
from storage import LiveIndex, LiveStem, Manifest, StemFile, StorageError, live_key
from storage.flac_index import FlacIndexer
from storage.live import piece_key, whole_pieces

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from separator.audio.decode import Decoded
    from separator.audio.peaks import WaveformPeaks
    from separator.inference.engine import Device
    from separator.pipeline.stem_writer import Files, Separation
    from separator.worker.lease import RunningJob
    from storage import ObjectStore

log = structlog.get_logger()

PIECE_S = 10.0  #: of a stem in one object: 1 MB, and an index that changes six times a minute of music
LOOK_S = 0.5  #: between two looks at how far the files have grown
DOWN_S = 5.0  #: before a store that failed is asked again
END_S = 5.0  #: for the last word of the index; the manifest is there already
CHUNK = 1 << 20  # bytes that are read at once
GROWTH = 1.1  # waveforms are written anew when they have grown by a tenth: some forty times in an hour's song


@dataclass
class _Growing:
    """A stem's file while it is written."""

    name: str
    estimated: bool
    path: Path
    samples: int  #: when it will be whole
    indexer: FlacIndexer = field(default_factory=FlacIndexer)
    pieces: list[int] = field(default_factory=list)  #: as in `LiveStem`

    def look(self) -> None:
        """Read what has come since the last look."""
        with self.path.open("rb") as file:
            file.seek(self.indexer.fed)
            while chunk := file.read(CHUNK):
                self.indexer.feed(chunk)

    def due(self, least: int) -> list[tuple[int, int]]:
        """Pieces that can be stored: (first byte, end)."""
        cuts = [(cut.sample, cut.byte) for cut in self.indexer.cuts]
        return whole_pieces(cuts, self.pieces[-1] if self.pieces else 0, least)

    def read(self, start: int, end: int) -> bytes:
        """Bytes of the file."""
        with self.path.open("rb") as file:
            file.seek(start)
            return file.read(end - start)

    def stored(self) -> LiveStem:
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
class _Song:
    """What is known when the song is decoded."""

    rate_hz: int
    samples: int
    estimated: frozenset[str]
    outline: WaveformPeaks


class LivePublisher:
    """Follows one separation."""

    def __init__(self, store: ObjectStore, held: RunningJob, base: str) -> None:
        """Store below `base`, the folder of this claim's separation; tell `held` what can be heard."""
        self._store, self._held, self._base = store, held, base
        self._loop, self._news = asyncio.get_running_loop(), asyncio.Event()
        self._song: _Song | None = None
        self._clip: Separation | None = None
        self._files: Files | None = None
        self._growing: list[_Growing] = []
        self._generation = -1  #: of what is in `_growing`
        self._index: LiveIndex | None = None  #: as it was stored last
        self._outlined = 0  #: samples of the stems whose waveforms were stored last

    # The song's thread tells:

    def begun(self, song: Decoded, device: Device, outline: WaveformPeaks) -> None:
        """The song is decoded."""
        estimated = frozenset(stem.value for stem in device.network.estimated)
        self._song = _Song(song.rate_hz, song.samples, estimated, outline)

    def previewed(self, clip: Separation) -> None:
        """The preview is on disk."""
        self._clip = clip
        self._loop.call_soon_threadsafe(self._news.set)

    def opened(self, files: Files) -> None:
        """Stems are written into these files from now on."""
        self._files = files

    # The worker's loop stores:

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """Upload while the block runs."""
        task = asyncio.create_task(self._follow())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def end(self, manifest: str) -> None:
        """Say that the separation is whole."""
        if self._index is None:
            return
        index = LiveIndex(**{**vars(self._index), "manifest": manifest})
        try:
            async with asyncio.timeout(END_S):
                await self._store.put(live_key(self._base), index.to_json())
        except (StorageError, TimeoutError):
            log.info("live_unended")

    async def _follow(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), LOOK_S)
            self._news.clear()
            try:
                await self._store_preview()
                await self._store_stems()
            except FileNotFoundError:
                continue  # all is being written anew, softer
            except (StorageError, OSError) as trouble:
                log.info("live_waits", trouble=type(trouble).__name__)
                await asyncio.sleep(DOWN_S)
            except Exception:  # whatever it is, the separation goes on
                log.exception("live_given_up")
                return

    async def _store_preview(self) -> None:
        clip = self._clip
        if clip is None or self._held.preview:
            return
        folder = f"{self._base}/preview"
        stems = [
            StemFile(each.name, f"{folder}/{each.path.name}", each.path.stat().st_size, each.estimated)
            for each in clip.stems
        ]
        for stem, each in zip(stems, clip.stems, strict=True):
            await self._store.put_file(stem.key, each.path)
        await self._store.put_file(f"{folder}/peaks.json", clip.peaks)
        args = self._held.job.args
        manifest = Manifest(
            song=args["song"],
            model=args["model"],
            model_version=args["version"],
            rate_hz=clip.rate_hz,
            samples=clip.samples,
            stems=tuple(stems),
            peaks_key=f"{folder}/peaks.json",
            gain=clip.gain,
        )
        await self._store.put(f"{folder}/manifest.json", manifest.to_json())
        self._held.heard(preview=f"{folder}/manifest.json")
        log.info("preview_stored", song_s=round(clip.song_s, 1))

    async def _store_stems(self) -> None:
        """Store what pieces are whole, then the index that names them."""
        song, files = self._song, self._files
        if song is None or files is None:
            return
        if files.generation != self._generation:
            self._generation, self._outlined = files.generation, 0
            self._growing = [
                _Growing(stem.value, stem.value in song.estimated, path, song.samples)
                for stem, path in files.paths.items()
            ]
        more = False
        for stem in self._growing:
            await asyncio.to_thread(stem.look)
            for start, end in stem.due(int(PIECE_S * song.rate_hz)):
                more = True
                await self._store_piece(stem, start, end)
        if more:
            await self._store_peaks(song, files)
            await self._store_index(song, files)

    async def _store_piece(self, stem: _Growing, start: int, end: int) -> None:
        number = max(len(stem.pieces) - 1, 0)
        data = await asyncio.to_thread(stem.read, start, end)
        await self._store.put(piece_key(self._base, self._generation, stem.name, number), data)
        stem.pieces = [*(stem.pieces or [start]), end]

    async def _store_index(self, song: _Song, files: Files) -> None:
        args = self._held.job.args
        index = LiveIndex(
            base=self._base,
            song=args["song"],
            model=args["model"],
            model_version=args["version"],
            rate_hz=song.rate_hz,
            samples=song.samples,
            stems=tuple(stem.stored() for stem in self._growing),
            gain=files.level.gain,
            generation=files.generation,
        )
        await self._store.put(live_key(self._base), index.to_json())
        self._index = index
        self._held.heard(live=live_key(self._base))

    async def _store_peaks(self, song: _Song, files: Files) -> None:
        ready = min(stem.stored().cuts[-1][0] if stem.pieces else 0 for stem in self._growing)
        if ready < GROWTH * self._outlined or not ready:
            return
        stems = {stem.value: each.so_far(files.level.gain) for stem, each in files.outlines.items()}
        facts = {"per_s": PER_S, "song": song.outline.numbers(files.level.gain), "stems": stems}
        body = json.dumps(facts, separators=(",", ":")).encode()
        await self._store.put(f"{self._base}/live/peaks.json", body)
        self._outlined = ready
