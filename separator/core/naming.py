"""Titles and file names: from what a person called a file to what any file system will take.

A name never becomes a path: separators, control characters, device names of Windows and endings that hide are
taken out, letters of any script stay.
"""

from __future__ import annotations

import mimetypes
import re
import unicodedata
from pathlib import PurePosixPath

from separator.core.media_types import is_media

UNTITLED = "Song"
_LONGEST_BYTES = 180  # UTF-8; file systems take 255, and the mix and the ending still follow
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')  # what Windows, the strictest, forbids in a name
_JOINERS = {chr(0x200C), chr(0x200D)}  # letters of Persian and Hindi, and emoji, are joined by them
_IDLE_JOINER = re.compile(r"(?<![^\x00-\x7f])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\x7f])")
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)$", re.IGNORECASE)  # devices of Windows

#: What no screen shows and some database refuses: control characters (NUL on PostgreSQL), lone surrogates.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def printable(name: str) -> str:
    """The name as it was sent, without what cannot be stored or shown; `Song` if nothing is left.

    It is still no file name: see `clean`.
    """
    return _UNPRINTABLE.sub("", name).strip() or UNTITLED


def clean(name: str) -> str:
    """A name that every file system takes, as near to the given one as can be; `Song` if nothing is left."""
    shown = unicodedata.normalize("NFC", name)
    shown = "".join(
        char
        for char in shown
        if char in _JOINERS or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )
    shown = _IDLE_JOINER.sub("", shown)
    shown = " ".join(_FORBIDDEN.sub(" ", shown).split()).strip(" .")
    shown = shown.encode()[:_LONGEST_BYTES].decode(errors="ignore").strip(" .")
    return UNTITLED if not shown or _RESERVED.match(shown) else shown


def title_of(file_name: str) -> str:
    """The title that a file name suggests: its last part, without folders or ending."""
    last = PurePosixPath(file_name.replace("\\", "/")).name
    name, _, ending = last.rpartition(".")
    known = is_media(last) or (len(ending) > 1 and mimetypes.guess_type(last)[0])
    return clean(name if name and known else last)


def mix_title(title: str, mix_name: str) -> str:
    """`Song (drumless)`: what a player shows."""
    return f"{title} ({mix_name})"


def mix_file_name(title: str, mix_name: str, ending: str) -> str:
    """`Song (drumless).mp3`: what a person finds in the download folder."""
    return f"{clean(title)} ({mix_name}).{ending}"


def stems_file_name(title: str, ending: str) -> str:
    """`Song.stem.mp4`: the whole song with its stems in one file."""
    return f"{clean(title)}.{ending}"
