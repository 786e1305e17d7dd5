"""A device that hangs is told from one that is slow, loads, or was stopped with its process."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from separator.inference import device_monitor
from separator.inference.device_monitor import FIRST_S, LEAST_S, LOAD_S, DeviceMonitor


class Clock:
    """A clock that goes on when the test says so, looked at once a second as the worker does."""

    def __init__(self, monkeypatch) -> None:
        self.now = 0.0
        monkeypatch.setattr(device_monitor, "time", SimpleNamespace(monotonic=lambda: self.now))

    def watch(self, monitor: DeviceMonitor, for_s: float) -> str | None:
        for _ in range(int(for_s)):
            self.now += 1
            if step := monitor.check():
                return step.name
        return None


@pytest.fixture
def clock(monkeypatch) -> Clock:
    return Clock(monkeypatch)


def window(monitor, clock, took_s):
    with monitor.window("htdemucs"):
        clock.now += took_s


def test_a_window_that_never_ends_is_noticed(clock):
    monitor = DeviceMonitor()
    window(monitor, clock, 0.1)
    with monitor.window("htdemucs"):
        assert clock.watch(monitor, LEAST_S - 1) is None
        assert clock.watch(monitor, 5) == "window"


def test_a_slow_device_has_twenty_times_its_usual(clock):
    monitor = DeviceMonitor()
    window(monitor, clock, 10)
    with monitor.window("htdemucs"):
        assert clock.watch(monitor, 199) is None
        assert clock.watch(monitor, 5) == "window"


def test_the_first_window_of_a_model_has_longer(clock):
    monitor = DeviceMonitor()
    window(monitor, clock, 0.1)
    with monitor.window("another model"):
        assert clock.watch(monitor, FIRST_S - 1) is None
        assert clock.watch(monitor, 5) == "window"


def test_a_model_that_never_finishes_loading_is_noticed(clock):
    monitor = DeviceMonitor()
    with monitor.loading("htdemucs"):
        assert clock.watch(monitor, LOAD_S - 1) is None
        assert clock.watch(monitor, 5) == "load htdemucs"


def test_windows_that_end_are_no_hang_however_many(clock):
    monitor = DeviceMonitor()
    for _ in range(100):
        with monitor.window("htdemucs"):
            assert clock.watch(monitor, 5) is None
    assert clock.watch(monitor, 1000) is None, "an idle device does not hang"


def test_a_process_that_was_stopped_for_an_hour_has_not_hung(clock):
    """SIGSTOP, a frozen container, a laptop that slept: nobody looked, so nothing is known of that time."""
    monitor = DeviceMonitor()
    window(monitor, clock, 0.1)
    with monitor.window("htdemucs"):
        clock.now += 3600
        assert clock.watch(monitor, 30) is None


def test_a_window_that_failed_says_nothing_of_the_usual_time(clock):
    monitor = DeviceMonitor()
    with pytest.raises(RuntimeError), monitor.window("htdemucs"):
        raise RuntimeError
    with monitor.window("htdemucs"):
        assert clock.watch(monitor, FIRST_S - 1) is None
    assert monitor.check() is None
