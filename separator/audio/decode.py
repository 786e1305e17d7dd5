"""Decodes an audio or video file to float32 stereo frames on disk, at the model's sample rate.

ffmpeg decodes: it reads the file from its standard input, may open nothing else, and writes WAV into a pipe.
Downmix and resampling happen here, block by block. Samples are counted as they arrive, because a header's
length may be wrong or a lie.
"""

from __future__ import annotations

import re
import signal
from dataclasses import dataclass, replace
from functools import cache
from time import monotonic
from typing import IO, TYPE_CHECKING, Protocol

import imageio_ffmpeg
import numpy as np
import structlog

from separator.audio import downmix
from separator.audio.drm import is_protected
from separator.audio.pcm_file import CHANNELS, PcmFile
from separator.audio.repair import split_chain, without_junk
from separator.audio.resample import Resampler
from separator.audio.sandbox import Limits, SandboxedProcess, run_sandboxed
from separator.audio.wav_header import WavFormat, read_wav_format
from separator.core.errors import NoSound, NotAudio, Protected, SeparationFailed, SongTooLong, SongTooShort

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from io import BufferedReader
    from pathlib import Path

BLOCK_BYTES = 1 << 20  # read from ffmpeg at once
MAX_BLOCK_SAMPLES = 1 << 18  # per channel, at the model's rate: 2 MiB
SILENCE_PEAK = 2.0**-15  # half a step of 16 bit either way: a song that never passes it is silent
RATES_HZ = range(1000, 768_001)  # plausible rates; a header may claim 1 Hz, and a second become 44,100
MAX_STREAMS = 8  # audio streams that are tried for sound
MEMORY_BYTES = 1 << 30  # of address space for ffmpeg, which needs half of it with one decoding thread
MAX_AMPLITUDE = 64.0  # +36 dB full scale; float files with larger numbers are broken
_AUDIO_STREAM = re.compile(r"^ +Stream #0:\d+.*?: Audio: ")  # as ffmpeg lists the streams of a file
_LOSSLESS = re.compile(r"Audio: (?:flac|alac|ape|wavpack|tta|pcm_|wmalossless|truehd|mlp|shorten|tak)")
_OVER_16_BITS = re.compile(r"\((?:20|24|32) bit\)|, s32p?, |, (?:flt|dbl)p?, ")
_DURATION = re.compile(r"^  Duration: (\d+):(\d\d):(\d\d\.\d+)", re.MULTILINE)
_VIDEO_STREAM = re.compile(r"^ +Stream #0:\d+.*?: Video: (?!.*\(attached pic\))", re.MULTILINE)
_BREAKS_OFF = re.compile(r"partial file|ended prematurely|[Tt]runcated|corrupt input packet")
_DAMAGED = re.compile(
    r"Error submitting packet|Invalid data found when processing input|corrupt input packet"
)
LEAST_MISSING_S, LEAST_MISSING = 1.0, 0.03  # seconds and share of a song that a header may be wrong by
_NO_MEMORY = "Cannot allocate memory"  # strerror(ENOMEM), which ffmpeg prints before it exits

#: Demuxers of containers that hold sound or video. No playlists and scripts (hls, dash, concat, ffmetadata),
#: no images, no game formats, no devices, nothing that reads further files.
DEMUXERS = (
    "aa aac ac3 aiff alaw amr amrnb amrwb ape asf au avi caf dsf dts dtshd eac3 flac flv gsm iff loas"
    " matroska,webm mov,mp4,m4a,3gp,3g2,mj2 mp3 mpc mpc8 mpeg mpegts mulaw"
    " ogg oma rm shn tak truehd tta w64 wav wv xwma"
)

log = structlog.get_logger()


@dataclass(frozen=True)
class Decoded(PcmFile):
    """A decoded song: frames on disk and what was measured on the way."""

    peak: float = 0.0  #: largest sample, full scale is 1
    rms: float = 0.0  #: root mean square over all samples
    over_16_bits: bool = False  #: a lossless source of more than 16 bits
    said_s: float = 0.0  #: how long the file says that it lasts, where much less of it could be read; else 0


