"""Weight files on disk: whole or not there. Light: no torch.

    <folder>/955717e8-8726e21a.th          whole: hash checked before it got this name
    <folder>/955717e8-8726e21a.th.part     what a download has so far; never loaded
    <folder>/955717e8-8726e21a.th.spoiled  was found with another hash when it was to be loaded

A file may be put there by hand. Its hash is checked each time that it is loaded, which takes a second for the
largest, so what runs is what its source published.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from separator.core.errors import ModelNotHere

if TYPE_CHECKING:
    from pathlib import Path

    from separator.inference.catalog.card import ModelCard, WeightFile

log = structlog.get_logger()

BLOCK_BYTES = 1 << 20
PART = ".part"  # ending of a file that is not whole yet
CORRUPT = ".spoiled"  # ending of a file that is as long as it should be, and not what it should be


def sha256_of(path: Path) -> str:
    """The hash of a file, hex; memory stays at one block."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            found.update(block)
    return found.hexdigest()


def is_verified(path: Path, file: WeightFile) -> bool:
    """Whether a file on disk is what its source published, to the bit."""
    return path.is_file() and path.stat().st_size == file.size_bytes and sha256_of(path) == file.sha256


def verified_files(card: ModelCard, folder: Path | None) -> tuple[Path, ...]:
    """The files of a model, in the card's order, each one whole.

    Raises:
        ModelNotHere: One is not there, or is not as its source published it.
    """
    if folder is None:
        raise ModelNotHere(setting="STEMBOT_MODELS_DIR", value=card.name, model=card.name)
    paths = tuple(folder / file.name for file in card.files)
    for path, file in zip(paths, card.files, strict=True):
        if not is_verified(path, file):
            _set_aside(path, file)
            raise ModelNotHere(setting="STEMBOT_MODELS_DIR", value=file.name, model=card.name)
    return paths


def _set_aside(path: Path, file: WeightFile) -> None:
    """Take its name from a file that only looks whole, so that nobody counts on it any more."""
    if path.is_file() and path.stat().st_size == file.size_bytes:
        with suppress(OSError):  # a folder that only others may write: it is refused each time
            path.replace(path.with_name(path.name + CORRUPT))
            log.error("weights_spoiled", file=file.name)


def import_file(source: Path, card: ModelCard, folder: Path) -> WeightFile:
    """Put a file that came by hand into the folder, under its right name, whatever it is called.

    Raises:
        ModelNotHere: It is none of the files of this model.
        OSError: It cannot be read, or the folder not written.
    """
    size_bytes, found = source.stat().st_size, sha256_of(source)
    for file in card.files:
        if (file.size_bytes, file.sha256) == (size_bytes, found):
            folder.mkdir(parents=True, exist_ok=True)
            part = folder / f"{file.name}.{os.getpid()}{PART}"  # two that add at once do not mix
            try:
                shutil.copyfile(source, part)
                commit(part, folder / file.name)
            finally:
                with suppress(FileNotFoundError):
                    part.unlink()
            return file
    raise ModelNotHere(setting=source.name, value=found, model=card.name)


def commit(part: Path, path: Path) -> None:
    """Give a whole file its name; after a power cut it is there whole or not at all."""
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(path)
