"""The score of one song: tempo, key, chords, kick pattern."""

from dataclasses import dataclass

import numpy as np

from training.effects import Rng

SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
PROGRESSIONS = (
    (0, 4, 5, 3),
    (0, 5, 3, 4),
    (5, 3, 0, 4),
    (0, 3, 4, 4),
    (0, 0, 3, 4),
    (1, 4, 0, 0),
    (0, 6, 5, 4),
    (0, 2, 3, 3),
    (0,),
    (0, 3),
)


@dataclass(frozen=True)
class Plan:
    """Tempo, key, chords and kick pattern of a song."""

    seconds: float
    bpm: float
    steps: int  #: of the grid in a bar: 16 (4/4), 12 (3/4 or 12/8), 24 (triplets)
    swing: float  #: how late every second step comes, in steps
    timing_jitter_s: float  #: how far players stray from the grid, standard deviation
    tonic: int  #: MIDI pitch class
    scale: tuple[int, ...]
    chords: tuple[int, ...]  #: scale degree of each bar, repeated
    kicks: tuple[tuple[int, ...], ...]  #: steps with a kick, for each of the song's different bars
    electronic: bool
    heavy: bool = False  #: fast, with distorted guitars and two bass drums

    @property
    def step_s(self) -> float:
        """Seconds of a step; a bar of 16 or 24 has four beats, a bar of 12 has three."""
        return 60 / self.bpm * (4 if self.steps != 12 else 3) / self.steps

    @property
    def bars(self) -> int:
        """Bars begun within the song."""
        return int(np.ceil(self.seconds / (self.step_s * self.steps)))

    def time(self, bar: int, step: float) -> float:
        """Seconds at which a step of a bar falls, swing included."""
        late = self.swing if int(step) % 2 else 0.0
        return (bar * self.steps + step + late) * self.step_s

    def pitch(self, degree: int, octave: int) -> int:
        """MIDI key of a degree of the scale."""
        up, index = divmod(degree, len(self.scale))
        return 12 * (octave + 1 + up) + self.tonic + self.scale[index]

    def chord(self, bar: int) -> int:
        """The bar's root as a degree of the scale."""
        return self.chords[bar % len(self.chords)]

    def kick(self, bar: int) -> tuple[int, ...]:
        """The bar's kick steps."""
        return self.kicks[bar % len(self.kicks)]


def new_plan(rng: Rng, seconds: float) -> Plan:
    """A random plan."""
    electronic = bool(rng.random() < 0.35)
    heavy = not electronic and bool(rng.random() < 0.1)
    steps = int(rng.choice([16, 12, 24], p=[0.84, 0.1, 0.06]))
    return Plan(
        seconds=seconds,
        bpm=float(rng.uniform(130, 215) if heavy else np.clip(rng.normal(112, 27), 62, 180)),
        steps=steps,
        swing=float(rng.choice([0, rng.uniform(0.1, 0.4)], p=[0.7, 0.3])) if steps == 16 else 0.0,
        timing_jitter_s=0.0 if electronic and rng.random() < 0.7 else float(rng.uniform(0.002, 0.013)),
        tonic=int(rng.integers(12)),
        scale=SCALES[str(rng.choice(["major", "minor"]))],
        chords=PROGRESSIONS[rng.integers(len(PROGRESSIONS))],
        kicks=tuple(_kick_steps(rng, steps, electronic, heavy) for _ in range(rng.integers(1, 4))),
        electronic=electronic,
        heavy=heavy,
    )


def _kick_steps(rng: Rng, steps: int, electronic: bool, heavy: bool) -> tuple[int, ...]:
    """A bar of kick drum: on every beat, on one and about three with more between, or a roll."""
    beat = steps // (3 if steps == 12 else 4)
    if heavy and rng.random() < 0.6:
        return tuple(range(0, steps, int(rng.choice([1, 2]))))
    if rng.random() < (0.55 if electronic else 0.12):
        return tuple(range(0, steps, beat))
    likely = np.where(np.arange(steps) % 2 == 0, 0.18, 0.07)
    likely[0], likely[steps // 2] = 0.97, 0.6
    return tuple(int(i) for i in np.flatnonzero(rng.random(steps) < likely))
