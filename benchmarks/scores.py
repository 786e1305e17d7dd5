"""What can be scored in a folder of stems, and how.

A folder holds one song: a FLAC or WAV file for each stem, all aligned; their sum is the song. `accompaniment`
and `bassdrums` are stems that came in one. Or, in MUSDB18's layout, `mixture.wav` beside `vocals.wav`,
`drums.wav`, `bass.wav` and `other.wav`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import soundfile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

ENDINGS = (".flac", ".wav")
STEMS = ("vocals", "drums", "bass", "other")
#: Stems that a file may hold in one.
TOGETHER = {
    "accompaniment": ("drums", "bass", "other"),
    "bassdrums": ("bass", "drums"),
    "bassother": ("bass", "other"),
}
SILENT_RMS = 1e-4  # -80 dB full scale: a reference below it cannot be scored

#: What is fair to score where it is not all that has a file (bleed, other instruments in a stem).
FAIR = {
    "francium": ("vocals", "drums", "bassother"),
    "caesium": ("vocals", "bassother"),
    "heart_on_my_thumb": ("vocals",),
    "wfpl30": ("vocals", "other", "bassdrums"),
    "fragile_thoughts": (),
}
#: Files that stand for two stems without saying so: bass is inside `other`.
HIDDEN = {"francium": {"bassother": "other"}, "caesium": {"bassother": "other"}}
#: Spleeter's figures for (vocals, accompaniment) in dB, as published beside the songs.
PUBLISHED = {
    "80s_rock": (11.2, 12.9),
    "caesium": (1.6, 6.3),
    "francium": (5.6, 11.1),
    "heart_on_my_thumb": (10.0, 14.2),
    "lithium": (1.4, 8.1),
    "mallory": (9.9, 15.9),
    "mir1k_abjones": (8.3, 8.3),
    "scurutan_jam": (9.4, 10.5),
    "sodium": (4.0, 6.5),
    "wfpl30": (11.7, 11.8),
}

Sound = npt.NDArray[np.float32]  # (samples, 2)


@dataclass(frozen=True)
class Song:
    """A song with its true stems."""

    name: str
    mixture: Sound
    truth: Mapping[str, Sound]  #: by the name of a stem or of stems together
    absent: tuple[str, ...]  #: stems that are silent here, so a model must not find them
    rate_hz: int


def read_song(folder: Path) -> Song | None:
    """A song out of its folder; None where it holds no stems."""
    files = {path.stem: path for path in sorted(folder.iterdir()) if path.suffix in ENDINGS}
    mixture_file = files.pop("mixture", None)
    held = {name: _read(path) for name, path in files.items() if name in STEMS or name in TOGETHER}
    if not held:
        return None
    sounds = {name: sound for name, (sound, _) in held.items()}
    total = _sum(sounds.values()) if mixture_file is None else _read(mixture_file)[0]
    rates = {rate for _, rate in held.values()}
    absent = ("vocals",) if "vocals" not in sounds and "accompaniment" not in sounds else ()
    return Song(folder.name, total, _truth(folder.name, sounds, total), absent, rates.pop())


def _read(path: Path) -> tuple[Sound, int]:
    sound, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    return sound, rate_hz


def _truth(name: str, sounds: Mapping[str, Sound], mixture: Sound) -> dict[str, Sound]:
    """Everything that can be scored fairly: the files, what they stand for, and all but the vocals."""
    truth = dict(sounds)
    truth |= {meant: sounds[file] for meant, file in HIDDEN.get(name, {}).items() if file in sounds}
    fair = FAIR.get(name, tuple(truth))
    truth = {stem: sound for stem, sound in truth.items() if stem in fair}
    if "vocals" in truth:
        truth["accompaniment"] = mixture - truth["vocals"]
    if "drums" in truth:
        truth["drumless"] = mixture - truth["drums"]
    return {stem: sound for stem, sound in truth.items() if np.sqrt(np.mean(sound**2)) > SILENT_RMS}


def estimate_of(name: str, stems: Mapping[str, Sound], mixture: Sound) -> Sound | None:
    """What a model's stems say of a thing that is scored; None where the model does not take it apart."""
    if name in stems:
        return stems[name]
    if name == "accompaniment" and "vocals" in stems:
        return mixture - stems["vocals"]
    if name == "drumless" and "drums" in stems:
        return mixture - stems["drums"]
    parts = TOGETHER.get(name, ())
    return _sum(stems[part] for part in parts) if parts and all(part in stems for part in parts) else None


def _sum(sounds: Iterable[Sound]) -> Sound:
    total: Sound = np.sum(list(sounds), axis=0)
    return total


def sdr(truth: Sound, estimate: Sound) -> float:
    """10·log10(Σ truth² / Σ (truth - estimate)²) over the whole clip and both channels, in dB."""
    error = np.sum(np.square(truth - estimate, dtype=np.float64))
    return float(10 * np.log10(np.sum(np.square(truth, dtype=np.float64)) / max(error, 1e-20)))


def level(sound: Sound, mixture: Sound) -> float:
    """How loud a sound is against the song, in dB: of a stem that should not be there."""
    energy = np.sum(np.square(sound, dtype=np.float64))
    return float(10 * np.log10(max(energy, 1e-20) / np.sum(np.square(mixture, dtype=np.float64))))
