"""Synthesisers for bass, keys and a voice-like line: notes in, (2, samples) out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from training import SAMPLE_RATE_HZ
from training.effects import Audio, Rng
from training.fluidsynth import Note

Wave = NDArray[np.float64]
CLICK_S = 0.004  # how fast the noise of a pick or a key dies
VOWELS = (  # formants in Hz of sung a, e, i, o, u (Peterson and Barney 1952, rounded)
    (730, 1090, 2440, 3400),
    (530, 1840, 2480, 3500),
    (290, 2250, 2950, 3600),
    (570, 840, 2410, 3300),
    (320, 870, 2240, 3200),
)


@dataclass(frozen=True)
class String:
    """A plucked string: where and how it is plucked, where its pickup is."""

    plucked_at: float  #: from the bridge, share of the length
    pickup_at: float
    hardness_hz: float  #: of the pluck: a thumb is soft, a pick is hard
    ring_s: float  #: until a note of 55 Hz is 60 dB down
    damping: float  #: of the highs: 0.05 new wire, 0.5 old flat wound or muted by the palm


@dataclass(frozen=True)
class Patch:
    """A subtractive synthesiser's settings."""

    shape: str  #: saw, square, sine, fm, pluck
    voices: int  #: detuned against one another
    detune: float  #: semitones between the outer voices
    cutoff: float  #: of the low-pass, in multiples of the pitch
    sweep: float  #: how much higher the cutoff starts
    sweep_s: float
    attack_s: float
    release_s: float
    decay_s: float  #: of the level while the key is down
    sub: float  #: sine an octave below
    fall: float  #: semitones above its pitch where a note begins
    fall_s: float
    click: float  #: noise at the start of a note, against its peak
    string: String  #: of a plucked one


def new_patch(rng: Rng, *, bass: bool) -> Patch:
    """Settings at random; pads and leads for `bass=False`.

    Two basses in five are percussive: short, hard, each note falling onto its pitch as a kick drum's does.
    Measured: without them such basses went to the drums, the more the longer training went.
    """
    percussive = bass and rng.random() < 0.4
    shapes = ["saw", "square", "sine", "fm", "pluck"]
    return Patch(
        shape=str(
            rng.choice(shapes, p=[0.3, 0.2, 0.2, 0.15, 0.15] if bass else [0.45, 0.2, 0.05, 0.15, 0.15])
        ),
        voices=int(rng.choice([1, 2, 3])) if bass else int(rng.choice([1, 3, 5])),
        detune=rng.uniform(0, 0.2),
        cutoff=10 ** rng.uniform(0.2, 1.5),
        sweep=10 ** rng.uniform(-1, 1) if rng.random() < 0.6 else 0.0,
        sweep_s=10 ** rng.uniform(-1.7, -0.3),
        attack_s=10 ** (rng.uniform(-3, -1.7) if bass or rng.random() < 0.6 else rng.uniform(-1.5, -0.2)),
        release_s=10 ** (rng.uniform(-2.3, -1) if bass else rng.uniform(-1.7, 0)),
        decay_s=10 ** (rng.uniform(-1.3, -0.3) if percussive else rng.uniform(-0.8, 1.0)),
        sub=rng.uniform(0, 1) if bass and rng.random() < 0.4 else 0.0,
        fall=rng.uniform(1, 14) if percussive or (bass and rng.random() < 0.1) else 0.0,
        fall_s=10 ** rng.uniform(-1.9, -0.9),
        click=10 ** rng.uniform(-1.7, -0.2) if rng.random() < (0.6 if percussive else 0.15) else 0.0,
        string=new_string(rng),
    )


def new_string(rng: Rng) -> String:
    """A string at random."""
    return String(
        plucked_at=rng.uniform(0.05, 0.4),
        pickup_at=rng.uniform(0.04, 0.3),
        hardness_hz=10 ** rng.uniform(2.3, 3.9),
        ring_s=10 ** rng.uniform(-0.6, 1.0),
        damping=rng.uniform(0.03, 0.5),
    )


