"""Real sound files in many containers, and ways to break them; all of it decided by a seed.

truncated       ████████░░░░            the end is missing
bits flipped    ███▒██▒█████            1 to 64 bits, half of them near the beginning
spliced         ████▓▓▓▓▓▓▓▓            the beginning of one file, the end of another
header swapped  ▓███████████            the first bytes of another file
length changed  █■██████████            a number that may be a length becomes another one
repeated        ████████▒▒▒▒▒▒▒▒        a piece of it over and over
"""

from __future__ import annotations

import random
import struct
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import soundfile

from separator.audio import encode
from separator.audio.decode import ffmpeg
from separator.audio.encode import Encoding, open_lossless, quantize
from separator.audio.tags import SongTags, cover_from
from separator.core.outputs import Format, OutputSpec, Stem
from separator.pipeline.mixing import Source, make_mixes
from storage import Tags

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

CLIP_S = 1.2  # long enough for several packets of every codec
MOST_BYTES = 400_000  # of a file that is broken; larger ones are mostly more of the same
_PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
#: File name and the options that make ffmpeg write it.
CONTAINERS = {
    "a.mp3": "-b:a 128k -id3v2_version 3",
    "vbr.mp3": "-q:a 4 -write_id3v1 1",
    "a.mp2": "",
    "a.flac": "",
    "24.flac": "-sample_fmt s32",
    "a.m4a": "-c:a aac",
    "alac.m4a": "-c:a alac",
    "fragments.mp4": "-c:a aac -movflags frag_keyframe+empty_moov",
    "faststart.mov": "-c:a pcm_s16be -movflags +faststart",
    "a.aac": "-f adts",
    "latm.aac": "-c:a aac -f latm",
    "a.ogg": "-c:a libvorbis",
    "a.opus": "-c:a libopus",
    "flac.ogg": "-c:a flac -f ogg",
    "speech.ogg": "-c:a libopus -ac 1 -b:a 16k",
    "a.webm": "-c:a libopus",
    "a.mka": "-c:a libmp3lame",
    "a.wma": "-c:a wmav2",
    "a.ac3": "-ac 6",
    "a.eac3": "",
    "a.dts": "-c:a dca -strict -2 -ar 48000",
    "a.thd": "-c:a truehd -strict -2 -ar 48000 -f truehd",
    "8.wav": "-c:a pcm_u8 -ar 11025",
    "float.wav": "-c:a pcm_f64le",
    "rf64.wav": "-rf64 always",
    "adpcm.wav": "-c:a adpcm_ms",
    "51.wav": "-ac 6",
    "a.w64": "",
    "a.aiff": "",
    "alaw.aifc": "-c:a pcm_alaw -f aiff",
    "a.caf": "",
    "a.au": "",
    "a.tta": "",
    "a.wv": "",
    "a.avi": "-c:a libmp3lame",
    "a.ts": "-c:a aac -f mpegts",
    "a.mpg": "-c:a mp2 -f mpeg",
    "a.flv": "-c:a libmp3lame -ar 44100",
    "a.amr": "-c:a libopencore_amrnb -ar 8000 -ac 1",
    "a.rm": "-c:a real_144 -ar 8000 -ac 1",
    "a.oma": "-c:a pcm_s16be -f oma",
}


