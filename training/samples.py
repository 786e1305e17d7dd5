"""A folder of recorded drums, basses, guitars and keys, as `MANIFEST.json` in it describes them.

The samples are an optional second source beside Debian's fonts and are not part of the project. Where they
come from, and under which licences: `SAMPLE_SOURCES` in sources.py and docs/models/rhythm.md.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from training import SAMPLE_RATE_HZ
from training.effects import Audio, db_to_gain
from training.sources import SAMPLE_SOURCES

MANIFEST = "MANIFEST.json"


@dataclass(frozen=True)
class Recording:
    """One file: a stroke in one microphone, or a note."""

    path: Path
    velocity: int  #: 1 to 127, from the measured level
    gain_db: float  #: what was added when the file was normalised; taken off again when it is read
    key: int = 0  #: MIDI pitch of a note, 0 for drums


@dataclass(frozen=True)
class Take:
    """One stroke in all its microphones, aligned to the sample."""

    velocity: int
    microphones: Mapping[str, Recording]


Drum = tuple[Take, ...]  # the takes of one drum, softest first


@dataclass(frozen=True)
class SampleLibrary:
    """What can be played: drums by class and kit, pitched instruments by kind."""

    drums: dict[str, dict[str, list[Drum]]] = field(default_factory=dict)  #: class, kit: drums
    notes: dict[str, dict[str, list[Recording]]] = field(default_factory=dict)  #: kind, instrument: notes


@lru_cache(maxsize=1)
def load_library(folder: Path) -> SampleLibrary:
    """Read the manifest of a folder of samples; sounds are read when they are played.

    Raises:
        FileNotFoundError: The folder has no manifest.
        ValueError: The manifest names a repository or a licence that sources.py does not.
    """
    entries = json.loads((folder / MANIFEST).read_text())
    check_sources(entries)
    takes: dict[tuple[str, str, str, Any], dict[str, Recording]] = defaultdict(dict)
    notes: dict[str, dict[str, list[Recording]]] = defaultdict(lambda: defaultdict(list))
    for entry in entries:
        recording = Recording(
            folder / entry["file"], entry["velocity"], entry["gain_db"], entry.get("midi") or 0
        )
        if entry["kind"] == "drum":
            takes[entry["class"], entry["kit"], entry["instrument"], entry["take"]][entry["mic"]] = recording
        else:
            notes[entry["kind"]][entry["instrument"]].append(recording)
    return SampleLibrary(_by_kit(takes), {kind: dict(found) for kind, found in notes.items()})


def check_sources(entries: list[dict[str, Any]]) -> None:
    """Refuse samples of unknown origin: one unclean sound would spoil the licence of the weights."""
    known = {(source.repository, source.licence) for source in SAMPLE_SOURCES}
    found = {(entry["repo"], entry["licence"]) for entry in entries}
    if not found <= known:
        raise ValueError(f"samples of unknown origin or licence: {sorted(found - known)}")


def _by_kit(takes: dict[tuple[str, str, str, Any], dict[str, Recording]]) -> dict[str, dict[str, list[Drum]]]:
    """Takes grouped by class and kit, a tuple for each drum, sorted by velocity."""
    drums: dict[tuple[str, str, str], list[Take]] = defaultdict(list)
    for (role, kit, name, _), microphones in takes.items():
        drums[role, kit, name].append(Take(next(iter(microphones.values())).velocity, microphones))
    out: dict[str, dict[str, list[Drum]]] = defaultdict(lambda: defaultdict(list))
    for (role, kit, _), found in drums.items():
        out[role][kit].append(tuple(sorted(found, key=lambda take: take.velocity)))
    return {role: dict(kits) for role, kits in out.items()}


@lru_cache(maxsize=400)  # half a gigabyte at most
def read(recording: Recording) -> Audio:
    """The sound at its natural level: (2, samples) at 44.1 kHz.

    Raises:
        ValueError: The file has another rate.
    """
    x, rate = soundfile.read(recording.path, dtype="float32", always_2d=True)
    if rate != SAMPLE_RATE_HZ:
        raise ValueError(f"{recording.path.name} is at {rate} Hz")
    stereo = np.repeat(x.T, 2, axis=0) if x.shape[1] == 1 else x.T[:2]
    return np.ascontiguousarray(stereo) * np.float32(db_to_gain(-recording.gain_db))
