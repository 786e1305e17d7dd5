"""Images for the model card without a plotting library: the learning curve as SVG, spectrograms as PNG."""

import json
import struct
import zlib
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from separator.audio.stft import stft
from training.effects import Audio

WIDTH, HEIGHT, EDGE = 720, 360, 40  # pixels
COLOURS = {"drums": "#d1495b", "bass": "#30638e", "other": "#7a9e48"}
LOWEST_HZ, HIGHEST_HZ, ROWS = 40.0, 16_000.0, 220
RANGE_DB = 70.0
HEAT = ((0, 0, 20), (70, 10, 110), (190, 50, 80), (250, 150, 40), (255, 255, 220))  # dark to light


def curve(logs: list[Path], out: Path) -> None:
    """SDR on held-out synthetic songs over training steps, a line a stem and seed."""
    runs = [[json.loads(line) for line in log.read_text().splitlines()] for log in logs]
    checks = [[entry for entry in run if "val_drums" in entry] for run in runs]
    last = max((entry["step"] for run in checks for entry in run), default=1)
    high = max((entry[f"val_{stem}"] for run in checks for entry in run for stem in COLOURS), default=1.0)
    parts = [_grid(last, high)]
    for i, run in enumerate(checks):
        for stem, colour in COLOURS.items():
            points = " ".join(_point(entry["step"] / last, entry[f"val_{stem}"] / high) for entry in run)
            dash = ' stroke-dasharray="5 3"' if i else ""
            parts.append(
                f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>'
            )
    body = "\n".join(parts)
    out.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">\n{body}\n</svg>\n'
    )


def _point(x: float, y: float) -> str:
    """Fractions of the plot to pixels."""
    return f"{EDGE + x * (WIDTH - 2 * EDGE):.1f},{HEIGHT - EDGE - max(y, 0) * (HEIGHT - 2 * EDGE):.1f}"


def _grid(last: int, high: float) -> str:
    """Background, decibel lines and a legend."""
    lines = [
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        '<g font-family="sans-serif" font-size="11">',
    ]
    for level in range(0, int(high) + 1, 2):
        left, right = _point(0, level / high), _point(1, level / high)
        y = left.split(",")[1]
        lines.append(
            f'<polyline points="{left} {right}" stroke="#ddd"/><text x="8" y="{y}">{level} dB</text>'
        )
    for i, (stem, colour) in enumerate(COLOURS.items()):
        lines.append(f'<text x="{EDGE + 70 * i}" y="20" fill="{colour}">{stem}</text>')
    lines.append(f'<text x="{WIDTH - 130}" y="{HEIGHT - 12}">{last} steps</text></g>')
    return "\n".join(lines)


def spectrograms(sounds: list[Audio], out: Path, seconds: float = 8.0) -> None:
    """Sounds one under another, logarithmic in frequency, with a white line between."""
    images = [_spectrogram(x, seconds) for x in sounds]
    line = np.full((3, images[0].shape[1], 3), 255, np.uint8)
    rows = [part for image in images for part in (image, line)][:-1]
    out.write_bytes(_png(np.concatenate(rows)))


def _spectrogram(x: Audio, seconds: float) -> NDArray[np.uint8]:
    """(2, samples) to (ROWS, frames, 3)."""
    magnitude = stft(torch.from_numpy(x[:, : int(seconds * 44_100)].mean(axis=0))).abs().numpy()
    hz = np.geomspace(HIGHEST_HZ, LOWEST_HZ, ROWS)
    rows = magnitude[np.round(hz * 4096 / 44_100).astype(int)]
    level = np.clip(
        1 + (20 * np.log10(rows + 1e-9) - 45) / RANGE_DB, 0, 1
    )  # 45 dB: a loud partial in this transform
    steps = np.linspace(0, 1, len(HEAT))
    return np.stack([np.interp(level, steps, [colour[i] for colour in HEAT]) for i in range(3)], -1).astype(
        np.uint8
    )


def _png(pixels: NDArray[np.uint8]) -> bytes:
    """RGB pixels (rows, columns, 3) as a PNG file."""
    rows, columns, _ = pixels.shape
    raw = b"".join(b"\0" + row.tobytes() for row in pixels)
    head = struct.pack(">IIBBBBB", columns, rows, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(raw, 9)), (b"IEND", b""))
    body = (struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)
