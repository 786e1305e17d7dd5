"""Bass tracks: lines, instruments, amplifiers."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from training.effects import (
    Audio,
    Rng,
    add_reverb,
    butterworth,
    cabinet,
    compress,
    db_to_gain,
    peaking_eq,
    random_eq,
    rms,
    room_impulse,
    saturate,
)
from training.fluidsynth import Note
from training.one_shots import font
from training.plan import Plan
from training.recorded_notes import render
from training.samples import SampleLibrary
from training.synths import new_patch, play

if TYPE_CHECKING:
    from collections.abc import Iterable

PROGRAMS = (
    32,
    33,
    33,
    33,
    34,
    34,
    34,
    35,
    36,
    37,
    38,
    39,
    43,
    87,
)  # General MIDI basses, fingered and picked ones more often
LOW, HIGH = 28, 64  # E1 to E4


def bass_track(plan: Plan, rng: Rng, library: SampleLibrary | None = None) -> Audio:
    """The bass of a song, (2, samples), RMS 0.1; a recorded one with a `library`."""
    notes = bass_line(plan, rng)
    if library and not (plan.electronic and rng.random() < 0.5):
        x = render(notes, "bass", library, plan.seconds, rng)
    elif rng.random() < (0.7 if plan.electronic else 0.25):
        x = _synthesised(notes, plan, rng)
    else:
        x = font(int(rng.integers(2))).render(notes, int(rng.choice(PROGRAMS)), plan.seconds)
        if rng.random() < 0.2:
            other = font(int(rng.integers(2))).render(notes, int(rng.choice(PROGRAMS)), plan.seconds)
            x = x / rms(x) + rng.uniform(0.2, 1) * other / rms(other)
    x = _channel_strip(np.repeat(x.mean(axis=0, keepdims=True), 2, axis=0), rng)
    return np.asarray(x * (0.1 / rms(x)), np.float32)


def _synthesised(notes: list[Note], plan: Plan, rng: Rng) -> Audio:
    patch = new_patch(rng, bass=True)
    if not plan.electronic:
        patch = replace(patch, shape="pluck", attack_s=0.001, fall=0.0)
    glide = rng.uniform(0.01, 0.08) if rng.random() < 0.25 else 0.0
    return play(notes, patch, plan.seconds, rng, glide)


def _channel_strip(x: Audio, rng: Rng) -> Audio:
    """Direct and amplifier, blended; drive before the cabinet; then the mixing desk."""
    if rng.random() < 0.65:
        amplified = (
            saturate(x, 10 ** rng.uniform(-0.7, 1.1), rng.uniform(0, 0.3)) if rng.random() < 0.6 else x
        )
        amp = cabinet(amplified, rng, 10 ** rng.uniform(3.0, 3.75))
        blend = rng.uniform(0.2, 1)
        x = blend * amp / rms(amp) + (1 - blend) * x / rms(x)
    if rng.random() < 0.7:
        x = compress(x, rng, 1.5)
    if rng.random() < 0.5:
        x = random_eq(x, rng, 7)
    if rng.random() < 0.3:
        x = peaking_eq(x, rng.uniform(500, 1500), rng.uniform(2, 9), 0.7)
    if rng.random() < 0.2:
        x = butterworth(x, "lowpass", 10 ** rng.uniform(2.3, 3.2))
    if rng.random() < 0.2:
        x = add_reverb(x, room_impulse(rng, rng.uniform(0.15, 0.8)), db_to_gain(rng.uniform(-25, -8)))
    return x


def bass_line(plan: Plan, rng: Rng) -> list[Note]:
    """Notes of the bass: one style for the song, some bars left out."""
    style = str(
        rng.choice(
            ["kicks", "between", "eighths", "walk", "octaves", "long", "riff", "off"],
            p=[0.2, 0.1, 0.18, 0.08, 0.1, 0.11, 0.18, 0.05],
        )
    )
    octave = int(rng.choice([1, 2, 3], p=[0.55, 0.34, 0.11]))
    legato = rng.uniform(0.35, 1.0)
    figure = _figure(plan, rng)
    out: list[Note] = []
    for bar in range(plan.bars):
        if rng.random() < 0.04:
            continue
        starts = _starts(plan, bar, style, figure, rng)
        for step, following in zip(starts, [*starts[1:], plan.steps], strict=True):
            key = _in_range(plan.pitch(_degree(plan, rng, bar, step, style, figure), octave))
            length = max((following - step) * plan.step_s * legato, 0.05)
            start_s = max(0.0, plan.time(bar, step) + rng.normal(0, plan.timing_jitter_s))
            out.append(_note(rng, start_s, length, key))
    return [note for note in out if note.start_s < plan.seconds - 0.05]


def _figure(plan: Plan, rng: Rng) -> dict[int, int]:
    """A riff: steps with the degree above the chord's root to play there."""
    steps = np.flatnonzero(rng.random(plan.steps) < rng.uniform(0.2, 0.6))
    return {0: 0} | {int(s): int(rng.choice([0, 0, 0, 2, 4, 6, 7, 3, 5])) for s in steps}


def _starts(plan: Plan, bar: int, style: str, figure: dict[int, int], rng: Rng) -> list[int]:
    beat = plan.steps // (3 if plan.steps == 12 else 4)
    half = max(beat // 2, 1)
    grids: dict[str, Iterable[int]] = {
        "eighths": range(0, plan.steps, half),
        "octaves": range(0, plan.steps, half),
        "walk": range(0, plan.steps, beat),
        "off": range(half, plan.steps, beat),
        "kicks": plan.kick(bar) or (0,),
        "between": _between(plan, bar),
        "riff": figure,
        "long": (0,),
    }
    extra = [plan.steps - half] if style != "between" and rng.random() < 0.15 else []
    return sorted({*grids[style], *extra})


def _between(plan: Plan, bar: int) -> set[int]:
    """A step after each kick, never on one: bass and kick do not sound together."""
    kicks = set(plan.kick(bar))
    return {step + 2 for step in kicks if step + 2 < plan.steps} - kicks or {plan.steps // 2 + 1}


def _degree(plan: Plan, rng: Rng, bar: int, step: int, style: str, figure: dict[int, int]) -> int:
    root = plan.chord(bar)
    if style == "riff":
        return root + figure.get(step, 0)
    if style == "walk":
        return root + int(rng.choice([0, 2, 4, 1, 3, 5, 6]))
    if style == "octaves":
        return root + (7 if (step // 2) % 2 else 0)
    return root + int(rng.choice([0, 4, 7, 2], p=[0.86, 0.06, 0.05, 0.03]))


def _in_range(key: int) -> int:
    """The same note where a bass has it."""
    while key < LOW:
        key += 12
    while key > HIGH:
        key -= 12
    return key


def _note(rng: Rng, start_s: float, length_s: float, key: int) -> Note:
    """A note as a player plays it: now and then dead, now and then bent."""
    dead = rng.random() < 0.04
    bend = float(rng.uniform(-0.7, 0.7)) if rng.random() < 0.04 else 0.0
    velocity = int(np.clip(rng.normal(98, 14) * (0.5 if dead else 1), 25, 127))
    return Note(start_s, 0.05 if dead else length_s, key, velocity, bend)
