"""Read a stranger's tags and cover: the part that may be attacked, so it runs as a child under limits.

Run as a program (`python -I tagreader.py ENDING < song`) it writes a line of JSON (title, artist, album, kind
of picture), then the picture. It opens nothing and imports nothing of ours. A compressed frame that
unpacks to gigabytes, or boxes nested without end, cost this process its life and the song its tags.
"""

# mypy: disallow-untyped-calls=False
# mutagen announces types and leaves most of its methods without.

from __future__ import annotations

import base64
import json
import sys
import unicodedata
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import mutagen
from mutagen import flac, id3, mp4

if __name__ == "__main__":  # run alone, without the package around it
    _FOUND = spec_from_file_location("charset", Path(__file__).with_name("charset.py"))
    if _FOUND is None or _FOUND.loader is None:
        raise ImportError("charset")
    charset = module_from_spec(_FOUND)
    _FOUND.loader.exec_module(charset)
else:
    from separator.audio import charset

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_CHARS = 300  # characters of a title; some files carry whole licences there
COVER_BYTES = 10 << 20  # larger pictures are left behind
FRONT = 3  # picture type in ID3 and FLAC
_TITLE = ("TIT2", "\xa9nam", "title", "Title")
_ARTIST = ("TPE1", "\xa9ART", "artist", "Artist", "Author")
_ALBUM = ("TALB", "\xa9alb", "album", "Album", "WM/AlbumTitle")


def read(file: IO[bytes], name: str) -> tuple[dict[str, str], bytes]:
    """What a file says of itself.

    Args:
        file: The song.
        name: A file name with its ending, as a hint for files that do not say what they are.

    Returns:
        `title`, `artist`, `album` and the `mime` of the picture, each empty where there is none; the picture.
    """
    found = mutagen.File(fileobj=file, filename=name)
    tags = {} if found is None or found.tags is None else found.tags
    picture = next((data for data in _pictures(found, tags) if mime_of(data)), b"")
    facts = {"title": _first(tags, _TITLE), "artist": _first(tags, _ARTIST), "album": _first(tags, _ALBUM)}
    return {**facts, "mime": mime_of(picture)}, picture


def mime_of(data: bytes) -> str:
    """`image/jpeg` or `image/png` by the first bytes, whatever a tag claims; empty for others and giants."""
    if not 0 < len(data) <= COVER_BYTES:
        return ""
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return "image/png" if data.startswith(b"\x89PNG\r\n\x1a\n") else ""


def _first(tags: Any, names: Iterable[str]) -> str:  # noqa: ANN401 - every format has its own type
    for name in names:
        try:
            value = tags[name]
        except (KeyError, ValueError):  # ValueError: a name that this format cannot have
            continue
        if isinstance(value, list):
            value = value[0] if value else ""
        if text := clean(charset.repair(str(value)) if isinstance(tags, id3.ID3) else str(value)):
            return text
    return ""


def clean(text: str) -> str:
    """One line without control characters, of bearable length."""
    shown = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text[: 4 * MAX_CHARS])
    return " ".join(shown.split())[:MAX_CHARS]


def _pictures(file: Any, tags: Any) -> Iterator[bytes]:  # noqa: ANN401
    """Every picture, front covers first."""
    frames = [tags[key] for key in tags if str(key).startswith("APIC")] if isinstance(tags, id3.ID3) else []
    drawn = [*frames, *getattr(file, "pictures", [])]
    yield from (bytes(each.data) for each in sorted(drawn, key=lambda each: each.type != FRONT))
    if isinstance(tags, mp4.MP4Tags):
        yield from (bytes(each) for each in tags.get("covr", []))
    elif not isinstance(tags, id3.ID3):
        for block in _values(tags, "metadata_block_picture"):
            yield flac.Picture(base64.b64decode(block)).data


def _values(tags: Any, name: str) -> list[Any]:  # noqa: ANN401
    try:
        return list(tags.get(name) or [])
    except (AttributeError, TypeError, ValueError):
        return []


def main(extension: str) -> int:
    """Write the tags of standard input to standard output; returns the exit status."""
    try:
        facts, cover = read(sys.stdin.buffer, f"song{extension}")
    except Exception as error:  # noqa: BLE001 - mutagen breaks in many ways on what was never a tag
        sys.stderr.write(type(error).__name__)
        return 1
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n" + cover)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
