"""What a file says of itself (title, artist, album, cover): read from a stranger's, written into ours."""

# mypy: disallow-untyped-calls=False
# mutagen announces types and leaves most of its methods without.

from __future__ import annotations

import base64
import json
import re
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import mutagen
import structlog
from mutagen import MutagenError, flac, id3, mp4, wave

from separator.audio import tag_reader
from separator.audio.decode import DEMUXERS, ffmpeg
from separator.audio.sandbox import Limits, run_sandboxed
from separator.audio.tag_reader import COVER_BYTES, FRONT, mime_of
from storage import Tags

if TYPE_CHECKING:
    from pathlib import Path

#: Of the child that reads. What is not read in that time, or needs more, is left behind.
_LIMITS = Limits(wall_s=20, cpu_s=10, memory_bytes=512 << 20, file_bytes=1)
_FFMPEG_TAG = re.compile(r"^    (title|artist|album) *: (.+)$", re.MULTILINE | re.IGNORECASE)
_LINE_BYTES = 16 * 1024  # three titles of 300 characters, each at most 12 bytes as JSON

log = structlog.get_logger()


@dataclass(frozen=True)
class Cover:
    """A picture of the song."""

    data: bytes
    mime: str  #: `image/jpeg` or `image/png`

    @property
    def extension(self) -> str:
        """For a file name."""
        return "png" if self.mime == "image/png" else "jpg"


@dataclass(frozen=True)
class SongTags:
    """Everything that is carried from the song to its mixes."""

    tags: Tags = field(default_factory=Tags)
    cover: Cover | None = None


def read_tags(path: Path) -> SongTags:
    """What a file says of itself; nothing where it says nothing or cannot be understood.

    A child reads it (`separator.audio.tag_reader`): a stranger's tags are no reason to refuse the song, and
    none to lose the worker.
    """
    command = [sys.executable, "-I", tag_reader.__file__, path.suffix]
    with run_sandboxed(command, _LIMITS, path.parent, source=path) as child:
        line = child.stdout.readline(_LINE_BYTES)
        picture = child.stdout.read(COVER_BYTES + 1)
        status = child.wait()
    if status != 0:
        log.info("tags_unreadable", status=status, error=child.stderr()[-80:])
        return SongTags(_read_with_ffmpeg(path))
    facts = json.loads(line)
    cover = cover_from(picture)
    if facts["title"] or facts["artist"]:
        return SongTags(Tags(facts["title"], facts["artist"], facts["album"]), cover)
    return SongTags(_read_with_ffmpeg(path), cover)


def _read_with_ffmpeg(path: Path) -> Tags:
    """Title, artist and album of containers that mutagen does not read (RIFF INFO, Matroska), by ffmpeg."""
    formats = ",".join(DEMUXERS.split())
    lists = ("-protocol_whitelist", "fd", "-format_whitelist", formats, "-fd", "0", "-i", "fd:")
    with run_sandboxed(
        (ffmpeg(), "-hide_banner", "-nostdin", *lists), _LIMITS, path.parent, source=path
    ) as child:
        child.wait()
        listed = child.stderr().partition("  Duration:")[0].partition("  Metadata:\n")[2]
    found: dict[str, str] = {}
    for each in _FFMPEG_TAG.finditer(listed):
        text = tag_reader.clean(each[2])
        if text and "\ufffd" not in text:  # bytes of an encoding that is not named
            found.setdefault(each[1].lower(), text)
    return Tags(found.get("title", ""), found.get("artist", ""), found.get("album", ""))


def cover_from(data: bytes) -> Cover | None:
    """A picture by its first bytes, whatever a tag claims; None for other kinds and for giants."""
    mime = mime_of(data)
    return Cover(data, mime) if mime else None


def write_tags(path: Path, song: SongTags) -> None:
    """Write tags and cover into a file that we made: mp3, flac, wav, ogg, m4a or stem.mp4.

    Raises:
        OSError: The disk did not take them.
    """
    try:
        _WRITERS[path.suffix](path, song)
    except MutagenError as error:
        raise OSError(str(error)) from error


def _text_frames(tags: Tags, title: str, artist: str, album: str) -> dict[str, str]:
    pairs = {title: tags.title, artist: tags.artist, album: tags.album}
    return {name: text for name, text in pairs.items() if text}


def _write_id3(frames: id3.ID3, song: SongTags) -> None:
    for name, text in _text_frames(song.tags, "TIT2", "TPE1", "TALB").items():
        frames.add(getattr(id3, name)(encoding=3, text=text))
    if song.cover:
        frames.add(id3.APIC(encoding=3, mime=song.cover.mime, type=FRONT, desc="", data=song.cover.data))


def _write_mp3(path: Path, song: SongTags) -> None:
    frames = id3.ID3()
    _write_id3(frames, song)
    frames.save(path, v2_version=3)  # what old players and Windows read


def _write_wav(path: Path, song: SongTags) -> None:
    file = wave.WAVE(path)
    file.add_tags()
    _write_id3(cast("id3.ID3", file.tags), song)
    file.save(v2_version=3)


def _picture(cover: Cover) -> flac.Picture:
    picture = flac.Picture()
    picture.type, picture.mime, picture.data = FRONT, cover.mime, cover.data
    return picture


def _write_flac(path: Path, song: SongTags) -> None:
    file = flac.FLAC(path)
    file.update(_text_frames(song.tags, "title", "artist", "album"))
    if song.cover:
        file.add_picture(_picture(song.cover))
    file.save()


def _write_ogg(path: Path, song: SongTags) -> None:
    file = mutagen.File(path)
    file.update(_text_frames(song.tags, "title", "artist", "album"))
    if song.cover:
        block = base64.b64encode(_picture(song.cover).write()).decode()
        file["metadata_block_picture"] = [block]
    file.save()


def _write_mp4(path: Path, song: SongTags) -> None:
    file = mp4.MP4(path)
    file.update(_text_frames(song.tags, "\xa9nam", "\xa9ART", "\xa9alb"))
    if song.cover:
        kind = mp4.MP4Cover.FORMAT_PNG if song.cover.extension == "png" else mp4.MP4Cover.FORMAT_JPEG
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
