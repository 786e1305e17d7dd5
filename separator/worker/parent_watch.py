"""Ends a child of `stembot serve` when serve is gone, also when serve was killed and could signal nobody.

Otherwise an unsupervised worker would go on, and the next `serve` would find its port taken.
"""

from __future__ import annotations

import os
import signal
import threading
import time

SERVE_PID = "STEMBOT_SERVE_PID"  #: environment variable that serve sets for its children
POLL_S = 1.0


def exit_with_parent() -> None:
    """If this process is a child of serve, send it SIGTERM once serve is gone."""
    parent = os.environ.get(SERVE_PID, "")
    if parent.isdecimal():
        threading.Thread(target=_watch, args=(int(parent),), name="parent-watch", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(POLL_S)
    os.kill(os.getpid(), signal.SIGTERM)