@dataclass(frozen=True)
class DecodeLimits:
    """Length of a song and time of its decoding."""

    max_s: float = 20 * 60.0  #: longer ones are refused as soon as they pass it
    min_s: float = 0.5  #: shorter ones are refused
    decoding_s: float = 0.0  #: wall time; 0: `max_s` and two minutes

    @property
    def timeout_s(self) -> float:
        """Wall time after which decoding is given up."""
        return self.decoding_s or self.max_s + 120


class Listener(Protocol):
    """Receives a song while it is being decoded."""

    def begin(self) -> None:
        """A stream begins; frames of an earlier one were not the song."""
        ...

    def push(self, frames: np.ndarray) -> None:
        """(samples, channels), float32, at the model's rate; valid during the call only."""
        ...


def decode(
    source: Path,
    into: Path,
    rate_hz: int = 44_100,
    limits: DecodeLimits | None = None,
    check: Callable[[], None] | None = None,
    listener: Listener | None = None,
) -> Decoded:
    """Decode the first audio stream that is not silent.

    Args:
        source: A file of any kind.
        into: The file of frames to write; its folder becomes ffmpeg's working folder.
        rate_hz: The model's sample rate.
        limits: On the song's length and the time.
        check: Called at every block; it may raise to cancel.
        listener: Receives the frames: decoding leaves a core idle.

    Raises:
        NotAudio: Nothing in it decodes; `limit` is `damaged` where there was sound once.
        NoSound: It decodes to silence, or to nothing.
        SongTooLong, SongTooShort: Over a limit of `limits`.
        Protected: It is under DRM.
        SeparationFailed: The time was up.
    """
    limits = limits or DecodeLimits()
    if is_protected(source):
        raise Protected
    deadline = monotonic() + limits.timeout_s
    attempt = _Attempt(0, rate_hz, limits, deadline, check, listener)
    links = split_chain(source, into.parent)
    try:
        song = _first_song(links or [source], into, attempt)
    except NotAudio as refusal:
        clean = None if refusal.facts else without_junk(source, into.with_name("source-without-junk"))
        if not clean:
            raise
        song = _first_song([clean], into, attempt)
    if song.song_s < limits.min_s:
        raise SongTooShort(lasts_s=round(song.song_s, 2), least_s=limits.min_s)
    return song


def _first_song(links: Sequence[Path], into: Path, attempt: _Attempt) -> Decoded:
    """Decode the default stream, or else the first that is not silent.

    Raises:
        NotAudio, NoSound: There is none.
    """
    any_decoded, damaged, tried, order = False, False, 0, [0]
    while order and tried < MAX_STREAMS:
        number, tried = order.pop(0), tried + 1
        song, notes = _decode_stream(links, into, replace(attempt, stream=number))
        if tried == 1:
            order = _stream_order(notes.streams)
            if order[:1] not in ([], [0]):
                continue  # another one is flagged as the default
            order = order[1:]
        if song and song.peak > SILENCE_PEAK:
            return song
        any_decoded, damaged = any_decoded or song is not None, damaged or notes.damaged
    if damaged:
        raise NotAudio(limit="damaged")
    raise NoSound if any_decoded else NotAudio


def _stream_order(streams: Sequence[str]) -> list[int]:
    """The streams in the order of a player: what is flagged as the default comes first."""
    return sorted(range(len(streams)), key=lambda number: "(default)" not in streams[number])


@cache
def ffmpeg() -> str:
    """Path of the program in imageio-ffmpeg's wheel (or of `IMAGEIO_FFMPEG_EXE`)."""
    path: str = imageio_ffmpeg.get_ffmpeg_exe()
    return path


@dataclass(frozen=True)
class _Attempt:
    """One stream to decode, and the conditions."""

    stream: int
    rate_hz: int
    limits: DecodeLimits
    deadline: float  #: of all attempts together, by `time.monotonic`
    check: Callable[[], None] | None
    listener: Listener | None


