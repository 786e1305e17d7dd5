"""One synthetic song: four stems in the same key, tempo and room, mixed as a record is."""

from functools import partial

import numpy as np
from scipy import signal

from training import SAMPLE_RATE_HZ
from training.accompaniment import other_track, voice_track
from training.basses import bass_track
from training.drums import drum_track
from training.effects import (
    Audio,
    Rng,
    add_reverb,
    butterworth,
    compressor_gain,
    db_to_gain,
    narrow,
    rms,
    room_impulse,
)
from training.plan import Plan, new_plan
from training.samples import SampleLibrary

STEMS = ("drums", "bass", "other", "vocals")
SECONDS = 6.0  # short: many kits and basses teach more than many bars of one
STEM_LEVELS_DB = (1.5, -2.0, 0.0, 0.5)  # of the stems against one another, on average
SPREAD_DB = 3.5
SILENCE_PROBABILITY = (0.1, 0.12, 0.03, 0.5)  # how often a stem is silent
RECORDED = 0.5  # how often a song is played on recorded instruments where there are samples


def new_song(seed: int, seconds: float = SECONDS, library: SampleLibrary | None = None) -> Audio:
    """The stems of song number `seed`: (4 stems, 2, samples), peaks of the sum below full scale.

    With a `library` half of the songs are played on its recorded instruments.
    """
    rng = np.random.default_rng([8, seed])
    plan = new_plan(rng, seconds)
    recorded = library if rng.random() < RECORDED else None
    players = (
        partial(drum_track, library=recorded),
        partial(bass_track, library=recorded),
        partial(other_track, library=recorded),
        voice_track,
    )
    stems = np.stack(
        [
            _silence(plan) if rng.random() < silent else play(plan, rng)
            for play, silent in zip(players, SILENCE_PROBABILITY, strict=True)
        ]
    )
    stems = _sections(stems, plan, rng)
    gains = [db_to_gain(rng.normal(level, SPREAD_DB)) for level in STEM_LEVELS_DB]
    stems *= np.array(gains, np.float32)[:, None, None]
    if rng.random() < 0.2:  # a drummer who is hardly heard: brushes, hands, a mix for the singer
        stems[0] *= db_to_gain(rng.uniform(-14, -4))
    if plan.heavy:
        stems[2] *= db_to_gain(rng.uniform(0, 6))
    if plan.electronic and rng.random() < 0.4:
        stems = _duck(stems, rng)
    stems = _record(stems, rng)
    return _master(stems, rng)


def _silence(plan: Plan) -> Audio:
    return np.zeros((2, round(plan.seconds * SAMPLE_RATE_HZ)), np.float32)


def _sections(stems: Audio, plan: Plan, rng: Rng) -> Audio:
    """Now and then a player rests for some bars: intros, breaks."""
    bar = plan.steps * plan.step_s * SAMPLE_RATE_HZ
    fade = np.hanning(882) / np.hanning(882).sum()  # 20 ms
    for i in range(3):
        if rng.random() < 0.15 and plan.bars > 3:
            first = int(rng.integers(0, plan.bars - 1))
            gate = np.ones(stems.shape[-1])
            gate[int(first * bar) : int((first + rng.integers(1, 5)) * bar)] = 0
            stems[i] *= signal.fftconvolve(gate, fade, "same").astype(np.float32)
    return stems


def _duck(stems: Audio, rng: Rng) -> Audio:
    """Sidechain compression: the kick turns bass and the rest down."""
    if rms(stems[0]) < 1e-4:
        return stems
    kick = butterworth(stems[0], "lowpass", 150)
    gain = compressor_gain(kick, 0, rng.uniform(1.5, 4), 0.005, rng.uniform(0.08, 0.25))
    stems[1] *= gain
    stems[2] *= gain if rng.random() < 0.7 else 1
    return stems


def _record(stems: Audio, rng: Rng) -> Audio:
    """Recording conditions that all stems share: a live room, a low-pass, small microphones, mono, hiss."""
    if rng.random() < 0.15:
        impulse, wet = room_impulse(rng, rng.uniform(0.2, 1.2), top_hz=6000), db_to_gain(rng.uniform(-18, -3))
        stems = np.stack([add_reverb(stem, impulse, wet) for stem in stems])
    if rng.random() < 0.3:
        top = rng.choice([3800, 5500, 7800, 11_000, 15_500, 16_000], p=[0.05, 0.1, 0.2, 0.15, 0.25, 0.25])
        stems = np.stack([butterworth(stem, "lowpass", float(top), order=6) for stem in stems])
    if rng.random() < 0.16:  # small microphones and loudspeakers
        low, order = 10 ** rng.uniform(1.7, 2.35), int(rng.integers(1, 4))
        stems = np.stack([butterworth(stem, "highpass", low, order=order) for stem in stems])
    if rng.random() < 0.2:
        width = rng.uniform(0, 0.4) if rng.random() < 0.5 else 0.0
        stems = np.stack([narrow(stem, width) for stem in stems])
    if rng.random() < 0.1:
        stems[2] += (
            rng.standard_normal(stems[2].shape) * rms(stems.sum(axis=0)) * db_to_gain(rng.uniform(-45, -28))
        ).astype(np.float32)
    return stems


def _master(stems: Audio, rng: Rng) -> Audio:
    """Gains of a bus compressor and a limiter, computed on the sum, applied to every stem; then the level."""
    if rng.random() < 0.5:
        stems = stems * compressor_gain(
            stems.sum(axis=0), rng.uniform(0, 5), rng.uniform(1.5, 4), 0.003, rng.uniform(0.05, 0.3)
        )
    if rng.random() < 0.5:
        stems = stems * compressor_gain(stems.sum(axis=0), rng.uniform(6, 10), 20.0, 0.0006, 0.05)
    peak = float(np.abs(stems.sum(axis=0)).max()) + 1e-6
    return np.asarray(stems * (rng.uniform(0.3, 0.99) / peak), np.float32)
