"""What every store must do, on disk, in memory and on an S3 server."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING

import pytest
from obstore.store import MemoryStore
from pydantic import SecretStr

from storage import NotStored, ObjectStore, StorageError, StorageSettings, TooManyBytes, open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

SONG = bytes(range(256)) * 40_000  # 10 MB: more than one part of a multi-part upload (5 MiB)


@pytest.fixture(scope="session")
def bucket() -> Iterator[str]:
    """The address of an S3 server on this machine, with one bucket."""
    moto = pytest.importorskip("moto.server", reason="LOUD: moto is not here, so no S3 server was asked")
    boto3 = pytest.importorskip("boto3")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    address = "http://{}:{}".format(*server.get_host_and_port())
    client = boto3.client(
        "s3", endpoint_url=address, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    client.create_bucket(Bucket="stems")
    client.close()
    yield address
    server.stop()


@pytest.fixture(params=["disk", "memory", "s3"])
def store(request, tmp_path, monkeypatch) -> ObjectStore:
    settings = StorageSettings(data_dir=tmp_path / "data", _env_file=None)
    if request.param == "memory":
        return ObjectStore(MemoryStore(), tmp_path)
    if request.param == "s3":
        given = {"AWS_ENDPOINT_URL": request.getfixturevalue("bucket"), "AWS_REGION": "us-east-1"}
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        place = {
            "storage_url": f"s3://stems/{tmp_path.name.lower()}",
            "s3_key_id": "a",
            "s3_secret": SecretStr("b"),
        }
        return open_store(settings.model_copy(update=place))
    return open_store(settings)


async def chunked(data: bytes, size: int = 100_000) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def collected(stream: AsyncIterator[bytes]) -> bytes:
    return b"".join([chunk async for chunk in stream])


async def test_what_was_put_is_got(store: ObjectStore):
    await store.put("songs/a/peaks.json", b"{}")
    assert await store.get("songs/a/peaks.json") == b"{}"
    assert await store.size("songs/a/peaks.json") == 2


async def test_putting_again_replaces_whole(store: ObjectStore):
    await store.put("a/b", b"longer than the next")
    await store.put("a/b", b"short")
    assert await store.get("a/b") == b"short"


async def test_a_file_goes_in_and_comes_out_as_it_was(store: ObjectStore, tmp_path: Path):
    (tmp_path / "in").write_bytes(SONG)
    await store.put_file("mixes/1/drums+bass.mp3", tmp_path / "in")
    await store.get_file("mixes/1/drums+bass.mp3", tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == SONG


async def test_a_failed_copy_leaves_no_file(store: ObjectStore, tmp_path: Path):
    with pytest.raises(NotStored):
        await store.get_file("mixes/1/none.mp3", tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "out.part").exists()


async def test_a_song_is_kept_under_its_hash(store: ObjectStore):
    song = await store.put_song(chunked(SONG), limit_bytes=len(SONG))
    assert song.sha256 == hashlib.sha256(SONG).hexdigest()
    assert song.size_bytes == len(SONG)
    assert await collected(store.stream(f"songs/{song.sha256}/source")) == SONG


async def test_the_same_song_twice_at_once_is_one_object(store: ObjectStore):
    first, second = await asyncio.gather(
        *(store.put_song(chunked(SONG), limit_bytes=len(SONG)) for _ in range(2))
    )
    assert first == second
    assert await store.delete("songs") == 1


async def test_a_song_over_the_limit_is_cut_off_and_nothing_is_kept(store: ObjectStore):
    read = 0

    async def counting() -> AsyncIterator[bytes]:
        nonlocal read
        async for chunk in chunked(SONG):
            read += len(chunk)
            yield chunk

    with pytest.raises(TooManyBytes) as told:
        await store.put_song(counting(), limit_bytes=250_000)
    assert told.value.facts["limit_bytes"] == 250_000
    assert read == 300_000, "reading stops with the chunk that passes the limit"
    assert await store.delete("songs") == 0


async def test_a_sender_who_breaks_off_leaves_nothing(store: ObjectStore):
    async def broken() -> AsyncIterator[bytes]:
        yield SONG
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await store.put_song(broken(), limit_bytes=len(SONG) * 2)
    assert await store.delete("songs") == 0


async def test_an_empty_song_is_kept_like_any_other(store: ObjectStore):
    """Refusing it is the decoder's business; its sentence is kinder than a storage error."""
    song = await store.put_song(chunked(b""), limit_bytes=10)
    assert await store.size(f"songs/{song.sha256}/source") == 0
    assert await collected(store.stream(f"songs/{song.sha256}/source")) == b""


