"""One song, from the file as it was sent to stems on disk: decode, separate, encode, all in one pass.

The most telling half minute is separated first where somebody waits for it (`separator.pipeline.preview`).
Then finished audio comes in order and goes into the encoders and the peaks at once
(`separator.pipeline.stem_writer`): no
float stems lie on disk, and whoever follows can read the files as they grow.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Protocol

from separator.audio import peaks
from separator.audio.decode import Decoded, DecodeLimits, decode
from separator.audio.highlight import HighlightDetector
from separator.audio.overlap_add import OverlapAdd
from separator.audio.spectrogram_image import SpectrogramRenderer
from separator.audio.tags import read_tags
from separator.core.errors import Stopped
from separator.core.jobs import Progress
from separator.inference.engine import cut_song, is_centred
from separator.pipeline import preview
from separator.pipeline.stem_writer import BLOCK, FULL, HEADROOM, Separation, StemOnDisk, StemWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from pathlib import Path

    from torch import Tensor

    from separator.audio.highlight import HighlightCurve
    from separator.audio.overlap_add import Segment
    from separator.audio.peaks import WaveformPeaks
    from separator.inference.engine import Device
    from separator.pipeline.stem_writer import Files

__all__ = [
    "BLOCK",
    "FULL",
    "HEADROOM",
    "Follower",
    "Separation",
    "StemOnDisk",
    "separate_song",
]


class Follower(Protocol):
    """Whoever follows a song while it is being separated; called from the song's own thread."""

    def begun(self, song: Decoded, device: Device, outline: WaveformPeaks) -> None:
        """The song is decoded, and is about to be separated; `outline` is its waveform."""
        ...

    def previewed(self, clip: Separation) -> None:
        """The preview is there; its files are gone when the separation ends."""
        ...

    def opened(self, files: Files) -> None:
        """Stems are being written into these files from now on; those named before are gone."""
        ...


def _keep_quiet(_: Progress) -> None:
    """Nobody asked how far it is."""


def _never() -> bool:
    """Nobody will want to stop."""
    return False


@dataclass(frozen=True)
class _Watch:
    """Who follows the work, and may end it."""

    tell: Callable[[Progress], None]
    should_stop: Callable[[], bool]
    follower: Follower | None

    def check(self) -> None:
        """Go on, or raise `Stopped`."""
        if self.should_stop():
            raise Stopped


def separate_song(
    source: Path,
    folder: Path,
    device: Device,
    *,
    limits: DecodeLimits | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    follower: Follower | None = None,
) -> Separation:
    """Separate one song.

    Args:
        source: The file as it was sent.
        folder: Where stems, peaks and cover are put.
        device: A network on a device, alone or shared with other songs.
        limits: How long a song may be.
        on_progress: Told of the stages `decode`, `separate` and `encode`.
        should_stop: Asked at every block and window.
        follower: Told of what can be heard already; then a preview is made.

    Raises:
        SongRefused: The song cannot be separated.
        Stopped: `should_stop` said so.
        SeparationFailed: It did not work, on our side.
    """
    began = perf_counter()
    watch = _Watch(on_progress or _keep_quiet, should_stop or _never, follower)
    folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(1) as reader, TemporaryDirectory(dir=folder, prefix=".sound-") as name:
        spare = folder / name
        watch.tell(Progress("decode"))
        rate_hz = device.network.rate_hz
        looking = HighlightDetector(rate_hz) if follower else None
        song = decode(source, spare / "song.f32", rate_hz, limits, watch.check, looking)
        # Beside the networks, not beside the decoder: somebody waits for the preview, nobody for the tags.
        reading = reader.submit(copy_context().run, read_tags, source)
        made = _Work(song, device, spare, watch, looking.look() if looking else None).run(folder)
        held = reading.result()
    cover = folder / f"cover.{held.cover.ending}" if held.cover else None
    if cover and held.cover:
        cover.write_bytes(held.cover.data)
    return replace(made, tags=held.tags, cover=cover, took_s=perf_counter() - began)