def play(notes: list[Note], patch: Patch, seconds: float, rng: Rng, glide_s: float = 0.0) -> Audio:
    """Notes on a patch; with `glide_s` each note slides in from the one before."""
    out = np.zeros((2, round(seconds * SAMPLE_RATE_HZ)), np.float32)
    before = None
    for note in sorted(notes, key=lambda n: n.start_s):
        at = int(note.start_s * SAMPLE_RATE_HZ)
        x = _note(note, patch, rng, before, glide_s)[: out.shape[1] - at]
        out[:, at : at + x.size] += x.astype(np.float32)
        before = note.key
    return out


def _note(note: Note, patch: Patch, rng: Rng, before: int | None, glide_s: float) -> Wave:
    """One note, mono."""
    t = np.arange(int((note.length_s + 4 * patch.release_s) * SAMPLE_RATE_HZ) + 1) / SAMPLE_RATE_HZ
    hz = 440 * 2 ** ((note.key + note.bend - 69) / 12)
    bend = np.ones_like(t)
    if before is not None and glide_s > 0:
        bend = 2 ** ((before - note.key) / 12 * np.exp(-t / glide_s))
    bend = bend * 2 ** (patch.fall / 12 * np.exp(-t / patch.fall_s))
    if patch.shape == "pluck":
        x = _string(hz, t.size, rng, patch.string)
    else:
        x = _harmonics(hz, t, patch, bend, rng)
    if patch.sub:
        x = x + patch.sub * np.sin(np.pi * hz * np.cumsum(bend) / SAMPLE_RATE_HZ)
    if patch.click:
        size = min(t.size, int(0.02 * SAMPLE_RATE_HZ))
        x[:size] += patch.click * np.abs(x).max() * rng.standard_normal(size) * np.exp(-t[:size] / CLICK_S)
    level = np.minimum(1, t / patch.attack_s) * np.exp(-t / patch.decay_s)
    level *= np.where(t < note.length_s, 1, np.exp(-(t - note.length_s) / patch.release_s))
    return np.asarray(x * level * note.velocity / 127)


def _harmonics(hz: float, t: Wave, patch: Patch, bend: Wave, rng: Rng) -> Wave:
    """A wave table, bright while the filter is open and dark when it has closed; no aliasing by design."""
    offsets = np.linspace(-0.5, 0.5, patch.voices) * patch.detune if patch.voices > 1 else np.zeros(1)
    phases = [hz * 2 ** (o / 12) * np.cumsum(bend) / SAMPLE_RATE_HZ + rng.random() for o in offsets]
    if patch.shape == "fm":
        index = min(patch.cutoff, 6) * np.exp(-t / patch.sweep_s)
        return np.asarray(
            sum(np.sin(2 * np.pi * p + index * np.sin(4 * np.pi * p)) for p in phases) / len(phases)
        )
    dark, bright = (_table(patch.shape, cut, hz) for cut in (patch.cutoff, patch.cutoff * (1 + patch.sweep)))
    openness = np.exp(-t / patch.sweep_s)
    out = np.zeros_like(t)
    for phase in phases:
        at = (phase * dark.size).astype(np.int64) % dark.size
        out += dark[at] + openness * (bright - dark)[at] if patch.sweep else dark[at]
    return out / len(phases)


def _table(shape: str, cutoff: float, hz: float) -> Wave:
    """One period, 4096 samples, of the harmonics that a low-pass at `cutoff` times the pitch leaves."""
    phase = 2 * np.pi * np.arange(4096) / 4096
    top = 1 if shape == "sine" else max(int(min(80, 16_000 / hz)), 1)
    k = np.arange(1, top + 1, 2 if shape == "square" else 1)[:, None]
    return np.asarray((np.sin(k * phase) / (k * np.sqrt(1 + (k / cutoff) ** 6))).sum(axis=0))


