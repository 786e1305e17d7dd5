"""Draws a song: its spectrogram and, for each stem, the mask: its share of every time and frequency.

    16 kHz ┌───────────────┐   ┌───────────────┐   The first image is what a network sees; the others are what
           │ spectrogram   │   │ mask of a stem│   the first is multiplied by to leave one stem. Rows are a
     40 Hz └───────────────┘   └───────────────┘   musical interval apart, columns a fixed time.

Blocks of stems are pushed while they are separated: nothing is read twice, and memory does not grow.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from storage.images import encode_grey

COLUMNS = 1200  # of an image, at most: more than any screen shows of a complete song
ROWS = 128
LOW_HZ, HIGH_HZ = 40.0, 16_000.0  # 8.6 octaves: 15 rows each
RANGE_DB = 70.0  # below the loudest point; what is softer is black
FFT = 4096  # samples of a frame: 93 ms at 44.1 kHz, as Spleeter's
_MIN_COLUMN = 1024  # samples; a shorter column would show nothing new
_MASK_SHADES = 16  # more cannot be told apart, and would not compress
_LEVEL_STEP = 5  # of 255 between two shades of the spectrogram: 1.4 dB


class SpectrogramRenderer:
    """Draws one song, block by block."""

    def __init__(self, stems: int, samples: int, rate_hz: int) -> None:
        """Prepare the images of a song.

        Args:
            stems: How many.
            samples: In the song, per channel; at least one.
            rate_hz: Sample rate.
        """
        self._samples = samples
        self._width = max(_MIN_COLUMN, -(-samples // COLUMNS))  # samples of a column
        frames = -(-self._width // FFT)
        self._centres = ((np.arange(frames) + 0.5) * self._width / frames).astype(int)
        self._needed = int(self._centres[-1]) + FFT  # samples that one column is computed from
        self._edges = _edges(rate_hz)
        self._pending = np.zeros((stems, FFT // 2), dtype=np.float32)  # frames are centred: silence first
        self._energy: list[np.ndarray] = []  #: (1 + stems, columns, ROWS) each: the song, then its stems

    @property
    def columns(self) -> int:
        """How wide the images are."""
        return -(-self._samples // self._width)

    def push(self, block: np.ndarray) -> None:
        """Add the next part of each stem.

        Args:
            block: (stems, channels, samples), float32, one channel or two.
        """
        mono = (block[:, 0] + block[:, -1]) * np.float32(0.5)
        self._pending = np.concatenate([self._pending, mono], axis=1)
        ready = (self._pending.shape[1] - self._needed) // self._width + 1
        if ready > 0:
            self._energy.append(self._column_energies(ready))
            self._pending = self._pending[:, ready * self._width :]

    def render(self) -> tuple[bytes, list[bytes]]:
        """The song's spectrogram and each stem's mask, as PNG files; nothing can be pushed any more."""
        missing = self.columns - sum(each.shape[1] for each in self._energy)
        if missing > 0:
            short = self._needed + (missing - 1) * self._width - self._pending.shape[1]
            self._pending = np.pad(self._pending, ((0, 0), (0, max(0, short))))
            self._energy.append(self._column_energies(missing))
        song, *stems = np.concatenate(self._energy, axis=1)[:, : self.columns]
        level = _levels(song)
        total = np.sum(stems, axis=0) + 1e-12
        masks = [_encode(np.where(level > 0, _shades(stem / total), 0)) for stem in stems]
        return _encode(level), masks

    def _column_energies(self, columns: int) -> np.ndarray:
        """(1 + stems, columns, ROWS): the energy of the next columns, full scale near 1."""
        starts = (np.arange(columns)[:, None] * self._width + self._centres).ravel()
        frames = np.lib.stride_tricks.sliding_window_view(self._pending, FFT, axis=1)[:, starts]
        spectrum = np.fft.rfft(frames * _hann(), axis=-1) * np.float32(4 / FFT)
        spectrum = np.concatenate([spectrum.sum(axis=0, keepdims=True), spectrum])  # the song is their sum
        energy = _by_rows(spectrum.real**2 + spectrum.imag**2, self._edges)
        columns_energy: np.ndarray = energy.reshape(len(energy), columns, -1, ROWS).mean(axis=2)
        return columns_energy


@cache
def _hann() -> np.ndarray:
    window: np.ndarray = np.hanning(FFT + 1)[:-1].astype(np.float32)
    return window


@cache
def _edges(rate_hz: int) -> np.ndarray:
    """(2, ROWS): where each row's interval begins and ends, in bins; bin k reaches from k to k + 1.

    A row sums what is in its interval, so higher rows, which hold more bins, get more: music falls off by
    about as much, and all rows look equally bright.
    """
    centres = np.geomspace(LOW_HZ, HIGH_HZ, ROWS) * FFT / rate_hz + 0.5
    half = np.maximum((centres - 0.5) * ((HIGH_HZ / LOW_HZ) ** (0.5 / (ROWS - 1)) - 1), 0.5)
    edges: np.ndarray = np.clip([centres - half, centres + half], 0, FFT // 2 + 0.999)
    return edges


def _by_rows(energy: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """(..., ROWS): the sum of the bins (..., bins) between each pair of edges, parts in proportion."""
    cumulative = np.zeros(
        (*energy.shape[:-1], energy.shape[-1] + 1)
    )  # float64: soft rows stand beside loud ones
    np.cumsum(energy, axis=-1, out=cumulative[..., 1:])
    first = edges.astype(int)
    below = cumulative[..., first] + (edges - first) * energy[..., first]
    rows: np.ndarray = below[..., 1, :] - below[..., 0, :]
    return rows


def _levels(energy: np.ndarray) -> np.ndarray:
    """Energy as shades of 0 to 255, by decibels below the loudest point."""
    loudest = float(energy.max(initial=0.0))
    if loudest <= 0:
        return np.zeros_like(energy)
    decibels = 10 * np.log10(np.maximum(energy / loudest, 1e-12))
    levels: np.ndarray = np.rint(np.clip(1 + decibels / RANGE_DB, 0, 1) * 255 / _LEVEL_STEP) * _LEVEL_STEP
    return levels


def _shades(share: np.ndarray) -> np.ndarray:
    """Shares of 0 to 1 as shades of 0 to 255."""
    shades: np.ndarray = np.rint(share * (_MASK_SHADES - 1)) * (255 // (_MASK_SHADES - 1))
    return shades


def _encode(shades: np.ndarray) -> bytes:
    """(columns, ROWS) of 0 to 255 as a PNG file, the highest pitch on top."""
    rows = np.clip(shades, 0, 255).astype(np.uint8).T[::-1]
    return encode_grey(rows.shape[1], [row.tobytes() for row in rows])
