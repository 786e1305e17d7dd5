"""What people are promised about forgetting is what happens."""

from __future__ import annotations

import os
import time

import pytest

from storage import (
    DeletedCounts,
    Revocations,
    StorageError,
    StorageSettings,
    delete_expired,
    open_store,
    revoke,
)

DAY_S = 86_400
SHA = "a" * 64
STEMS = f"songs/{SHA}/spleeter@1/7-1"


@pytest.fixture
def settings(tmp_path):
    return StorageSettings(data_dir=tmp_path, _env_file=None)


@pytest.fixture
def keep(settings):
    """Put an object that was written so many days ago."""
    store = open_store(settings)

    async def put(key: str, days: float) -> None:
        await store.put(key, b"x")
        then = time.time() - days * DAY_S
        os.utime(settings.data_dir / "objects" / key, (then, then))

    return put


async def left(settings) -> set[str]:
    store = open_store(settings)
    return {*await store.list_ages("songs"), *await store.list_ages("mixes")}


async def test_a_song_goes_after_a_day_and_its_stems_stay(settings, keep):
    await keep(f"songs/{SHA}/source", 1.1)
    await keep(f"{STEMS}/vocals.flac", 1.1)
    await keep(f"{STEMS}/manifest.json", 1.1)
    assert await delete_expired(open_store(settings), settings) == DeletedCounts(songs=1, stems=0, mixes=0)
    assert await left(settings) == {f"{STEMS}/vocals.flac", f"{STEMS}/manifest.json"}


async def test_stems_and_mixes_go_after_a_week(settings, keep):
    await keep(f"{STEMS}/vocals.flac", 7.2)
    await keep(f"{STEMS}/manifest.json", 7.1)
    await keep("mixes/ab/7-1/drumless-320.mp3", 7.1)
    await keep("mixes/cd/8-1/drumless-320.mp3", 6.9)
    assert await delete_expired(open_store(settings), settings) == DeletedCounts(songs=0, stems=2, mixes=1)
    assert await left(settings) == {"mixes/cd/8-1/drumless-320.mp3"}


async def test_a_separation_goes_whole_or_not_at_all(settings, keep):
    """Its stems were uploaded shortly before its manifest; between their two ages nothing is taken."""
    await keep(f"{STEMS}/vocals.flac", 7.01)
    await keep(f"{STEMS}/manifest.json", 6.99)
    assert await delete_expired(open_store(settings), settings) == DeletedCounts(0, 0, 0)


async def test_an_upload_that_was_killed_is_forgotten_too(settings, keep):
    await keep(f"{STEMS}/vocals.flac", 7.5)
    assert (await delete_expired(open_store(settings), settings)).stems == 1


async def test_a_song_that_is_sent_again_starts_its_day_again(settings, keep):
    async def bytes_again():
        yield b"x"

    store = open_store(settings)
    song = await store.put_song(bytes_again(), 10)
    await keep(f"songs/{song.sha256}/source", 2)
    await store.put_song(bytes_again(), 10)
    assert await delete_expired(store, settings) == DeletedCounts(0, 0, 0)


async def test_what_was_heard_early_goes_an_hour_after_its_last_piece(settings, keep):
    """The stems have it all by then; a separation that is still running keeps all its pieces."""
    await keep(f"{STEMS}/manifest.json", 0.1)
    await keep(f"{STEMS}/live/0/vocals-0", 0.1)
    await keep(f"{STEMS}/live/live.json", 0.1)
    running = STEMS.replace("7-1", "8-1")
    await keep(f"{running}/live/0/vocals-0", 0.1)
    await keep(f"{running}/live/live.json", 0.0)
    assert await delete_expired(open_store(settings), settings) == DeletedCounts(songs=0, stems=2, mixes=0)
    assert await left(settings) == {
        f"{STEMS}/manifest.json",
        f"{running}/live/0/vocals-0",
        f"{running}/live/live.json",
    }


async def test_a_song_that_is_sent_again_while_its_sweep_runs_stays(settings, keep, monkeypatch):
    """It was old when it was listed, and is young when its turn comes."""
    await keep(f"songs/{SHA}/source", 2)
    store, listed = open_store(settings), []
    list_ages = store.list_ages

    async def slowly(prefix: str) -> dict[str, float]:
        found = await list_ages(prefix)
        if not listed:
            await keep(f"songs/{SHA}/source", 0)
        listed.append(prefix)
        return found

    monkeypatch.setattr(store, "list_ages", slowly)
    assert await delete_expired(store, settings) == DeletedCounts(0, 0, 0)
    assert await left(settings) == {f"songs/{SHA}/source"}


async def test_what_orders_wait_for_stays_however_old_it_is(settings, keep):
    """No worker for a week: the first thing that one does when it comes back is not to delete what waits."""
    other = "b" * 64
    for sha in (SHA, other):
        await keep(f"songs/{sha}/source", 8)
        await keep(f"songs/{sha}/spleeter@1/7-1/vocals.flac", 8)
        await keep(f"songs/{sha}/spleeter@1/7-1/manifest.json", 8)
    await keep("mixes/ab/7-1/drumless-320.mp3", 8)
    await keep("mixes/cd/8-1/drumless-320.mp3", 8)

    async def in_use() -> set[str]:
        return {f"songs/{SHA}/source", f"{STEMS}/manifest.json", "mixes/ab/7-1/drumless-320.mp3"}

    assert await delete_expired(open_store(settings), settings, in_use) == DeletedCounts(1, 2, 1)
    assert await left(settings) == {
        f"songs/{SHA}/source",
        f"{STEMS}/vocals.flac",
        f"{STEMS}/manifest.json",
        "mixes/ab/7-1/drumless-320.mp3",
    }


