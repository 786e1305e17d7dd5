"""From stems on disk to the files that a person wished for: sum, encode, tag, name.

A mix is a plain sum. If a sum would pass full scale, all files of the wish are scaled alike, so that they
still add up to one another.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from separator.audio.encode import DEEP, SHALLOW, Encoding, write_sound
from separator.audio.tags import SongTags, write_tags
from separator.naming import mix_file_name, mix_title
from separator.separation import BLOCK, FULL, HEADROOM
from separator.stems import Format

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from separator.stems import Mix, Stem, Wish

MP3_KBIT = (320, 192, 128)
_SPARE_BYTES = 64 * 1024  # for tags and headers beside the sound


@dataclass(frozen=True)
class Source:
    """What mixes are made from."""

    stems: Mapping[Stem, Path]  #: FLAC files, all equally long, in the model's order
    title: str
    song: SongTags = field(default_factory=SongTags)
    estimated: frozenset[Stem] = frozenset()  #: made by classical signal processing


@dataclass(frozen=True)
class MixFile:
    """One finished file."""

    mix: Mix
    path: Path  #: named as a person finds it in the download folder
    title: str  #: `Song (drumless)`
    format: Format
    samples: int
    rate_hz: int
    size_bytes: int
    gain: float = 1.0  #: of the sum of the stems
    estimated: bool = False  #: its sound depends on how estimated stems were told apart
    kbit: int = 0  #: bit rate of a lossy format

    @property
    def name(self) -> str:
        """`drumless`."""
        return self.mix.name

    @property
    def duration_s(self) -> float:
        """How long it lasts, in seconds."""
        return self.samples / self.rate_hz


def fit_bitrate(song_s: float, limit_bytes: int, spare_bytes: int = 0) -> int:
    """The best mp3 bit rate, in kbit/s, whose file stays within a limit; 0 where none does.

    Args:
        song_s: Seconds of sound.
        limit_bytes: The largest file; 0 is no limit.
        spare_bytes: What a cover takes besides.
    """
    room = limit_bytes - _SPARE_BYTES - spare_bytes
    for kbit in MP3_KBIT:
        if not limit_bytes or song_s * kbit * 1000 / 8 <= room:
            return kbit
    return 0


def is_estimated(parts: Collection[Stem], estimated: Collection[Stem]) -> bool:
    """Whether a sum of stems has an estimate in it.

    Estimated stems are one well separated whole, told apart by estimate: all together they are none.
    """
    there = set(parts) & set(estimated)
    return bool(there) and (len(there) == 1 or there != set(estimated))


def make_mixes(wish: Wish, source: Source, folder: Path, limit_bytes: int = 0) -> list[MixFile]:
    """Make every file of a wish.

    Args:
        wish: What was asked for.
        source: The stems and what the song says of itself.
        folder: Where the files are put.
        limit_bytes: The largest file that can be delivered; mp3 steps down for it. A file that cannot be made
            small enough is made at the best quality, for a link.

    Raises:
        UnknownWish: The stems do not allow it.
        SeparationFailed: The encoder broke off.
    """
    stems = tuple(source.stems)
    sums = {mix: [source.stems[stem] for stem in mix.parts(stems)] for mix in wish.resolve(stems)}
    folder.mkdir(parents=True, exist_ok=True)
    gain = _gain(list(sums.values()))
    plans = [_plan(mix, parts, wish.format, source, folder, limit_bytes) for mix, parts in sums.items()]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda plan: _make(plan, gain, source), plans))


@dataclass(frozen=True)
class _Plan:
    """One file to make."""

    mix: Mix
    parts: Sequence[Path]
    path: Path
    title: str
    encoding: Encoding
    samples: int


def _plan(
    mix: Mix, parts: Sequence[Path], kind: Format, source: Source, folder: Path, limit_bytes: int
) -> _Plan:
    facts = [soundfile.info(part) for part in parts]
    cover_bytes = len(source.song.cover.data) if source.song.cover else 0
    kbit = fit_bitrate(facts[0].frames / facts[0].samplerate, limit_bytes, cover_bytes)
    bits = DEEP if any(fact.subtype == "PCM_24" for fact in facts) else SHALLOW
    return _Plan(
        mix=mix,
        parts=parts,
        path=folder / mix_file_name(source.title, mix.name, kind.value),
        title=mix_title(source.title, mix.name),
        encoding=Encoding(kind, facts[0].samplerate, bits, kbit or MP3_KBIT[0]),
        samples=facts[0].frames,
    )


def _make(plan: _Plan, gain: float, source: Source) -> MixFile:
    """Encode one file under a name that nobody looks at, tag it, then give it its name."""
    begun = plan.path.with_name(f".{plan.mix.code}.{plan.encoding.format.value}")
    with write_sound(begun, plan.encoding) as write:
        for block in _summed(plan.parts):
            write(block * np.float32(gain))
    tags = replace(source.song.tags, title=plan.title)
    write_tags(begun, replace(source.song, tags=tags))
    begun.replace(plan.path)
    lossy = plan.encoding.format not in {Format.FLAC, Format.WAV}
    return MixFile(
        mix=plan.mix,
        path=plan.path,
        title=plan.title,
        format=plan.encoding.format,
        samples=plan.samples,
        rate_hz=plan.encoding.rate_hz,
        size_bytes=plan.path.stat().st_size,
        gain=gain,
        estimated=is_estimated(plan.mix.parts(tuple(source.stems)), source.estimated),
        kbit=plan.encoding.kbit if lossy else 0,
    )


def _gain(sums: Sequence[Sequence[Path]]) -> float:
    """What all files of a wish are scaled by, so that none clips; a stem by itself never does."""
    peak = max((_peak(parts) for parts in sums if len(parts) > 1), default=0.0)
    return HEADROOM / peak if peak > FULL else 1.0


def _peak(parts: Sequence[Path]) -> float:
    return max(float(np.abs(block).max(initial=0.0)) for block in _summed(parts))


def _summed(parts: Sequence[Path]) -> Iterator[np.ndarray]:
    """Blocks of the sum: (samples, channels), float32; whole steps of 16 bits are summed without rounding."""
    with ExitStack() as stack:
        files = [stack.enter_context(soundfile.SoundFile(part)) for part in parts]
        while len(total := files[0].read(BLOCK, dtype="float32", always_2d=True)):
            for other in files[1:]:
                total += other.read(BLOCK, dtype="float32", always_2d=True)
            yield total
