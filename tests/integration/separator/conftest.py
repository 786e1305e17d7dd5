"""Sounds and engines for tests that decode, separate and encode for real."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from separator.audio.decode import decode, ffmpeg
from separator.inference.catalog.registry import EMBEDDED
from separator.inference.engine import Engine, open_engine

if TYPE_CHECKING:
    from pathlib import Path

    from separator.pipeline.separate import Separation

RATE_HZ = 44_100


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The embedded model on the CPU."""
    return open_engine(EMBEDDED, "cpu")


@pytest.fixture
def wav(tmp_path):
    """Writes a sound (samples, channels) to a WAV; by default 2 s of noise and a tone."""

    def write(sound=None, name="song.wav", rate_hz=RATE_HZ, subtype="PCM_16") -> Path:
        if sound is None:
            sound = noise_and_tone(2 * rate_hz)
        path = tmp_path / name
        soundfile.write(path, sound, rate_hz, subtype=subtype)
        return path

    return write


@pytest.fixture
def convert(tmp_path):
    """Runs ffmpeg from one file to another, with options between."""

    def run(source: Path, name: str, *options: str) -> Path:
        target = tmp_path / name
        command = [ffmpeg(), "-v", "error", "-y", "-i", source, *options, target]
        subprocess.run(command, check=True, timeout=60)
        return target

    return run


@pytest.fixture
def assert_laws(tmp_path):
    """Checks every separation's laws: length to the sample, all faders up is the song, no NaN."""

    def check(parts: Separation, source: Path) -> None:
        decoded = decode(source, tmp_path / "again.f32")
        song = np.fromfile(decoded.path, dtype="<f4").reshape(-1, 2).astype(np.float64) * parts.gain
        stems = [soundfile.read(each.path, dtype="float64")[0] for each in parts.stems]
        for sound in stems:
            assert sound.shape == song.shape == (parts.samples, 2)
            assert np.isfinite(sound).all()
        rest = sum(stems) - song
        assert 10 * np.log10(max(np.mean(rest**2), 1e-30) / np.mean(song**2)) < -60

    return check


def noise_and_tone(samples: int, seed: int = 1) -> np.ndarray:
    """(samples, 2), float64: something that no codec can shift unseen."""
    generator = np.random.default_rng(seed)
    slow = np.convolve(generator.normal(0, 1, samples + 63), np.ones(64) / 64, "valid")
    tone = 0.2 * np.sin(2 * np.pi * 220 * np.arange(samples) / RATE_HZ)
    return np.stack([slow + tone, slow - tone], axis=1).clip(-0.9, 0.9)
