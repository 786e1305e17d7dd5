"""Freed buffers stay with the process: a second window asks the system for nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import resource, sys, threading
from separator.inference.malloc import tune_for_inference
assert tune_for_inference() or sys.exit(3)
assert "torch" not in sys.modules
sizes = [(1 << 20) + 4096 * (each * 997 % 5000) for each in range(60)]  # 1 to 20 MB
def use():
    held = [bytearray(size) for size in sizes]
def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
print(faults(), faults())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only glibc is set")
def test_buffers_of_one_song_serve_the_next_in_another_thread():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=False, capture_output=True, text=True, timeout=60
    )
    if done.returncode == 3:
        pytest.skip("LOUD: no glibc here")
    first, second = map(int, done.stdout.split())
    assert first > 50_000
    assert second < first / 50


ROOM = """
import sys
from separator.inference.malloc import tune_for_low_memory
assert tune_for_low_memory() or sys.exit(3)
def taken():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmRSS")).split()[1])
before = taken()
held = [bytes(1000) for _ in range(100_000)]
most = taken()
del held
print(most - before, taken() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only glibc is set")
def test_a_room_gives_back_what_a_busy_minute_took():
    done = subprocess.run(
        [sys.executable, "-c", ROOM], check=False, capture_output=True, text=True, timeout=60
    )
    if done.returncode == 3:
        pytest.skip("LOUD: no glibc here")
    most_kb, kept_kb = map(int, done.stdout.split())
    assert most_kb > 90_000
    assert kept_kb < most_kb / 10


HOLES = """
import ctypes, sys
from separator.inference.malloc import tune_for_inference, trim

def resident_mb():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096 >> 20

libc = ctypes.CDLL(None)
libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
tune_for_inference() or sys.exit(3)
blocks = [libc.malloc(1 << 20) for _ in range(400)]
for block in blocks:
    ctypes.memset(block, 1, 1 << 20)
for block in blocks[::2]:  # what is still in use lies between the holes
    libc.free(block)
before = resident_mb()
trim()
sys.exit(0 if before - resident_mb() > 150 else f"{before} MB before, {resident_mb()} MB after")
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's malloc")
def test_memory_that_lies_free_between_what_is_in_use_goes_back():
    """A worker that only kept it grew with the length of its song, past any bound."""
    result = subprocess.run(
        [sys.executable, "-c", HOLES], check=False, capture_output=True, text=True, timeout=60
    )
    if result.returncode == 3:
        pytest.skip("LOUD: no glibc here")
    assert result.returncode == 0, result.stderr