def _command(stream: int) -> list[str]:
    allowed = ",".join(DEMUXERS.split())
    return [
        *(ffmpeg(), "-hide_banner", "-nostdin", "-nostats", "-loglevel", "info"),
        *("-protocol_whitelist", "fd", "-format_whitelist", allowed, "-max_streams", "64"),
        *("-threads", "1", "-vn", "-sn", "-dn", "-fd", "0", "-i", "fd:", "-map", f"0:a:{stream}"),
        *("-map_metadata", "-1", "-c:a", "pcm_f32le", "-f", "wav", "-protocol_whitelist", "pipe", "pipe:1"),
    ]


def _decode_stream(links: Sequence[Path], into: Path, attempt: _Attempt) -> tuple[Decoded | None, _Notes]:
    """Decode one stream of a file, or of all links of a chain.

    Returns:
        The song, None where nothing of the stream decodes; what ffmpeg says of the file.

    Raises:
        SeparationFailed: The time was up.
    """
    notes: list[_Notes] = []
    with into.open("wb") as out:
        writer = _PcmWriter(out, attempt)
        read = [_read_link(link, into.parent, attempt, writer, notes) for link in links]
    first = notes[0]
    if not any(read):
        into.unlink()
        return None, first
    over_16_bits = attempt.stream < len(first.streams) and _is_over_16_bits(first.streams[attempt.stream])
    lasts_s = writer.samples / attempt.rate_hz
    said_s = first.missing_s(lasts_s) if len(links) == 1 else 0.0
    song = Decoded(into, attempt.rate_hz, writer.samples, writer.peak, writer.rms, over_16_bits, said_s)
    return song, first


def _read_link(
    source: Path, folder: Path, attempt: _Attempt, writer: _PcmWriter, notes: list[_Notes]
) -> bool:
    """Decode a file into the writer; returns whether there was sound in it."""
    timeout_s = max(attempt.deadline - monotonic(), 0.0)
    limits = Limits(wall_s=timeout_s, cpu_s=int(timeout_s) + 1, memory_bytes=MEMORY_BYTES, file_bytes=1)
    with run_sandboxed(_command(attempt.stream), limits, folder, source=source) as child:
        wav = read_wav_format(child.stdout)
        if wav is None or wav.rate_hz not in RATES_HZ:
            child.kill()
            child.wait()
            if child.timed_out:
                raise SeparationFailed(reason="decoder")
            notes.append(_Notes(child.stderr()))
            return False
        _convert(child.stdout, wav, writer)
        _check_exit(child)
        notes.append(_Notes(child.stderr()))
    return True


@dataclass(frozen=True)
class _Notes:
    """What ffmpeg, which has exited, printed."""

    text: str

    @property
    def streams(self) -> list[str]:
        """The lines in which it listed the input's audio streams."""
        listed = self.text.partition("Stream mapping:")[0]
        return [line for line in listed.splitlines() if _AUDIO_STREAM.match(line)]

    @property
    def damaged(self) -> bool:
        """Whether it met frames that cannot be decoded."""
        return bool(self.streams and _DAMAGED.search(self.text))

    def missing_s(self, lasts_s: float) -> float:
        """How long the file says that it lasts, where much less came out; 0 where it is whole, or not known.

        A picture or another stream may rightly last longer: there, only a file that ends too early counts.
        """
        said = _DURATION.search(self.text)
        if said is None or "Estimating duration" in self.text:
            return 0.0
        said_s = int(said[1]) * 3600 + int(said[2]) * 60 + float(said[3])
        alone = len(self.streams) == 1 and not _VIDEO_STREAM.search(self.text)
        if said_s - lasts_s <= max(LEAST_MISSING_S, LEAST_MISSING * said_s):
            return 0.0
        return said_s if alone or _BREAKS_OFF.search(self.text) else 0.0


