"""What guitars, keys, strings and winds play: styles of playing a chord progression."""

from collections.abc import Callable

import numpy as np

from training.effects import Rng
from training.fluidsynth import Note
from training.plan import Plan


def _notes_at(
    plan: Plan, rng: Rng, bar: int, step: float, steps_long: float, keys: list[int], strum_s: float = 0.0
) -> list[Note]:
    """Several keys at once, or one after another within `strum_s`."""
    at = max(0.0, plan.time(bar, step) + rng.normal(0, plan.timing_jitter_s))
    velocity = rng.normal(85, 15)
    length = max(steps_long * plan.step_s, 0.06)
    return [
        Note(at + i * strum_s, length, k, int(np.clip(velocity + rng.normal(0, 6), 20, 127)))
        for i, k in enumerate(keys)
    ]


def _chord(plan: Plan, rng: Rng, bar: int, octave: int, size: int) -> list[int]:
    degrees = [0, 2, 4, 6, 7, 9, 11][:size] if rng.random() < 0.25 else [0, 2, 4, 7, 9, 11, 14][:size]
    return [plan.pitch(plan.chord(bar) + d, octave) for d in degrees]


def _pad(plan: Plan, rng: Rng) -> list[Note]:
    octave, size = int(rng.choice([2, 3, 3, 4])), int(rng.integers(2, 6))
    return [
        n
        for bar in range(plan.bars)
        for n in _notes_at(plan, rng, bar, 0, plan.steps * 0.98, _chord(plan, rng, bar, octave, size))
    ]


def _stab(plan: Plan, rng: Rng) -> list[Note]:
    figure = np.flatnonzero(rng.random(plan.steps) < rng.uniform(0.1, 0.45))
    octave, long = int(rng.choice([3, 4])), rng.uniform(0.5, 2.5)
    size = int(rng.integers(2, 5))
    return [
        n
        for bar in range(plan.bars)
        for s in figure
        for n in _notes_at(plan, rng, bar, int(s), long, _chord(plan, rng, bar, octave, size))
    ]


def _strum(plan: Plan, rng: Rng) -> list[Note]:
    figure = np.flatnonzero(
        rng.random(plan.steps) < np.where(np.arange(plan.steps) % 2, 0.25, 0.8) * rng.uniform(0.5, 1)
    )
    out: list[Note] = []
    for bar in range(plan.bars):
        for i, s in enumerate(figure):
            keys = _chord(plan, rng, bar, 2, 5)
            following = figure[i + 1] if i + 1 < figure.size else plan.steps
            keys = keys if s % 4 == 0 else keys[::-1][:4]
            out += _notes_at(plan, rng, bar, int(s), float(following - s), keys, rng.uniform(0.004, 0.02))
    return out


def _arpeggio(plan: Plan, rng: Rng) -> list[Note]:
    octave, every, size = int(rng.choice([2, 3, 4])), int(rng.choice([1, 2])), int(rng.integers(3, 6))
    order, long = rng.permutation(size), rng.uniform(0.8, 4)
    out: list[Note] = []
    for bar in range(plan.bars):
        keys = _chord(plan, rng, bar, octave, size)
        for i, s in enumerate(range(0, plan.steps, every)):
            out += _notes_at(plan, rng, bar, s, every * long, [keys[int(order[i % size])]])
    return out


def _comp(plan: Plan, rng: Rng) -> list[Note]:
    """A pianist: octaves or roots low on the left, chords on the right."""
    left: list[Note] = []
    for bar in range(plan.bars):
        keys = [plan.pitch(plan.chord(bar), 1), plan.pitch(plan.chord(bar), 2)]
        for step in (0, plan.steps // 2):
            left += _notes_at(plan, rng, bar, step, plan.steps * 0.45, keys)
    return left + (_stab(plan, rng) if rng.random() < 0.6 else _arpeggio(plan, rng))


def _power(plan: Plan, rng: Rng) -> list[Note]:
    """Fifths low on the guitar, muted or ringing."""
    every, muted, out = int(rng.choice([1, 2, 4])), rng.random() < 0.4, []
    for bar in range(plan.bars):
        root = plan.pitch(plan.chord(bar), 2)
        root = root - 12 if root > 51 else root
        for s in range(0, plan.steps, every):
            if s in plan.kick(bar) or rng.random() < 0.75:
                out += _notes_at(
                    plan,
                    rng,
                    bar,
                    s,
                    0.6 if muted else every,
                    [root, root + 7, root + 12][: int(rng.integers(1, 4))],
                )
    return out


def _riff(plan: Plan, rng: Rng) -> list[Note]:
    figure = [(int(s), int(rng.integers(-2, 6))) for s in np.flatnonzero(rng.random(plan.steps) < 0.45)]
    octave = int(rng.choice([2, 3]))
    return [
        n
        for bar in range(plan.bars)
        for s, d in figure
        for n in _notes_at(plan, rng, bar, s, 1.6, [plan.pitch(plan.chord(bar) + d, octave)])
    ]


def _lead(plan: Plan, rng: Rng) -> list[Note]:
    """A melody that walks over the scale."""
    return melody(plan, rng, int(rng.choice([3, 4, 5])), rng.uniform(0.15, 0.6))


def melody(plan: Plan, rng: Rng, octave: int, density: float) -> list[Note]:
    """A line over the scale, with rests."""
    out: list[Note] = []
    degree = int(rng.integers(0, 7))
    for bar in range(plan.bars):
        steps = np.flatnonzero(rng.random(plan.steps) < density * 0.6)
        if rng.random() < 0.2:
            continue
        for i, s in enumerate(steps):
            degree = int(np.clip(degree + rng.integers(-3, 4), -3, 10))
            following = steps[i + 1] if i + 1 < steps.size else plan.steps
            out += _notes_at(plan, rng, bar, int(s), (following - s) * 0.95, [plan.pitch(degree, octave)])
    return out


PARTS: dict[str, Callable[[Plan, Rng], list[Note]]] = {
    "pad": _pad,
    "stab": _stab,
    "strum": _strum,
    "arpeggio": _arpeggio,
    "comp": _comp,
    "power": _power,
    "riff": _riff,
    "lead": _lead,
}