@dataclass(frozen=True)
class Base:
    """A real file that is to be broken."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Input:
    """One attack."""

    number: int
    kind: str  #: how it was broken
    name: str  #: of the file that it was
    data: bytes


def bases(
    songs: Sequence[Path], found: Path | None, spare: Path, containers: Collection[str] = ()
) -> list[Base]:
    """Every container that ffmpeg writes and every format of ours, from clips; and files found in the wild.

    Args:
        songs: Music to take clips of, in turn.
        found: A folder of awkward files.
        spare: A folder to write into.
        containers: Only these of `CONTAINERS`; all if there are none.
    """
    wanted = {name: options for name, options in CONTAINERS.items() if name in (containers or CONTAINERS)}
    made = [*_containers(songs, spare, wanted), *_ours(songs[0], spare)]
    wild = sorted(path for path in (found.iterdir() if found else []) if path.suffix != ".md")
    return [Base(path.name, path.read_bytes()[:MOST_BYTES]) for path in [*made, *wild]]


def _containers(songs: Sequence[Path], spare: Path, wanted: Mapping[str, str]) -> Iterator[Path]:
    tags = ("-metadata", "title=Song", "-metadata", "artist=Artist")
    for number, (name, options) in enumerate(wanted.items()):
        song, target = songs[number % len(songs)], spare / name
        begin = ("-ss", "1", "-t", str(CLIP_S), "-i", str(song))
        command = [ffmpeg(), "-v", "error", "-y", *begin, "-vn", *options.split(), *tags, f"file:{target}"]
        if subprocess.run(command, check=False, timeout=60, stderr=subprocess.DEVNULL).returncode == 0:  # noqa: S603 - our own arguments
            yield target


def _ours(song: Path, spare: Path) -> Iterator[Path]:
    """The files that we hand out, with tags and a cover; people send them back."""
    clip = spare / "clip.wav"
    command = [ffmpeg(), "-v", "error", "-y", "-ss", "1", "-t", str(CLIP_S), "-i", str(song), str(clip)]
    subprocess.run(command, check=True, timeout=60)  # noqa: S603 - our own arguments
    sound, rate_hz = soundfile.read(clip, always_2d=True)
    paths = {stem: spare / f"{stem}.flac" for stem in (Stem.VOCALS, Stem.DRUMS, Stem.BASS, Stem.OTHER)}
    for path in paths.values():
        with open_lossless(path, Encoding(Format.FLAC, rate_hz)) as write:
            write(encode.clip(quantize(sound / 4, 16), 16))
    source = Source(paths, "Ours", SongTags(Tags("Ours", "Artist", "Album"), cover_from(_PNG)))
    for kind in Format:
        yield from (
            each.path
            for each in make_mixes(OutputSpec(every_stem=True, format=kind), source, spare / kind)[:1]
        )


def chance_of(seed: int, number: int) -> random.Random:
    """What decides an input, whichever are tried before it."""
    return random.Random(f"{seed}:{number}")  # noqa: S311 - no secret


def attack_of(seed: int, originals: Sequence[Base], number: int) -> Input:
    """The input with this number, decided by the seed and its number alone."""
    chance = chance_of(seed, number)
    base, kind = chance.choice(originals), chance.choice(list(KINDS))
    return Input(number, kind, base.name, KINDS[kind](base.data, chance, originals))


def _truncated(data: bytes, chance: random.Random, _: Sequence[Base]) -> bytes:
    most = min(len(data), 4096) if chance.random() < 0.3 else len(data)  # noqa: PLR2004 - headers tear too
    return data[: chance.randrange(most + 1)]


def _flipped(data: bytes, chance: random.Random, _: Sequence[Base]) -> bytes:
    broken = bytearray(data)
    for _count in range(chance.choice((1, 4, 16, 64))):
        if broken:
            broken[_random_offset(broken, chance)] ^= 1 << chance.randrange(8)
    return bytes(broken)


def _spliced(data: bytes, chance: random.Random, others: Sequence[Base]) -> bytes:
    other = chance.choice(others).data
    return data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other) + 1) :]


def _swapped(data: bytes, chance: random.Random, others: Sequence[Base]) -> bytes:
    size = chance.choice((4, 12, 64, 512, 4096))
    return chance.choice(others).data[:size] + data[size:]


def _lengthened(data: bytes, chance: random.Random, _: Sequence[Base]) -> bytes:
    """Numbers that a reader may take for sizes, counts, rates or places."""
    broken = bytearray(data)
    write_at = (0, 1, 7, 8, 0x7F, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, len(data), 2 * len(data))
    for _count in range(chance.choice((1, 2, 8))):
        if len(broken) < 4:  # noqa: PLR2004 - bytes of a number
            break
        struct.pack_into(
            chance.choice(("<I", ">I")),
            broken,
            min(_random_offset(broken, chance), len(broken) - 4),
            chance.choice(write_at),
        )
    return bytes(broken)


def _repeated(data: bytes, chance: random.Random, _: Sequence[Base]) -> bytes:
    start = chance.randrange(len(data) + 1)
    piece = data[start : start + chance.choice((16, 256, 4096))]
    return data[:start] + piece * chance.choice((2, 50, 1000)) + data[start:]


def _random_offset(data: bytes | bytearray, chance: random.Random) -> int:
    """Anywhere, but half of the time where headers are."""
    return chance.randrange(min(len(data), 1024) if chance.random() < 0.5 else len(data))  # noqa: PLR2004


KINDS: dict[str, Callable[[bytes, random.Random, Sequence[Base]], bytes]] = {
    "truncated": _truncated,
    "bits flipped": _flipped,
    "spliced": _spliced,
    "header swapped": _swapped,
    "length changed": _lengthened,
    "repeated": _repeated,
}
