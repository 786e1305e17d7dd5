"""One-shot drum sounds: rendered from sound fonts, read from samples, or synthesised."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import soundfile
from numpy.typing import NDArray

from training import SAMPLE_RATE_HZ
from training.effects import Audio, Rng, butterworth, change_speed, rms, saturate
from training.fluidsynth import DRUMS_BANK, FluidSynth, Note
from training.sources import FONTS, sonic_pi_samples

LENGTH_S = 2.2  # longest one-shot
KITS = (*range(20), 24, 25, *range(32, 37), 40, 41, 42, 48)  # programs of the drum bank in both fonts
KEYS: dict[str, tuple[int, ...]] = {  # General MIDI percussion
    "kick": (35, 36), "snare": (38, 40), "rim": (37,), "clap": (39,), "hat": (42, 44), "open": (46,),
    "tom": (41, 43, 45, 47, 48, 50), "crash": (49, 57, 55, 52), "ride": (51, 59, 53),
    "shake": (54, 69, 70, 82),
    "hand": (60, 61, 62, 63, 64, 65, 66, 76, 77), "bell": (56, 67, 68, 75, 80, 81),
}  # fmt: skip
Wave = NDArray[np.float64]  # (samples,)
OneShot = Callable[[int, Rng], Audio]  # (velocity 1..127, rng) to (2, samples)


@lru_cache(maxsize=2)
def font(index: int) -> FluidSynth:
    """A font's synthesiser, loaded once in a process."""
    return FluidSynth(FONTS[index].path)


@lru_cache(maxsize=3000)
def font_one_shot(font_index: int, kit: int, key: int, velocity: int) -> Audio:
    """One-shot of a font's kit."""
    return _trim(font(font_index).render([Note(0, LENGTH_S, key, velocity)], kit, LENGTH_S, DRUMS_BANK))


@lru_cache(maxsize=300)
def sample_one_shot(role: str, index: int) -> Audio:
    """One Sonic Pi sample at 44.1 kHz, stereo."""
    files = sonic_pi_samples(role)
    data, rate = soundfile.read(files[index % len(files)], dtype="float32", always_2d=True)
    x = np.repeat(data.T, 2, axis=0)[:2] if data.shape[1] == 1 else data.T[:2]
    if rate != SAMPLE_RATE_HZ:
        x = change_speed(x, rate / SAMPLE_RATE_HZ)
    return _trim(np.ascontiguousarray(x))


