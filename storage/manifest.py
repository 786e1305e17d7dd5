"""What a separation consists of; a separation is finished when its manifest is stored.

The manifest is put last. It names every other object by key, so that a reader never lists a folder.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from storage.base import known_fields

VERSION = 1  #: rises only where readers of this version would misread the rest


@dataclass(frozen=True)
class StemFile:
    """One stem's audio in the store."""

    name: str  #: as `separator.Stem` has it
    key: str  #: of the FLAC file
    size_bytes: int
    estimated: bool = False  #: made by classical signal processing, and named so wherever it is shown
    mask_key: str = ""  #: PNG: its share of the spectrogram; empty where none was drawn


@dataclass(frozen=True)
class Tags:
    """Tags of the uploaded file; empty where there are none."""

    title: str = ""
    artist: str = ""
    album: str = ""


@dataclass(frozen=True)
class Manifest:
    """A finished separation of one song by one model."""

    song: str  #: SHA-256 of the source, hex
    model: str
    model_version: str
    rate_hz: int
    samples: int  #: per channel; every stem has exactly so many
    stems: tuple[StemFile, ...]
    peaks_key: str  #: JSON: {"per_s": peaks a second, "stems": {name: [0..255, …]}}
    gain: float = 1.0  #: all stems were scaled by this, so that none clips
    tags: Tags = field(default_factory=Tags)
    cover_key: str = ""  #: JPEG or PNG out of the song's tags; empty without one
    took_s: float = 0.0  #: seconds that the separation took, for the measured speed
    cuts_key: str = ""  #: JSON of `storage.seek_table`: where stems can be cut; empty: they are scanned
    spectrogram_key: str = ""  #: PNG: the song, log frequency × time × loudness; empty where none was drawn
    highlight_s: float | None = None  #: where the song's highlight begins; None: not known, as in older ones
    said_s: float = 0.0  #: how long the source says it lasts, where much less of it could be read; else 0
    version: int = VERSION

    @property
    def song_s(self) -> float:
        """How long the song lasts, in seconds."""
        return self.samples / self.rate_hz

    def to_json(self) -> bytes:
        """UTF-8 JSON."""
        return json.dumps(asdict(self), ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Read what `to_json` wrote; keys that a later version added are left out.

        Raises:
            ValueError: It is not a manifest of this version.
        """
        record: dict[str, Any] = json.loads(data)
        if not isinstance(record, dict) or record.get("version") != VERSION:
            raise ValueError("not a manifest of this version")
        try:
            stems = tuple(StemFile(**known_fields(StemFile, stem)) for stem in record.pop("stems"))
            tags = Tags(**known_fields(Tags, record.pop("tags")))
            return cls(stems=stems, tags=tags, **known_fields(cls, record))
        except (KeyError, TypeError) as wrong:
            raise ValueError("a manifest with a part missing") from wrong
