"""What a file says of itself (title, artist, album, cover): read from a stranger's, written into ours."""

# mypy: disallow-untyped-calls=False
# mutagen announces types and leaves most of its methods without.

from __future__ import annotations

import base64
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import mutagen
import structlog
from mutagen import MutagenError, flac, id3, mp4, wave

from storage import Tags

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

LONGEST = 300  # characters of a title; some files carry whole licences there
COVER_BYTES = 10 << 20  # larger pictures are left behind
_FRONT = 3  # picture type in ID3 and FLAC
_TITLE = ("TIT2", "\xa9nam", "title", "Title")
_ARTIST = ("TPE1", "\xa9ART", "artist", "Artist", "Author")
_ALBUM = ("TALB", "\xa9alb", "album", "Album", "WM/AlbumTitle")

log = structlog.get_logger()


@dataclass(frozen=True)
class Cover:
    """A picture of the song."""

    data: bytes
    mime: str  #: `image/jpeg` or `image/png`

    @property
    def ending(self) -> str:
        """For a file name."""
        return "png" if self.mime == "image/png" else "jpg"


@dataclass(frozen=True)
class SongTags:
    """Everything that is carried from the song to its mixes."""

    tags: Tags = field(default_factory=Tags)
    cover: Cover | None = None


def read_tags(path: Path) -> SongTags:
    """What a file says of itself; nothing where it says nothing or cannot be understood."""
    try:
        file = mutagen.File(path)
        held = {} if file is None or file.tags is None else file.tags
        tags = Tags(_first(held, _TITLE), _first(held, _ARTIST), _first(held, _ALBUM))
        return SongTags(tags, _best(_pictures(file, held)))
    except Exception as wrong:  # noqa: BLE001 - a stranger's tags are no reason to refuse the song
        log.info("tags_unreadable", error=type(wrong).__name__)
        return SongTags()


def cover_from(data: bytes) -> Cover | None:
    """A picture by its first bytes, whatever a tag claims; None for other kinds and for giants."""
    if not 0 < len(data) <= COVER_BYTES:
        return None
    if data.startswith(b"\xff\xd8\xff"):
        return Cover(data, "image/jpeg")
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Cover(data, "image/png")
    return None


def _first(held: Any, names: Iterable[str]) -> str:  # noqa: ANN401 - every format has its own type
    for name in names:
        try:
            value = held[name]
        except (KeyError, ValueError):  # ValueError: a name that this format cannot have
            continue
        if isinstance(value, list):
            value = value[0] if value else ""
        if text := _tidy(str(value)):
            return text
    return ""


def _tidy(text: str) -> str:
    """One line without control characters, of bearable length."""
    shown = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text[: 4 * LONGEST])
    return " ".join(shown.split())[:LONGEST]


def _pictures(file: Any, held: Any) -> Iterator[bytes]:  # noqa: ANN401
    """Every picture, front covers first."""
    frames = [held[key] for key in held if str(key).startswith("APIC")] if isinstance(held, id3.ID3) else []
    drawn = [*frames, *getattr(file, "pictures", [])]
    yield from (bytes(each.data) for each in sorted(drawn, key=lambda each: each.type != _FRONT))
    if isinstance(held, mp4.MP4Tags):
        yield from (bytes(each) for each in held.get("covr", []))
    elif not isinstance(held, id3.ID3):
        for block in _all(held, "metadata_block_picture"):
            yield flac.Picture(base64.b64decode(block)).data


def _all(held: Any, name: str) -> list[Any]:  # noqa: ANN401
    try:
        return list(held.get(name) or [])
    except (AttributeError, TypeError, ValueError):
        return []


def _best(pictures: Iterator[bytes]) -> Cover | None:
    return next((cover for data in pictures if (cover := cover_from(data))), None)


def write_tags(path: Path, song: SongTags) -> None:
    """Write tags and cover into a file that we made: mp3, flac, wav, ogg, m4a or stem.mp4.

    Raises:
        OSError: The disk did not take them.
    """
    try:
        _WRITERS[path.suffix](path, song)
    except MutagenError as wrong:
        raise OSError(str(wrong)) from wrong


def _named(tags: Tags, title: str, artist: str, album: str) -> dict[str, str]:
    pairs = {title: tags.title, artist: tags.artist, album: tags.album}
    return {name: text for name, text in pairs.items() if text}


def _write_id3(held: id3.ID3, song: SongTags) -> None:
    for name, text in _named(song.tags, "TIT2", "TPE1", "TALB").items():
        held.add(getattr(id3, name)(encoding=3, text=text))
    if song.cover:
        held.add(id3.APIC(encoding=3, mime=song.cover.mime, type=_FRONT, desc="", data=song.cover.data))


def _write_mp3(path: Path, song: SongTags) -> None:
    held = id3.ID3()
    _write_id3(held, song)
    held.save(path, v2_version=3)  # what old players and Windows read


def _write_wav(path: Path, song: SongTags) -> None:
    file = wave.WAVE(path)
    file.add_tags()
    _write_id3(cast("id3.ID3", file.tags), song)
    file.save(v2_version=3)


def _picture(cover: Cover) -> flac.Picture:
    picture = flac.Picture()
    picture.type, picture.mime, picture.data = _FRONT, cover.mime, cover.data
    return picture


def _write_flac(path: Path, song: SongTags) -> None:
    file = flac.FLAC(path)
    file.update(_named(song.tags, "title", "artist", "album"))
    if song.cover:
        file.add_picture(_picture(song.cover))
    file.save()


def _write_ogg(path: Path, song: SongTags) -> None:
    file = mutagen.File(path)
    file.update(_named(song.tags, "title", "artist", "album"))
    if song.cover:
        block = base64.b64encode(_picture(song.cover).write()).decode()
        file["metadata_block_picture"] = [block]
    file.save()


def _write_mp4(path: Path, song: SongTags) -> None:
    file = mp4.MP4(path)
    file.update(_named(song.tags, "\xa9nam", "\xa9ART", "\xa9alb"))
    if song.cover:
        kind = mp4.MP4Cover.FORMAT_PNG if song.cover.ending == "png" else mp4.MP4Cover.FORMAT_JPEG
        file["covr"] = [mp4.MP4Cover(song.cover.data, kind)]
    file.save()


_WRITERS = {
    ".mp3": _write_mp3,
    ".wav": _write_wav,
    ".flac": _write_flac,
    ".ogg": _write_ogg,
    ".m4a": _write_mp4,
    ".mp4": _write_mp4,
}
