"""A sign of life for whoever watches over a container: a file that is touched as long as the loop turns.

Bots and workers listen nowhere, so there is nothing to ask them; how old the file is tells. Docker and
Kubernetes look at it (docker-compose.yml, deploy/kubernetes); `STEMBOT_ALIVE_FILE` names it.
"""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable

EVERY_S = 5.0  #: between two touches; who watches should bear several that are missed


def _touch(path: Path) -> None:
    with contextlib.suppress(OSError):  # a full disk is another's finding
        path.touch()


def _take_away(path: Path) -> None:
    path.unlink(missing_ok=True)


async def _touch_always(path: Path, every_s: float) -> None:
    while True:
        _touch(path)
        await asyncio.sleep(every_s)


@asynccontextmanager
async def alive(file: str, every_s: float = EVERY_S) -> AsyncIterator[None]:
    """Touch a file again and again while the block runs, and take it away after; no name, no file."""
    if not file:
        yield
        return
    path = Path(file)
    touching = asyncio.create_task(_touch_always(path, every_s))
    try:
        yield
    finally:
        touching.cancel()
        await asyncio.gather(touching, return_exceptions=True)
        _take_away(path)


async def liveness_file(file: str, work: Awaitable[None]) -> None:
    """Do some work under a sign of life."""
    async with alive(file):
        await work
