"""From blocks of float32 frames to a file: flac and wav by soundfile, mp3, ogg and m4a by ffmpeg."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile

from separator.audio.child import Limits, running
from separator.audio.decode import ffmpeg
from separator.audio.frames import CHANNELS
from separator.errors import SeparationFailed
from separator.stems import Format

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Write = Callable[[np.ndarray], None]

SHALLOW, DEEP = 16, 24  # bits of a sample
_SUBTYPE = {SHALLOW: "PCM_16", DEEP: "PCM_24"}
_FLAC_EFFORT = 0.25  # of 1: level 2; above it the file shrinks by under 1 % and takes twice the time
_VORBIS_QUALITY = {320: "8", 192: "6", 128: "4"}  # of libvorbis, near those bit rates
_MOST_AAC = 256  # kbit/s; ffmpeg's own encoder gains nothing above
_KILL_S = 3600.0


@dataclass(frozen=True)
class Encoding:
    """What a file shall be."""

    format: Format
    rate_hz: int = 44_100
    bits: int = SHALLOW  #: for flac and wav
    kbit: int = 320  #: for mp3, ogg and m4a


def rounded(frames: np.ndarray, bits: int) -> np.ndarray:
    """Full scale ±1 to whole steps, int32, not held at full scale.

    libsndfile would multiply by one step less than it divides by when it reads.
    """
    steps: np.ndarray = np.rint(frames * np.float64(1 << (bits - 1))).astype(np.int32)
    return steps


def held(steps: np.ndarray, bits: int) -> np.ndarray:
    """Steps beyond full scale are held at it."""
    most = 1 << (bits - 1)
    clipped: np.ndarray = np.clip(steps, -most, most - 1)
    return clipped


@contextmanager
def write_steps(path: Path, encoding: Encoding) -> Iterator[Write]:
    """Open a flac or wav file for blocks of whole steps (`rounded`, `held`): (samples, channels), int32."""
    kind = encoding.format.value.upper()
    extra: dict[str, Any] = {"compression_level": _FLAC_EFFORT} if encoding.format is Format.FLAC else {}
    subtype = _SUBTYPE[encoding.bits]
    with soundfile.SoundFile(path, "w", encoding.rate_hz, CHANNELS, subtype, format=kind, **extra) as file:
        spare = 32 - encoding.bits  # libsndfile takes the upper bits of an int32
        yield lambda steps: file.write(np.left_shift(steps, spare))


@contextmanager
def write_sound(path: Path, encoding: Encoding) -> Iterator[Write]:
    """Open a file of any format for blocks of frames: (samples, channels), float32, full scale ±1.

    Raises:
        SeparationFailed: The encoder broke off.
    """
    if encoding.format in {Format.FLAC, Format.WAV}:
        with write_steps(path, encoding) as write:
            yield lambda frames: write(held(rounded(frames, encoding.bits), encoding.bits))
        return
    with running(_command(path, encoding), Limits(wall_s=_KILL_S), path.parent, feed=True) as child:
        try:
            yield lambda frames: _feed(child.into, frames)
            child.into.close()
        except BrokenPipeError:
            raise SeparationFailed(reason="encoder") from None
        if child.wait() != 0:
            raise SeparationFailed(reason="encoder")


def _feed(pipe: Any, frames: np.ndarray) -> None:  # noqa: ANN401 - a raw or a buffered pipe
    pipe.write(np.ascontiguousarray(frames, dtype="<f4").tobytes())


def _command(path: Path, encoding: Encoding) -> list[str]:
    codec = {
        Format.MP3: ("-c:a", "libmp3lame", "-b:a", f"{encoding.kbit}k", "-f", "mp3"),
        Format.OGG: ("-c:a", "libvorbis", "-q:a", _VORBIS_QUALITY.get(encoding.kbit, "6"), "-f", "ogg"),
        Format.M4A: ("-c:a", "aac", "-b:a", f"{min(encoding.kbit, _MOST_AAC)}k", "-f", "ipod"),
    }[encoding.format]
    return [
        *(ffmpeg(), "-hide_banner", "-nostats", "-loglevel", "error", "-protocol_whitelist", "pipe"),
        *("-f", "f32le", "-ar", str(encoding.rate_hz), "-ac", str(CHANNELS), "-i", "pipe:0"),
        *(*codec, "-map_metadata", "-1", "-y", f"file:{path.resolve()}"),
    ]
