"""Notes on recorded basses, guitars and electric pianos: velocity layers, slides, dead notes, releases."""

import numpy as np
from numpy.typing import NDArray

from training import SAMPLE_RATE_HZ
from training.effects import Audio, Rng, butterworth
from training.fluidsynth import Note
from training.samples import Recording, SampleLibrary, read

DEAD_S = 0.06  # a note this short is struck and damped at once
SLIDE_S = (0.03, 0.14)  # from one note to the next
RELEASE_S = {"bass": (0.015, 0.15), "guitar": (0.02, 0.3), "keys": (0.02, 0.25)}
SPARE_KEYS = 4  # semitones beyond the outermost recordings that a note may be moved

Keys = NDArray[np.int64]


def render(notes: list[Note], kind: str, library: SampleLibrary, seconds: float, rng: Rng) -> Audio:
    """Notes on one instrument of a kind (bass, guitar, keys): (2, samples)."""
    recordings = library.notes[kind][str(rng.choice(sorted(library.notes[kind])))]
    keys: Keys = np.array([r.key for r in recordings])
    velocities: Keys = np.array([r.velocity for r in recordings])
    release_s, tuning = rng.uniform(*RELEASE_S[kind]), rng.normal(0, 0.15)
    slides = rng.uniform(0, 0.15) if kind == "bass" and rng.random() < 0.6 else 0.0
    out = np.zeros((2, round(seconds * SAMPLE_RATE_HZ)), np.float32)
    before: int | None = None
    for note in sorted(notes, key=lambda n: n.start_s):
        key = _in_range(note.key, keys)
        chosen = recordings[_nearest(keys, velocities, key, note.velocity, rng)]
        bend = key + note.bend + tuning - chosen.key
        slide = before - key if before is not None and rng.random() < slides else 0
        x = _note(note, chosen, bend, float(np.clip(slide, -7, 7)), release_s, rng)
        at = int(note.start_s * SAMPLE_RATE_HZ)
        x = x[:, : out.shape[1] - at]
        out[:, at : at + x.shape[1]] += x
        before = key
    return out


def _in_range(key: int, keys: Keys) -> int:
    """The same note in an octave that the instrument has."""
    while key < keys.min() - SPARE_KEYS:
        key += 12
    while key > keys.max() + SPARE_KEYS:
        key -= 12
    return key


def _nearest(keys: Keys, velocities: Keys, key: int, velocity: int, rng: Rng) -> int:
    """Index of a recording of the nearest pitch and, among those, of the nearest velocity."""
    away = np.abs(keys - key)
    near = np.flatnonzero(away == away.min())
    softness = np.abs(velocities[near] - velocity)
    return int(rng.choice(near[softness == softness.min()]))


def _note(note: Note, recording: Recording, bend: float, slide: float, release_s: float, rng: Rng) -> Audio:
    """One note: moved to its pitch, sliding in from `slide` semitones away, let go after its length."""
    sound = read(recording)
    is_dead = note.length_s < DEAD_S
    release = int((0.02 if is_dead else release_s) * SAMPLE_RATE_HZ)
    length = int(note.length_s * SAMPLE_RATE_HZ) + release
    semitones = np.full(length, bend)
    if slide:
        semitones += slide * np.exp(-np.arange(length) / (rng.uniform(*SLIDE_S) / 3 * SAMPLE_RATE_HZ))
    at = np.cumsum(2 ** (semitones / 12)) - 1
    at = at[at < sound.shape[1] - 1]
    x = np.stack([np.interp(at, np.arange(sound.shape[1]), row) for row in sound]).astype(np.float32)
    fade = x.shape[1] - (length - release)
    if fade > 0:
        x[:, -fade:] *= np.linspace(1, 0, release, dtype=np.float32)[:fade] ** 2
    if is_dead:
        x = butterworth(x, "lowpass", rng.uniform(600, 3000))
    return np.asarray(x * (note.velocity / max(recording.velocity, 20)) ** 0.7, np.float32)