@pytest.mark.parametrize(
    ("start", "end"),
    [(0, 1), (5, 10), (0, None), (len(SONG) - 3, None), (len(SONG) - 3, len(SONG) + 50), (7, 7), (9, 3)],
)
async def test_a_range_is_that_slice(store: ObjectStore, start, end):
    await store.put("a/b", SONG)
    assert await collected(store.stream("a/b", start, end)) == SONG[start:end]


async def test_past_the_end_there_is_nothing(store: ObjectStore):
    await store.put("a/b", b"abc")
    assert await collected(store.stream("a/b", 3)) == b""
    assert await collected(store.stream("a/b", 99)) == b""


@pytest.mark.parametrize("store", ["disk"], indirect=True)  # what lies in memory is handed over as it lies
async def test_a_stream_comes_in_chunks_and_not_at_once(store: ObjectStore):
    """Memory must not grow with the song."""
    await store.put("a/b", SONG)
    sizes = [len(chunk) async for chunk in store.stream("a/b")]
    assert max(sizes) <= 2 * 1024 * 1024
    assert sum(sizes) == len(SONG)


async def test_what_is_not_there_says_so(store: ObjectStore):
    with pytest.raises(NotStored):
        await store.get("a/b")
    with pytest.raises(NotStored):
        await collected(store.stream("a/b"))
    assert await store.size("a/b") is None
    assert await store.delete("a") == 0


async def test_delete_forgets_whole_segments_only(store: ObjectStore):
    for key in ("songs/ab/source", "songs/ab/m@1/t/manifest.json", "songs/abc/source", "songs/a/source"):
        await store.put(key, b"x")
    assert await store.delete("songs/ab") == 2
    assert await store.size("songs/ab/source") is None
    assert await store.size("songs/abc/source") == 1
    assert await store.size("songs/a/source") == 1


async def test_delete_takes_a_single_object_by_its_key(store: ObjectStore):
    await store.put("songs/ab/source", b"x")
    await store.put("songs/ab/sources", b"x")
    assert await store.delete("songs/ab/source") == 1
    assert await store.size("songs/ab/sources") == 1


TRICKS = [
    "", "/", "/etc/passwd", "a//b", "a/", "..", "../a", "a/../b", "a/./b", ".hidden", "a/.b", "a\\b", "a b",
    "a\0b", "a\nb", "A/b", "a%2e%2e/b", "a/b#1", "ä", "~", "a?b", "a:b", "x" * 600,
]  # fmt: skip


@pytest.mark.parametrize("trick", TRICKS)
async def test_a_path_trick_is_no_key(store: ObjectStore, trick, tmp_path):
    (tmp_path / "in").write_bytes(b"x")
    with pytest.raises(StorageError):
        await store.put(trick, b"x")
    with pytest.raises(StorageError):
        await store.put_file(trick, tmp_path / "in")
    with pytest.raises(StorageError):
        await store.get(trick)
    with pytest.raises(StorageError):
        await store.size(trick)
    with pytest.raises(StorageError):
        await collected(store.stream(trick))
    with pytest.raises(StorageError):
        await store.delete(trick)


async def test_a_reader_sees_the_old_object_or_the_new_one_never_a_part(store: ObjectStore):
    """A replaced object is whole at every moment that somebody looks."""
    old, new = b"o" * 6_000_000, b"n" * 7_000_000
    await store.put("a/b", old)
    transaction = asyncio.create_task(store.put("a/b", new))
    seen = set()
    while not transaction.done():
        seen.add(await store.get("a/b"))
    await transaction
    assert seen <= {old, new}
    assert await store.get("a/b") == new
