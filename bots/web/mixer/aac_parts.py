"""A stem's sound made light, for slow lines: a few seconds at a time, as AAC, when somebody asks for them.

    wanted            │─────── part of 3 segments ───────│
    encoded   │─ 2048 ┼──────────────────────────────────┼─ 1024 ─│

What is encoded before and after is the song's own sound, so that parts join without a seam. A decoder begins
1024 samples earlier still: so long AAC runs up.

Nothing more is stored, and separations of any age can be had so. AAC, because every browser that plays stems
decodes it, at the song's own rate (decision 17). Encoded by the ffmpeg of the `imageio-ffmpeg` wheel, from
samples of our own FLAC files, so it never sees anything that a stranger sent.
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
    from collections.abc import Sequence

    import numpy as np
    import soundfile

    from bots.web.mixer.separations import LinkTarget
    from storage.flac_index import FlacIndex
    from storage.objects import ObjectStore
else:
    np, soundfile = Lazy("numpy"), Lazy("soundfile")

SEGMENTS = 3  # of FLAC in a part: some 3 s, half a second of a line of 3 Mbit/s for six stems
BEFORE = 2048  # samples: two frames, so that the decoder is in its stride
DELAY = 1024  # samples that the encoder puts before everything
AFTER = 1024  # samples: the frame that the last wanted one overlaps with
#: The fast coder: at this bit rate as good as the slow one by SNR, for 40 % of its time.
_AAC = ("-c:a", "aac", "-aac_coder", "fast", "-b:a", "128k", "-f", "adts")
_KEPT = 512  # parts in memory, some 50 kB each
_FLAC_HEAD = b"fLaC\x80\x00\x00\x22"  # one block of metadata of 34 bytes, the last
_LIMIT_S = 20.0  # of an encoder; it takes 0.1 s


class AacParts:
    """Makes light parts, one after another for each processor, and remembers the last of them."""

    def __init__(self, store: ObjectStore) -> None:
        """Read stems from this store."""
        self._store = store
        self._turns = asyncio.Semaphore(os.cpu_count() or 1)
        self._parts: OrderedDict[tuple[str, str, int], asyncio.Task[bytes]] = OrderedDict()

    async def part(self, shown: LinkTarget, stem: str, index: FlacIndex, number: int) -> bytes:
        """A part of a stem as an ADTS stream.

        Raises:
            NotStored: There is no such part, or its separation is not whole yet.
            StorageError: It could not be encoded.
        """
        if shown.live is not None or not 0 <= number * SEGMENTS < len(index.cuts):
            raise NotStored
        key = (shown.key, stem, number)
        task = self._parts.get(key)
        if task is None or (task.done() and (task.cancelled() or task.exception())):
            task = self._parts[key] = asyncio.create_task(self._make(shown, stem, index, number))
        self._parts.move_to_end(key)
        while len(self._parts) > _KEPT:
            self._parts.popitem(last=False)
        return await asyncio.shield(task)

    async def _make(self, shown: LinkTarget, stem: str, index: FlacIndex, number: int) -> bytes:
        first, last = number * SEGMENTS, min((number + 1) * SEGMENTS, len(index.cuts))
        begin = max(0, first - 1)  # a segment more on each side, for what stands before and after
        ends = [*index.cuts[1:], Cut(index.samples, index.size_bytes)]
        stop = ends[min(last, len(index.cuts) - 1)]
        chunks = self._store.stream(*shown.find(stem, index.cuts[begin].byte, stop.byte))
        frames = b"".join([chunk async for chunk in chunks])
        async with self._turns:
            samples = stop.sample - index.cuts[begin].sample
            sound, rate_hz = await asyncio.to_thread(decode, index, frames, samples)
            start = index.cuts[first].sample - index.cuts[begin].sample
            end = ends[last - 1].sample - index.cuts[begin].sample
            return await encode(_framed(sound, start, end), rate_hz)


def decode(index: FlacIndex, frames: bytes, samples: int) -> tuple[np.ndarray, int]:
    """Whole FLAC frames as float32, (samples, channels), and their rate."""
    info = bytearray(index.streaminfo)
    info[13] = info[13] & 0xF0 | samples >> 32  # 36 bits of length (RFC 9639, section 8.2)
    info[14:18] = (samples & 0xFFFFFFFF).to_bytes(4)
    info[18:34] = bytes(16)  # the MD5 of another length would not fit
    try:
        with soundfile.SoundFile(io.BytesIO(_FLAC_HEAD + bytes(info) + frames)) as file:
            return file.read(dtype="float32", always_2d=True), file.samplerate
    except soundfile.LibsndfileError as broken:
        raise StorageError(doing="decode") from broken


def _framed(sound: np.ndarray, start: int, end: int) -> np.ndarray:
    """`sound[start:end]` and what surrounds it: BEFORE and AFTER samples, silent beyond the song's ends."""
    before, after = sound[max(0, start - BEFORE) : start], sound[end : end + AFTER]
    quiet = ((BEFORE - len(before), AFTER - len(after)), (0, 0))
    return np.pad(np.concatenate([before, sound[start:end], after]), quiet)


async def encode(sound: np.ndarray, rate_hz: int, codec: Sequence[str] = _AAC) -> bytes:
    """Sound as a file; AAC begins 1024 samples before the sound does.

    Args:
        sound: (samples, channels), float32.
        rate_hz: Of the sound.
        codec: Arguments of ffmpeg that say what is written.

    Raises:
        StorageError: The encoder broke off, or did not end.
    """
    into = ("-f", "f32le", "-ar", str(rate_hz), "-ac", str(sound.shape[1]), "-i", "pipe:0")
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(
        *(
            imageio_ffmpeg.get_ffmpeg_exe(),
            "-hide_banner",
            "-loglevel",
            "error",
            "-protocol_whitelist",
            "pipe",
        ),
        *(*into, *codec, "-ac", "2", "pipe:1"),
        stdin=pipe,
        stdout=pipe,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(_LIMIT_S):
            made, _ = await child.communicate(np.ascontiguousarray(sound, dtype="<f4").tobytes())
    except TimeoutError:
        raise StorageError(doing="encode") from None
    finally:
        if child.returncode is None:
            child.kill()
    if child.returncode != 0 or not made:
        raise StorageError(doing="encode")
    return made
