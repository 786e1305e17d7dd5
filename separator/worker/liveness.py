"""A file that is touched as long as the event loop turns.

Bots and workers listen on no port, so a container's health check looks at the age of this file
(docker-compose.yml, deploy/kubernetes); `STEMBOT_ALIVE_FILE` names it.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

INTERVAL_S = 5.0  #: between two touches; a health check should tolerate several that are missed


@asynccontextmanager
async def liveness_file(name: str, interval_s: float = INTERVAL_S) -> AsyncIterator[None]:
    """Touch a file while the block runs, and delete it after; no name, no file."""
    if not name:
        yield
        return
    path = Path(name)
    task = asyncio.create_task(_touch_forever(path, interval_s))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        _delete(path)


async def _touch_forever(path: Path, interval_s: float) -> None:
    while True:
        _touch(path)
        await asyncio.sleep(interval_s)


def _touch(path: Path) -> None:
    with suppress(OSError):  # a full disk does not end the process
        path.touch()


def _delete(path: Path) -> None:
    path.unlink(missing_ok=True)
