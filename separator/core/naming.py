"""Titles and file names: from what a person called a file to what any file system will take.

A name never becomes a path: separators, control characters, device names of Windows and endings that hide are
taken out, letters of any script stay.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

UNTITLED = "Song"
_LONGEST_BYTES = 180  # UTF-8; file systems take 255, and the mix and the ending still follow
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')  # what Windows, the strictest, forbids in a name
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)$", re.IGNORECASE)  # devices of Windows
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")

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
        char for char in shown if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )
    shown = " ".join(_FORBIDDEN.sub(" ", shown).split()).strip(" .")
    shown = shown.encode()[:_LONGEST_BYTES].decode(errors="ignore").strip(" .")
    return UNTITLED if not shown or _RESERVED.match(shown) else shown


def title_of(file_name: str) -> str:
    """The title that a file name suggests: its last part, without folders or ending."""
    last = PurePosixPath(file_name.replace("\\", "/")).name
    return clean(_ENDING.sub("", last))


def mix_title(title: str, mix_name: str) -> str:
    """`Song (drumless)`: what a player shows."""
    return f"{title} ({mix_name})"


def mix_file_name(title: str, mix_name: str, ending: str) -> str:
    """`Song (drumless).mp3`: what a person finds in the download folder."""
    return f"{clean(title)} ({mix_name}).{ending}"


def stems_file_name(title: str, ending: str) -> str:
    """`Song.stem.mp4`: the whole song with its stems in one file."""
    return f"{clean(title)}.{ending}"