FOREIGN = [".DS_Store", "Thumbs db", os.fsdecode(b".nfs\xff"), "new\nline"]


@pytest.mark.parametrize("folder", ["songs", f"songs/{SHA}", STEMS, "mixes", "revoked"])
async def test_files_of_others_do_not_keep_what_is_old_from_being_deleted(settings, keep, folder):
    """One `.DS_Store` ended every later run before it began."""
    await keep(f"songs/{SHA}/source", 30)
    await keep(f"{STEMS}/manifest.json", 30)
    await keep("mixes/ab/7-1/drumless-320.mp3", 30)
    await keep("revoked/1-a", 30)
    objects = settings.data_dir / "objects"
    for name in FOREIGN:
        (objects / folder / name).write_bytes(b"theirs")
    deleted = await delete_expired(open_store(settings), settings)
    assert (deleted.songs, deleted.mixes) == (1, 1)
    ours = {key for key in await left(settings) if key.endswith(("source", "json", "mp3"))}
    assert ours == set()


async def test_a_prefix_that_cannot_be_deleted_leaves_the_others_to_be(settings, keep, monkeypatch):
    broken = "b" * 64
    for sha in (broken, SHA):
        await keep(f"songs/{sha}/source", 2)
    await keep("mixes/ab/7-1/drumless-320.mp3", 30)
    store = open_store(settings)
    delete = store.delete

    async def failing(prefix: str) -> int:
        if broken in prefix:
            raise StorageError(doing="delete")
        return await delete(prefix)

    monkeypatch.setattr(store, "delete", failing)
    assert (await delete_expired(store, settings)).mixes == 1
    assert await left(settings) == {f"songs/{broken}/source"}


async def test_a_prefix_that_cannot_be_listed_is_told_after_the_others_are_done(settings, keep, monkeypatch):
    await keep("mixes/ab/7-1/drumless-320.mp3", 30)
    store = open_store(settings)
    list_ages = store.list_ages

    async def failing(prefix: str) -> dict[str, float]:
        if prefix.startswith("songs"):
            raise StorageError(doing="list")
        return await list_ages(prefix)

    monkeypatch.setattr(store, "list_ages", failing)
    with pytest.raises(StorageError):
        await delete_expired(store, settings)
    monkeypatch.undo()
    assert await left(settings) == set()


async def test_what_is_used_again_starts_its_week_again(settings, keep):
    await keep(f"{STEMS}/vocals.flac", 6.9)
    await keep(f"{STEMS}/manifest.json", 6.9)
    await keep("mixes/ab/7-1/drumless-320.mp3", 8)
    await keep("mixes/ab/7-1/used", 0)
    await open_store(settings).renew(f"{STEMS}/manifest.json")
    then = time.time() - 8 * DAY_S
    os.utime(settings.data_dir / "objects" / f"{STEMS}/vocals.flac", (then, then))
    assert await delete_expired(open_store(settings), settings) == DeletedCounts(0, 0, 0)


@pytest.mark.parametrize("kept_s", [600, 1800, 7200])
async def test_a_song_that_is_sent_again_is_stored_for_as_long_as_is_set(tmp_path, kept_s):
    """Less than an hour: what was younger than that was not stored again, and deleted minutes later."""
    settings = StorageSettings(data_dir=tmp_path, keep_song_s=kept_s, _env_file=None)

    async def data():
        yield b"x"

    store = open_store(settings)
    source = f"songs/{(await store.put_song(data(), 10)).sha256}/source"
    then = time.time() - 0.6 * kept_s
    os.utime(settings.data_dir / "objects" / source, (then, then))
    await store.put_song(data(), 10)
    assert (await store.list_ages("songs"))[source] < 60


async def test_shortening_the_time_of_links_reopens_none_that_was_revoked(settings, keep):
    """Links live by the setting that they were signed under."""
    store = open_store(settings)
    await revoke(store, "1-a", settings.link_s)
    body = await store.get("revoked/1-a")
    for days in (8, 360):
        then = time.time() - days * DAY_S
        os.utime(settings.data_dir / "objects" / "revoked/1-a", (then, then))
        await delete_expired(store, settings.model_copy(update={"link_s": 3600.0}))
        assert await Revocations(store).has("1-a")
    await keep("revoked/2-a", 400)
    await store.put("revoked/3-a", str(int(time.time()) - 5).encode())
    await store.put("revoked/4-a", body)
    for key in ("revoked/3-a", "revoked/4-a"):
        then = time.time() - 400 * DAY_S
        os.utime(settings.data_dir / "objects" / key, (then, then))
    await delete_expired(store, settings)
    assert set(await store.list_ages("revoked")) == {"revoked/1-a", "revoked/4-a"}


async def test_no_folder_stays_whose_name_is_the_hash_of_a_forgotten_song(settings, keep):
    await keep(f"songs/{SHA}/source", 30)
    await keep(f"{STEMS}/live/0/vocals-0", 30)
    await keep(f"{STEMS}/manifest.json", 30)
    await keep("mixes/ab/7-1/drumless-320.mp3", 30)
    objects = settings.data_dir / "objects"
    earlier, new = objects / "songs" / ("b" * 64) / "m@1", objects / "songs" / ("c" * 64)
    earlier.mkdir(parents=True)
    new.mkdir()
    for folder in (earlier, earlier.parent):
        os.utime(folder, (1, 1))
    await delete_expired(open_store(settings), settings)
    left_over = {path.name for path in objects.rglob("*") if len(path.name) == 64}
    assert left_over == {"c" * 64}, "one is about to be used"
