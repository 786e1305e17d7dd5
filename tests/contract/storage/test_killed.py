"""A process that is killed in an upload leaves the old object or the new one, whole, or nothing."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from storage import StorageSettings, open_store

ROOT = Path(__file__).parents[3]
SIZE = 60_000_000  # bytes: long enough in writing to be hit
WRITER = """
import asyncio, sys
from pathlib import Path
from storage import StorageSettings, open_store

async def main():
    store = open_store(StorageSettings(data_dir=Path(sys.argv[1]), _env_file=None))
    print("writing", flush=True)
    for turn in range(1000):
        await store.put("a/whole", bytes([turn % 250 + 1]) * int(sys.argv[2]))
        await store.put_file("a/file", Path(sys.argv[3]))
        await store.delete("a/file")

asyncio.run(main())
"""


@pytest.mark.processes
async def test_kill_9_in_the_middle_of_an_upload_leaves_no_half_object(tmp_path):
    source = tmp_path / "source"
    source.write_bytes(b"s" * SIZE)
    store = open_store(StorageSettings(data_dir=tmp_path / "data", _env_file=None))
    chance = random.Random(7)  # seeded, so that a failure can be repeated
    for _ in range(6):
        command = [sys.executable, "-c", WRITER, str(tmp_path / "data"), str(SIZE), str(source)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as writer:
            await asyncio.to_thread(writer.stdout.readline)
            await asyncio.sleep(chance.uniform(0.05, 0.6))  # the moment of the blow; nothing waits for it
            writer.kill()
        assert await store.size("a/file") in (None, SIZE)
        if (size := await store.size("a/whole")) is not None:
            assert size == SIZE
            assert len(set(await store.get("a/whole"))) == 1, "of one upload, not of two"


def test_what_a_killed_process_left_is_removed_at_the_next_start_unless_it_may_still_be_written(tmp_path):
    objects = tmp_path / "data" / "objects" / "a"
    objects.mkdir(parents=True)
    for name in ("left#1", "young#2", "whole"):
        (objects / name).write_bytes(b"x")
    hours_ago = time.time() - 2 * 3600
    os.utime(objects / "left#1", (hours_ago, hours_ago))
    os.utime(objects / "whole", (hours_ago, hours_ago))
    open_store(StorageSettings(data_dir=tmp_path / "data", _env_file=None))
    assert sorted(path.name for path in objects.iterdir()) == ["whole", "young#2"]
