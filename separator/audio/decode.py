"""From whatever a person sent to float32 stereo frames on disk, at the model's rate.

ffmpeg decodes; it is handed the file as its standard input, may open nothing else, and writes a WAV into a
pipe whose header says what it found. Downmix and resampling are done here, block by block. What a header
claims about length is never believed: samples are counted as they come.
"""

from __future__ import annotations

import re
import signal
from dataclasses import dataclass
from functools import cache
from time import monotonic
from typing import IO, TYPE_CHECKING, Protocol

import imageio_ffmpeg
import numpy as np
import structlog
import torch

from separator.audio import downmix
from separator.audio.drm import is_protected
from separator.audio.pcm_file import CHANNELS, PcmFile
from separator.audio.resample import Resampler
from separator.audio.sandbox import Limits, SandboxedProcess, running
from separator.audio.wav_header import Shape, read_shape
from separator.core.errors import NoSound, NotAudio, Protected, SeparationFailed, SongTooLong, SongTooShort

if TYPE_CHECKING:
    from collections.abc import Callable
    from io import BufferedReader
    from pathlib import Path

BLOCK_BYTES = 1 << 20  # read from ffmpeg at once
MOST_SAMPLES = 1 << 18  # per channel, that a block becomes at the model's rate: 2 MiB
SILENT = 2.0**-15  # half a step of 16 bit either way: what never passes it is silence
RATES_HZ = range(1000, 768_001)  # what sound has; a header may claim 1 Hz, and a second become 44 100
MOST_STREAMS = 8  # audio streams that are tried for sound
MEMORY_BYTES = 1 << 30  # of address space for ffmpeg, which needs half of it with one decoding thread
LOUDEST = 64.0  # +36 dB full scale; float files with larger numbers are broken
_STREAM = re.compile(r"^ +Stream #0:\d+.*?: Audio: ")  # as ffmpeg lists what it found in the file
_LOSSLESS = re.compile(r"Audio: (?:flac|alac|ape|wavpack|tta|pcm_|wmalossless|truehd|mlp|shorten|tak)")
_NO_MEMORY = "Cannot allocate memory"  # strerror(ENOMEM), as ffmpeg says it before it ends
_DEEP = re.compile(r"\((?:20|24|32) bit\)|, s32p?, |, (?:flt|dbl)p?, ")

#: Containers that hold sound or video. No playlists and scripts (hls, dash, concat, ffmetadata), no pictures,
#: no game formats, no devices, nothing that reads further files.
FORMATS = (
    "aa aac ac3 aiff alaw amr amrnb amrwb ape asf au avi caf dsf dts dtshd eac3 flac flv gsm iff loas"
    " matroska,webm mov,mp4,m4a,3gp,3g2,mj2 mp3 mpc mpc8 mpeg mpegts mulaw"
    " ogg oma rm shn tak truehd tta w64 wav wv xwma"
)

log = structlog.get_logger()


@dataclass(frozen=True)
class Decoded(PcmFile):
    """A song as frames on disk."""

    peak: float = 0.0  #: largest sample, full scale is 1
    rms: float = 0.0  #: root mean square over all samples
    deep: bool = False  #: a lossless source of more than 16 bits


@dataclass(frozen=True)
class DecodeLimits:
    """What a song may take."""

    song_s: float = 20 * 60.0  #: longer ones are refused as soon as they pass it
    least_s: float = 0.5  #: shorter ones are refused
    wall_s: float = 0.0  #: of decoding; 0: the song's limit and two minutes

    @property
    def patience_s(self) -> float:
        """When a decoder is given up."""
        return self.wall_s or self.song_s + 120


class Listener(Protocol):
    """Hears a song while it is being decoded."""

    def begin(self) -> None:
        """A stream is tried; what came before it was not the song."""
        ...

    def push(self, frames: np.ndarray) -> None:
        """(samples, channels), float32, at the model's rate; to be copied if it is kept."""
        ...


