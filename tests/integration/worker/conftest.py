"""A queue, a store and the worker's parts, over one data folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from separator import NewOrder, SeparatorSettings
from separator.core.outputs import OutputSpec
from separator.inference.catalog import card_of
from separator.queue import open_queue
from separator.queue.client import plan
from storage import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from separator import Order
    from separator.queue import Queue
    from storage import ObjectStore


@pytest.fixture
def settings(tmp_path: Path) -> SeparatorSettings:
    """Short leases, so that losing one takes a second instead of thirty."""
    return SeparatorSettings(_env_file=None, data_dir=tmp_path / "data", lease_s=1.0, beat_s=0.1)


@pytest.fixture
async def queue(settings: SeparatorSettings) -> AsyncIterator[Queue]:
    async with open_queue(settings) as queue:
        yield queue


@pytest.fixture
def store(settings: SeparatorSettings) -> ObjectStore:
    return open_store(settings)


@dataclass
class Asking:
    """Sends songs the way front ends do."""

    queue: Queue
    store: ObjectStore
    made: int = 0

    async def send(
        self, data: bytes, outputs: str = "drumless", name: str = "song.mp3", **more: int
    ) -> Order:
        """Keep a song and write an order for it."""

        async def chunks() -> AsyncIterator[bytes]:
            yield data

        song = await self.store.put_song(chunks(), 1 << 30)
        self.made += 1
        order = NewOrder(
            request_id=f"test:{self.made}",
            owner="test:1",
            platform="test",
            reply_to="here",
            song=song.sha256,
            song_name=name,
            outputs=OutputSpec.from_code(f"{outputs}:mp3").code,
            **more,
        )
        return await self.queue.orders.submit(order, plan(order, card_of("auto")))


@pytest.fixture
def asking(queue: Queue, store: ObjectStore) -> Asking:
    return Asking(queue, store)
