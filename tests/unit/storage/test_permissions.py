"""Nobody else on the machine reads who asked for what, or hears it."""

from __future__ import annotations

import os

import pytest

from separator.queue.db.sqlite import open_sqlite
from storage import StorageSettings, open_store


@pytest.fixture(autouse=True)
def _umask():
    before = os.umask(0o022)
    yield
    os.umask(before)


def readable_by_others(folder) -> list[str]:
    return [str(path.relative_to(folder)) for path in folder.rglob("*") if path.stat().st_mode & 0o077]


async def test_songs_stems_and_database_are_their_users_alone(tmp_path):
    data = tmp_path / "data"
    store = open_store(StorageSettings(data_dir=data, _env_file=None))
    driver = await open_sqlite(data / "line.sqlite")
    async with driver.transaction() as tx:
        await tx.all("CREATE TABLE t (a INTEGER)")
    await store.put("songs/aa/source", b"x")
    assert readable_by_others(tmp_path) == []
    await driver.close()


async def test_what_an_earlier_version_left_open_is_closed(tmp_path):
    data = tmp_path / "data"
    (data / "objects" / "songs").mkdir(parents=True)
    (data / "objects" / "songs" / "song").write_bytes(b"x")
    (data / "line.sqlite").touch()
    open_store(StorageSettings(data_dir=data, _env_file=None))
    await (await open_sqlite(data / "line.sqlite")).close()
    assert (data / "objects").stat().st_mode & 0o777 == 0o700, "so nobody reads what is in it"
    assert (data / "line.sqlite").stat().st_mode & 0o777 == 0o600
