"""From blocks of float32 frames to a file: flac and wav by soundfile; mp3, ogg, m4a and stem.mp4 by ffmpeg.

A `.stem.mp4` is written in one go too: its five stereo tracks come side by side as ten channels, and ffmpeg
deals them out. What Native Instruments' players look for besides is put in by `separator.audio.stem_atom`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile

from separator.audio.decode import ffmpeg
from separator.audio.pcm_file import CHANNELS
from separator.audio.sandbox import Limits, running
from separator.core.errors import SeparationFailed
from separator.core.outputs import STEM_TRACKS, Format

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Write = Callable[[np.ndarray], None]

SHALLOW, DEEP, FLOAT = 16, 24, 32  # bits of a sample
STEREOS = 1 + len(STEM_TRACKS)  # stereo tracks of a `.stem.mp4`: the song, then its stems
_SUBTYPE = {SHALLOW: "PCM_16", DEEP: "PCM_24"}
_FLAC_EFFORT = 0.25  # of 1: level 2; above it the file shrinks by under 1 % and takes twice the time
_OPUS_RATE_HZ = 48_000  # the only full-band rate that Opus has
_OPUS_RESAMPLER = f"aresample={_OPUS_RATE_HZ}:resampler=soxr:precision=28"  # 28 bits: nothing to be heard
_KILL_S = 3600.0


@dataclass(frozen=True)
class Encoding:
    """What a file shall be."""

    format: Format
    rate_hz: int = 44_100
    bits: int = SHALLOW  #: for flac and wav; `FLOAT` for wav alone
    kbit: int = 320  #: for the lossy formats; of each track

    @property
    def channels(self) -> int:
        """Of the frames that are written."""
        return CHANNELS * (STEREOS if self.format is Format.STEM_MP4 else 1)


def rounded(frames: np.ndarray, bits: int) -> np.ndarray:
    """Full scale ±1 to whole steps, int32, not held at full scale.

    libsndfile would multiply by one step less than it divides by when it reads. A power of two costs float32
    nothing, so there is no need for more.
    """
    steps: np.ndarray = np.rint(frames * np.float32(1 << (bits - 1))).astype(np.int32)
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
    """Open a file of any format for blocks of frames: (samples, `encoding.channels`), float32, full scale ±1.

    Raises:
        SeparationFailed: The encoder broke off.
    """
    if encoding.bits == FLOAT and encoding.format is Format.WAV:
        with soundfile.SoundFile(path, "w", encoding.rate_hz, CHANNELS, "FLOAT", format="WAV") as file:
            yield file.write
        return
    if not encoding.format.is_lossy:
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
    rate = ("-b:a", f"{encoding.kbit}k")
    made = {
        Format.MP3: ("-c:a", "libmp3lame", *rate, "-f", "mp3"),
        Format.OGG: ("-af", _OPUS_RESAMPLER, "-c:a", "libopus", *rate, "-f", "ogg"),
        Format.M4A: ("-c:a", "aac", *rate, "-f", "ipod"),
        Format.STEM_MP4: (*_dealt_out(), "-c:a", "aac", *rate, "-f", "ipod"),
    }[encoding.format]
    return [
        *(ffmpeg(), "-hide_banner", "-nostats", "-loglevel", "error", "-protocol_whitelist", "pipe"),
        *("-f", "f32le", "-ar", str(encoding.rate_hz), "-ac", str(encoding.channels), "-i", "pipe:0"),
        *(*made, "-map_metadata", "-1", "-y", f"file:{path.resolve()}"),
    ]


def _dealt_out() -> Iterator[str]:
    """Options that turn channels 2n and 2n + 1 into track n; only the first is on for who knows no stems."""
    names = ("Song", *(stem.value.capitalize() for stem in STEM_TRACKS))
    copies = "".join(f"[all{track}]" for track in range(STEREOS))
    pairs = (f"[all{n}]pan=stereo|c0=c{2 * n}|c1=c{2 * n + 1}[{n}]" for n in range(STEREOS))
    yield from ("-filter_complex", ";".join([f"asplit={STEREOS}{copies}", *pairs]))
    for track, name in enumerate(names):
        yield from ("-map", f"[{track}]", f"-disposition:a:{track}", "0" if track else "default")
        yield from (f"-metadata:s:a:{track}", f"handler_name={name}")  # what VLC and mpv call it
