"""A worker with several jobs at once, and who is blamed for its crash. The work itself is a stand-in."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from separator import JobState, NewOrder, OrderState
from separator.core.errors import SeparationFailed, Stopped
from separator.core.jobs import JobKind
from separator.core.outputs import OutputSpec
from separator.inference.catalog import card_of
from separator.queue import open_worker_queue
from separator.queue.admin import Filters
from separator.queue.client import plan
from separator.worker import main
from separator.worker.isolation import PoisonJobGuard
from separator.worker.lease import LeaseRenewer, WorkerInfo
from separator.worker.main import JobConsumer
from tests.programs import eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Stage:
    """Stands in for the work: it ends when the test says so, and who ran beside whom is written down."""

    def __init__(self) -> None:
        self.now: dict[str, asyncio.Event] = {}
        self.beside: list[frozenset[str]] = []
        self.began: list[str] = []

    async def run_job(self, _context, running):
        song = running.job.args["song"]
        self.began.append(song)
        self.now[song] = asyncio.Event()
        self.beside.append(frozenset(self.now))
        try:
            while not self.now[song].is_set():
                if running.should_stop():
                    raise Stopped
                if song.startswith("bad"):
                    raise SeparationFailed
                await asyncio.sleep(0.01)
        finally:
            del self.now[song]
        return {"manifest": "there", "song_s": 1.0, "files": []}

    def end(self, song: str) -> None:
        self.now[song].set()

    def running(self, *songs: str):
        async def look() -> bool:
            return {*self.now} == {*songs}

        return eventually(look, f"at work are {songs}")


@pytest.fixture
def stage(monkeypatch) -> Stage:
    stage = Stage()
    monkeypatch.setattr(main, "run_job", stage.run_job)
    monkeypatch.setattr(main, "RETRY_PAUSE_S", 0.01)
    monkeypatch.setattr(main, "CLAIM_DELAY_S", 0.0)
    return stage


@pytest.fixture
def ask(queue):
    async def ask(song: str, owner: str = "") -> int:
        """An order by somebody of their own; returns its id."""
        order = NewOrder(f"t:{song}", owner or f"t:{song}", "test", "here", song, f"{song}.mp3", "vocals:mp3")
        assert OutputSpec.from_code(order.outputs)
        return (await queue.orders.submit(order, plan(order, card_of("auto")))).id

    return ask


@pytest.fixture
def working(settings):
    """A worker's consumer of separations, over the real queue."""

    @asynccontextmanager
    async def at_work(concurrency: int = 3, name: str = "w1") -> AsyncIterator[asyncio.Event]:
        async with open_worker_queue(settings) as queue:
            with LeaseRenewer(
                lambda: open_worker_queue(settings), WorkerInfo(name, "cpu", 30, 0.2)
            ) as leases:
                closing = asyncio.Event()
                consumer = JobConsumer(
                    JobKind.SEPARATE, None, queue, leases, closing, PoisonJobGuard(), concurrency
                )
                task = asyncio.create_task(consumer.run())
                try:
                    yield closing
                finally:
                    closing.set()
                    for running in leases.running():
                        running.request_stop(main.StopReason.SHUTDOWN)
                    await task

    return at_work


async def _claim(queue, many: int = 1) -> None:
    """A worker that claims so many jobs and is never heard of again."""
    for _ in range(many):
        assert await queue.workers.claim("dead", JobKind.SEPARATE, 600)


async def _lapse(queue) -> None:
    """The fault itself: its leases lapse."""
    async with queue.orders.database.driver.transaction() as tx:
        await tx.all("UPDATE job SET lease_until = :now - 1 WHERE worker = 'dead'")


async def test_several_songs_are_in_hand_and_no_more_than_places(ask, stage, working):
    for song in ("a", "b", "c", "d"):
        await ask(song)
    async with working(concurrency=3):
        await stage.running("a", "b", "c")
        stage.end("b")
        await stage.running("a", "c", "d")


