"""The sign of life that containers are watched by."""

import asyncio
import os
import time

from separator.worker.liveness import liveness_file
from tests.programs import eventually


async def test_the_file_is_touched_while_the_loop_turns_and_goes_with_the_process(tmp_path):
    path = tmp_path / "alive"

    async def is_young():
        return path.exists() and path.stat().st_mtime > 1e9

    async with liveness_file(str(path), interval_s=0.01):
        await eventually(is_young, "it is touched")
        os.utime(path, (0, 0))
        await eventually(is_young, "it is touched again")
    assert not path.exists()


async def test_a_loop_that_hangs_lets_the_file_grow_old(tmp_path):
    """That is what it is for: a process that is there and does nothing."""
    path = tmp_path / "alive"
    async with liveness_file(str(path), interval_s=0.01):
        await asyncio.sleep(0.05)
        os.utime(path, (0, 0))
        time.sleep(0.1)
        assert path.stat().st_mtime == 0


async def test_a_folder_that_is_not_there_stops_nobody(tmp_path):
    async with liveness_file(str(tmp_path / "none" / "alive"), interval_s=0.01):
        await asyncio.sleep(0.05)


async def test_without_a_name_there_is_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with liveness_file(""):
        await asyncio.sleep(0)
    assert list(tmp_path.iterdir()) == []
