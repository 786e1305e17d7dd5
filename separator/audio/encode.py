"""Encodes blocks of float32 frames: flac and wav by soundfile; mp3, ogg, m4a and stem.mp4 by ffmpeg.

A `.stem.mp4` is written in one pass, too: its five stereo tracks arrive as ten channels, and ffmpeg splits
them. `separator.audio.stem_atom` adds the metadata that Native Instruments' players need.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile

from separator.audio.decode import ffmpeg
from separator.audio.pcm_file import CHANNELS
from separator.audio.sandbox import Limits, run_sandboxed
from separator.core.errors import SeparationFailed
from separator.core.outputs import STEM_TRACKS, Format

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WriteBlock = Callable[[np.ndarray], None]

BITS_16, BITS_24, BITS_FLOAT = 16, 24, 32  # bits of a sample
STEM_MP4_TRACKS = 1 + len(STEM_TRACKS)  # stereo tracks of a `.stem.mp4`: the song, then its stems
_SUBTYPE = {BITS_16: "PCM_16", BITS_24: "PCM_24"}
_FLAC_EFFORT = 0.25  # of 1: level 2; above it the file shrinks by under 1 % and takes twice the time
_OPUS_RATE_HZ = 48_000  # the only full-band rate that Opus has
_OPUS_RESAMPLER = f"aresample={_OPUS_RATE_HZ}:resampler=soxr:precision=28"  # 28 bits: inaudible
_KILL_S = 3600.0
_FULL_BYTES = 64 << 10  # fewer are free where a write failed: the disk is full


@dataclass(frozen=True)
class Encoding:
    """Format and quality of a file."""

    format: Format
    rate_hz: int = 44_100
    bits: int = BITS_16  #: for flac and wav; `BITS_FLOAT` for wav alone
    kbit: int = 320  #: for the lossy formats; of each track
    dither: bool = False  #: flac and wav of sound that is no whole steps: noise instead of distortion

    @property
    def channels(self) -> int:
        """Of the frames that are written."""
        return CHANNELS * (STEM_MP4_TRACKS if self.format is Format.STEM_MP4 else 1)


def quantize(frames: np.ndarray, bits: int) -> np.ndarray:
    """Full scale ±1 to integer samples, int32, not clipped.

    libsndfile would scale by one step less than it does when it reads. A power of two is exact in float32.
    """
    samples: np.ndarray = np.rint(frames * np.float32(1 << (bits - 1))).astype(np.int32)
    return samples


class Dither:
    """Adds triangular noise of two steps' width before rounding, so that its error is noise, not distortion.

    The same sound gives the same file; digital silence stays silent.
    """

    def __init__(self, bits: int) -> None:
        """For samples of so many bits."""
        self._random = np.random.default_rng(1)
        self._step = np.float32(1 / (1 << (bits - 1)))

    def __call__(self, frames: np.ndarray) -> np.ndarray:
        """(samples, channels), float32, full scale ±1."""
        first, second = self._random.random((2, *frames.shape), dtype=np.float32)
        noise = (first - second) * self._step
        noisy: np.ndarray = np.where(frames == 0, frames, frames + noise)
        return noisy


def clip(samples: np.ndarray, bits: int) -> np.ndarray:
    """Limit samples to full scale."""
    most = 1 << (bits - 1)
    clipped: np.ndarray = np.clip(samples, -most, most - 1)
    return clipped


@contextmanager
def open_lossless(path: Path, encoding: Encoding) -> Iterator[WriteBlock]:
    """Open a flac or wav file for blocks of integer samples: (samples, channels), int32, clipped.

    Raises:
        OSError: The disk is full.
    """
    kind = encoding.format.value.upper()
    extra: dict[str, Any] = {"compression_level": _FLAC_EFFORT} if encoding.format is Format.FLAC else {}
    subtype = _SUBTYPE[encoding.bits]
    with (
        _full_disk_errors(path),
        soundfile.SoundFile(path, "w", encoding.rate_hz, CHANNELS, subtype, format=kind, **extra) as file,
    ):
        shift = 32 - encoding.bits  # libsndfile takes the upper bits of an int32
        yield lambda samples: file.write(np.left_shift(samples, shift))


@contextmanager
def open_encoder(path: Path, encoding: Encoding) -> Iterator[WriteBlock]:
    """Open a file of any format for blocks of frames: (samples, `encoding.channels`), float32, full scale ±1.

    Raises:
        SeparationFailed: The encoder failed.
        OSError: The disk is full.
    """
    with _full_disk_errors(path), _open_encoder(path, encoding) as write:
        yield write


@contextmanager
def _full_disk_errors(path: Path) -> Iterator[None]:
    """Tell a full disk from other failures: neither libsndfile nor ffmpeg says why it could not write."""
    try:
        yield
    except (SeparationFailed, soundfile.LibsndfileError) as failure:
        if shutil.disk_usage(path.parent).free < _FULL_BYTES:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path.parent)) from failure
        raise


@contextmanager
def _open_encoder(path: Path, encoding: Encoding) -> Iterator[WriteBlock]:
    if encoding.bits == BITS_FLOAT and encoding.format is Format.WAV:
        with soundfile.SoundFile(path, "w", encoding.rate_hz, CHANNELS, "FLOAT", format="WAV") as file:
            yield file.write
        return
    if not encoding.format.is_lossy:
        add_noise = Dither(encoding.bits) if encoding.dither else None
        with open_lossless(path, encoding) as write:
            yield lambda frames: write(
                clip(quantize(add_noise(frames) if add_noise else frames, encoding.bits), encoding.bits)
            )
        return
    with run_sandboxed(_command(path, encoding), Limits(wall_s=_KILL_S), path.parent, feed=True) as child:
        try:
            yield lambda frames: _feed(child.stdin, frames)
            child.stdin.close()
        except BrokenPipeError:
            raise SeparationFailed(reason="encoder") from None
        if child.wait() != 0:
            raise SeparationFailed(reason="encoder")


def _feed(pipe: Any, frames: np.ndarray) -> None:  # noqa: ANN401 - a raw or a buffered pipe
    pipe.write(np.ascontiguousarray(frames, dtype="<f4").tobytes())


def _command(path: Path, encoding: Encoding) -> list[str]:
    rate = ("-b:a", f"{encoding.kbit}k")
    codec = {
        Format.MP3: ("-c:a", "libmp3lame", *rate, "-f", "mp3"),
        Format.OGG: ("-af", _OPUS_RESAMPLER, "-c:a", "libopus", *rate, "-f", "ogg"),
        Format.M4A: ("-c:a", "aac", *rate, "-f", "ipod"),
        Format.STEM_MP4: (*_stem_track_options(), "-c:a", "aac", *rate, "-f", "ipod"),
    }[encoding.format]
    return [
        *(ffmpeg(), "-hide_banner", "-nostats", "-loglevel", "error", "-protocol_whitelist", "pipe"),
        *("-f", "f32le", "-ar", str(encoding.rate_hz), "-ac", str(encoding.channels), "-i", "pipe:0"),
        *(*codec, "-map_metadata", "-1", "-y", f"file:{path.resolve()}"),
    ]


def _stem_track_options() -> Iterator[str]:
    """Options that turn channels 2n and 2n + 1 into track n; other players play only the first."""
    names = ("Song", *(stem.value.capitalize() for stem in STEM_TRACKS))
    copies = "".join(f"[all{track}]" for track in range(STEM_MP4_TRACKS))
    pairs = (f"[all{n}]pan=stereo|c0=c{2 * n}|c1=c{2 * n + 1}[{n}]" for n in range(STEM_MP4_TRACKS))
    yield from ("-filter_complex", ";".join([f"asplit={STEM_MP4_TRACKS}{copies}", *pairs]))
    for track, name in enumerate(names):
        yield from ("-map", f"[{track}]", f"-disposition:a:{track}", "0" if track else "default")
        yield from (f"-metadata:s:a:{track}", f"handler_name={name}")  # what VLC and mpv call it
