"""Where stems can be cut, stored beside them, so that the first visitor does not wait for a scan.

{"stems": {"vocals": {"streaminfo": base64, "samples": 9_000_000, "size_bytes": 2_000_000,
                      "cuts": [[first sample, first byte], …]}, …}}
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from storage.flac_index import Cut, FlacIndex, FlacIndexer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_CHUNK = 1 << 20  # bytes read at once


def build_seek_table(stems: Mapping[str, Path]) -> bytes:
    """The table of stems on disk, as JSON to be stored with them.

    Raises:
        ValueError: One of them is no complete FLAC file.
    """
    return to_json({name: _index(path) for name, path in stems.items()})


def _index(path: Path) -> FlacIndex:
    indexer = FlacIndexer()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            indexer.feed(chunk)
    return indexer.finish()


def to_json(indexes: Mapping[str, FlacIndex]) -> bytes:
    """UTF-8 JSON of the index of each stem."""
    stems = {
        name: {
            "streaminfo": base64.b64encode(index.streaminfo).decode(),
            "samples": index.samples,
            "size_bytes": index.size_bytes,
            "cuts": [[cut.sample, cut.byte] for cut in index.cuts],
        }
        for name, index in indexes.items()
    }
    return json.dumps({"stems": stems}, separators=(",", ":")).encode()


def from_json(data: bytes) -> dict[str, FlacIndex]:
    """Read what `to_json` wrote.

    Raises:
        ValueError: It is no seek table.
    """
    try:
        return {
            name: FlacIndex(
                base64.b64decode(record["streaminfo"]),
                record["samples"],
                record["size_bytes"],
                tuple(Cut(sample, byte) for sample, byte in record["cuts"]),
            )
            for name, record in json.loads(data)["stems"].items()
        }
    except (KeyError, TypeError, AttributeError) as invalid:
        raise ValueError("not a seek table") from invalid