def decode(
    source: Path,
    into: Path,
    rate_hz: int = 44_100,
    limits: DecodeLimits | None = None,
    check: Callable[[], None] | None = None,
    listener: Listener | None = None,
) -> Decoded:
    """Decode the first audio stream that has sound.

    Args:
        source: The file as it was sent, of any kind.
        into: The file of frames to write; its folder becomes ffmpeg's working folder.
        rate_hz: The model's rate.
        limits: What the song may take.
        check: Called at every block; it may raise to give up.
        listener: Hears along: the decoder leaves a core to spare.

    Raises:
        NotAudio: Nothing in it decodes.
        NoSound: It decodes to silence, or to nothing.
        SongTooLong, SongTooShort: Over a limit of `limits`.
        Protected: It is under DRM.
    """
    limits = limits or DecodeLimits()
    if is_protected(source):
        raise Protected
    until = monotonic() + limits.patience_s
    heard, number, streams = False, 0, 1
    while number < min(streams, MOST_STREAMS):
        ask = _Ask(number, rate_hz, limits, until, check or _go_on, listener)
        song, streams = _decode_stream(source, into, ask)
        if song and song.peak > SILENT:
            return _long_enough(song, limits)
        heard, number = heard or song is not None, number + 1
    if heard:
        raise NoSound
    raise NotAudio


def ffmpeg() -> str:
    """The program that the wheel carries (or `IMAGEIO_FFMPEG_EXE` names)."""
    return _ffmpeg()


@cache
def _ffmpeg() -> str:
    path: str = imageio_ffmpeg.get_ffmpeg_exe()
    return path


@dataclass(frozen=True)
class _Ask:
    """One attempt: which stream, and under which conditions."""

    stream: int
    rate_hz: int
    limits: DecodeLimits
    until: float  #: when all attempts together are given up, by `time.monotonic`
    check: Callable[[], None]
    listener: Listener | None = None


def _go_on() -> None:
    """Nobody wants to give up."""


def _long_enough(song: Decoded, limits: DecodeLimits) -> Decoded:
    if song.song_s < limits.least_s:
        raise SongTooShort(lasts_s=round(song.song_s, 2), least_s=limits.least_s)
    return song


def _command(stream: int) -> list[str]:
    allowed = ",".join(FORMATS.split())
    return [
        *(_ffmpeg(), "-hide_banner", "-nostdin", "-nostats", "-loglevel", "info"),
        *("-protocol_whitelist", "fd", "-format_whitelist", allowed, "-max_streams", "64"),
        *("-threads", "1", "-vn", "-sn", "-dn", "-fd", "0", "-i", "fd:", "-map", f"0:a:{stream}"),
        *("-map_metadata", "-1", "-c:a", "pcm_f32le", "-f", "wav", "-protocol_whitelist", "pipe", "pipe:1"),
    ]


def _decode_stream(source: Path, into: Path, ask: _Ask) -> tuple[Decoded | None, int]:
    """Decode one stream of a file; None where nothing of it decodes. And how many ffmpeg saw in the file."""
    patience_s = max(ask.until - monotonic(), 0.0)
    limits = Limits(wall_s=patience_s, cpu_s=int(patience_s) + 1, memory_bytes=MEMORY_BYTES, file_bytes=1)
    with running(_command(ask.stream), limits, into.parent, source=source) as child:
        shape = read_shape(child.out)
        if shape is None or shape.rate_hz not in RATES_HZ:
            child.kill()
            child.wait()
            if child.timed_out:
                raise SeparationFailed(reason="decoder")
            return None, len(_streams(child))
        with into.open("wb") as out:
            meter = _Meter(out, ask)
            _pour(child.out, shape, meter)
        _ended_well(child)
        told = _streams(child)
    deep = ask.stream < len(told) and _is_deep(told[ask.stream])
    return Decoded(into, ask.rate_hz, meter.samples, meter.peak, meter.rms, deep), len(told)


