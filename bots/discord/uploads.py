"""Files on their way out: copied from storage to a folder of their own, opened anew for every try."""

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
class Saved:
    """A file of a result on this machine's disk."""

    path: Path
    name: str  #: as the person will see it
    size_bytes: int = 0


@asynccontextmanager
async def on_disk(files: Sequence[File]) -> AsyncIterator[list[Saved]]:
    """The files out of storage; their folder is gone afterwards, whatever happened."""
    folder = await asyncio.to_thread(tempfile.mkdtemp, prefix="stembot-discord-")
    try:
        saved = [
            Saved(Path(folder, str(index)), each.name, each.size_bytes) for index, each in enumerate(files)
        ]
        for file, place in zip(files, saved, strict=True):
            await file.save(place.path)
        yield saved
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def batches(saved: Sequence[Saved]) -> list[list[Saved]]:
    """The files in their order, message by message: few enough to be taken, and to arrive in time."""
    found: list[list[Saved]] = []
    size_bytes = 0
    for each in saved:
        full = (
            not found or len(found[-1]) == FILES_A_MESSAGE or size_bytes + each.size_bytes > BYTES_A_MESSAGE
        )
        if full:
            found.append([])
            size_bytes = 0
        found[-1].append(each)
        size_bytes += each.size_bytes
    return found


async def opened(saved: Sequence[Saved]) -> list[discord.File]:
    """Open files for one request; discord.py closes them when it has ended, so each try needs its own."""
    return await asyncio.to_thread(lambda: [discord.File(each.path, filename=each.name) for each in saved])


def plainly_named(saved: Sequence[Saved]) -> list[Saved]:
    """The same files under names that an `attachment://` reference may carry: ASCII letters, digits, `_-`."""
    named = []
    for number, each in enumerate(saved, 1):
        stem, _, ending = each.name.rpartition(".")
        plain = re.sub(r"[^A-Za-z0-9_-]+", "_", stem).strip("_")
        named.append(replace(each, name=f"{number}_{plain}.{ending}"))
    return named