def _check_exit(child: SandboxedProcess) -> None:
    """Make sure that ffmpeg reached the end of the file: a part of a song must not pass for the song.

    ffmpeg's own complaints (a truncated end, a damaged frame) are no reason: what decodes is the song.

    Raises:
        SeparationFailed: It timed out, or something outside killed it.
        NotAudio: The file crashed it, or needed more memory than any song does.
    """
    status = child.wait()
    if child.timed_out or status == -signal.SIGKILL:
        raise SeparationFailed(reason="decoder")
    if status < 0 or (status > 0 and _NO_MEMORY in child.stderr()):
        log.warning("decoder_died", status=status)
        raise NotAudio


def _is_over_16_bits(stream: str) -> bool:
    """Whether ffmpeg lists a stream as lossless with more than 16 bits."""
    return bool(_LOSSLESS.search(stream) and _OVER_16_BITS.search(stream + ", "))


def _convert(stream: BufferedReader, wav: WavFormat, writer: _PcmWriter) -> None:
    """Downmix and resample the rest of a stream."""
    to_stereo = None if wav.channels == CHANNELS else downmix.weights(wav.channels, wav.mask).T
    resampler = Resampler(wav.rate_hz, writer.rate_hz)
    # A block at a low rate must not become a huge one at the model's.
    most = max(MAX_BLOCK_SAMPLES * wav.rate_hz // writer.rate_hz, 1)
    size = min(BLOCK_BYTES // wav.frame_bytes, most)
    block = np.empty((size, wav.channels), dtype="<f4")  # reused for every block
    while read := stream.readinto(block.data):
        frames = _sanitize(block[: read // wav.frame_bytes])
        writer.write(resampler.push(frames if to_stereo is None else frames @ to_stereo))
    writer.write(resampler.flush())


def _sanitize(frames: np.ndarray) -> np.ndarray:
    """Replace NaN and infinity by silence and clip to `MAX_AMPLITUDE`; nearly all frames need neither."""
    if (
        frames.min(initial=0.0) >= -MAX_AMPLITUDE and frames.max(initial=0.0) <= MAX_AMPLITUDE
    ):  # false for NaN
        return frames
    finite = np.nan_to_num(frames, nan=0.0, posinf=0.0, neginf=0.0)
    clipped: np.ndarray = finite.clip(-MAX_AMPLITUDE, MAX_AMPLITUDE)
    return clipped


class _PcmWriter:
    """Writes frames, measures them, and refuses a song as soon as it is too long."""

    def __init__(self, out: IO[bytes], attempt: _Attempt) -> None:
        self._out, self._attempt = out, attempt
        self.rate_hz = attempt.rate_hz
        self.samples, self.peak, self._energy = 0, 0.0, 0.0
        if attempt.listener:
            attempt.listener.begin()

    @property
    def rms(self) -> float:
        """Root mean square so far."""
        return float((self._energy / max(2 * self.samples, 1)) ** 0.5)

    def write(self, frames: np.ndarray) -> None:
        """(samples, channels), float32.

        Raises:
            SeparationFailed: The time is up; resampling takes its time, too, and the file chose the rate.
            SongTooLong: The song has passed its limit.
        """
        if self._attempt.check:
            self._attempt.check()
        if monotonic() > self._attempt.deadline:
            raise SeparationFailed(reason="decoder")
        if not frames.size:
            return
        self.samples += len(frames)
        lasts_s, limit_s = self.samples / self.rate_hz, self._attempt.limits.max_s
        if lasts_s > limit_s:
            raise SongTooLong(lasts_s=round(lasts_s, 1), limit_s=limit_s)
        frames = np.ascontiguousarray(frames, dtype="<f4")
        self.peak = max(self.peak, float(frames.max()), -float(frames.min()))
        self._energy += float(np.square(frames, dtype=np.float64).sum())
        self._out.write(frames.data)
        if self._attempt.listener:
            self._attempt.listener.push(frames)
