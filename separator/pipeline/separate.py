"""One song, from the source file to stems on disk: decode, separate, encode, all in one pass.

With an observer the song's highlight is separated first (`separator.pipeline.preview`). Then finished audio
comes in order and goes into the encoders and the peaks at once (`separator.pipeline.stem_writer`): no float
stems are on disk, and an observer can read the files as they grow.
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
from separator.audio.spectrogram_image import SpectrogramRenderer
from separator.audio.tags import read_tags
from separator.core.errors import Stopped
from separator.core.jobs import Progress
from separator.inference.engine import cut_song, join_windows
from separator.pipeline import preview
from separator.pipeline.stem_writer import Separation, StemFiles, StemOnDisk, StemWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from pathlib import Path

    from torch import Tensor

    from separator.audio.highlight import HighlightCurve
    from separator.audio.overlap_add import Segment
    from separator.audio.peaks import WaveformPeaks
    from separator.inference.engine import Device


class Observer(Protocol):
    """Learns of results while a song is being separated; called from the song's own thread."""

    def on_decoded(self, song: Decoded, device: Device, peaks: WaveformPeaks) -> None:
        """The song is decoded, and is about to be separated; `peaks` is its waveform."""
        ...

    def on_preview(self, preview: Separation) -> None:
        """The preview is on disk; its files are deleted when the separation ends."""
        ...

    def on_files(self, files: StemFiles) -> None:
        """Stems are written into these files from now on; those named before are deleted."""
        ...


@dataclass(frozen=True)
class _Callbacks:
    """What a separation calls while it runs."""

    on_progress: Callable[[Progress], None] | None
    should_stop: Callable[[], bool] | None
    observer: Observer | None

    def report(self, stage: str, done: int = 0, total: int = 0, *, song_s: float = 0.0) -> None:
        if self.on_progress:
            self.on_progress(Progress(stage, done, total, song_s=song_s))

    def check_stop(self) -> None:
        """Raise `Stopped` where the work should stop."""
        if self.should_stop and self.should_stop():
            raise Stopped


def separate_song(
    source: Path,
    folder: Path,
    device: Device,
    *,
    limits: DecodeLimits | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    observer: Observer | None = None,
) -> Separation:
    """Separate one song.

    Args:
        source: The file as it was sent.
        folder: Where stems, peaks and cover are put.
        device: A network on a device, alone or shared with other songs.
        limits: How long a song may be.
        on_progress: Called in the stages `decode`, `separate` and `encode`.
        should_stop: Asked at every block and window.
        observer: Called when something can be played already; with it, a preview is made.

    Raises:
        SongRefused: The song cannot be separated.
        Stopped: `should_stop` returned true.
        SeparationFailed: A failure that is not the song's fault.
    """
    began = perf_counter()
    callbacks = _Callbacks(on_progress, should_stop, observer)
    folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(1) as reader, TemporaryDirectory(dir=folder, prefix=".sound-") as name:
        temporary = folder / name
        callbacks.report("decode")
        rate_hz = device.network.rate_hz
        detector = HighlightDetector(rate_hz) if observer else None
        song = decode(source, temporary / "song.f32", rate_hz, limits, callbacks.check_stop, detector)
        # While the networks run, not while the decoder does: the preview must not wait for the tags.
        reading = reader.submit(copy_context().run, read_tags, source)
        curve = detector.curve() if detector else None
        separation = _SongSeparation(song, device, temporary, callbacks, curve).run(folder)
        tags = reading.result()
    cover = folder / f"cover.{tags.cover.extension}" if tags.cover else None
    if cover and tags.cover:
        cover.write_bytes(tags.cover.data)
    return replace(separation, tags=tags.tags, cover=cover, took_s=perf_counter() - began)