async def test_a_cancel_stops_that_song_alone(ask, stage, working, queue):
    for song in ("a", "b"):
        order = await ask(song)
    async with working():
        await stage.running("a", "b")
        await queue.orders.cancel(order)
        await stage.running("a")
    assert (await queue.orders.order(order)).state is OrderState.CANCELLED


async def test_a_song_that_fails_hurts_no_other_and_keeps_none_waiting(ask, stage, working, queue):
    """It stopped its worker, and every other, from taking songs until all in hand were done."""
    await ask("a")
    bad = await ask("bad")
    async with working():
        await stage.running("a")

        async def given_up() -> bool:
            return (await queue.orders.order_status(bad)).state is JobState.FAILED

        await eventually(given_up, "its attempts are spent")
        assert stage.began == ["a", "bad", "bad", "bad"]
        assert stage.beside[1:] == [frozenset({"a", "bad"})] * 3
        await ask("fresh")
        await stage.running("a", "fresh")


async def test_all_that_were_in_a_crash_run_alone_and_none_is_blamed_for_another(ask, stage, working, queue):
    """Three were in it; whichever is to blame, its next crash takes no other job along."""
    orders = [await ask(song) for song in ("a", "b", "c")]
    await _claim(queue, 3)
    await _lapse(queue)
    await ask("fresh")
    async with working():
        for song in ("a", "b", "c"):
            await stage.running(song)
            stage.end(song)
        await stage.running("fresh")
        stage.end("fresh")

        async def done() -> bool:
            return not (await queue.admin.count_by_state())[0].get("running", 0)

        await eventually(done, "all are done")
    assert stage.beside == [frozenset({song}) for song in ("a", "b", "c", "fresh")]
    for order in orders:
        assert (
            await queue.orders.order_status(order)
        ).state is JobState.QUEUED  # its mix, which nobody makes here


async def test_a_suspect_that_comes_while_others_run_waits_for_them_unblamed(ask, stage, working, queue):
    await ask("suspect")
    await _claim(queue)
    await ask("a")
    async with working():
        await stage.running("a")
        await _lapse(queue)

        async def looked_at() -> bool:
            [job] = [
                each
                for each in (await queue.admin.list_jobs(Filters())).jobs
                if each.key.startswith("separate:suspect")
            ]
            async with queue.orders.database.driver.read_transaction() as tx:
                row = await tx.one("SELECT reserved_by FROM job WHERE id = :id", id=job.id)
            assert job.token == 1, "nobody took it and put it back"
            return row["reserved_by"] == "w1"

        await eventually(looked_at, "the only worker keeps itself for it")
        await ask("fresh")
        stage.end("a")
        await stage.running("suspect")
        stage.end("suspect")
        await stage.running("fresh")
    assert stage.beside == [frozenset({"a"}), frozenset({"suspect"}), frozenset({"fresh"})]


async def test_in_a_fleet_one_worker_alone_keeps_itself_for_a_suspect(ask, stage, working, queue):
    """Every worker of it stopped, and short songs waited for the longest in hand anywhere."""
    await ask("suspect")
    await _claim(queue)
    async with working(2, "w1"):
        await ask("a")
        await ask("b")
        await stage.running("a", "b")
        async with working(3, "w2"):
            await ask("c")
            await stage.running("a", "b", "c")
            await _lapse(queue)

            async def reserved() -> bool:
                async with queue.orders.database.driver.read_transaction() as tx:
                    rows = await tx.all("SELECT reserved_by FROM job WHERE reserved_until > :now")
                return [row["reserved_by"] for row in rows] == ["w2"]

            await eventually(reserved, "the one with a free place keeps itself for it")
            await ask("fresh")
            stage.end("a")
            await stage.running("b", "c", "fresh")
            stage.end("c")
            await stage.running("b", "fresh", "suspect")


async def test_closing_hands_every_song_back(ask, stage, working, queue):
    for song in ("a", "b", "c"):
        await ask(song)
    async with working():
        await stage.running("a", "b", "c")
    assert (await queue.admin.count_by_state())[0]["queued"] == 3
    assert {
        job.attempts for job in (await queue.admin.list_jobs(Filters())).jobs if job.kind is JobKind.SEPARATE
    } == {0}
