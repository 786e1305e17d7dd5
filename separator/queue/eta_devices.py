"""Devices that share themselves evenly among the songs they hold, on paper.

A device that holds n songs gives each the n-th part of its speed. So a count of its own, of what each of its
songs has got, gives the end of a song when it starts: it ends at that count, whatever comes beside it.

    time     0 ──────── 10 ──────────── 30 ─────── 40
    song A   ███ alone  ▒▒ shared, half          done: A got 10 + 10
    song B              ▒▒ shared, half  ███ alone
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def busy_s(spans: Iterable[tuple[float, float]]) -> float:
    """For how long a device had anything to do, from the times at which it held its songs."""
    busy, until = 0.0, float("-inf")
    for began, ended in sorted(spans):
        busy += max(0.0, ended - max(began, until))
        until = max(until, ended)
    return busy


@dataclass
class _Device:
    """One device; `got` is what each song that was there all the time has got of it, in seconds of song."""

    name: str
    speed: float  #: seconds of song per second, for all its songs together
    at: float = 0.0
    got: float = 0.0
    songs: list[tuple[float, int, int]] = field(default_factory=list)  #: heap: ends at this `got`, tie, id

    def move_to(self, now: float) -> None:
        """Let time pass."""
        if self.songs:
            self.got += (now - self.at) * self.speed / len(self.songs)
        self.at = now

    def next_end(self) -> float:
        """When the first of its songs ends, if nothing else comes."""
        return self.at + max(self.songs[0][0] - self.got, 0.0) * len(self.songs) / self.speed


class Devices:
    """All devices; time goes from end to end."""

    def __init__(self, speeds: Mapping[str, float], per_worker: int) -> None:
        """Start with each device's speed by its name, and how many songs one holds at most."""
        self._devices = {name: _Device(name, speed) for name, speed in speeds.items()}
        self._per_worker = per_worker
        self._ties = count()
        self._now = 0.0
        self._ends: list[tuple[float, int, str]] = []  # heap; a device's newest entry is the true one
        self._newest: dict[str, int] = {}

    def free(self) -> str | None:
        """The device with a free slot that takes the next song: the one with the fewest, then the fastest."""
        able = [device for device in self._devices.values() if len(device.songs) < self._per_worker]
        return min(able, key=lambda each: (len(each.songs), -each.speed)).name if able else None

    def begin(self, song: int, name: str, work_s: float) -> None:
        """A device takes a song of so many seconds."""
        device = self._devices[name]
        device.move_to(self._now)
        heapq.heappush(device.songs, (device.got + work_s, next(self._ties), song))
        self._expect(device)

    def end(self) -> tuple[int, str, float] | None:
        """Let time pass until a song ends: which, on which device, when. None when none is held."""
        while self._ends:
            now, tick, name = heapq.heappop(self._ends)
            if self._newest[name] != tick:
                continue
            device, self._now = self._devices[name], now
            device.move_to(now)
            device.got, _, song = heapq.heappop(device.songs)
            self._expect(device)
            return song, name, now
        return None

    def _expect(self, device: _Device) -> None:
        """Note when a device's next song ends; what was noted before is void."""
        tick = self._newest[device.name] = next(self._ties)
        if device.songs:
            heapq.heappush(self._ends, (device.next_end(), tick, device.name))
