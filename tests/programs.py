"""The real program in real processes, for tests that kill it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tests import secrets_check

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")

ROOT = Path(__file__).parent.parent
TIMEOUT_S = 120.0  #: how long a condition may take on a busy machine before the test fails


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def eventually(look: Callable[[], Awaitable[T]], what: str, patience_s: float = TIMEOUT_S) -> T:
    """What `look` returns, as soon as that is true-ish; fails naming what never came."""
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        if found := await look():
            return found
        await asyncio.sleep(0.02)
    message = f"it never came to this within {patience_s:.0f} s: {what}"
    raise AssertionError(message)


class Program:
    """Rooms of one installation, each a process, over one data folder."""

    def __init__(self, data_dir: Path, **settings: str) -> None:
        """Run over `data_dir`; settings are `STEMBOT_…` names in lower case without the prefix."""
        self.data_dir = data_dir
        self.logs = data_dir / "logs"
        self.logs.mkdir(parents=True, exist_ok=True)
        given = {f"STEMBOT_{name.upper()}": value for name, value in settings.items()}
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("STEMBOT_")},
            "STEMBOT_DATA_DIR": str(data_dir),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            **given,
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Start `python ARGUMENTS`; its output goes to `logs/NAME.log`."""
        log = (self.logs / f"{name}.log").open("ab")
        with log:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=self.data_dir,
                env=self.environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._running[name] = process
        return process

    def worker(self, name: str = "worker") -> subprocess.Popen[bytes]:
        """Start a worker."""
        return self.start(name, "-m", "separator", "worker")

    def room(self, *words: str) -> subprocess.Popen[bytes]:
        """Start a room of `bots`: `web`, or `bot telegram`, or `serve`."""
        return self.start("-".join(words), "-m", "bots", *words)

    def kill(self, name: str) -> None:
        """`kill -9` the room and what it started, and wait until it is gone."""
        process = self._running.pop(name)
        with contextlib.suppress(ProcessLookupError):  # it has ended by itself
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def log(self, name: str) -> str:
        """What a room has written so far."""
        path = self.logs / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def close(self) -> None:
        """Stop everything that still runs; nothing of it may have written a secret down."""
        for name in list(self._running):
            self.kill(name)
        secrets_check.register_settings(self.environment)
        if given := secrets_check.leaking_files([*self.logs.glob("*.log"), *self.data_dir.glob("*.sqlite*")]):
            message = f"secrets stand in {'; '.join(given)}"
            raise AssertionError(message)
