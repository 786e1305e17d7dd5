"""What `stembot separate` is asked for: which words are files, and which say what to make of them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bots.cli.terminal import printable
from bots.i18n.translate import translate
from bots.intents.read import read_intent
from separator import is_media
from separator.core.errors import SongRefused, UnknownWish
from separator.core.outputs import Format, OutputSpec, Quality

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

STDIN = "-"  #: the song comes from standard input


class NoSuchFile(SongRefused):
    """What was named is no song file: it is missing, a folder, a device."""


@dataclass(frozen=True)
class Request:
    """A parsed command line of `separate`."""

    files: tuple[str, ...]
    outputs: OutputSpec


def add_separate_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe `separate` to the command line's parser."""
    separate = commands.add_parser("separate", help=translate("cli.separate"))
    separate.add_argument("words", nargs="*", metavar="file", help=translate("cli.separate.words"))
    separate.add_argument("-o", "--out", default=".", help=translate("cli.separate.out"))
    separate.add_argument("--overwrite", action="store_true", help=translate("cli.separate.overwrite"))
    separate.add_argument("--model", default=None, help=translate("cli.separate.model"))
    formats, qualities = [each.value for each in Format], [each.value for each in Quality if each]
    separate.add_argument("--format", default=None, choices=formats, help=translate("cli.separate.format"))
    separate.add_argument("--quality", default="", choices=qualities, help=translate("cli.separate.quality"))
    separate.add_argument("--json", action="store_true", help=translate("cli.separate.json"))


def read_request(args: argparse.Namespace) -> Request:
    """The files and the outputs that were asked for.

    Raises:
        UnknownWish: The words ask for nothing that can be made.
        NoSuchFile: None was named.
    """
    files, words = _sort(args.words)
    return Request(tuple(files), _outputs(" ".join(words), args.format, args.quality))


def check_files(files: Sequence[str]) -> None:
    """Refuse what is no file before any work begins.

    Raises:
        NoSuchFile: One of them is not there, or is a folder.
    """
    for file in files:
        if Path(file).is_dir():
            raise NoSuchFile(file=printable(file), limit="folder")
        if file != STDIN and not Path(file).exists():
            raise NoSuchFile(file=printable(file))


def _sort(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Files, and the words of the wish; the first word is always a file."""
    files = [word for number, word in enumerate(words) if number == 0 or _is_file(word)]
    if not files:
        raise NoSuchFile(file="", limit="none")
    return files, [word for number, word in enumerate(words) if number and not _is_file(word)]


def _is_file(word: str) -> bool:
    """Whether a word after the first names a file: it is there, or it ends as songs do.

    `vocals` is a wish, whatever lies in this folder, and so is `stem.mp4`.
    """
    if word == STDIN or word.startswith(("/dev/fd/", "/proc/")):
        return True
    last = "".join(word.split()[-1:]).lower()
    if last in {kind.value for kind in Format} and not Path(word).is_file():
        return False
    if is_media(word) or os.sep in word:
        return True
    return Path(word).exists() and read_intent(word) is None


def _outputs(words: str, kind: str | None, quality: str) -> OutputSpec:
    outputs = read_intent(words or "all stems")
    if outputs is None:
        raise UnknownWish(outputs=words)
    chosen = Format(kind) if kind else outputs.format
    quality = quality or (outputs.quality if chosen is outputs.format else "")
    if quality not in {"", *chosen.qualities}:
        raise UnknownWish(outputs=f"{chosen} {quality}")
    return OutputSpec(outputs.mixes, outputs.every_stem, chosen, Quality(quality))
