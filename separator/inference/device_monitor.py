"""Notices that a device hangs: a step of it (a window, a model that loads) takes far longer than ever before.

A kernel that never returns cannot be interrupted, and its thread looks like one that works. So each step is
announced, and a thread of its own (`separator.worker.lease`) checks how long it has taken. Time counts only
while that thread looks: a process that was stopped and goes on has not hung.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LEAST_S = 60.0  #: no step counts as hung before
TIMES_USUAL = 20  #: as long as usual: nobody's load makes a window so slow
FIRST_S = 180.0  #: for the first window of its kind, of which nothing is known yet
LOAD_S = 900.0  #: for a model: from a slow network disk, with the kernels of a card compiled on the way
LOOK_S = 2.0  #: counted at most between two checks
NEWEST = 0.3  #: weight of the last step in the usual time


@dataclass
class Step:
    """Something that a device is doing."""

    name: str  #: for the log
    limit_s: float
    began: float
    waited_s: float = 0.0  #: as far as it was watched


class DeviceMonitor:
    """The steps that a device is in, and how long each kind of step usually takes."""

    def __init__(self, least_s: float = LEAST_S, first_s: float = FIRST_S, load_s: float = LOAD_S) -> None:
        """Nothing is known yet; the arguments replace the constants, for tests."""
        self._least_s, self._first_s, self._load_s = least_s, first_s, load_s
        self._usual_s: dict[object, float] = {}
        self._steps: dict[int, Step] = {}
        self._checked_at = time.monotonic()
        self._lock = threading.Lock()

    @contextmanager
    def loading(self, model: str) -> Iterator[None]:
        """A model is loaded while the block runs."""
        with self._step(f"load {model}", self._load_s):
            yield

    @contextmanager
    def window(self, kind: object) -> Iterator[None]:
        """Windows are separated while the block runs; `kind` tells apart what takes longer by nature."""
        usual_s = self._usual_s.get(kind)
        limit_s = self._first_s if usual_s is None else TIMES_USUAL * usual_s
        began = time.monotonic()
        with self._step("window", max(self._least_s, limit_s)):
            yield
        took_s = time.monotonic() - began
        before_s = took_s if usual_s is None else usual_s
        self._usual_s[kind] = (1 - NEWEST) * before_s + NEWEST * took_s

    def check(self) -> Step | None:
        """The step that hangs, if one does; called by one thread, every second or more often."""
        with self._lock:
            now = time.monotonic()
            seen_s = min(now - self._checked_at, LOOK_S)
            self._checked_at = now
            for step in self._steps.values():
                step.waited_s += min(seen_s, now - step.began)
            return next((step for step in self._steps.values() if step.waited_s > step.limit_s), None)

    @contextmanager
    def _step(self, name: str, limit_s: float) -> Iterator[None]:
        step = Step(name, limit_s, time.monotonic())
        with self._lock:
            self._steps[id(step)] = step
        try:
            yield
        finally:
            with self._lock:
                del self._steps[id(step)]