def _ended_well(child: SandboxedProcess) -> None:
    """A part of a song is not the song: say so if ffmpeg was ended before the file was.

    What ffmpeg itself complains about (a torn end, a damaged frame) is no reason: what decodes is the song.

    Raises:
        SeparationFailed: Its time was up, or something outside ended it.
        NotAudio: The file broke it, or was more work than any song is.
    """
    status = child.wait()
    if child.timed_out or status == -signal.SIGKILL:
        raise SeparationFailed(reason="decoder")
    if status < 0 or (status > 0 and _NO_MEMORY in child.notes()):
        log.warning("decoder_died", status=status)
        raise NotAudio


def _streams(child: SandboxedProcess) -> list[str]:
    """What ffmpeg, which has ended, said of each audio stream of its input."""
    listed = child.notes().partition("Stream mapping:")[0]
    return [line for line in listed.splitlines() if _STREAM.match(line)]


def _is_deep(told: str) -> bool:
    """Whether ffmpeg calls a stream lossless with more than 16 bits."""
    return bool(_LOSSLESS.search(told) and _DEEP.search(told + ", "))


def _pour(stream: BufferedReader, shape: Shape, meter: _Meter) -> None:
    """Everything that comes, downmixed and resampled, onto the meter."""
    to_stereo = downmix.weights(shape.channels, shape.mask)
    is_stereo = shape.channels == CHANNELS  # as most songs are: nothing to mix, nothing to move
    resampler = Resampler(shape.rate_hz, meter.rate_hz)
    at_once = max(
        MOST_SAMPLES * shape.rate_hz // meter.rate_hz, 1
    )  # a slow song must not become a huge block
    many = min(BLOCK_BYTES // shape.frame_bytes, at_once)
    block = np.empty((many, shape.channels), dtype="<f4")  # one for all: nothing of it is kept
    while read := stream.readinto(block.data):
        sound = torch.from_numpy(_tame(block[: read // shape.frame_bytes])).T
        meter.take(resampler.push(sound if is_stereo else to_stereo @ sound))
    meter.take(resampler.flush())


def _tame(frames: np.ndarray) -> np.ndarray:
    """Frames without what is no number and what is far too loud; nearly all are so already."""
    if frames.min(initial=0.0) >= -LOUDEST and frames.max(initial=0.0) <= LOUDEST:  # false for NaN
        return frames
    tame: np.ndarray = np.nan_to_num(frames, nan=0.0, posinf=0.0, neginf=0.0).clip(-LOUDEST, LOUDEST)
    return tame


class _Meter:
    """Writes frames, counts and weighs them, and refuses a song as soon as it is too long."""

    def __init__(self, out: IO[bytes], ask: _Ask) -> None:
        self._out, self._ask = out, ask
        self.rate_hz = ask.rate_hz
        self.samples, self.peak, self._energy = 0, 0.0, 0.0
        if ask.listener:
            ask.listener.begin()

    @property
    def rms(self) -> float:
        """Root mean square so far."""
        return float((self._energy / max(2 * self.samples, 1)) ** 0.5)

    def take(self, block: torch.Tensor) -> None:
        """(channels, samples)."""
        self._ask.check()
        if monotonic() > self._ask.until:  # resampling takes its time too, and a stranger chose the rate
            raise SeparationFailed(reason="decoder")
        if not block.numel():
            return
        self.samples += block.shape[1]
        lasts_s = self.samples / self.rate_hz
        if lasts_s > self._ask.limits.song_s:
            raise SongTooLong(lasts_s=round(lasts_s, 1), limit_s=self._ask.limits.song_s)
        sound = block.numpy()  # by NumPy: such small work costs torch's threads more to share than to do
        frames = np.ascontiguousarray(sound.T, dtype="<f4")
        self.peak = max(self.peak, float(frames.max()), -float(frames.min()))
        self._energy += float(np.square(frames, dtype=np.float64).sum())
        self._out.write(frames.data)
        if self._ask.listener:
            self._ask.listener.push(frames)
