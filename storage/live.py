"""A separation in progress: what of it can be played already, and where that is stored.

The worker stores, beside the stems to come and under the same token, and (the index) under the job alone, so
that a link to it lasts when another worker claims the job and begins again

    <job>/live/live.json               this index, written every few seconds
    <token>/live/peaks.json            {"per_s", "song": [0..255, …], "stems": {name: [0..255, …]}}: the
                                       complete song, each stem as far as it is done
    <token>/live/<generation>/<stem>-<n>   a piece: some ten seconds of the stem's FLAC file, as bytes

A stem's pieces are consecutive bytes of the very FLAC file that will be stored at the end, cut between
frames. So the cuts here are those that `storage.flac_index.index_flac` finds in the finished file, byte for
byte, and a player half through the pieces goes on with the finished file under the same numbers:

    finished file   fLaC STREAMINFO … │ segment │ segment │ … │ segment │ segment │ …
    cuts                              ^ 0       ^ 1           ^ 10      ^ 11
    pieces                            └─────────── piece 0 ───┘└──────── piece 1 …
    one segment to decode             fLaC STREAMINFO + bytes from one cut to the next

A stem that would pass full scale makes all of them softer, from the song's start on
(`separator.pipeline.stem_writer`). Then `generation` rises, `gain` falls, all pieces are written again, and
byte numbers of the older generation are invalid; what a player has decoded stays right but for the level.

Nothing depends on these objects: an upload that fails is tried again with the next one, and the index names
only what is stored. When the separation is finished, `manifest` names its manifest; pieces are deleted an
hour later (`storage.retention`).
"""

from __future__ import annotations

import base64
import json
from bisect import bisect_right
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from storage.base import NotStored, known_fields

if TYPE_CHECKING:
    from collections.abc import Sequence

VERSION = 1  #: rises only where readers of this version would misread the rest
FOLDER = "live"  #: below the separation's own folder


class ByteRange(NamedTuple):
    """Bytes of a stem's FLAC file, within the object that holds them."""

    key: str
    start: int
    end: int  #: exclusive


@dataclass(frozen=True)
class LiveStem:
    """One stem, as far as it is stored."""

    name: str  #: as `separator.Stem` has it
    estimated: bool
    streaminfo: bytes  #: 34 bytes, to stand before each segment; its MD5 is not known: 0
    cuts: tuple[tuple[int, int], ...]  #: (sample, byte in the finished file), the last ends what is stored
    pieces: tuple[int, ...]  #: bytes where pieces begin, and where the last one ends


@dataclass(frozen=True)
class LiveIndex:
    """What can be played of a separation in progress."""

    base: str  #: the separation's folder in the store: `songs/<sha256>/<model>@<version>/<token>`
    song: str  #: SHA-256 of the source, hex
    model: str
    model_version: str
    rate_hz: int
    samples: int  #: of the complete song, per channel
    stems: tuple[LiveStem, ...]
    gain: float = 1.0  #: all stems are scaled by this
    generation: int = 0  #: rises when all is written again with a smaller gain
    manifest: str = ""  #: key of the manifest, once the separation is finished
    version: int = VERSION

    @property
    def song_s(self) -> float:
        """How long the song lasts, in seconds."""
        return self.samples / self.rate_hz

    @property
    def ready_samples(self) -> int:
        """Samples from the song's start that every stem has; all of them once it is finished."""
        if self.manifest:
            return self.samples
        return min((stem.cuts[-1][0] for stem in self.stems if stem.cuts), default=0)

    @property
    def peaks_key(self) -> str:
        """Where the waveforms are."""
        return f"{self.base}/{FOLDER}/peaks.json"

    def locate(self, stem: LiveStem, start: int, end: int) -> ByteRange:
        """Where the bytes `start` to `end` (exclusive) of a stem's FLAC file are stored, within one piece.

        Raises:
            NotStored: They are not stored yet, or not in one piece.
        """
        number = bisect_right(stem.pieces, start) - 1
        if not 0 <= number < len(stem.pieces) - 1 or not start < end <= stem.pieces[number + 1]:
            raise NotStored
        first = stem.pieces[number]
        return ByteRange(piece_key(self.base, self.generation, stem.name, number), start - first, end - first)

    def to_json(self) -> bytes:
        """UTF-8 JSON."""
        record = asdict(self)
        for stem in record["stems"]:
            stem["streaminfo"] = base64.b64encode(stem["streaminfo"]).decode()
        return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Read what `to_json` wrote; keys that a later version added are left out.

        Raises:
            ValueError: It is not a live index of this version.
        """
        record: dict[str, Any] = json.loads(data)
        if not isinstance(record, dict) or record.get("version") != VERSION:
            raise ValueError("not a live index of this version")
        try:
            stems = tuple(_stem(each) for each in record.pop("stems"))
            return cls(stems=stems, **known_fields(cls, record))
        except (KeyError, TypeError) as wrong:
            raise ValueError("a live index with a part missing") from wrong


def live_key(base: str) -> str:
    """Where the index of a separation in progress is stored."""
    return f"{base}/{FOLDER}/live.json"


def piece_key(base: str, generation: int, stem: str, number: int) -> str:
    """Where a piece is stored."""
    return f"{base}/{FOLDER}/{generation}/{stem}-{number}"


def complete_pieces(cuts: Sequence[tuple[int, int]], stored: int, min_samples: int) -> list[tuple[int, int]]:
    """The pieces that can be stored now: (first byte, end), each of `min_samples` or up to the next cut.

    Args:
        cuts: (sample, byte) of all segments whose end is known.
        stored: Bytes of the stem that are stored.
        min_samples: Of a piece.
    """
    left = [cut for cut in cuts if cut[1] >= stored]
    starts = left[:1]
    for cut in left:
        if cut[0] - starts[-1][0] >= min_samples:
            starts.append(cut)
    return [(one[1], other[1]) for one, other in pairwise(starts)]


def _stem(record: dict[str, Any]) -> LiveStem:
    return LiveStem(
        name=record["name"],
        estimated=record["estimated"],
        streaminfo=base64.b64decode(record["streaminfo"]),
        cuts=tuple((sample, byte) for sample, byte in record["cuts"]),
        pieces=tuple(record["pieces"]),
    )