def _trim(x: Audio) -> Audio:
    """Trailing silence removed, the end faded out."""
    x = x[:, : int(LENGTH_S * SAMPLE_RATE_HZ)].copy()
    audible = np.flatnonzero(np.abs(x).max(axis=0) > 1e-4 * (np.abs(x).max() + 1e-9))
    x = x[:, : int(audible[-1]) + 400 if audible.size else 400]
    fade = min(800, x.shape[1])
    x[:, x.shape[1] - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
    return x


def _time(seconds: float) -> Wave:
    return np.arange(int(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ


def _stereo(x: Wave, level: float = 0.5) -> Audio:
    return np.repeat((level * x / (np.abs(x).max() + 1e-9))[None].astype(np.float32), 2, axis=0)


def _sine_sweep(rng: Rng, low: float, high: float, sweep_s: float, decay_s: float) -> Wave:
    """A decaying sine that falls from `high` to `low` hertz."""
    t = _time(min(decay_s * 5, LENGTH_S))
    phase = 2 * np.pi * np.cumsum(low + (high - low) * np.exp(-t / sweep_s)) / SAMPLE_RATE_HZ
    return np.asarray(np.sin(phase + rng.uniform(0, 1)) * np.exp(-t / decay_s))


def _noise(rng: Rng, decay_s: float, low: float, high: float) -> Wave:
    t = _time(min(decay_s * 6, LENGTH_S))
    x = (rng.standard_normal(t.size) * np.exp(-t / decay_s)).astype(np.float32)[None]
    return np.asarray(butterworth(x, "bandpass", (low, min(high, 20_000)))[0], np.float64)


def _sum(*parts: Wave) -> Wave:
    out = np.zeros(max(part.size for part in parts))
    for part in parts:
        out[: part.size] += part
    return out


MEMBRANE_MODES = (
    1.0,
    1.594,
    2.136,
    2.296,
    2.653,
    2.918,
    3.156,
    3.5,
    3.6,
)  # ideal round membrane, Rossing 1992


def _membrane(rng: Rng, low: float, decay_s: float, rise: float) -> Wave:
    """A struck membrane: each mode twice (two heads), higher ones shorter, all a little sharp at first."""
    t = _time(min(decay_s * 5, LENGTH_S))
    bend = np.cumsum(1 + rise * np.exp(-t / rng.uniform(0.01, 0.06))) / SAMPLE_RATE_HZ
    spread, dark, fade = rng.uniform(0, 0.06), rng.uniform(0.3, 2.5), rng.uniform(0.3, 1.5)
    out = np.zeros_like(t)
    for ratio in MEMBRANE_MODES:
        for _ in range(2):
            hz = low * ratio * (1 + spread * rng.standard_normal())
            level = rng.uniform(0.2, 1) * ratio**-dark
            out += level * np.sin(2 * np.pi * (hz * bend + rng.random())) * np.exp(-t * ratio**fade / decay_s)
    return out


def _kick(rng: Rng) -> Wave:
    if rng.random() < 0.35:
        return _long_kick(rng)
    low = rng.uniform(38, 75)
    if rng.random() < 0.5:
        body = _membrane(rng, low, 10 ** rng.uniform(-1.5, -0.5), rng.uniform(0, 0.8))
        beater = _noise(rng, rng.uniform(0.001, 0.01), rng.uniform(300, 2500), rng.uniform(3000, 9000))
        return _sum(body, beater * np.abs(body).max() * 10 ** rng.uniform(-1.6, 0))
    body = _sine_sweep(
        rng, low, low * rng.uniform(1.5, 6), rng.uniform(0.008, 0.06), 10 ** rng.uniform(-1.3, -0.35)
    )
    click = _noise(rng, rng.uniform(0.002, 0.012), rng.uniform(800, 3000), rng.uniform(4000, 12_000))
    return _sum(body, click * 10 ** rng.uniform(-1.6, -0.1))


def _long_kick(rng: Rng) -> Wave:
    """A drum machine's kick: 0.3 to 1 s at 35 to 60 Hz, driven or not, with hardly a click.

    Measured: without these, real ones went to the bass, the more the longer training went.
    """
    low = np.exp(rng.uniform(np.log(35), np.log(60)))
    body = _sine_sweep(rng, low, low * rng.uniform(1.5, 8), rng.uniform(0.01, 0.09), rng.uniform(0.12, 0.4))
    if rng.random() < 0.4:
        body = np.tanh(body * rng.uniform(1, 5))
    click = _noise(rng, rng.uniform(0.001, 0.008), rng.uniform(500, 3000), rng.uniform(4000, 12_000))
    return _sum(body, click * 10 ** rng.uniform(-2.5, -0.6))


def _snare(rng: Rng) -> Wave:
    low = rng.uniform(140, 260)
    if rng.random() < 0.5:
        body = _membrane(rng, low, rng.uniform(0.02, 0.2), rng.uniform(0, 0.3))
        body /= np.abs(body).max()
    else:
        body = _sine_sweep(rng, low, low * rng.uniform(1, 2), 0.015, rng.uniform(0.03, 0.14))
    ring = _sine_sweep(rng, low * rng.uniform(1.5, 2.3), low * 2.4, 0.01, rng.uniform(0.02, 0.25))
    wires = _noise(rng, rng.uniform(0.03, 0.2), rng.uniform(300, 2500), rng.uniform(6000, 16_000))
    return _sum(body, rng.uniform(0, 0.6) * ring, wires * rng.uniform(0.5, 3))


def _tom(rng: Rng) -> Wave:
    low = np.exp(rng.uniform(np.log(60), np.log(230)))
    decay = 10 ** rng.uniform(-0.9, 0.0)
    if rng.random() < 0.5:
        body = _membrane(rng, low, decay, rng.uniform(0, 0.2))
        return _sum(body / np.abs(body).max(), _noise(rng, 0.012, 300, 5000) * rng.uniform(0, 0.8))
    body = _sine_sweep(rng, low, low * rng.uniform(1.02, 1.7), rng.uniform(0.01, 0.08), decay)
    over = _sine_sweep(rng, low * rng.uniform(1.5, 1.7), low * 1.8, 0.02, decay * rng.uniform(0.2, 0.8))
    return _sum(body, rng.uniform(0, 0.5) * over, _noise(rng, 0.012, 300, 5000) * rng.uniform(0, 0.8))


def _metal(rng: Rng, decay_s: float) -> Wave:
    """Cymbals and hats: noise with a cluster of square waves in it, high-passed."""
    t = _time(min(decay_s * 6, LENGTH_S))
    squares = sum(np.sign(np.sin(2 * np.pi * f * t)) for f in rng.uniform(200, 900, 6) * rng.uniform(1, 9))
    x = rng.uniform(0, 1) * squares / 3 + rng.standard_normal(t.size)
    x = x * (np.exp(-t / decay_s) + rng.uniform(0, 2) * np.exp(-t / (decay_s * 0.1)))
    high = butterworth(x.astype(np.float32)[None], "highpass", rng.uniform(2500, 7500), 3)[0]
    return np.asarray(high, np.float64)


def _clap(rng: Rng) -> Wave:
    burst = _noise(rng, rng.uniform(0.05, 0.2), rng.uniform(500, 1200), rng.uniform(2500, 9000))
    out = np.zeros(burst.size + 2600)
    for i in range(3):
        at = int(rng.uniform(0.6, 1.0) * 850 * i)
        out[at : at + burst.size] += burst * (1 if i == 2 else np.exp(-np.arange(burst.size) / 250))
    return out


def _hand_drum(rng: Rng) -> Wave:
    """Cajon, djembe, conga, frame drum: a drum head with some overtones, and the slap of a hand."""
    low = np.exp(rng.uniform(np.log(65), np.log(420)))
    head = _sine_sweep(rng, low, low * rng.uniform(1.0, 1.35), 0.02, 10 ** rng.uniform(-1.5, -0.5))
    tones = [
        rng.uniform(0, 0.5) * _sine_sweep(rng, low * r, low * r * 1.05, 0.01, rng.uniform(0.02, 0.2))
        for r in (1.59, 2.14, 2.3)
    ]
    return _sum(
        head,
        *tones,
        rng.uniform(0, 2)
        * _noise(rng, rng.uniform(0.004, 0.05), rng.uniform(200, 2000), rng.uniform(3000, 9000)),
    )


def _rim(rng: Rng) -> Wave:
    return _sum(_sine_sweep(rng, 450, 480, 0.01, 0.02), _noise(rng, 0.01, 1500, 6000) * rng.uniform(0.5, 2))


def _bell(rng: Rng) -> Wave:
    return _sum(*(_sine_sweep(rng, f, f, 0.01, rng.uniform(0.03, 0.3)) for f in rng.uniform(500, 4500, 3)))


SYNTH: dict[str, Callable[[Rng], Wave]] = {
    "kick": _kick, "snare": _snare, "tom": _tom, "clap": _clap, "hand": _hand_drum,
    "rim": _rim, "bell": _bell,
    "hat": lambda rng: _metal(rng, 10 ** rng.uniform(-2, -1.1)),
    "open": lambda rng: _metal(rng, 10 ** rng.uniform(-0.9, -0.3)),
    "ride": lambda rng: _metal(rng, 10 ** rng.uniform(-0.6, 0)),
    "crash": lambda rng: _metal(rng, 10 ** rng.uniform(-0.3, 0.2)),
    "shake": lambda rng: _noise(rng, rng.uniform(0.015, 0.07), rng.uniform(3000, 6000), 15_000),
}  # fmt: skip


def drum_voice(role: str, rng: Rng, kit: tuple[int, int] | None) -> OneShot:
    """A drum for one song: from a font's kit, or (None) synthesised or sampled; slightly retuned."""
    speed = float(np.exp(rng.normal(0, 0.1)))
    if kit is not None:
        key = int(rng.choice(KEYS[role]))
        return lambda velocity, _: change_speed(
            font_one_shot(*kit, key, max(16 * (velocity // 16), 8)), speed
        )
    if role in ("kick", "snare", "hat", "open", "tom", "hand", "crash") and rng.random() < 0.4:
        x = change_speed(sample_one_shot(role, int(rng.integers(1000))), speed)
        x = x * (0.15 / max(rms(x), 1e-3))
    else:
        x = _stereo(SYNTH[role](rng))
        x = saturate(x, rng.uniform(0.5, 6)) if rng.random() < 0.3 else x
    return lambda velocity, _: np.asarray(x * (velocity / 127) ** 1.5, np.float32)
