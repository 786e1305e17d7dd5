"""The heart keeps what is alive and lets go of what is not. Real threads, a real file, short leases."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from separator.core.jobs import Job, JobKind, JobState, Progress, Service
from separator.inference.catalog.registry import card_of
from separator.queue import open_queue
from separator.worker import lease
from separator.worker.lease import LeaseRenewer, RunningJob, StopReason, WorkerInfo
from storage import StorageError
from tests.programs import eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from separator.queue import SqlQueue

BEAT_S, LEASE_S = 0.1, 1.0


@pytest.fixture
def heart(settings) -> Iterator[LeaseRenewer]:
    with LeaseRenewer(lambda: open_queue(settings), WorkerInfo("w1", "cpu", LEASE_S, BEAT_S)) as heart:
        yield heart


async def _claimed(queue, asking) -> RunningJob:
    await asking.send(b"not looked at here")
    return await queue.claim("w1", [JobKind.SEPARATE], LEASE_S)


async def test_a_blocked_event_loop_costs_no_lease(queue, asking, heart):
    """A long kernel, a slow disk or a bug in the loop: the thread beats on."""
    with heart.holding(await _claimed(queue, asking)) as held:
        time.sleep(3 * LEASE_S)
        assert await queue.claim("w2", [JobKind.SEPARATE], LEASE_S) is None
        assert not held.should_stop()


async def test_a_job_that_is_no_longer_held_is_no_longer_kept(queue, asking, heart):
    """A worker that has forgotten a job must not keep it from the others."""
    with heart.holding(await _claimed(queue, asking)):
        pass

    async def taken_over() -> bool:
        return await queue.claim("w2", [JobKind.SEPARATE], LEASE_S) is not None

    await eventually(taken_over, "another worker takes it")


async def test_the_work_hears_that_nobody_wants_it(queue, asking, heart):
    with heart.holding(await _claimed(queue, asking)) as held:
        [standing] = await queue.open_orders("test")
        await queue.cancel(standing.order.id)
        await eventually(_stopped(held), "it hears of the cancel", patience_s=10)
        assert held.why is StopReason.UNWANTED


async def test_the_work_stops_when_another_worker_has_its_job(queue, asking, heart):
    job = await _claimed(queue, asking)
    await asyncio.to_thread(time.sleep, LEASE_S)  # the fault itself: this worker was stopped past its lease
    assert await queue.claim("w2", [JobKind.SEPARATE], 60) is not None
    with heart.holding(job) as held:
        await eventually(_stopped(held), "it learns that it is late", patience_s=10)
        assert held.why is StopReason.LOST


async def test_progress_is_told_as_it_comes(queue, asking, heart):
    with heart.holding(await _claimed(queue, asking)) as held:
        held.tell(Progress("separate", 3, 4))

        async def told() -> bool:
            [standing] = await queue.open_orders("test")
            return standing.progress == Progress("separate", 3, 4)

        await eventually(told, "people see it", patience_s=10)


async def test_people_see_that_the_worker_is_alive(queue, asking, heart):  # noqa: ARG001 - it beats
    await asking.send(b"not looked at here")

    async def alive() -> bool:
        return (await queue.open_orders("test"))[0].service is Service.OPEN

    await eventually(alive, "the heart is seen", patience_s=10)


async def test_a_worker_says_which_weights_it_could_load_as_they_come(settings, queue, tmp_path):
    """A download that ends while it runs is known with its next beat; half a file is none."""
    [file] = card_of("htdemucs").files
    path = tmp_path / file.name
    path.write_bytes(b"half")

    async def says(names: set[str]) -> bool:
        return await queue.common_weights() == names

    with LeaseRenewer(
        lambda: open_queue(settings), WorkerInfo("w1", "cpu", LEASE_S, BEAT_S, weights_dir=tmp_path)
    ):
        await eventually(lambda: says(set()), "it says that it has none", patience_s=10)
        os.truncate(path, file.size_bytes)
        await eventually(lambda: says({file.name}), "it says that it has them", patience_s=10)


async def test_a_lease_that_cannot_be_renewed_in_its_time_is_given_up(settings, queue, asking):
    """The database is away: another worker, which reaches it, may have the job by now."""
    gone = threading.Event()

    @asynccontextmanager
    async def line() -> AsyncIterator[SqlQueue]:
        if gone.is_set():
            raise StorageError
        async with open_queue(settings) as opened:
            opened.renew = opened.unwanted = _away  # the database goes away under an open connection
            gone.set()
            yield opened

    async def _away(*_: object) -> bool:
        raise StorageError

    with (
        LeaseRenewer(line, WorkerInfo("w1", "cpu", LEASE_S, BEAT_S)) as heart,
        heart.holding(await _claimed(queue, asking)) as held,
    ):
        await eventually(_stopped(held), "it gives up", patience_s=10)
        assert held.why is StopReason.LOST


def test_songs_that_share_a_device_do_not_make_it_look_slow(monkeypatch):
    """Times that people are told come from this speed, however many songs a worker holds."""
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(lease, "time", SimpleNamespace(monotonic=lambda: clock.now))
    heart = LeaseRenewer(lambda: None, WorkerInfo("w1", "cpu", LEASE_S, BEAT_S))
    first, second = (Job(number, JobKind.SEPARATE, "key", JobState.RUNNING, "me", {}) for number in (1, 2))
    mix = Job(3, JobKind.MIX, "key", JobState.RUNNING, "me", {})
    with heart.holding(mix), heart.holding(first) as long:
        clock.now = 10.0  # alone
        with heart.holding(second) as short:
            clock.now = 30.0  # together
            heart.measured(short, 40.0)
        assert (long.device_s, short.device_s, heart.speed) == (20.0, 10.0, 4.0)
        clock.now = 40.0
        heart.measured(long, 120.0)
    assert (long.device_s, heart.speed) == (30.0, 4.0)


async def test_what_can_be_heard_is_told_at_once(queue, asking, settings, monkeypatch):
    """Somebody waits for the preview; the next look at what is held may be a while off."""
    monkeypatch.setattr(lease, "RECHECK_S", 3600.0)
    hour = WorkerInfo("w1", "cpu", 3600.0, 3600.0)
    with (
        LeaseRenewer(lambda: open_queue(settings), hour) as heart,
        heart.holding(await _claimed(queue, asking)) as held,
    ):
        held.tell(Progress("separate", 1, 9))

        async def looked() -> bool:
            return held.told == held.progress

        await eventually(looked, "the heart has looked, and waits for an hour")
        held.heard(preview="key")
        await eventually(looked, "it tells of the preview before that")
        assert held.told.preview == "key"


def test_a_lost_lease_outweighs_every_other_reason():
    """Who is late must not write, whatever else it was asked to do."""
    held = RunningJob(job=None)
    held.stop(StopReason.CLOSING)
    held.stop(StopReason.UNWANTED)
    assert held.why is StopReason.CLOSING
    held.stop(StopReason.LOST)
    held.stop(StopReason.CLOSING)
    assert held.why is StopReason.LOST


def _stopped(held: RunningJob):
    async def look() -> bool:
        return held.should_stop()

    return look


def test_what_can_be_heard_early_stays_said():
    """Progress comes from the song's thread, keys from whoever stored the objects."""
    held = RunningJob(job=None)
    held.heard(preview="first")
    held.tell(Progress("separate", 1, 2))
    held.heard(live="growing")
    held.tell(Progress("separate", 2, 2))
    assert held.progress == Progress("separate", 2, 2, "first", "growing")
