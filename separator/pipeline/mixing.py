"""From stems on disk to the files of an output spec: sum, encode, tag, name.

A mix is a plain sum. If a sum would clip, all files of the order are scaled alike, so that they still add up
to one another. Lossy coding adds to peaks, so before it no file goes above -1 dBTP; lossless sums of 16-bit
stems that do not clip are exact, and what has to be rounded to 16 bits is dithered.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from threading import Event
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from separator.audio.encode import BITS_16, BITS_24, STEM_MP4_TRACKS, Encoding, open_encoder
from separator.audio.stem_atom import mark_stems
from separator.audio.tags import SongTags, write_tags
from separator.audio.true_peak import LOSSY_PEAK, true_peak
from separator.core.errors import Stopped
from separator.core.naming import mix_file_name, mix_title, stems_file_name
from separator.core.outputs import STEM_TRACKS, Format, Quality, Stem, stem_tracks
from separator.pipeline.publish import publish, staging
from separator.pipeline.stem_writer import BLOCK, clip_free_gain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from separator.core.outputs import OutputSpec

STEMS = "stems"  # name and code of the file that holds all of them
_OVERHEAD_BYTES = 64 * 1024  # for tags and headers beside the sound
_OVERSHOOT = 1.05  # AAC and Opus aim at a bit rate; only LAME's constant one is kept to the byte


@dataclass(frozen=True)
class Source:
    """What mixes are made from."""

    stems: Mapping[Stem, Path]  #: FLAC files, all equally long, in the model's order
    title: str
    song: SongTags = field(default_factory=SongTags)
    estimated: frozenset[Stem] = frozenset()  #: made by classical signal processing

    def sum_of(self, stems: Collection[Stem]) -> Sum:
        """Some of the stems, to be added up."""
        return Sum(tuple(self.stems[stem] for stem in stems), is_estimated(stems, self.estimated))


@dataclass(frozen=True)
class Sum:
    """Stems that are heard together."""

    paths: tuple[Path, ...]
    estimated: bool = False  #: see `is_estimated`


@dataclass(frozen=True)
class MixFile:
    """One finished file."""

    name: str  #: `drumless`
    code: str  #: `-drums`
    path: Path  #: named as it appears in a download folder
    title: str  #: `Song (drumless)`
    format: Format
    samples: int
    rate_hz: int
    size_bytes: int
    gain: float = 1.0  #: of the sum of the stems
    estimated: bool = False  #: see `is_estimated`
    kbit: int = 0  #: bit rate of a lossy format, of each track
    folded: tuple[Stem, ...] = ()  #: stems that share the track of `other` in a `.stem.mp4`

    @property
    def duration_s(self) -> float:
        """How long it lasts, in seconds."""
        return self.samples / self.rate_hz


def fit_bitrate(kind: Format, song_s: float, limit_bytes: int, cover_bytes: int = 0) -> int:
    """The best bit rate of a lossy format, in kbit/s, whose file stays within a limit; 0 where none does.

    Args:
        kind: mp3, ogg, m4a or stem.mp4.
        song_s: Seconds of sound.
        limit_bytes: The largest file; 0 is no limit.
        cover_bytes: What a cover takes.
    """
    cover_bytes = cover_bytes * 4 // 3 if kind is Format.OGG else cover_bytes  # Ogg holds it as base64
    budget_bytes = limit_bytes - _OVERHEAD_BYTES - cover_bytes
    tracks = STEM_MP4_TRACKS if kind is Format.STEM_MP4 else 1
    overshoot = 1.0 if kind is Format.MP3 else _OVERSHOOT
    for quality in kind.qualities:
        if not limit_bytes or song_s * quality.number * 1000 / 8 * tracks * overshoot <= budget_bytes:
            return quality.number
    return 0


def is_estimated(parts: Collection[Stem], estimated: Collection[Stem]) -> bool:
    """Whether a sum of stems has an estimate in it.

    Estimated stems are parts of one well separated signal: the sum of all of them is no estimate.
    """
    among = set(parts) & set(estimated)
    return bool(among) and (len(among) == 1 or among != set(estimated))


def make_mixes(
    outputs: OutputSpec,
    source: Source,
    folder: Path,
    limit_bytes: int = 0,
    *,
    overwrite: bool = False,
    keep: Collection[Path] = (),
) -> list[MixFile]:
    """Make every file of an output spec; all of them are there at the end, or none.

    Args:
        outputs: What was asked for.
        source: The stems and the tags of the song.
        folder: Where the files are put.
        limit_bytes: The largest file that can be delivered; lossy formats step down for it unless a quality
            was asked for. A file that cannot be made small enough is made at the best quality, for a link.
        overwrite: Replace files of the same names; else the new ones get a number.
        keep: Files that are not replaced even so.

    Raises:
        UnknownWish: The stems do not allow it.
        SeparationFailed: The encoder failed.
        OSError: The folder does not take the files.
    """
    plans = _plans(outputs, source)
    encodings = [_encoding(plan, outputs.quality, source, limit_bytes) for plan in plans]
    sums = [each for plan in plans for each in plan.sums]
    gain = _lossy_gain(sums) if plans[0].format.is_lossy else _gain(sums)
    encodings = [
        replace(each, dither=_is_rounded(each, plan, gain))
        for each, plan in zip(encodings, plans, strict=True)
    ]
    with staging(folder) as staged:
        files = _make_all(list(zip(plans, encodings, strict=True)), gain, source, staged)
        names = {each.path: folder / each.path.name for each in files}
        paths = publish(names, overwrite=overwrite, keep=keep)
    return [replace(file, path=path) for file, path in zip(files, paths, strict=True)]


def _make_all(
    plans: Sequence[tuple[_Plan, Encoding]], gain: float, source: Source, folder: Path
) -> list[MixFile]:
    """Make all files at once; when one fails, or the program is to end, the others stop soon."""
    stopping = Event()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        try:
            making = [
                pool.submit(_make, plan, encoding, gain, source, folder, stopping) for plan, encoding in plans
            ]
            return [each.result() for each in making]
        except BaseException:
            stopping.set()
            raise


@dataclass(frozen=True)
class _Plan:
    """One file to make."""

    name: str
    code: str
    format: Format
    file_name: str
    title: str
    sums: tuple[Sum, ...]  #: one for each stereo track
    folded: tuple[Stem, ...] = ()


def _plans(outputs: OutputSpec, source: Source) -> list[_Plan]:
    stems, kind = tuple(source.stems), outputs.format.mix_format
    plans = [
        _Plan(
            name=mix.name,
            code=mix.code,
            format=kind,
            file_name=mix_file_name(source.title, mix.name, kind.value),
            title=mix_title(source.title, mix.name),
            sums=(source.sum_of(mix.parts(stems)),),
        )
        for mix in outputs.resolve(stems)
    ]
    return [_stems_plan(source), *plans] if outputs.format is Format.STEM_MP4 else plans


def _stems_plan(source: Source) -> _Plan:
    """The song and its four stems in one file; the song is the sum of all, whatever other mixes there are."""
    tracks = stem_tracks(tuple(source.stems))
    return _Plan(
        name=STEMS,
        code=STEMS,
        format=Format.STEM_MP4,
        file_name=stems_file_name(source.title, Format.STEM_MP4.value),
        title=source.title,
        sums=tuple(source.sum_of(stems) for stems in (tuple(source.stems), *tracks.values())),
        folded=tracks[Stem.OTHER][1:],
    )


def _encoding(plan: _Plan, quality: Quality, source: Source, limit_bytes: int) -> Encoding:
    """How a file is encoded: as requested, else as good as the song is and the limit allows."""
    facts = [soundfile.info(path) for path in plan.sums[0].paths]
    rate_hz = facts[0].samplerate
    if plan.format.is_lossy:
        cover_bytes = len(source.song.cover.data) if source.song.cover else 0
        best = fit_bitrate(plan.format, facts[0].frames / rate_hz, limit_bytes, cover_bytes)
        kbit = quality.number or best or plan.format.qualities[0].number
        return Encoding(plan.format, rate_hz, kbit=kbit)
    deep = any(fact.subtype == "PCM_24" for fact in facts)
    return Encoding(plan.format, rate_hz, bits=quality.number or (BITS_24 if deep else BITS_16))


def _make(
    plan: _Plan, encoding: Encoding, gain: float, source: Source, folder: Path, stopping: Event
) -> MixFile:
    """Encode one file into `folder` and tag it."""
    path = folder / plan.file_name
    samples = 0
    with open_encoder(path, encoding) as write:
        for block in _tracks(plan.sums):
            if stopping.is_set():
                raise Stopped
            write(block * np.float32(gain))
            samples += len(block)
    if plan.format is Format.STEM_MP4:
        mark_stems(path, _track_names(plan.folded))
    tags = replace(source.song.tags, title=plan.title)
    write_tags(path, replace(source.song, tags=tags))
    return MixFile(
        name=plan.name,
        code=plan.code,
        path=path,
        title=plan.title,
        format=plan.format,
        samples=samples,
        rate_hz=encoding.rate_hz,
        size_bytes=path.stat().st_size,
        gain=gain,
        estimated=any(each.estimated for each in plan.sums),
        kbit=encoding.kbit if plan.format.is_lossy else 0,
        folded=plan.folded,
    )


def _track_names(folded: Sequence[Stem]) -> list[str]:
    """Names of a player's faders: `Other + Guitar + Piano` where those share one."""
    tracks = [(stem, *folded) if stem is Stem.OTHER else (stem,) for stem in STEM_TRACKS]
    return [" + ".join(stem.value.capitalize() for stem in stems) for stems in tracks]


