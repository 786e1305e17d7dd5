"""The song generator: what every synthetic song promises to the trainer."""

import ctypes.util

import numpy as np
import pytest

pytest.importorskip("scipy", reason="LOUD: the extra `training` is not installed")

from training import SAMPLE_RATE_HZ, basses, effects, one_shots, sources, synths
from training.fluidsynth import Note
from training.plan import new_plan
from training.songs import STEMS, new_song

needs_sounds = pytest.mark.skipif(
    bool(sources.missing()) or ctypes.util.find_library("fluidsynth") is None,
    reason=f"LOUD: no songs without apt-get install {' '.join(sources.PACKAGES)}",
)


def _noise(seconds: float = 0.5) -> effects.Audio:
    rng = np.random.default_rng(1)
    return (0.1 * rng.standard_normal((2, int(seconds * SAMPLE_RATE_HZ)))).astype(np.float32)


@needs_sounds
@pytest.mark.parametrize("seed", [2, 5, 8])
def test_a_song_is_made_of_finite_stems_that_do_not_clip(seed):
    """NaN or clipping in one song would spoil a whole batch."""
    stems = new_song(seed, seconds=5)
    assert stems.shape == (len(STEMS), 2, 5 * SAMPLE_RATE_HZ)
    assert np.isfinite(stems).all()
    assert 0.25 < np.abs(stems.sum(axis=0)).max() <= 1


@needs_sounds
def test_the_same_number_is_the_same_song():
    """Training from scratch has to see the same data.

    FluidSynth sounds a little different where it plays an instrument for the first time in a process.
    """
    first, one, two = (new_song(7, seconds=4) for _ in range(3))
    assert effects.rms(first - two) < 0.25 * effects.rms(first)
    assert effects.rms(one - two) < 0.01 * effects.rms(one)


@pytest.mark.parametrize("role", sorted(one_shots.SYNTH))
def test_every_own_drum_sounds_and_ends(role):
    """A drum that rings on, or does not sound at all, teaches nonsense."""
    x = one_shots.SYNTH[role](np.random.default_rng(3))
    assert np.isfinite(x).all()
    assert np.abs(x).max() > 0.01
    assert x.size <= 3 * SAMPLE_RATE_HZ


def _patch(shape: str, fall: float = 0.0) -> synths.Patch:
    string = synths.String(plucked_at=0.2, pickup_at=0.1, hardness_hz=2000, ring_s=4.0, damping=0.3)
    return synths.Patch(
        shape=shape,
        voices=1,
        detune=0.0,
        cutoff=4.0,
        sweep=0.0,
        sweep_s=0.1,
        attack_s=0.005,
        release_s=0.05,
        decay_s=5.0,
        sub=0.0,
        fall=fall,
        fall_s=0.05,
        click=0.0,
        string=string,
    )


def _pitch(x: np.ndarray) -> float:
    """Hertz of the loudest bin."""
    loud = np.abs(np.fft.rfft(x * np.hanning(x.size), 8 * x.size))
    return float(np.argmax(loud)) * SAMPLE_RATE_HZ / (8 * x.size)


