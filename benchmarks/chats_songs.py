"""Songs for many people: clips of real ones, no two alike, and what `stembot separate` makes of each."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import imageio_ffmpeg
import numpy as np
import soundfile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

RATE_HZ = 44_100


def clips(songs: Path, folder: Path, count: int, seconds: float, seed: int) -> list[Path]:
    """Cut so many clips out of a folder of songs (a folder of stems each), each written as an mp3."""
    chance = random.Random(seed)  # noqa: S311 - chooses songs
    sources = sorted(path for path in songs.iterdir() if path.is_dir())
    stems = []
    for number in range(count):
        stems = sorted(sources[number % len(sources)].glob("*.flac"))
        info = soundfile.info(stems[0])
        length = int(seconds * info.samplerate)
        start = chance.randrange(max(1, info.frames - length))
        sound = sum(soundfile.read(stem, length, start, always_2d=True)[0] for stem in stems)
        wav = folder / f"clip{number:02}.wav"
        soundfile.write(wav, np.asarray(sound) / max(1.0, float(np.abs(sound).max())), info.samplerate)
        stems.append(wav.with_suffix(".mp3"))
        _ffmpeg("-i", wav, "-b:a", "192k", stems[-1])
    return stems


def by_command_line(songs: Sequence[Path], outputs: str, folder: Path) -> list[Path]:
    """What the command makes of each song, two at a time."""

    def make(song: Path) -> Path:
        out = folder / song.stem
        command = [sys.executable, "-m", "bots", "separate", str(song), outputs, "-o", str(out), "--json"]
        out.mkdir()
        done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own program
        [path] = json.loads(done.stdout)["files"].values()
        return out / path

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(make, songs))


def samples(source: Path | bytes) -> np.ndarray:
    """Everything that is heard of a file: mono, float."""
    given = source if isinstance(source, bytes) else source.read_bytes()
    raw = _ffmpeg("-i", "pipe:0", "-f", "f32le", "-ac", "1", "-ar", str(RATE_HZ), "pipe:1", given=given)
    return np.frombuffer(raw, np.float32)


def correlations(got: bytes, stems: Mapping[str, np.ndarray]) -> dict[str, float]:
    """How alike a file is to each song's stem, from -1 to 1."""
    sound = samples(got)
    found = {}
    for name, other in stems.items():
        both = min(len(sound), len(other))
        a, b = sound[:both], other[:both]
        scale = float(np.sqrt((a @ a) * (b @ b))) or 1.0
        found[name] = float(a @ b) / scale
    return found


def _ffmpeg(*arguments: object, given: bytes | None = None) -> bytes:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, input=given).stdout  # noqa: S603 - ours
