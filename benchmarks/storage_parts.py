"""The parts of the fault run: processes that write and sweep, their journal, and an S3 server that goes away.

`python -m benchmarks.storage_parts writer-a FOLDER ADDRESS TURN` is started and killed by `storage_faults`.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from storage import Manifest, StemFile, StorageError, StorageSettings, delete_expired, open_store, seek_table
from storage.flac_index import Cut, FlacIndex

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from storage import ObjectStore

STEMS = ("vocals", "drums", "bass", "other")
KEEP_S = 4.0  # seconds that a separation is kept here, a week in earnest
_UPLOAD_S = KEEP_S / 2  # a writer that takes longer gives up, as a worker does whose lease is lost
SONG_KEEP_S = 3.0
_LARGE = 6_000_000  # bytes of the first stem: more than one part of a multi-part upload (5 MiB)
_SMALL = 300_000
_CHUNK = 65_536


@dataclass(frozen=True)
class Published:
    """A separation that was begun, and when it was whole, if ever."""

    base: str
    done: float | None = None  #: seconds since 1970


class Journal:
    """What writers say they did: a line is written before and after each separation, and survives them."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "journal"

    def write(self, one: Published) -> None:
        """A line at once, whole."""
        line = json.dumps([one.base, one.done]) + "\n"
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            os.write(descriptor, line.encode())
        finally:
            os.close(descriptor)

    def lines(self) -> int:
        """How much was begun or done."""
        return self._path.read_bytes().count(b"\n") if self._path.exists() else 0

    def read(self) -> list[Published]:
        """Each separation once, as it stands."""
        if not self._path.exists():
            return []
        lines = [json.loads(line) for line in self._path.read_text("utf-8").splitlines()]
        return [Published(base, done) for base, done in dict(lines).items()]


def bytes_of(base: str, stem: str) -> bytes:
    """What a stem holds: told by its name alone, so that a reader knows it without being told."""
    size = _LARGE if stem == STEMS[0] else _SMALL
    digest = hashlib.sha256(f"{base}/{stem}".encode()).digest()
    return digest * (size // len(digest))


def child_settings(folder: Path, address: str) -> StorageSettings:
    """The store of the run: the disk, or S3 behind `address`."""
    if address:
        os.environ |= {"AWS_ENDPOINT_URL": address, "AWS_REGION": "us-east-1"}
        os.environ |= {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    url = "s3://stems/faults" if address else ""
    return StorageSettings(
        data_dir=folder / "data", storage_url=url, keep_song_s=SONG_KEEP_S, keep_stems_s=KEEP_S
    )


async def write(store: ObjectStore, journal: Journal, name: str) -> None:
    """Publish one separation after another, as a worker does: stems side by side, the manifest last."""
    number = 0
    while True:
        number += 1
        song = hashlib.sha256(name.encode()).hexdigest()
        base = f"songs/{song}/m@1/{number}-1"
        journal.write(Published(base))
        with contextlib.suppress(StorageError, TimeoutError):
            async with asyncio.timeout(_UPLOAD_S):
                await _publish(store, base, song)
            journal.write(Published(base, time.time()))
            await store.put_song(_sent(name), 10 * _LARGE)  # the same song again: its time starts again


async def _publish(store: ObjectStore, base: str, song: str) -> None:
    data = {stem: bytes_of(base, stem) for stem in STEMS}
    await asyncio.gather(*(store.put(f"{base}/{stem}.flac", each) for stem, each in data.items()))
    table = {stem: FlacIndex(bytes(34), 9, len(each), (Cut(0, 0),)) for stem, each in data.items()}
    await store.put(f"{base}/cuts.json", seek_table.to_json(table))
    manifest = Manifest(
        song=song,
        model="m",
        model_version="1",
        rate_hz=44_100,
        samples=9,
        stems=tuple(StemFile(stem, f"{base}/{stem}.flac", len(each)) for stem, each in data.items()),
        peaks_key=f"{base}/peaks.json",
        cuts_key=f"{base}/cuts.json",
    )
    await store.put(f"{base}/peaks.json", b'{"per_s": 20, "stems": {}}')
    await store.put(f"{base}/manifest.json", manifest.to_json())


async def _sent(name: str) -> AsyncIterator[bytes]:
    """A song as it comes in, chunk by chunk."""
    data = bytes_of(name, STEMS[0])
    for start in range(0, len(data), _CHUNK):
        yield data[start : start + _CHUNK]


async def forget(store: ObjectStore, settings: StorageSettings) -> None:
    """Sweep all the time."""
    while True:
        with contextlib.suppress(StorageError):
            await delete_expired(store, settings)
        await asyncio.sleep(0.05)


class Proxy:
    """Stands before the S3 server, and goes away with all connections when told to."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self.address = ""

    async def start(self, port: int = 0) -> None:
        """Listen, at the same address as before."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        self.address = "http://{}:{}".format(*self._server.sockets[0].getsockname()[:2])

    async def outage(self, seconds: float) -> None:
        """Break what is open, refuse what comes, be back later."""
        await self.stop()
        await asyncio.sleep(seconds)
        await self.start(int(self.address.rpartition(":")[2]))

    async def stop(self) -> None:
        """Break what is open and listen no more."""
        if self._server is not None:
            self._server.close()
        for writer in list(self._open):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            back, forth = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, forth}
        await asyncio.gather(_pour(reader, forth), _pour(back, writer))
        self._open -= {writer, forth}


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()
    writer.close()


@contextlib.asynccontextmanager
async def s3_server() -> AsyncIterator[Proxy]:
    """An S3 server (moto) with one bucket, behind a proxy."""
    import boto3  # noqa: PLC0415 - only where S3 is asked for
    from moto.server import ThreadedMotoServer  # noqa: PLC0415

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it tells every request
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
    client = boto3.client("s3", endpoint_url=f"http://{host}:{port}", region_name="us-east-1", **keys)
    client.create_bucket(Bucket="stems")
    client.close()
    proxy = Proxy(port)
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.stop()
        server.stop()


async def _child(what: str, folder: Path, address: str, turn: str) -> None:
    settings = child_settings(folder, address)
    store = open_store(settings)
    if what == "sweeper":
        await forget(store, settings)
    await write(store, Journal(folder), f"{what}-{turn}")


if __name__ == "__main__":
    what, folder, address, turn = sys.argv[1:]
    asyncio.run(_child(what, Path(folder), address, turn))
