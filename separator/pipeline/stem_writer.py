"""The stems of a song as FLAC files, written block by block.

All of them have the same gain and the same bits. They begin at gain 1; when a block comes that would clip,
the blocks before it are written again at a smaller gain, and the song goes on:

    |  gain 1  |  gain 1  |  would clip      what was written: read back, scaled, rewritten (generation 1)
    |  gain .8 |  gain .8 |  gain .8  | …    the same gain from here on

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
from separator.audio.encode import BITS_16, BITS_24
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

BLOCK = 1 << 17  # samples that are scaled and encoded at once: 3 s
CLIP_PEAK = 0.9998  # a peak above it is scaled: 16 bits end at 0.99997, and rounding may add two steps
SAFE_PEAK = 0.999  # where such a peak lands
HEADROOM = 10 ** (-1 / 20)  # 1 dB below it: the loudest peak seldom comes first, and each rewrite costs time
QUIET_RMS = 10 ** (-36 / 20)  # of full scale; below it 16 bits would not hold 60 dB of the song


def clip_free_gain(peak: float, headroom: float = 1.0) -> float:
    """The gain at which a peak does not clip; 1 where it does not anyway."""
    return SAFE_PEAK * headroom / peak if peak > CLIP_PEAK else 1.0


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
    """A separated song. The stems add up to the decoded song times `gain`, to half a step of their bits."""

    stems: tuple[StemOnDisk, ...]
    rate_hz: int
    samples: int  #: of every stem, per channel
    peaks: Path  #: JSON, see `storage.manifest`
    gain: float = 1.0
    bits: int = BITS_16
    tags: Tags = field(default_factory=Tags)
    cover: Path | None = None  #: JPEG or PNG
    took_s: float = 0.0
    images: Mapping[str, Path] = field(default_factory=dict)  #: PNG: spectrogram of `song`, mask of each stem
    highlight_s: float | None = None  #: where the part that the preview shows begins
    said_s: float = 0.0  #: see `Decoded`

    @property
    def song_s(self) -> float:
        """How long the song lasts, in seconds."""
        return self.samples / self.rate_hz

    def paths(self) -> dict[Stem, Path]:
        """The FLAC file of each stem, in the model's order."""
        return {each.stem: each.path for each in self.stems}

    def song_tags(self) -> SongTags:
        """What mixes take over: the tags and the cover."""
        return SongTags(self.tags, cover_from(self.cover.read_bytes()) if self.cover else None)


@dataclass(frozen=True)
class StemFormat:
    """How stems are written: all with the same gain and bits."""

    gain: float
    bits: int

    @classmethod
    def of(cls, song: Decoded, gain: float = 1.0) -> Self:
        """The format of a song's stems at a gain."""
        return cls(gain, BITS_24 if song.over_16_bits or song.rms * gain < QUIET_RMS else BITS_16)


@dataclass(frozen=True)
class StemFiles:
    """The files that are being written; they grow at their ends."""

    generation: int  #: how often all were rewritten
    format: StemFormat
    paths: Mapping[Stem, Path]
    peaks: Mapping[Stem, WaveformPeaks]  #: they grow too


class StemWriter:
    """Writes the stems of one song; a context."""

    def __init__(
        self,
        song: Decoded,
        stems: Sequence[Stem],
        folder: Path,
        on_files: Callable[[StemFiles], None] | None = None,
    ) -> None:
        """Write two stems or more into `folder`; `on_files` is called whenever files are started."""
        self._song, self._stems, self._folder, self._on_files = song, tuple(stems), folder, on_files
        self.peaks = {stem: WaveformPeaks(song.rate_hz) for stem in stems}
        self._written = 0  #: samples of each stem
        self._stack = ExitStack()
        self._pool = ThreadPoolExecutor(len(self._stems), thread_name_prefix="flac")
        self._begin(0, StemFormat.of(song))

    def __enter__(self) -> Self:
        """Return the writer; its files are open already."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the files, whatever happened."""
        self._stack.close()
        self._pool.shutdown()

    def push(self, parts: Tensor) -> None:
        """The next block of every stem: (stems, channels, samples), float32, full scale ±1."""
        blocks = parts.numpy()
        for stem, block in zip(self._stems, blocks, strict=True):
            self.peaks[stem].push(block)
        peak = max(each.peak for each in self.peaks.values())
        if peak * self.files.format.gain > CLIP_PEAK:
            self._rewrite(StemFormat.of(self._song, SAFE_PEAK * HEADROOM / peak))
        for start in range(0, blocks.shape[-1], BLOCK):
            sounds = [block[:, start : start + BLOCK].T for block in blocks]
            out = self.files.format
            self._write([encode.quantize(sound * out.gain, out.bits) for sound in sounds[:-1]])

    def _write(self, steps: list[np.ndarray]) -> None:
        """Write whole steps of all stems but the last, which is what they leave of the song's."""
        out, start, end = self.files.format, self._written, self._written + len(steps[0])
        song = self._song.read(start, end).numpy().T
        steps.append(encode.quantize(song * out.gain, out.bits) - sum(steps))
        clipped = [encode.clip(each, out.bits) for each in steps]
        list(self._pool.map(_call, self._writers, clipped))  # the encoders run concurrently
        self._written = end

    def _rewrite(self, out: StemFormat) -> None:
        """Write again what was written, at a smaller gain."""
        self._stack.close()
        before, samples = self.files, self._written
        self._begin(before.generation + 1, out)
        self._written = 0
        factor = out.gain / before.format.gain * 2.0 ** (out.bits - before.format.bits)
        for blocks in self._read_back(before) if samples else ():
            self._write([np.rint(each * factor).astype(np.int32) for each in blocks])
        if self._written != samples:
            raise OSError("stems that cannot be read back")
        for path in before.paths.values():
            path.unlink()

    def _read_back(self, files: StemFiles) -> Iterator[list[np.ndarray]]:
        """Blocks of whole steps of all stems but the last: (samples, channels), int32."""
        spare = 32 - files.format.bits  # libsndfile gives the upper bits of an int32
        with ExitStack() as stack:
            paths = [files.paths[stem] for stem in self._stems[:-1]]
            readers = [stack.enter_context(soundfile.SoundFile(path)) for path in paths]
            while len((blocks := [each.read(BLOCK, dtype="int32", always_2d=True) for each in readers])[0]):
                yield [np.right_shift(block, spare) for block in blocks]

    def _begin(self, generation: int, out: StemFormat) -> None:
        """Open new files and report them."""
        paths = {stem: self._folder / f"{stem.value}.{generation}.flac" for stem in self._stems}
        self.files = StemFiles(generation, out, paths, self.peaks)
        encoding = encode.Encoding(Format.FLAC, self._song.rate_hz, out.bits)
        self._writers = [
            self._stack.enter_context(encode.open_lossless(path, encoding)) for path in paths.values()
        ]
        if self._on_files:
            self._on_files(self.files)


def _call(write: encode.WriteBlock, steps: np.ndarray) -> None:
    write(steps)
