"""Audio effects of the song generator: equalisers, saturation, reverb, dynamics.

Every function takes and returns (channels, samples) float32 at 44.1 kHz and keeps the length.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from training import SAMPLE_RATE_HZ

Audio = NDArray[np.float32]
Rng = np.random.Generator


def db_to_gain(value: float) -> float:
    """Decibels to a factor of amplitude."""
    return float(10 ** (value / 20))


def rms(x: Audio) -> float:
    """Root mean square over everything, at least 1e-9."""
    return float(np.sqrt(np.mean(np.square(x), dtype=np.float64)) + 1e-9)


def butterworth(x: Audio, kind: str, hz: float | tuple[float, float], order: int = 2) -> Audio:
    """Butterworth `lowpass`, `highpass` or `bandpass`."""
    sos = signal.butter(order, hz, kind, fs=SAMPLE_RATE_HZ, output="sos")
    return np.asarray(signal.sosfilt(sos, x, axis=-1), np.float32)


def peaking_eq(x: Audio, hz: float, gain_db: float, q: float) -> Audio:
    """One band of an equaliser (R. Bristow-Johnson's cookbook peaking filter)."""
    a, w = db_to_gain(gain_db / 2), 2 * np.pi * hz / SAMPLE_RATE_HZ
    alpha = np.sin(w) / (2 * q)
    b = np.array([1 + alpha * a, -2 * np.cos(w), 1 - alpha * a])
    c = np.array([1 + alpha / a, -2 * np.cos(w), 1 - alpha / a])
    return np.asarray(signal.lfilter(b / c[0], c / c[0], x, axis=-1), np.float32)


def random_eq(x: Audio, rng: Rng, most_db: float = 6.0) -> Audio:
    """A few random equaliser bands."""
    for _ in range(rng.integers(1, 4)):
        x = peaking_eq(
            x,
            float(np.exp(rng.uniform(np.log(50), np.log(9000)))),
            rng.normal(0, most_db / 2),
            rng.uniform(0.4, 2),
        )
    return x


def saturate(x: Audio, amount: float, bias: float = 0.0) -> Audio:
    """Soft clipping; `amount` 1 touches the peaks, 10 and more is fuzz. The level is kept."""
    level = rms(x)
    y = np.tanh(amount * x / (4 * level) + bias) - np.tanh(bias)
    y = y - y.mean(axis=-1, keepdims=True)
    return np.asarray(y * (level / rms(y)), np.float32)


def cabinet(x: Audio, rng: Rng, top_hz: float) -> Audio:
    """A loudspeaker in front of a microphone: no highs, a bump, a dip."""
    x = butterworth(x, "lowpass", top_hz, order=3)
    x = butterworth(x, "highpass", rng.uniform(35, 90), order=2)
    x = peaking_eq(x, rng.uniform(80, 180), rng.uniform(0, 6), 1.0)
    return peaking_eq(x, rng.uniform(300, 900), rng.uniform(-8, 2), 0.8)


def room_impulse(rng: Rng, decay_s: float, early_s: float = 0.012, top_hz: float = 8000) -> Audio:
    """An impulse response (2, samples): a few reflections, then decaying noise that loses its highs first."""
    n = int(SAMPLE_RATE_HZ * min(decay_s * 1.2 + 0.05, 3.0))
    t = np.arange(n) / SAMPLE_RATE_HZ
    tail = rng.standard_normal((2, n)) * np.exp(-6.9 * t / decay_s) * np.minimum(1, t / (early_s + 1e-3))
    dark = butterworth(tail.astype(np.float32), "lowpass", top_hz * 0.35, order=1)
    mix = np.exp(-t / (decay_s * 0.3))
    out = tail * mix + dark * (1 - mix)
    for _ in range(6):
        at = int(rng.uniform(0.001, early_s * 3) * SAMPLE_RATE_HZ)
        out[:, at] += rng.normal(0, 3, 2)
    out = butterworth(out.astype(np.float32), "lowpass", top_hz, order=1)
    return np.asarray(out / np.sqrt(np.sum(out**2) / 2), np.float32)


def add_reverb(x: Audio, impulse: Audio, reverb_gain: float) -> Audio:
    """`x` with `reverb_gain` times its own reverberation."""
    echo = signal.oaconvolve(x, impulse, axes=-1)[:, : x.shape[1]]
    return np.asarray(x + reverb_gain * echo, np.float32)


def add_echo(x: Audio, delay_s: float, feedback: float, echo_gain: float) -> Audio:
    """A few echoes from side to side."""
    step, out, gain = int(delay_s * SAMPLE_RATE_HZ), x.copy(), echo_gain
    for i in range(1, 5):
        if i * step >= x.shape[1]:
            break
        out[:, i * step :] += gain * x[:: (-1) ** i, : -i * step]
        gain *= feedback
    return out


def pan(x: Audio, position: float) -> Audio:
    """Balance, -1 left to 1 right, constant power."""
    angle = (position + 1) * np.pi / 4
    return np.asarray(x * np.sqrt(2) * np.array([[np.cos(angle)], [np.sin(angle)]]), np.float32)


def narrow(x: Audio, width: float) -> Audio:
    """Stereo width: 0 mono, 1 as it is."""
    mid = x.mean(axis=0, keepdims=True)
    return np.asarray(mid + width * (x - mid), np.float32)


def compressor_gain(x: Audio, threshold_db: float, ratio: float, attack_s: float, release_s: float) -> Audio:
    """The gain (1, samples) of a compressor driven by `x`; `threshold_db` is over the RMS of `x`."""
    block = 64
    n = -(-x.shape[1] // block)
    level = np.abs(x).max(axis=0)
    peaks = np.pad(level, (0, n * block - level.size)).reshape(n, block).max(axis=1)
    over = np.maximum(0, 20 * np.log10(peaks / rms(x) + 1e-6) - threshold_db) * (1 / ratio - 1)
    up, down = (np.exp(-block / (SAMPLE_RATE_HZ * s)) for s in (attack_s, release_s))
    gain, now = np.empty(n), 0.0
    for i, target in enumerate(over):
        pole = up if target < now else down
        now = pole * now + (1 - pole) * target
        gain[i] = now
    smooth = np.interp(np.arange(x.shape[1]), np.arange(n) * block + block / 2, gain)
    return np.asarray(10 ** (smooth[None] / 20), np.float32)


def compress(x: Audio, rng: Rng, hard: float = 1.0) -> Audio:
    """A compressor with random settings; `hard` scales its ratio."""
    gain = compressor_gain(
        x,
        rng.uniform(-3, 6),
        1 + hard * rng.uniform(0.5, 5),
        10 ** rng.uniform(-3.3, -1.5),
        rng.uniform(0.05, 0.4),
    )
    return np.asarray(x * gain, np.float32)


def change_speed(x: Audio, speed: float) -> Audio:
    """Played faster (and higher) by `speed`; the length shrinks, the one function where it does."""
    n = max(int(x.shape[1] / speed), 2)
    at = np.linspace(0, x.shape[1] - 1, n)
    return np.stack([np.interp(at, np.arange(x.shape[1]), row) for row in x]).astype(np.float32)
