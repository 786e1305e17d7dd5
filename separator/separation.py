"""One song, from the file as it was sent to stems on disk: decode, separate, level, encode.

Twice over the sound: the first time the stems go to disk as float32 while they are measured; only then it is
known whether one of them would pass full scale, and all are written as FLAC with the same gain.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

from separator.audio import encode, peaks
from separator.audio.decode import Decoded, DecodeLimits, decode
from separator.audio.frames import Frames
from separator.audio.tags import SongTags, cover_from, read_tags
from separator.errors import Stopped
from separator.jobs import Progress
from separator.stems import Format, Stem
from storage import Tags

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import numpy as np

    from separator.engine import Engine

BLOCK = 1 << 17  # samples that are levelled and encoded at once: 3 s
FULL = 0.9998  # a peak above it is scaled: 16 bits end at 0.99997, and rounding may add two steps
HEADROOM = 0.999  # where such a peak lands
QUIET_RMS = 10 ** (-36 / 20)  # of full scale; below it 16 bits would not hold 60 dB of the song
SHALLOW, DEEP = encode.SHALLOW, encode.DEEP


@dataclass(frozen=True)
class StemOnDisk:
    """One stem of a separation."""

    stem: Stem
    path: Path  #: FLAC
    estimated: bool = False  #: made by classical signal processing

    @property
    def name(self) -> str:
        """As the manifest has it."""
        return self.stem.value


@dataclass(frozen=True)
class Separation:
    """A song taken apart. The stems add up to the decoded song times `gain`, to half a step of their bits."""

    stems: tuple[StemOnDisk, ...]
    rate_hz: int
    samples: int  #: of every stem, per channel
    peaks: Path  #: JSON, see `storage.manifest`
    gain: float = 1.0
    bits: int = SHALLOW
    tags: Tags = field(default_factory=Tags)
    cover: Path | None = None  #: JPEG or PNG
    took_s: float = 0.0

    @property
    def song_s(self) -> float:
        """How long the song lasts, in seconds."""
        return self.samples / self.rate_hz

    def paths(self) -> dict[Stem, Path]:
        """The FLAC file of each stem, in the model's order."""
        return {each.stem: each.path for each in self.stems}

    def song_tags(self) -> SongTags:
        """What mixes carry on: the tags, and the cover as a picture."""
        return SongTags(self.tags, cover_from(self.cover.read_bytes()) if self.cover else None)


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

    def check(self) -> None:
        """Go on, or raise `Stopped`."""
        if self.should_stop():
            raise Stopped


def separate_song(
    source: Path,
    folder: Path,
    engine: Engine,
    *,
    limits: DecodeLimits | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Separation:
    """Separate one song.

    Args:
        source: The file as it was sent.
        folder: Where stems, peaks and cover are put.
        engine: A network on a device.
        limits: How long a song may be.
        on_progress: Told of the stages `decode`, `separate` and `encode`.
        should_stop: Asked at every block and window.

    Raises:
        SongRefused: The song cannot be separated.
        Stopped: `should_stop` said so.
        SeparationFailed: It did not work, on our side.
    """
    began = perf_counter()
    watch = _Watch(on_progress or _keep_quiet, should_stop or _never)
    folder.mkdir(parents=True, exist_ok=True)
    held = read_tags(source)
    with TemporaryDirectory(dir=folder, prefix=".sound-") as name:
        spare = folder / name
        watch.tell(Progress("decode"))
        song = decode(source, spare / "song.f32", engine.network.rate_hz, limits, watch.check)
        raw = _separate(song, engine, spare, watch)
        leveled = _Level.of(song, raw)
        stems = _encode(song, raw, leveled, folder, watch)
    peaks_file = folder / "peaks.json"
    peaks_file.write_bytes(peaks.to_json({each.stem.value: each.outline for each in raw}, leveled.gain))
    cover = folder / f"cover.{held.cover.ending}" if held.cover else None
    if cover and held.cover:
        cover.write_bytes(held.cover.data)
    return Separation(
        stems=tuple(StemOnDisk(stem, path, stem in engine.network.estimated) for stem, path in stems.items()),
        rate_hz=song.rate_hz,
        samples=song.samples,
        peaks=peaks_file,
        gain=leveled.gain,
        bits=leveled.bits,
        tags=held.tags,
        cover=cover,
        took_s=perf_counter() - began,
    )


@dataclass(frozen=True)
class _RawStem:
    """A stem as float32 frames, measured."""

    stem: Stem
    frames: Frames
    outline: peaks.Outline


@dataclass(frozen=True)
class _Level:
    """How the stems are written: all with the same gain and bits."""

    gain: float
    bits: int

    @classmethod
    def of(cls, song: Decoded, raw: Sequence[_RawStem]) -> _Level:
        peak = max(each.outline.peak for each in raw)
        gain = HEADROOM / peak if peak > FULL else 1.0
        return cls(gain, DEEP if song.deep or song.rms * gain < QUIET_RMS else SHALLOW)


def _separate(song: Decoded, engine: Engine, spare: Path, watch: _Watch) -> list[_RawStem]:
    """Run the engine over the song; what comes out goes to disk at once."""
    raw = [
        _RawStem(
            stem,
            Frames(spare / f"{stem.value}.f32", song.rate_hz, song.samples),
            peaks.Outline(song.rate_hz),
        )
        for stem in engine.network.stems
    ]
    with ExitStack() as stack:
        files = [stack.enter_context(each.frames.path.open("wb")) for each in raw]
        for block in engine.separate(song, watch.tell, watch.should_stop):
            for each, file, sound in zip(raw, files, block.numpy(), strict=True):
                each.outline.push(sound)
                file.write(sound.T.astype("<f4").tobytes())
    return raw


def _encode(
    song: Decoded, raw: Sequence[_RawStem], level: _Level, folder: Path, watch: _Watch
) -> dict[Stem, Path]:
    """Write every stem as FLAC; the encoders of a block run side by side."""
    paths = {each.stem: folder / f"{each.stem.value}.flac" for each in raw}
    encoding = encode.Encoding(Format.FLAC, song.rate_hz, level.bits)
    total = -(-song.samples // BLOCK)
    with ExitStack() as stack:
        writers = [stack.enter_context(encode.write_steps(path, encoding)) for path in paths.values()]
        pool = stack.enter_context(ThreadPoolExecutor(len(writers)))
        for done, steps in enumerate(_leveled(song, raw, level)):
            watch.tell(Progress("encode", done, total))
            watch.check()
            list(pool.map(_write, writers, steps))
    watch.tell(Progress("encode", total, total))
    return paths


def _write(write: encode.Write, steps: np.ndarray) -> None:
    write(steps)


def _leveled(song: Decoded, raw: Sequence[_RawStem], level: _Level) -> Iterator[list[np.ndarray]]:
    """Blocks of whole steps for each stem, (samples, channels); they add up to the song's own steps.

    The last stem takes what rounding the others has left, so the sum is as exact as the song's own rounding.
    """
    for blocks in zip(song.blocks(BLOCK), *(each.frames.blocks(BLOCK) for each in raw), strict=True):
        whole, *parts = (encode.rounded(block * level.gain, level.bits) for block in blocks)
        parts[-1] = whole - sum(parts[:-1])
        yield [encode.held(part, level.bits) for part in parts]