def _string(hz: float, n: int, rng: Rng, string: String) -> Wave:
    """A plucked string: Karplus-Strong, with comb filters for the positions of pluck and pickup."""
    period = SAMPLE_RATE_HZ / hz
    size = max(int(period - string.damping), 4)  # the loop's filter delays by `damping` samples
    excite = np.zeros(n)
    first = min(size, n)
    excite[:first] = 0.3 * rng.uniform(-1, 1, first) + np.hanning(2 * first)[first:]
    excite = signal.lfilter(*signal.butter(2, min(string.hardness_hz, 15_000), fs=SAMPLE_RATE_HZ), excite)
    for position in (string.plucked_at, string.pickup_at):
        delay = max(int(position * period), 1)
        excite[delay:] = excite[delay:] - 0.95 * excite[:-delay]
    loss = 10 ** (-3 * period / SAMPLE_RATE_HZ / (string.ring_s * 55 / hz))
    loop = np.zeros(size + 2)
    loop[0], loop[size], loop[size + 1] = 1, -loss * (1 - string.damping), -loss * string.damping
    return np.asarray(signal.lfilter([1.0], loop, excite))


def sing(notes: list[Note], seconds: float, rng: Rng) -> Audio:
    """A voice-like line: a buzzing source with vibrato through vowels that change, breath and consonants."""
    n = round(seconds * SAMPLE_RATE_HZ)
    out = np.zeros(n + SAMPLE_RATE_HZ)
    size, rate, depth = rng.uniform(0.85, 1.25), rng.uniform(4.5, 6.5), rng.uniform(0.05, 0.5)
    for note in notes:
        t = np.arange(int((note.length_s + 0.08) * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
        scoop = -rng.uniform(0, 2) * np.exp(-t / 0.04) + depth * np.sin(2 * np.pi * rate * t) * np.minimum(
            1, t / 0.3
        )
        hz = 440 * 2 ** ((note.key + scoop - 69) / 12)
        phase = np.cumsum(hz) / SAMPLE_RATE_HZ + np.cumsum(rng.standard_normal(t.size)) * 2e-4
        buzz = np.exp(-8 * (phase % 1)) - 0.12 + 0.03 * rng.standard_normal(t.size)
        x = _formants(buzz, size, rng)
        x *= np.minimum(1, t / 0.03) * np.clip((note.length_s - t) / 0.06 + 1, 0, 1) * note.velocity / 127
        at = int(note.start_s * SAMPLE_RATE_HZ)
        out[at : at + x.size] += x[: out.size - at]
        _consonant(out, at, np.abs(x).max(), rng)
    return np.repeat(out[None, :n].astype(np.float32), 2, axis=0)


def _formants(buzz: Wave, size: float, rng: Rng) -> Wave:
    """Formant resonances, gliding from one vowel to another."""
    a, b = (VOWELS[i] for i in rng.integers(len(VOWELS), size=2))
    sides = []
    for vowel in (a, b):
        x = np.zeros_like(buzz)
        for i, hz in enumerate(vowel):
            peak = signal.iirpeak(hz * size, hz / (60 + 40 * i), fs=SAMPLE_RATE_HZ)
            x += signal.lfilter(*peak, buzz) * (1, 0.6, 0.35, 0.2)[i]
        sides.append(x)
    blend = np.clip(np.linspace(-0.5, 1.5, buzz.size), 0, 1)
    return np.asarray(sides[0] * (1 - blend) + sides[1] * blend)


def _consonant(out: Wave, at: int, level: float, rng: Rng) -> None:
    """A short hiss before a note, half of the time."""
    size = int(rng.uniform(0.02, 0.12) * SAMPLE_RATE_HZ)
    if rng.random() < 0.5 and at > size:
        low = rng.uniform(1500, 6000)
        sos = signal.butter(2, (low, low * 2), "bandpass", fs=SAMPLE_RATE_HZ, output="sos")
        hiss = signal.sosfilt(sos, rng.standard_normal(size) * np.hanning(size))
        out[at - size : at] += hiss * level * rng.uniform(0.1, 0.9)
