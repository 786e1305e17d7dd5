"""Sounds and engines for tests that decode, separate and encode for real."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from separator.audio.decode import ffmpeg
from separator.engine import Engine, open_engine
from separator.models.registry import EMBEDDED

if TYPE_CHECKING:
    from pathlib import Path

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


def noise_and_tone(samples: int, seed: int = 1) -> np.ndarray:
    """(samples, 2), float64: something that no codec can shift unseen."""
    generator = np.random.default_rng(seed)
    slow = np.convolve(generator.normal(0, 1, samples + 63), np.ones(64) / 64, "valid")
    tone = 0.2 * np.sin(2 * np.pi * 220 * np.arange(samples) / RATE_HZ)
    return np.stack([slow + tone, slow - tone], axis=1).clip(-0.9, 0.9)
