"""The stems of a song as FLAC files, written while they come.

All of them have the same gain and the same bits. They begin at gain 1; when a block comes that would pass
full scale, nothing of it is written yet, so what is there is written anew, softer, and the song goes on:

    |  gain 1  |  gain 1  |  would clip      what is there: read back, softer, written anew (generation 1)
    |  gain .8 |  gain .8 |  gain .8  | …    and from here on all is as soft

The last stem is always the song's own steps minus those of the others, so the stems add up to the song as
exactly as the song's own rounding; reading back costs the others half a step at most.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numpy as np
import soundfile

from separator.audio import encode
from separator.audio.peaks import WaveformPeaks
from separator.audio.tags import SongTags, cover_from
from separator.core.outputs import Format
from storage import Tags

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from torch import Tensor

    from separator.audio.decode import Decoded
    from separator.core.outputs import Stem

BLOCK = 1 << 17  # samples that are levelled and encoded at once: 3 s
FULL = 0.9998  # a peak above it is scaled: 16 bits end at 0.99997, and rounding may add two steps
HEADROOM = 0.999  # where such a peak lands, but for `SPARE`
SPARE = 10 ** (
    -1 / 20
)  # 1 dB below it: the loudest peak of a song seldom comes first, and each rise costs time
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
    pictures: Mapping[str, Path] = field(default_factory=dict)  #: PNG: of `song`, and of each stem its mask
    highlight_s: float | None = None  #: where the part that the preview shows begins

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


@dataclass(frozen=True)
class StemFormat:
    """How stems are written: all with the same gain and bits."""

    gain: float
    bits: int

    @classmethod
    def of(cls, song: Decoded, gain: float = 1.0) -> Self:
        """The level of a song's stems at a gain."""
        return cls(gain, DEEP if song.deep or song.rms * gain < QUIET_RMS else SHALLOW)


@dataclass(frozen=True)
class Files:
    """What is being written now; the files grow at their ends."""

    generation: int  #: how often all was written anew
    level: StemFormat
    paths: Mapping[Stem, Path]
    outlines: Mapping[Stem, WaveformPeaks]  #: they grow too


class StemWriter:
    """Writes the stems of one song; a context."""

    def __init__(
        self,
        song: Decoded,
        stems: Sequence[Stem],
        folder: Path,
        on_files: Callable[[Files], None] | None = None,
    ) -> None:
        """Write two stems or more into `folder`; `on_files` is told whenever files are begun."""
        self._song, self._stems, self._folder, self._on_files = song, tuple(stems), folder, on_files
        self.outlines = {stem: WaveformPeaks(song.rate_hz) for stem in stems}
        self._at = 0  #: samples written
        self._stack = ExitStack()
        self._pool = ThreadPoolExecutor(len(self._stems), thread_name_prefix="flac")
        self.files = self._name(0, StemFormat.of(song))
        self._writers = self._open(self.files)

    def __enter__(self) -> Self:
        """Go on."""
        return self

    def __exit__(self, *_: object) -> None:
        """Finish the files, whatever happened."""
        self._stack.close()
        self._pool.shutdown()

    def push(self, parts: Tensor) -> None:
        """The next block of every stem: (stems, channels, samples), float32, full scale ±1."""
        blocks = parts.numpy()
        for stem, block in zip(self._stems, blocks, strict=True):
            self.outlines[stem].push(block)
        peak = max(outline.peak for outline in self.outlines.values())
        if peak * self.files.level.gain > FULL:
            self._soften(StemFormat.of(self._song, HEADROOM * SPARE / peak))
        for start in range(0, blocks.shape[-1], BLOCK):
            sounds = [block[:, start : start + BLOCK].T for block in blocks]
            level = self.files.level
            steps = [encode.rounded(sound * level.gain, level.bits) for sound in sounds[:-1]]
            self._write(steps, self._at, len(sounds[0]))
            self._at += len(sounds[0])

    def _write(self, steps: list[np.ndarray], at: int, samples: int) -> None:
        """Write whole steps of all stems but the last, which is what they leave of the song's."""
        level = self.files.level
        song = self._song.read(at, at + samples).numpy().T
        steps.append(encode.rounded(song * level.gain, level.bits) - sum(steps))
        held = [encode.held(each, level.bits) for each in steps]
        list(self._pool.map(_write, self._writers, held))  # the encoders run side by side

    def _soften(self, level: StemFormat) -> None:
        """Write what is there anew at a smaller gain."""
        self._stack.close()
        before, done = self.files, self._at
        self.files = self._name(before.generation + 1, level)
        self._writers = self._open(self.files)
        at = 0
        for blocks in self._read_back(before) if done else ():
            factor = level.gain / before.level.gain * 2.0 ** (level.bits - before.level.bits)
            self._write([np.rint(each * factor).astype(np.int32) for each in blocks], at, len(blocks[0]))
            at += len(blocks[0])
        if at != done:
            raise OSError("stems that cannot be read back")
        for path in before.paths.values():
            path.unlink()

    def _read_back(self, files: Files) -> Iterator[list[np.ndarray]]:
        """Blocks of whole steps of all stems but the last: (samples, channels), int32."""
        spare = 32 - files.level.bits  # libsndfile gives the upper bits of an int32
        with ExitStack() as stack:
            paths = [files.paths[stem] for stem in self._stems[:-1]]
            readers = [stack.enter_context(soundfile.SoundFile(path)) for path in paths]
            while len((blocks := [each.read(BLOCK, dtype="int32", always_2d=True) for each in readers])[0]):
                yield [np.right_shift(block, spare) for block in blocks]

    def _name(self, generation: int, level: StemFormat) -> Files:
        paths = {stem: self._folder / f"{stem.value}.{generation}.flac" for stem in self._stems}
        return Files(generation, level, paths, self.outlines)

    def _open(self, files: Files) -> list[encode.Write]:
        """Begin files, and tell whoever follows them."""
        encoding = encode.Encoding(Format.FLAC, self._song.rate_hz, files.level.bits)
        writers = [
            self._stack.enter_context(encode.write_steps(path, encoding)) for path in files.paths.values()
        ]
        if self._on_files:
            self._on_files(files)
        return writers


def _write(write: encode.Write, steps: np.ndarray) -> None:
    write(steps)
