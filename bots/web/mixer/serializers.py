"""From a manifest to what the page is told: facts only, no keys of the store, no sentences."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING, Any

from bots.web.mixer.aac_parts import BEFORE, DELAY, SEGMENTS
from storage.manifest import StemFile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bots.web.mixer.separations import LinkTarget
    from storage.flac_index import FlacIndex

_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')  # on one file system or another


def describe(shown: LinkTarget, indexes: Sequence[FlacIndex]) -> dict[str, Any]:
    """The page's manifest: addresses are relative to the page's own.

    `id` is the same for every link to this separation, so that a browser finds its settings again, and says
    nothing of where it is kept. While the separation is being made, `live` is its generation (see
    `storage.live`), and each stem goes up to its own `samples`. `light` tells of the lossy parts for slow
    lines: how many segments are in one, and at which decoded sample they begin.
    """
    facts, whole = shown.facts, shown.whole
    return {
        "id": hashlib.sha256(shown.key.encode()).hexdigest()[:16],
        "title": shown.title,
        "artist": whole.tags.artist if whole else "",
        "model": facts.model,
        "rate_hz": facts.rate_hz,
        "samples": facts.samples,
        "duration_s": facts.song_s,
        "gain": facts.gain,
        "peaks": "peaks.json",
        "cover": "cover" if whole and whole.cover_key else "",
        "picture": "pictures/song.png" if whole and whole.spectrogram_key else "",
        "light": {"segments": SEGMENTS, "start": BEFORE + DELAY},
        "live": shown.live.generation if shown.live else None,
        "stems": [
            {
                "name": stem.name,
                "estimated": stem.estimated,
                "url": f"stems/{stem.name}.flac",
                "mask": f"pictures/{stem.name}.png" if isinstance(stem, StemFile) and stem.mask_key else "",
                "light": f"stems/{stem.name}.aac",
                "samples": index.samples,
                "size_bytes": index.size_bytes,
                "streaminfo": base64.b64encode(index.streaminfo).decode(),
                "cuts": [[cut.sample, cut.byte] for cut in index.cuts],
            }
            for stem, index in zip(shown.stems, indexes, strict=True)
        ],
    }


def cover_type(picture: bytes) -> str:
    """The kind of a picture by its first bytes; whatever else is served as bytes, which no browser draws."""
    if picture.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return "image/png" if picture.startswith(b"\x89PNG\r\n\x1a\n") else "application/octet-stream"


def stem_file_name(title: str, stem: str) -> str:
    """What a stem is called in a folder: `Song (drums).flac`."""
    return f"{_UNSAFE.sub(' ', title).strip(' .')[:120] or 'song'} ({stem}).flac"
