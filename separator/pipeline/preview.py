"""The most telling half minute of a song, separated before the rest and heard while that is still being made.

Its windows are windows of the song, so nothing is done twice: they are separated first, sewn into a clip that
fades in and out, and kept on disk until the song comes to them.

    song       │ 0 │ 1 │ 2 │ 3 │ 4 │ 5 │ 6 │ 7 │ 8 │ …
    first                  └ 4 │ 5 │ 6 ┘                  the clip
    then         0 │ 1 │ 2 │ 3 │ (kept)  │ 7 │ 8 │ …      the song, in order
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
from separator.audio.encode import SHALLOW
from separator.audio.overlap_add import OverlapAdd
from separator.core.outputs import Format
from separator.pipeline.stem_writer import FULL, HEADROOM, Separation, StemOnDisk

with warnings.catch_warnings():
    # pydub looks for an ffmpeg on the PATH and warns; it is handed raw sound here and needs none.
    warnings.simplefilter("ignore")
    from pydub import AudioSegment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from torch import Tensor

    from separator.audio.highlight import HighlightCurve
    from separator.audio.overlap_add import Segment
    from separator.audio.pcm_file import PcmFile
    from separator.core.outputs import Stem
    from separator.inference.networks.base import Network

MOST_S = 32.0  #: about half a minute: as many whole windows as fit
SONG_LEAST_S = 60.0  #: a shorter song is there itself before long
FADE_IN_MS, FADE_OUT_MS = 400, 1500  # it starts in the middle of a song, and ends there


def choose(song: PcmFile, look: HighlightCurve, cut: Sequence[Segment], network: Network) -> range:
    """Which windows of a song are its preview; none where the song is too short for one.

    Those that the song's own cutting moved (at its end) and those that reach beyond it are left out.
    """
    if song.song_s < SONG_LEAST_S:
        return range(0)
    many = max(1, int((MOST_S * song.rate_hz - network.window) // network.hop) + 1)
    whole = [
        number
        for number, place in enumerate(cut)
        if place.read_at == place.write_at and place.write_at + network.window <= song.samples
    ]
    firsts = [number for number in whole if number + many - 1 <= whole[-1]]
    if not firsts:
        return range(0)
    lasts = (many - 1) * network.hop + network.window
    window_starts = [cut[number].write_at for number in firsts]
    first = firsts[look.best(window_starts, lasts, song.rate_hz)]
    return range(first, first + many)


@dataclass
class Early:
    """Windows that were separated before their turn, on disk."""

    folder: Path
    _shapes: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def keep(self, number: int, stems: Tensor) -> None:
        """Put one away."""
        stems.contiguous().numpy().tofile(self._path(number))
        self._shapes[number] = tuple(stems.shape)

    def __contains__(self, number: int) -> bool:
        """Whether this one was kept."""
        return number in self._shapes

    def take(self, number: int) -> Tensor:
        """Get one back; it is forgotten here."""
        path = self._path(number)
        found = np.fromfile(path, dtype=np.float32).reshape(self._shapes.pop(number))
        path.unlink()
        return torch.from_numpy(found)

    def _path(self, number: int) -> Path:
        return self.folder / f"window-{number}.f32"


def sew(windows: Iterator[Tensor], many: int, network: Network) -> Tensor:
    """Neighbouring windows as one clip: (stems, channels, samples), a whole number of centiseconds."""
    length = (many - 1) * network.hop + network.window
    sewing = OverlapAdd(length, network.window, network.hop)
    clip = torch.cat([sewing.push(each) for each in windows], dim=-1)
    return clip[..., : length - length % (network.rate_hz // 100)]  # pydub cuts at milliseconds


def write(clip: Tensor, network: Network, folder: Path) -> Separation:
    """Write the stems of a clip with their fades, and their peaks: a small separation of its own."""
    folder.mkdir()
    peak = float(clip.abs().max())
    gain = HEADROOM / peak if peak > FULL else 1.0
    with ThreadPoolExecutor(len(network.stems), thread_name_prefix="preview") as pool:
        written = pool.map(partial(_write, network, folder, gain), network.stems, clip.numpy())
        made, outlines = zip(*written, strict=True)
    peaks_file = folder / "peaks.json"
    peaks_file.write_bytes(
        peaks.to_json({each.name: outline for each, outline in zip(made, outlines, strict=True)})
    )
    return Separation(made, network.rate_hz, clip.shape[-1], peaks_file, gain)


def _write(
    network: Network, folder: Path, gain: float, stem: Stem, sound: np.ndarray
) -> tuple[StemOnDisk, peaks.WaveformPeaks]:
    """Write one stem, (channels, samples), and look at its peaks; on a thread of its own: somebody waits."""
    steps = _fade(encode.held(encode.rounded(sound.T * gain, SHALLOW), SHALLOW), network.rate_hz)
    outline = peaks.WaveformPeaks(network.rate_hz)
    outline.push(np.ascontiguousarray(steps.T) / np.float32(1 << (SHALLOW - 1)))
    path = folder / f"{stem.value}.flac"
    with encode.write_steps(path, encode.Encoding(Format.FLAC, network.rate_hz, SHALLOW)) as write_block:
        write_block(steps)
    return StemOnDisk(stem, path, stem in network.estimated), outline


def _fade(steps: np.ndarray, rate_hz: int) -> np.ndarray:
    """(samples, channels), whole steps of 16 bits, faded in and out."""
    sound = AudioSegment(
        steps.astype("<i2").tobytes(), frame_rate=rate_hz, sample_width=SHALLOW // 8, channels=steps.shape[1]
    )
    raw = sound.fade_in(FADE_IN_MS).fade_out(FADE_OUT_MS).raw_data
    faded: np.ndarray = np.frombuffer(raw, dtype="<i2").reshape(-1, steps.shape[1]).astype(np.int32)
    return faded
