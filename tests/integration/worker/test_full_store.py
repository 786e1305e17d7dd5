"""A store that takes nothing (a full bucket, an expired key): no song is separated for it again and again."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from separator import JobState, OrderState
from separator.core.jobs import Service
from separator.queue import claims
from separator.worker import tasks, unstored
from separator.worker.unstored import MOST, UnstoredSeparations
from storage import StorageError, temp_dir
from tests.integration.worker.test_main import models, working  # noqa: F401 - fixtures
from tests.programs import eventually


class Full:
    """A store that refuses writes while it is full."""

    def __init__(self, store) -> None:
        self._store, self.is_full, self.refused = store, False, 0

    def __getattr__(self, name: str):
        async def call(*args):
            if self.is_full and name.startswith("put"):
                self.refused += 1
                raise StorageError(doing=name)
            return await getattr(self._store, name)(*args)

        return call


@pytest.fixture
def full(store, monkeypatch) -> Full:
    monkeypatch.setattr(tasks, "ATTEMPTS", 1)
    monkeypatch.setattr(claims, "STORE_PAUSE_S", 0.01)
    monkeypatch.setattr(claims, "LONGEST_STORE_PAUSE_S", 0.1)
    return Full(store)


@pytest.fixture
def separated(monkeypatch, full):
    """Every separation that was made; `fills` makes the store full when one is done."""
    made = SimpleNamespace(count=0, fills=False)
    separate = tasks.separate_song

    def counting(*args, **more):
        made.count += 1
        separation = separate(*args, **more)
        full.is_full = full.is_full or made.fills
        return separation

    monkeypatch.setattr(tasks, "separate_song", counting)
    return made


async def _told(queue, order, full) -> None:
    """Several rounds on, its user reads that the store is to blame, and no attempt was spent."""

    async def look() -> bool:
        status = await queue.orders.order_status(order.id)
        return full.refused >= 4 and status.state is JobState.QUEUED and status.service is Service.STORAGE

    await eventually(look, "its user is told")


async def _done(queue, order) -> None:
    async def look() -> bool:
        return (await queue.orders.order_status(order.id)).order.state is OrderState.READY

    await eventually(look, "it is answered")
    assert (await queue.orders.order_status(order.id)).state is JobState.DONE


async def test_nothing_is_separated_for_a_store_that_takes_nothing(
    queue,
    asking,
    full,
    working,  # noqa: F811
    wheel_song,
    separated,
):
    """Twenty whole separations in a row, each thrown away, and nobody was told."""
    order = await asking.send(wheel_song.read_bytes(), "vocals")
    full.is_full = True
    async with working(full):
        await _told(queue, order, full)
        assert separated.count == 0
        full.is_full = False
        await _done(queue, order)
    assert separated.count == 1


async def test_stems_that_the_store_did_not_take_are_stored_later_not_made_again(
    queue,
    asking,
    full,
    working,  # noqa: F811
    wheel_song,
    separated,
):
    order = await asking.send(wheel_song.read_bytes(), "vocals")
    separated.fills = True
    async with working(full):
        await _told(queue, order, full)
        separated.fills = full.is_full = False
        await _done(queue, order)
    assert separated.count == 1


def _a_separation() -> tuple[object, SimpleNamespace]:
    folder = temp_dir()
    return folder, SimpleNamespace(folder=folder, card=None, separation=None)


def test_only_a_few_separations_are_kept_and_not_for_long(monkeypatch):
    """The disk of a worker is no second store."""
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(unstored, "time", SimpleNamespace(monotonic=lambda: clock.now))
    kept, made = UnstoredSeparations(), [_a_separation() for _ in range(MOST + 1)]
    for number, (_, separation) in enumerate(made):
        kept.keep(number, separation)
    assert [Path(folder.name).exists() for folder, _ in made] == [False, *[True] * MOST]
    clock.now = unstored.KEPT_S + 1
    assert kept.take(1) is made[1][1]
    kept.purge()
    assert [Path(folder.name).exists() for folder, _ in made[2:]] == [False] * (MOST - 1)
    made[1][0].cleanup()
