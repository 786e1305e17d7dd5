"""The `other` and `vocals` tracks: guitars, keys, strings, winds, pads, and a voice-like line."""

import numpy as np

from training import SAMPLE_RATE_HZ
from training.effects import (
    Audio,
    Rng,
    add_echo,
    add_reverb,
    butterworth,
    cabinet,
    compress,
    db_to_gain,
    narrow,
    pan,
    random_eq,
    rms,
    room_impulse,
    saturate,
)  # fmt: skip
from training.one_shots import font
from training.parts import PARTS, melody
from training.plan import Plan
from training.recorded_notes import render
from training.samples import SampleLibrary
from training.synths import new_patch, play, sing

FAMILIES: dict[str, tuple[int, ...]] = {  # General MIDI programs
    "guitar": (24, 25, 25, 26, 27, 27, 28),
    "fuzz": (26, 27, 27, 28),
    "dirty": (29, 30),
    "keys": (0, 0, 1, 2, 4, 4, 5, 6, 7),
    "organ": (16, 17, 18, 19, 21, 22),
    "strings": (40, 41, 42, 44, 48, 48, 49, 50, 51),
    "brass": (56, 57, 58, 60, 61, 62, 63),
    "reeds": (64, 65, 66, 67, 68, 70, 71, 73, 75),
    "choir": (52, 53, 54),
    "mallets": (8, 9, 11, 12, 13, 14, 45, 46),
    "synth": (80, 81, 82, 84, 86, 88, 89, 90, 91, 92, 94, 95),
    "world": (104, 105, 106, 107, 108, 110, 15),
}
LIKELY = {
    "guitar": 5, "fuzz": 4, "dirty": 1.5, "keys": 5, "organ": 2.5, "strings": 3, "brass": 1.8, "reeds": 1.2,
    "choir": 0.6, "mallets": 1.2, "synth": 2, "world": 0.6, "own": 2.5,
}  # fmt: skip
STYLES: dict[str, tuple[str, ...]] = {
    "guitar": ("strum", "arpeggio", "stab", "riff"),
    "fuzz": ("power", "power", "riff", "strum", "lead"),
    "dirty": ("power", "riff", "lead"),
    "keys": ("pad", "stab", "arpeggio", "comp", "comp"),
    "organ": ("pad", "stab", "comp"),
    "strings": ("pad", "pad", "lead", "stab"),
    "brass": ("stab", "lead", "pad"),
    "reeds": ("lead",),
    "choir": ("pad",),
    "mallets": ("arpeggio", "lead"),
    "synth": ("pad", "arpeggio", "lead", "stab"),
    "world": ("arpeggio", "lead"),
    "own": ("pad", "arpeggio", "stab", "lead"),
}


RECORDED = {
    "guitar": "guitar",
    "fuzz": "guitar",
    "dirty": "guitar",
    "keys": "keys",
}  # families, and samples


def other_track(plan: Plan, rng: Rng, library: SampleLibrary | None = None) -> Audio:
    """One to five instruments, (2, samples), RMS 0.1; guitars and keys are recorded ones with a `library`."""
    out = np.zeros((2, round(plan.seconds * SAMPLE_RATE_HZ)), np.float32)
    hall = room_impulse(rng, 10 ** rng.uniform(-0.5, 0.45))
    weights = np.array([LIKELY[name] * _fits(name, plan) for name in LIKELY])
    for _ in range(rng.choice([1, 2, 3, 4, 5], p=[0.14, 0.28, 0.3, 0.2, 0.08])):
        family = str(rng.choice(list(LIKELY), p=weights / weights.sum()))
        x = _instrument(plan, rng, family, library)
        if np.abs(x).max() < 1e-6:
            continue
        x = x / rms(x)
        if rng.random() < 0.65:
            x = add_reverb(x, hall, db_to_gain(rng.uniform(-26, -4)))
        if rng.random() < 0.15:
            x = add_echo(
                x, plan.step_s * int(rng.choice([2, 3, 4])), rng.uniform(0.2, 0.6), rng.uniform(0.1, 0.5)
            )
        out += pan(narrow(x, rng.uniform(0, 1)), rng.uniform(-0.8, 0.8) * (rng.random() < 0.7)) * db_to_gain(
            rng.normal(0, 4)
        )
    if rng.random() < 0.3:
        out = compress(out, rng)
    return np.asarray(out * (0.1 / rms(out)), np.float32)


def _fits(family: str, plan: Plan) -> float:
    """How much likelier a family is in such a song."""
    if plan.heavy:
        return 10 if family in ("fuzz", "dirty") else 1
    return 3 if family in ("own", "synth") and plan.electronic else 1


def _instrument(plan: Plan, rng: Rng, family: str, library: SampleLibrary | None) -> Audio:
    style = "power" if plan.heavy and family == "fuzz" else str(rng.choice(STYLES[family]))
    notes = [n for n in PARTS[style](plan, rng) if n.start_s < plan.seconds - 0.05]
    is_recorded = library is not None and family in RECORDED and rng.random() < 0.65
    if library is not None and is_recorded:
        x = render(notes, RECORDED[family], library, plan.seconds, rng)
    elif family == "own":
        x = play(notes, new_patch(rng, bass=False), plan.seconds, rng)
    else:
        x = font(int(rng.integers(2))).render(notes, int(rng.choice(FAMILIES[family])), plan.seconds)
    if np.abs(x).max() < 1e-6:
        return x
    if family == "fuzz" or (family == "dirty" and is_recorded):
        return _through_amp(x, rng, doubled=rng.random() < 0.5)
    if rng.random() < 0.5:
        x = random_eq(x, rng)
    if family in ("guitar", "keys", "organ") and rng.random() < 0.25:
        x = saturate(x, 10 ** rng.uniform(-0.5, 0.6))
    if rng.random() < 0.45:  # mixers clear the lows for the bass, as often as not
        x = butterworth(x, "highpass", 10 ** rng.uniform(1.6, 2.5))
    return x


def _through_amp(x: Audio, rng: Rng, *, doubled: bool) -> Audio:
    """A clean guitar into a loud amplifier, perhaps played twice, left and right."""
    mono = butterworth(np.repeat(x.mean(axis=0, keepdims=True), 2, axis=0), "highpass", rng.uniform(60, 250))
    amplified = cabinet(
        saturate(mono, 10 ** rng.uniform(0.4, 1.8), rng.uniform(0, 0.4)), rng, rng.uniform(2800, 6500)
    )
    if doubled:
        amplified[1] = np.roll(amplified[1], int(rng.uniform(0.004, 0.025) * SAMPLE_RATE_HZ))
    return random_eq(amplified, rng)


def voice_track(plan: Plan, rng: Rng) -> Audio:
    """A sung line with its room, (2, samples), RMS 0.1."""
    notes = [
        n
        for n in melody(plan, rng, int(rng.choice([3, 4])), rng.uniform(0.3, 0.6))
        if n.start_s < plan.seconds - 0.3
    ]
    x = sing(notes, plan.seconds, rng)
    if rng.random() < 0.3:
        x = x + 0.5 * font(int(rng.integers(2))).render(notes, int(rng.choice((52, 53, 54))), plan.seconds)
    if rng.random() < 0.7:
        x = add_reverb(x, room_impulse(rng, 10 ** rng.uniform(-0.4, 0.4)), db_to_gain(rng.uniform(-20, -6)))
    return np.asarray(x * (0.1 / rms(x)), np.float32)
