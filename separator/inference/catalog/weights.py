"""Weight files on disk, verified by size and hash. Imports no torch.

    <folder>/955717e8-8726e21a.th          complete: its hash was verified before it got this name
    <folder>/955717e8-8726e21a.th.part     the received bytes of a download; never loaded
    <folder>/955717e8-8726e21a.th.spoiled  had a wrong hash when it was to be loaded

A file may be copied there by hand. Its hash is verified each time that it is loaded, which takes a second for
the largest, so only what its source published is run.
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
PART = ".part"  # suffix of an incomplete file
CORRUPT = ".spoiled"  # suffix of a file of the right size and the wrong hash


def sha256_of(path: Path) -> str:
    """The hash of a file, hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def is_verified(path: Path, file: WeightFile) -> bool:
    """Whether a file on disk has the published size and hash."""
    return path.is_file() and path.stat().st_size == file.size_bytes and sha256_of(path) == file.sha256


def verified_files(card: ModelCard, folder: Path | None) -> tuple[Path, ...]:
    """The verified files of a model, in the card's order.

    Raises:
        ModelNotHere: One is missing or corrupt.
    """
    if folder is None:
        raise ModelNotHere(setting="STEMBOT_MODELS_DIR", value=card.name, model=card.name)
    paths = tuple(folder / file.name for file in card.files)
    for path, file in zip(paths, card.files, strict=True):
        if not is_verified(path, file):
            _mark_corrupt(path, file)
            raise ModelNotHere(setting="STEMBOT_MODELS_DIR", value=file.name, model=card.name)
    return paths


def _mark_corrupt(path: Path, file: WeightFile) -> None:
    """Rename a file of the right size and the wrong hash, so that the model counts as missing."""
    if path.is_file() and path.stat().st_size == file.size_bytes:
        with suppress(OSError):  # a read-only folder: the file is rejected each time
            path.replace(path.with_name(path.name + CORRUPT))
            log.error("weights_corrupt", file=file.name)


def import_file(source: Path, card: ModelCard, folder: Path) -> WeightFile:
    """Copy a file into the folder, under the published name, whatever it is called.

    Raises:
        ModelNotHere: It is none of the files of this model.
        OSError: The file cannot be read, or the folder not written.
    """
    size_bytes, sha256 = source.stat().st_size, sha256_of(source)
    for file in card.files:
        if (file.size_bytes, file.sha256) == (size_bytes, sha256):
            folder.mkdir(parents=True, exist_ok=True)
            part = folder / f"{file.name}.{os.getpid()}{PART}"  # two imports at once use two parts
            try:
                shutil.copyfile(source, part)
                commit(part, folder / file.name)
            finally:
                with suppress(FileNotFoundError):
                    part.unlink()
            return file
    raise ModelNotHere(setting=source.name, value=sha256, model=card.name)


def commit(part: Path, path: Path) -> None:
    """Rename a complete file to its name; after a power cut it is there complete or not at all."""
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(path)
