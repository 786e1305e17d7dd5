"""A child of `stembot serve` does not outlive it, also when serve is killed and can tell nobody.

Otherwise a worker nobody supervises would go on, and the next `serve` would find its port taken.
"""

from __future__ import annotations

import os
import signal
import threading
import time

VARIABLE = "STEMBOT_SERVE_PID"  #: set by serve for its children
LOOK_EVERY_S = 1.0


def end_with_serve() -> None:
    """If this process is a child of serve, stop it as SIGTERM does once serve is gone."""
    parent = os.environ.get(VARIABLE, "")
    if parent.isdecimal():
        threading.Thread(target=_watch, args=(int(parent),), name="lifeline", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY_S)
    os.kill(os.getpid(), signal.SIGTERM)