@dataclass
class _Work:
    """A decoded song on its way to stems."""

    song: Decoded
    device: Device
    spare: Path
    watch: _Watch
    look: HighlightCurve | None  #: at the song, where somebody follows
    done: int = 0
    cut: list[Segment] = field(default_factory=list)
    highlight_s: float | None = None

    def run(self, folder: Path) -> Separation:
        """Separate it into `folder`, the preview first."""
        network, follower = self.device.network, self.watch.follower
        self.cut = cut_song(self.song, network)
        early = preview.Early(self.spare)
        if follower and self.look:
            follower.begun(self.song, self.device, self.look.outline)
            self._preview(self.look, early, follower)
        opened = follower.opened if follower else None
        sketch = SpectrogramRenderer(len(network.stems), self.song.samples, self.song.rate_hz)
        with StemWriter(self.song, network.stems, self.spare, opened) as files:
            for block in self._sewn(early):
                files.push(block)
                sketch.push(block.numpy())
            self.watch.tell(Progress("encode", 0, 1))
            self.watch.check()
        stems = []
        for stem, path in files.files.paths.items():
            stems.append(StemOnDisk(stem, folder / f"{stem.value}.flac", stem in network.estimated))
            path.replace(stems[-1].path)
        peaks_file = folder / "peaks.json"
        level = files.files.level
        outlines = {stem.value: outline for stem, outline in files.outlines.items()}
        peaks_file.write_bytes(peaks.to_json(outlines, level.gain))
        self.watch.tell(Progress("encode", 1, 1))
        song = self.song
        pictures = _draw(sketch, [each.name for each in stems], folder)
        return Separation(
            tuple(stems),
            song.rate_hz,
            song.samples,
            peaks_file,
            level.gain,
            level.bits,
            pictures=pictures,
            highlight_s=self.highlight_s,
        )

    def _preview(self, look: HighlightCurve, early: preview.Early, follower: Follower) -> None:
        """Separate and show the most telling part, if the song is long enough to have one."""
        numbers = preview.choose(self.song, look, self.cut, self.device.network)
        if not numbers:
            return
        self.highlight_s = self.cut[numbers[0]].write_at / self.song.rate_hz

        def kept() -> Iterator[Tensor]:
            for number, stems in zip(numbers, self._windows(numbers, urgent=True), strict=True):
                early.keep(number, stems)
                yield stems

        clip = preview.sew(kept(), len(numbers), self.device.network)
        follower.previewed(preview.write(clip, self.device.network, self.spare / "preview"))

    def _sewn(self, early: preview.Early) -> Iterator[Tensor]:
        """Finished audio, in order."""
        network = self.device.network
        sewing = OverlapAdd(self.song.samples, network.window, network.hop, centred=is_centred(network))
        late = [number for number in range(len(self.cut)) if number not in early]
        with closing(self._windows(late)) as rest:
            for number, place in enumerate(self.cut):
                stems = early.take(number) if number in early else next(rest)
                yield sewing.push(place.of(stems))

    def _windows(self, numbers: Sequence[int], *, urgent: bool = False) -> Generator[Tensor]:
        """Separated windows of the song, counted."""
        read_at = [self.cut[number].read_at for number in numbers]
        should_stop = self.watch.should_stop
        windows = self.device.windows(self.song, read_at, urgent=urgent, should_stop=should_stop)
        with closing(windows):
            for stems in windows:
                self.done += 1
                self.watch.tell(Progress("separate", self.done, len(self.cut)))
                yield stems


def _draw(sketch: SpectrogramRenderer, stems: Sequence[str], folder: Path) -> dict[str, Path]:
    """Write the song's picture and each stem's mask; returns where they are."""
    song, masks = sketch.pictures()
    drawn = {"song": song, **dict(zip(stems, masks, strict=True))}
    paths = {name: folder / ("spectrogram.png" if name == "song" else f"{name}.mask.png") for name in drawn}
    for name, path in paths.items():
        path.write_bytes(drawn[name])
    return paths
