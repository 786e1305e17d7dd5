"""Result files for sending: copied from storage to a folder of their own, opened again for every try."""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import discord

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bots.chat.messages import File

FILES_A_MESSAGE = 10  # Discord's documentation
#: 25 MB take 200 s over 1 Mbit/s; a request of discord.py's has 300 s (aiohttp's default).
BYTES_A_MESSAGE = 25_000_000


@dataclass(frozen=True)
class SavedFile:
    """A file of a result on this machine's disk."""

    path: Path
    name: str  #: as the person will see it
    size_bytes: int = 0


@asynccontextmanager
async def saved_files(files: Sequence[File]) -> AsyncIterator[list[SavedFile]]:
    """Copies of the files from storage; their folder is deleted afterwards, whatever happens."""
    folder = await asyncio.to_thread(tempfile.mkdtemp, prefix="stembot-discord-")
    try:
        saved = [
            SavedFile(Path(folder, str(index)), each.name, each.size_bytes)
            for index, each in enumerate(files)
        ]
        for file, copy in zip(files, saved, strict=True):
            await file.save(copy.path)
        yield saved
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def open_files(saved: Sequence[SavedFile]) -> list[discord.File]:
    """Open the files for one request; discord.py closes them afterwards, so each try needs its own."""
    return await asyncio.to_thread(lambda: [discord.File(each.path, filename=each.name) for each in saved])


def with_plain_names(saved: Sequence[SavedFile]) -> list[SavedFile]:
    """The files under names that `attachment://` can refer to: ASCII letters, digits, `_-`."""
    named = []
    for number, each in enumerate(saved, 1):
        stem, _, ending = each.name.rpartition(".")
        plain = re.sub(r"[^A-Za-z0-9_-]+", "_", stem).strip("_")
        named.append(replace(each, name=f"{number}_{plain}.{ending}"))
    return named