def test_a_percussive_bass_falls_onto_its_pitch():
    """As a kick drum does, and yet it is a bass: A2 begins near the E above."""
    patch = _patch("sine", fall=7.0)
    x = synths.play([Note(0, 1.0, 45, 100)], patch, 1.0, np.random.default_rng(1))[0]
    assert _pitch(x[: SAMPLE_RATE_HZ // 50]) > 125
    assert abs(_pitch(x[SAMPLE_RATE_HZ // 2 :]) - 110) < 1


@pytest.mark.parametrize("damping", [0.03, 0.5])
def test_a_string_rings_as_long_as_it_says_and_highs_die_first(damping):
    """A loop whose gain is a hair over one would grow without end."""
    string = synths.String(plucked_at=0.2, pickup_at=0.1, hardness_hz=4000, ring_s=1.0, damping=damping)
    x = synths._string(55.0, 2 * SAMPLE_RATE_HZ, np.random.default_rng(1), string)
    early, late = (x[int(at * SAMPLE_RATE_HZ) :][: SAMPLE_RATE_HZ // 4] for at in (0.05, 1.05))
    assert 20 * np.log10(effects.rms(late) / effects.rms(early)) < -45
    high = [np.abs(np.fft.rfft(part))[500:].max() for part in (early, late)]
    low = [np.abs(np.fft.rfft(part))[:500].max() for part in (early, late)]
    assert high[1] / low[1] < high[0] / low[0]


@pytest.mark.parametrize("shape", ["saw", "square", "sine", "fm", "pluck"])
def test_own_synthesisers_play_the_note_that_is_written(shape):
    """A2 is 110 Hz on every patch."""
    patch = _patch(shape)
    x = synths.play([Note(0, 1.0, 45, 100)], patch, 1.0, np.random.default_rng(1))[0]
    loud = np.abs(np.fft.rfft(x * np.hanning(x.size)))
    peaks = np.flatnonzero(loud > 0.3 * loud.max())
    assert np.all(np.abs((peaks / 110) - np.round(peaks / 110)) < 0.05)


@pytest.mark.parametrize("bass", [True, False])
def test_patches_differ_from_song_to_song(bass):
    """One sound would be learned by heart."""
    rng = np.random.default_rng(1)
    assert len({synths.new_patch(rng, bass=bass) for _ in range(20)}) == 20


def test_the_singer_sings():
    """Without a voice-like line Spleeter would leave no artefacts to learn from."""
    x = synths.sing([Note(0.2, 0.6, 60, 100)], 1.0, np.random.default_rng(1))
    assert np.abs(x[:, 10_000:30_000]).max() > 10 * np.abs(x[:, :2000]).max()


def test_plans_keep_time():
    """Steps follow one another, and the bars fill the song."""
    for seed in range(30):
        plan = new_plan(np.random.default_rng(seed), 10.0)
        times = [plan.time(bar, step) for bar in range(plan.bars) for step in range(plan.steps)]
        assert times == sorted(times)
        assert plan.time(plan.bars, 0) >= 10.0
        assert all(0 <= step < plan.steps for bar in range(plan.bars) for step in plan.kick(bar))


EFFECTS = {
    "random_eq": effects.random_eq,
    "saturate": lambda x, _: effects.saturate(x, 5, 0.2),
    "cabinet": lambda x, rng: effects.cabinet(x, rng, 4000),
    "add_reverb": lambda x, rng: effects.add_reverb(x, effects.room_impulse(rng, 0.5), 0.5),
    "add_echo": lambda x, _: effects.add_echo(x, 0.1, 0.4, 0.4),
    "pan": lambda x, _: effects.pan(x, 0.5),
    "narrow": lambda x, _: effects.narrow(x, 0.0),
    "compress": effects.compress,
}


@pytest.mark.parametrize("name", sorted(EFFECTS))
def test_effects_keep_length_and_channels(name):
    """Stems must stay aligned, to the sample."""
    x = _noise()
    y = EFFECTS[name](x, np.random.default_rng(1))
    assert y.shape == x.shape
    assert y.dtype == np.float32
    assert np.isfinite(y).all()


def test_a_compressor_never_makes_louder():
    """Its gain is a reduction."""
    gain = effects.compressor_gain(_noise(), 0, 4, 0.005, 0.1)
    assert gain.max() <= 1
    assert gain.min() > 0


def test_a_drum_machines_kick_is_long_and_low():
    """Real ones, 0.3 to 1 s at 35 to 60 Hz, went to the bass."""
    for seed in range(8):
        x = one_shots._long_kick(np.random.default_rng(seed))
        assert 30 < _pitch(x[SAMPLE_RATE_HZ // 10 :]) < 70
        energy = np.cumsum(np.square(x))
        assert 0.1 < np.searchsorted(energy, 0.9 * energy[-1]) / SAMPLE_RATE_HZ < 1.2


def test_a_bass_between_the_kicks_never_sounds_on_one():
    """Kick and bass that always come together cannot be told apart by when they come."""
    for seed in range(40):
        plan = new_plan(np.random.default_rng(seed), 8.0)
        for bar in range(plan.bars):
            steps = basses._between(plan, bar)
            assert steps
            assert all(0 <= step < plan.steps for step in steps)
            assert not steps & set(plan.kick(bar)) or plan.steps // 2 + 1 in steps


def test_some_songs_are_fast_with_two_bass_drums():
    """Speed metal, whose guitars went to the drums."""
    plans = [new_plan(np.random.default_rng(seed), 8.0) for seed in range(200)]
    heavy = [plan for plan in plans if plan.heavy]
    assert 4 < len(heavy) < 40
    assert all(plan.bpm >= 130 and not plan.electronic for plan in heavy)
    assert any(len(plan.kicks[0]) >= plan.steps // 2 for plan in heavy)
