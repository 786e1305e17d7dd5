"""From a separation to the JSON that the page reads: facts only, no keys of the store, no sentences."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING, Any

from bots.web.mixer.aac_parts import BEFORE, ENCODER_DELAY, SEGMENTS
from storage.manifest import StemFile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bots.web.mixer.separations import LinkTarget
    from storage.flac_index import FlacIndex

_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')  # on one file system or another


def manifest_json(target: LinkTarget, indexes: Sequence[FlacIndex], *, offers_files: bool) -> dict[str, Any]:
    """The page's manifest: addresses are relative to the page's own.

    `id` is the same for every link to this separation, so that a browser finds its settings again, and does
    not tell where it is stored. While the separation is in progress, `live` is its generation (see
    `storage.live`), and each stem ends at its own `samples`. `aac` describes the lossy parts for slow
    connections: how many segments are in one, and at which decoded sample they begin.
    """
    separation, finished = target.separation, target.finished
    return {
        "id": hashlib.sha256(target.key.encode()).hexdigest()[:16],
        "title": target.title,
        "artist": finished.tags.artist if finished else "",
        "model": separation.model,
        "rate_hz": separation.rate_hz,
        "samples": separation.samples,
        "duration_s": separation.song_s,
        "gain": separation.gain,
        "peaks": "peaks.json",
        "cover": "cover" if finished and finished.cover_key else "",
        "spectrogram": "pictures/song.png" if finished and finished.spectrogram_key else "",
        "aac": {"segments": SEGMENTS, "start": BEFORE + ENCODER_DELAY},
        "live": target.live.generation if target.live else None,
        "offers_files": offers_files,
        "stems": [
            {
                "name": stem.name,
                "estimated": stem.estimated,
                "url": f"stems/{stem.name}.flac",
                "mask": f"pictures/{stem.name}.png" if isinstance(stem, StemFile) and stem.mask_key else "",
                "aac": f"stems/{stem.name}.aac",
                "samples": index.samples,
                "size_bytes": index.size_bytes,
                "streaminfo": base64.b64encode(index.streaminfo).decode(),
                "cuts": [[cut.sample, cut.byte] for cut in index.cuts],
            }
            for stem, index in zip(target.stems, indexes, strict=True)
        ],
    }


def image_type(data: bytes) -> str:
    """The media type of a cover by its first bytes; anything else is sent as plain bytes."""
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return "image/png" if data.startswith(b"\x89PNG\r\n\x1a\n") else "application/octet-stream"


def stem_file_name(title: str, stem: str, ending: str = "flac") -> str:
    """What a stem is saved as: `Song (drums).flac`."""
    return f"{_UNSAFE.sub(' ', title).strip(' .')[:120] or 'song'} ({stem}).{ending}"
