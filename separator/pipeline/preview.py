"""The highlight of a song, separated first and played while the rest is still being separated.

Its windows are windows of the song, so nothing is computed twice: they are separated first, joined into a
clip that fades in and out, and saved on disk until the song comes to them.

    song       │ 0 │ 1 │ 2 │ 3 │ 4 │ 5 │ 6 │ 7 │ 8 │ …
    first                  └ 4 │ 5 │ 6 ┘                  the clip
    then         0 │ 1 │ 2 │ 3 │ (saved) │ 7 │ 8 │ …      the song, in order
"""

from __future__ import annotations

import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import torch

from separator.audio import encode, peaks
from separator.audio.encode import BITS_16
from separator.audio.overlap_add import OverlapAdd
from separator.core.outputs import Format
from separator.pipeline.stem_writer import Separation, StemOnDisk, clip_free_gain

with warnings.catch_warnings():
    # pydub looks for an ffmpeg on the PATH and warns; it is handed raw sound here and needs none.
    warnings.simplefilter("ignore")
    from pydub import AudioSegment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from torch import Tensor

    from separator.audio.highlight import HighlightCurve
    from separator.audio.overlap_add import Segment
    from separator.audio.pcm_file import PcmFile
    from separator.core.outputs import Stem
    from separator.inference.networks.base import Network

MAX_S = 32.0  #: about half a minute: as many complete windows as fit
MIN_SONG_S = 60.0  #: a shorter song is ready soon itself
FADE_IN_MS, FADE_OUT_MS = 400, 1500


def choose_windows(
    song: PcmFile, curve: HighlightCurve, segments: Sequence[Segment], network: Network
) -> range:
    """The numbers of the windows that are a song's preview; none where the song is too short for one.

    Windows at the song's end that were shifted, or that reach beyond it, are left out.
    """
    if song.song_s < MIN_SONG_S:
        return range(0)
    count = max(1, int((MAX_S * song.rate_hz - network.window) // network.hop) + 1)
    usable = [
        number
        for number, segment in enumerate(segments)
        if segment.read_at == segment.write_at and segment.write_at + network.window <= song.samples
    ]
    firsts = [number for number in usable if number + count - 1 <= usable[-1]]
    if not firsts:
        return range(0)
    starts = [segments[number].write_at for number in firsts]
    first = firsts[curve.best_start(starts, clip_samples(count, network), song.rate_hz)]
    return range(first, first + count)


def clip_samples(count: int, network: Network) -> int:
    """Samples of so many neighbouring windows."""
    return (count - 1) * network.hop + network.window


@dataclass
class SavedWindows:
    """Windows that were separated before the song came to them, on disk."""

    folder: Path
    _shapes: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def save(self, number: int, stems: Tensor) -> None:
        """Write a window."""
        stems.contiguous().numpy().tofile(self._path(number))
        self._shapes[number] = tuple(stems.shape)

    def __contains__(self, number: int) -> bool:
        """Whether this window is saved."""
        return number in self._shapes

    def pop(self, number: int) -> Tensor:
        """Read a window and delete it."""
        path = self._path(number)
        stems = np.fromfile(path, dtype=np.float32).reshape(self._shapes.pop(number))
        path.unlink()
        return torch.from_numpy(stems)

    def _path(self, number: int) -> Path:
        return self.folder / f"window-{number}.f32"


def join(windows: Iterable[Tensor], count: int, network: Network) -> Tensor:
    """Neighbouring windows as one clip: (stems, channels, samples), a whole number of centiseconds."""
    length = clip_samples(count, network)
    overlap_add = OverlapAdd(length, network.window, network.hop)
    clip = torch.cat([overlap_add.push(each) for each in windows], dim=-1)
    return clip[..., : length - length % (network.rate_hz // 100)]  # pydub cuts at milliseconds


def write(clip: Tensor, network: Network, folder: Path) -> Separation:
    """Write the stems of a clip with their fades, and their peaks: a small separation of its own."""
    folder.mkdir()
    gain = clip_free_gain(float(clip.abs().max()))
    with ThreadPoolExecutor(len(network.stems), thread_name_prefix="preview") as pool:
        write_stem = partial(_write_stem, network, folder, gain)
        stems, stem_peaks = zip(*pool.map(write_stem, network.stems, clip.numpy()), strict=True)
    peaks_file = folder / "peaks.json"
    peaks_file.write_bytes(
        peaks.peaks_json({stem.name: each for stem, each in zip(stems, stem_peaks, strict=True)})
    )
    return Separation(stems, network.rate_hz, clip.shape[-1], peaks_file, gain)


def _write_stem(
    network: Network, folder: Path, gain: float, stem: Stem, sound: np.ndarray
) -> tuple[StemOnDisk, peaks.WaveformPeaks]:
    """Write one stem, (channels, samples), and compute its peaks."""
    steps = _fade(encode.clip(encode.quantize(sound.T * gain, BITS_16), BITS_16), network.rate_hz)
    stem_peaks = peaks.WaveformPeaks(network.rate_hz)
    stem_peaks.push(np.ascontiguousarray(steps.T) / np.float32(1 << (BITS_16 - 1)))
    path = folder / f"{stem.value}.flac"
    with encode.open_lossless(path, encode.Encoding(Format.FLAC, network.rate_hz, BITS_16)) as write_block:
        write_block(steps)
    return StemOnDisk(stem, path, stem in network.estimated), stem_peaks


def _fade(steps: np.ndarray, rate_hz: int) -> np.ndarray:
    """(samples, channels), whole steps of 16 bits, faded in and out."""
    sound = AudioSegment(
        steps.astype("<i2").tobytes(), frame_rate=rate_hz, sample_width=BITS_16 // 8, channels=steps.shape[1]
    )
    raw = sound.fade_in(FADE_IN_MS).fade_out(FADE_OUT_MS).raw_data
    faded: np.ndarray = np.frombuffer(raw, dtype="<i2").reshape(-1, steps.shape[1]).astype(np.int32)
    return faded
