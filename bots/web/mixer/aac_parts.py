"""Lossy parts of stems for slow connections: a few seconds at a time, encoded as AAC on request.

    requested         │─────── part of 3 segments ───────│
    encoded   │─ 2048 ┼──────────────────────────────────┼─ 1024 ─│

What is encoded before and after is the song's own sound, so that parts join without a seam. A decoder begins
1024 samples earlier still: the encoder's delay.

Nothing more is stored, and separations of any age have such parts. AAC, because every browser that plays
stems decodes it at the song's own rate (decision 17). Encoded by the ffmpeg of the `imageio-ffmpeg` wheel,
from samples of our own FLAC files, so that it never reads an uploaded file.
"""

from __future__ import annotations

import asyncio
import io
import os
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

import imageio_ffmpeg

from bots.web.mixer.task_cache import TaskCache
from storage.base import Lazy, NotStored, StorageError
from storage.flac_index import Cut

if TYPE_CHECKING:
    import numpy as np
    import soundfile

    from bots.web.mixer.separations import LinkTarget
    from storage.flac_index import FlacIndex
    from storage.objects import ObjectStore
else:
    np, soundfile = Lazy("numpy"), Lazy("soundfile")

SEGMENTS = 3  # of FLAC in a part: some 3 s, half a second of a 3 Mbit/s connection for six stems
BEFORE = 2048  # samples: two frames, after which the decoder's output is exact
ENCODER_DELAY = 1024  # samples that the encoder puts before everything
AFTER = 1024  # samples: the frame that the last one of the part overlaps with
#: The fast coder: at this bit rate as good as the slow one by SNR, in 40 % of its time.
_AAC = ("-c:a", "aac", "-aac_coder", "fast", "-b:a", "128k", "-f", "adts")
_MAX_CACHED = 512  # parts in memory, some 50 kB each
_FLAC_HEADER = b"fLaC\x80\x00\x00\x22"  # one block of metadata of 34 bytes, the last
_LIMIT_S = 20.0  # of an encoder; it takes 0.1 s


class AacParts:
    """Encodes parts, one at a time for each processor, and caches the last of them."""

    def __init__(self, store: ObjectStore) -> None:
        """Read stems from this store."""
        self._store = store
        self._slots = asyncio.Semaphore(os.cpu_count() or 1)
        self._parts = TaskCache[bytes](_MAX_CACHED)

    def has(self, target: LinkTarget, stem: str, number: int) -> bool:
        """Whether it need not be encoded."""
        return self._parts.has((target.key, stem, number))

    async def part(self, target: LinkTarget, stem: str, index: FlacIndex, number: int) -> bytes:
        """A part of a stem as an ADTS stream.

        Raises:
            NotStored: There is no such part, or its separation is in progress.
            StorageError: It could not be encoded.
        """
        if target.live is not None or not 0 <= number * SEGMENTS < len(index.cuts):
            raise NotStored
        key = (target.key, stem, number)
        return await self._parts.get(key, lambda: self._encode_part(target, stem, index, number))

    async def _encode_part(self, target: LinkTarget, stem: str, index: FlacIndex, number: int) -> bytes:
        samples = [*(cut.sample for cut in index.cuts), index.samples]
        first = samples[number * SEGMENTS] - BEFORE
        end = samples[min((number + 1) * SEGMENTS, len(index.cuts))] + AFTER
        async with self._slots:
            sound, rate_hz = await read_samples(self._store, target, stem, index, first, end)
            silence = (max(0, -first), max(0, end - index.samples))  # beyond the song's ends
            return await encode(np.pad(sound, (silence, (0, 0))), rate_hz)


async def read_samples(
    store: ObjectStore, target: LinkTarget, stem: str, index: FlacIndex, start: int, end: int
) -> tuple[np.ndarray, int]:
    """A stem's samples from `start` to `end`, as far as the song has them, and their rate in Hz.

    Returns:
        (samples, channels), float32, decoded from the segments that hold them.
    """
    cuts = [*index.cuts, Cut(index.samples, index.size_bytes)]
    samples = [cut.sample for cut in cuts]
    first = max(0, bisect_right(samples, start) - 1)
    last = min(len(cuts) - 1, bisect_left(samples, end))
    chunks = store.stream(*target.locate(stem, cuts[first].byte, cuts[last].byte))
    frames = b"".join([chunk async for chunk in chunks])
    sound, rate_hz = await asyncio.to_thread(_decode, index, frames, samples[last] - samples[first])
    return sound[max(0, start) - samples[first] : end - samples[first]], rate_hz


def _decode(index: FlacIndex, frames: bytes, samples: int) -> tuple[np.ndarray, int]:
    """Complete FLAC frames as float32, (samples, channels), and their rate in Hz."""
    info = bytearray(index.streaminfo)
    info[13] = info[13] & 0xF0 | samples >> 32  # 36 bits of length (RFC 9639, section 8.2)
    info[14:18] = (samples & 0xFFFFFFFF).to_bytes(4)
    info[18:34] = bytes(16)  # the MD5 of another length would not fit
    try:
        with soundfile.SoundFile(io.BytesIO(_FLAC_HEADER + bytes(info) + frames)) as file:
            return file.read(dtype="float32", always_2d=True), file.samplerate
    except soundfile.LibsndfileError as broken:
        raise StorageError(doing="decode") from broken


async def encode(sound: np.ndarray, rate_hz: int) -> bytes:
    """Sound as an ADTS stream, which begins `ENCODER_DELAY` samples before the sound does.

    Args:
        sound: (samples, channels), float32.
        rate_hz: Of the sound.

    Raises:
        StorageError: The encoder failed, or did not end in time.
    """
    source = ("-f", "f32le", "-ar", str(rate_hz), "-ac", str(sound.shape[1]), "-i", "pipe:0")
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(
        imageio_ffmpeg.get_ffmpeg_exe(),
        *("-hide_banner", "-loglevel", "error", "-protocol_whitelist", "pipe"),
        *(*source, *_AAC, "-ac", "2", "pipe:1"),
        stdin=pipe,
        stdout=pipe,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(_LIMIT_S):
            encoded, _ = await child.communicate(np.ascontiguousarray(sound, dtype="<f4").tobytes())
    except TimeoutError:
        raise StorageError(doing="encode") from None
    finally:
        if child.returncode is None:
            child.kill()
    if child.returncode != 0 or not encoded:
        raise StorageError(doing="encode")
    return encoded