def _gain(sums: Sequence[Sum]) -> float:
    """The gain of all files of an order, so that none clips; a stem by itself never does."""
    return clip_free_gain(max((_peak(each.paths) for each in sums if len(each.paths) > 1), default=0.0))


def _lossy_gain(sums: Sequence[Sum]) -> float:
    """The gain at which none goes above -1 dBTP, a stem by itself included."""
    highest = 0.0
    for each in sums:
        rate_hz = soundfile.info(each.paths[0]).samplerate
        highest = max(highest, true_peak(_summed(each.paths), rate_hz))
    return min(1.0, LOSSY_PEAK / highest) if highest else 1.0


def _is_rounded(encoding: Encoding, plan: _Plan, gain: float) -> bool:
    """Whether a lossless file of 16 bits cannot hold the sum exactly."""
    if plan.format.is_lossy or encoding.bits != BITS_16:
        return False
    paths = [path for each in plan.sums for path in each.paths]
    return gain != 1.0 or any(soundfile.info(path).subtype != "PCM_16" for path in paths)


def _peak(parts: Sequence[Path]) -> float:
    return max(float(np.abs(block).max(initial=0.0)) for block in _summed(parts))


def _tracks(sums: Sequence[Sum]) -> Iterator[np.ndarray]:
    """Blocks of all tracks as channels: (samples, 2 × tracks), float32."""
    for blocks in zip(*(_summed(each.paths) for each in sums), strict=True):
        yield np.hstack(blocks)


def _summed(parts: Sequence[Path]) -> Iterator[np.ndarray]:
    """Blocks of the sum: (samples, channels), float32; whole steps of 16 bits are summed without rounding."""
    with ExitStack() as stack:
        files = [stack.enter_context(soundfile.SoundFile(part)) for part in parts]
        while len(total := files[0].read(BLOCK, dtype="float32", always_2d=True)):
            for other in files[1:]:
                total += other.read(BLOCK, dtype="float32", always_2d=True)
            yield total