@dataclass
class _SongSeparation:
    """Separates a decoded song."""

    song: Decoded
    device: Device
    temporary: Path
    callbacks: _Callbacks
    curve: HighlightCurve | None  #: where there is an observer
    windows_done: int = 0
    segments: list[Segment] = field(default_factory=list)
    highlight_s: float | None = None

    def run(self, folder: Path) -> Separation:
        """Separate it into `folder`, the preview first."""
        network, observer, song = self.device.network, self.callbacks.observer, self.song
        self.segments = cut_song(song, network)
        saved = preview.SavedWindows(self.temporary)
        if observer and self.curve:
            observer.on_decoded(song, self.device, self.curve.peaks)
            self._make_preview(self.curve, saved, observer)
        renderer = SpectrogramRenderer(len(network.stems), song.samples, song.rate_hz)
        on_files = observer.on_files if observer else None
        with StemWriter(song, network.stems, self.temporary, on_files) as writer:
            with closing(self._all_windows(saved)) as windows:
                for block in join_windows(song, network, windows):
                    writer.push(block)
                    renderer.push(block.numpy())
            self.callbacks.report("encode", 0, 1)
            self.callbacks.check_stop()
        files = writer.files
        stems = tuple(
            StemOnDisk(stem, path.replace(folder / f"{stem.value}.flac"), stem in network.estimated)
            for stem, path in files.paths.items()
        )
        peaks_file = folder / "peaks.json"
        stem_peaks = {stem.value: each for stem, each in files.peaks.items()}
        peaks_file.write_bytes(peaks.peaks_json(stem_peaks, files.format.gain))
        self.callbacks.report("encode", 1, 1)
        return Separation(
            stems=stems,
            rate_hz=song.rate_hz,
            samples=song.samples,
            peaks=peaks_file,
            gain=files.format.gain,
            bits=files.format.bits,
            images=_write_images(renderer, [each.name for each in stems], folder),
            highlight_s=self.highlight_s,
            said_s=song.said_s,
        )

    def _make_preview(self, curve: HighlightCurve, saved: preview.SavedWindows, observer: Observer) -> None:
        """Separate and publish the highlight, if the song is long enough to have one."""
        network = self.device.network
        numbers = preview.choose_windows(self.song, curve, self.segments, network)
        if not numbers:
            return
        self.highlight_s = self.segments[numbers[0]].write_at / self.song.rate_hz

        def save_each() -> Iterator[Tensor]:
            for number, stems in zip(numbers, self._windows(numbers, urgent=True), strict=True):
                saved.save(number, stems)
                yield stems

        clip = preview.join(save_each(), len(numbers), network)
        observer.on_preview(preview.write(clip, network, self.temporary / "preview"))

    def _all_windows(self, saved: preview.SavedWindows) -> Generator[Tensor]:
        """The separated windows of the song, in order; saved ones are read back."""
        with closing(self._windows([n for n in range(len(self.segments)) if n not in saved])) as windows:
            for number in range(len(self.segments)):
                yield saved.pop(number) if number in saved else next(windows)

    def _windows(self, numbers: Sequence[int], *, urgent: bool = False) -> Generator[Tensor]:
        """Separate windows of the song and report progress."""
        read_at = [self.segments[number].read_at for number in numbers]
        should_stop = self.callbacks.should_stop
        windows = self.device.windows(self.song, read_at, urgent=urgent, should_stop=should_stop)
        with closing(windows):
            for stems in windows:
                self.windows_done += 1
                total, song_s = len(self.segments), self.song.song_s
                self.callbacks.report("separate", self.windows_done, total, song_s=song_s)
                yield stems


def _write_images(renderer: SpectrogramRenderer, stems: Sequence[str], folder: Path) -> dict[str, Path]:
    """Write the song's spectrogram and each stem's mask; returns the paths."""
    spectrogram, masks = renderer.render()
    images = {folder / "spectrogram.png": spectrogram}
    images |= {folder / f"{stem}.mask.png": mask for stem, mask in zip(stems, masks, strict=True)}
    for path, image in images.items():
        path.write_bytes(image)
    return dict(zip(("song", *stems), images, strict=True))
