"""What lies on the disk is not what was put there: the song is answered all the same."""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from separator import NewOrder, OrderState, open_queue_client
from separator.core.jobs import JobKind
from separator.inference.catalog import card_of
from separator.inference.catalog.registry import EMBEDDED, is_available
from separator.inference.model_cache import ModelCache
from separator.queue import open_worker_queue
from separator.worker.isolation import PoisonJobGuard
from separator.worker.lease import LeaseRenewer, WorkerInfo
from separator.worker.main import JobConsumer, _load_then_run
from separator.worker.tasks import WorkerContext
from storage import Manifest
from tests.programs import eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from separator import OrderStatus, QueueClient


@pytest.fixture
def corrupt(settings):
    """The weights of a model: as long as they should be, and not what their source published."""
    card = card_of("htdemucs")
    settings.weights_dir.mkdir(parents=True)
    for file in card.files:
        with (settings.weights_dir / file.name).open("wb") as out:
            os.truncate(out.fileno(), file.size_bytes)
    return card


@asynccontextmanager
async def working(settings, store, model: str) -> AsyncIterator[None]:
    """A worker that would warm up this model."""
    async with open_worker_queue(settings) as first, open_worker_queue(settings) as second:
        worker = WorkerInfo("w1", "cpu", 30, 0.5, weights_dir=settings.weights_dir)
        with (
            LeaseRenewer(lambda: open_worker_queue(settings), worker) as leases,
            ModelCache("cpu", settings.weights_dir) as models,
        ):
            closing, guard = asyncio.Event(), PoisonJobGuard()
            separates, mixes = (
                JobConsumer(
                    kind, WorkerContext(queue, store, models, settings), queue, leases, closing, guard
                )
                for kind, queue in ((JobKind.SEPARATE, first), (JobKind.MIX, second))
            )
            tasks = [
                asyncio.create_task(_load_then_run(models, model, separates)),
                asyncio.create_task(mixes.run()),
            ]
            try:
                yield
            finally:
                closing.set()
                await asyncio.gather(*tasks)


async def answered(queue: QueueClient, number: int, song: str, outputs: str) -> OrderStatus:
    """Order a mix and wait for it."""
    order = NewOrder(f"t:{number}", "t:1", "t", "chat", song, "Song.mp3", outputs)
    written = await queue.submit(order)

    async def ready() -> OrderStatus | None:
        standing = await queue.orders.order_status(written.id)
        return standing if standing.order.state is OrderState.READY else None

    return await eventually(ready, "the order is answered")


async def keep(store, path) -> str:
    async def chunks() -> AsyncIterator[bytes]:
        yield path.read_bytes()

    return (await store.put_song(chunks(), 1 << 30)).sha256


async def test_a_song_is_answered_although_the_models_weights_are_spoiled(
    settings, store, corrupt, wheel_song
):
    """Both ways to meet them: when the worker starts, and when a song comes that was promised them."""
    song = await keep(store, wheel_song)
    async with open_queue_client(settings) as queue, working(settings, store, "auto"):
        standing = await answered(queue, 1, song, "-drums:mp3")
        manifest = Manifest.from_json(await store.get(standing.result["manifest"]))
        assert manifest.model == EMBEDDED.name, "what made it is named, whatever was promised"
        assert not is_available(corrupt, settings.weights_dir), "nobody counts on them any more"


async def test_a_worker_starts_although_the_weights_that_are_set_are_spoiled(
    settings, store, corrupt, wheel_song
):
    """It must not end as if a setting were wrong: `serve` would end with it."""
    song = await keep(store, wheel_song)
    async with open_queue_client(settings) as queue, working(settings, store, corrupt.name):
        assert (await answered(queue, 1, song, "vocals:mp3")).result["files"]


async def test_a_song_whose_manifest_is_spoiled_is_separated_again(settings, store, wheel_song):
    """Else every wish for it would fail for a week."""
    song = await keep(store, wheel_song)
    async with open_queue_client(settings) as queue, working(settings, store, "auto"):
        first = await answered(queue, 1, song, "-drums:mp3")
        data = bytearray(await store.get(first.result["manifest"]))
        data[0] ^= 1
        await store.put(first.result["manifest"], bytes(data))
        # What was done just now is shared for a few seconds.
        async with queue.orders.database.driver.transaction() as tx:
            await tx.all("UPDATE job SET finished = finished - 60")
        second = await answered(queue, 2, song, "vocals:mp3")
    assert second.result["manifest"] != first.result["manifest"]
    assert Manifest.from_json(await store.get(second.result["manifest"])).song == song
