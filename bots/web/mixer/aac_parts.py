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
from collections import OrderedDict
from typing import TYPE_CHECKING

import imageio_ffmpeg

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
        self._parts: OrderedDict[tuple[str, str, int], asyncio.Task[bytes]] = OrderedDict()

    async def part(self, target: LinkTarget, stem: str, index: FlacIndex, number: int) -> bytes:
        """A part of a stem as an ADTS stream.

        Raises:
            NotStored: There is no such part, or its separation is in progress.
            StorageError: It could not be encoded.
        """
        if target.live is not None or not 0 <= number * SEGMENTS < len(index.cuts):
            raise NotStored
        key = (target.key, stem, number)
        task = self._parts.get(key)
        if task is None or (task.done() and (task.cancelled() or task.exception())):
            task = self._parts[key] = asyncio.create_task(self._encode_part(target, stem, index, number))
        self._parts.move_to_end(key)
        if len(self._parts) > _MAX_CACHED:
            self._parts.popitem(last=False)
        return await asyncio.shield(task)

    async def _encode_part(self, target: LinkTarget, stem: str, index: FlacIndex, number: int) -> bytes:
        first, last = number * SEGMENTS, min((number + 1) * SEGMENTS, len(index.cuts))
        begin = max(0, first - 1)  # a segment more on each side, for BEFORE and AFTER
        ends = [*index.cuts[1:], Cut(index.samples, index.size_bytes)]
        stop = ends[min(last, len(index.cuts) - 1)]
        chunks = self._store.stream(*target.locate(stem, index.cuts[begin].byte, stop.byte))
        frames = b"".join([chunk async for chunk in chunks])
        async with self._slots:
            samples = stop.sample - index.cuts[begin].sample
            sound, rate_hz = await asyncio.to_thread(decode, index, frames, samples)
            start = index.cuts[first].sample - index.cuts[begin].sample
            end = ends[last - 1].sample - index.cuts[begin].sample
            return await encode(_with_context(sound, start, end), rate_hz)


def decode(index: FlacIndex, frames: bytes, samples: int) -> tuple[np.ndarray, int]:
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


def _with_context(sound: np.ndarray, start: int, end: int) -> np.ndarray:
    """`sound[start:end]` and what surrounds it: BEFORE and AFTER samples, silent beyond the song's ends."""
    before, after = sound[max(0, start - BEFORE) : start], sound[end : end + AFTER]
    padding = ((BEFORE - len(before), AFTER - len(after)), (0, 0))
    return np.pad(np.concatenate([before, sound[start:end], after]), padding)


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
