"""The leases keeps what is alive and lets go of what is not. Real threads, a real file, short leases."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from separator.core.jobs import Job, JobKind, JobState, Progress, Service
from separator.inference.catalog.registry import card_of
from separator.queue import open_worker_queue
from separator.worker import lease
from separator.worker.lease import LeaseRenewer, RunningJob, StopReason, WorkerInfo
from storage import StorageError
from tests.programs import eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from separator.queue import WorkerQueue

BEAT_S, LEASE_S = 0.1, 1.0


@pytest.fixture
def leases(settings) -> Iterator[LeaseRenewer]:
    with LeaseRenewer(
        lambda: open_worker_queue(settings), WorkerInfo("w1", "cpu", LEASE_S, BEAT_S)
    ) as leases:
        yield leases


async def _claimed(queue, asking) -> RunningJob:
    await asking.send(b"not looked at here")
    return await queue.workers.claim("w1", JobKind.SEPARATE, LEASE_S)


async def test_a_blocked_event_loop_costs_no_lease(queue, asking, leases):
    """A long kernel, a slow disk or a bug in the loop: the thread beats on."""
    with leases.track(await _claimed(queue, asking)) as running:
        time.sleep(3 * LEASE_S)
        assert await queue.workers.claim("w2", JobKind.SEPARATE, LEASE_S) is None
        assert not running.should_stop()


async def test_a_job_that_is_no_longer_held_is_no_longer_kept(queue, asking, leases):
    """A worker that has forgotten a job must not keep it from the others."""
    with leases.track(await _claimed(queue, asking)):
        pass

    async def taken_over() -> bool:
        return await queue.workers.claim("w2", JobKind.SEPARATE, LEASE_S) is not None

    await eventually(taken_over, "another worker takes it")


async def test_the_work_hears_that_nobody_wants_it(queue, asking, leases):
    with leases.track(await _claimed(queue, asking)) as running:
        [standing] = await queue.orders.open_orders("test")
        await queue.orders.cancel(standing.order.id)
        await eventually(_stopped(running), "it hears of the cancel", patience_s=10)
        assert running.stop_reason is StopReason.CANCELLED


async def test_the_work_stops_when_another_worker_has_its_job(queue, asking, leases):
    job = await _claimed(queue, asking)
    await asyncio.to_thread(time.sleep, LEASE_S)  # the fault itself: this worker was stopped past its lease
    assert await queue.workers.claim("w2", JobKind.SEPARATE, 60) is not None
    with leases.track(job) as running:
        await eventually(_stopped(running), "it learns that it is late", patience_s=10)
        assert running.stop_reason is StopReason.LEASE_LOST


async def test_progress_is_told_as_it_comes(queue, asking, leases):
    with leases.track(await _claimed(queue, asking)) as running:
        running.set_progress(Progress("separate", 3, 4))

        async def told() -> bool:
            [standing] = await queue.orders.open_orders("test")
            return standing.progress == Progress("separate", 3, 4)

        await eventually(told, "people see it", patience_s=10)


async def test_people_see_that_the_worker_is_alive(queue, asking, leases):  # noqa: ARG001 - it beats
    await asking.send(b"not looked at here")

    async def alive() -> bool:
        return (await queue.orders.open_orders("test"))[0].service is Service.OPEN

    await eventually(alive, "the heartbeat is seen", patience_s=10)


async def test_a_worker_says_which_weights_it_could_load_as_they_come(settings, queue, tmp_path):
    """A download that ends while it runs is known with its next beat; half a file is none."""
    [file] = card_of("htdemucs").files
    path = tmp_path / file.name
    path.write_bytes(b"half")

    async def says(names: set[str]) -> bool:
        return await queue.orders.common_weights() == names

    with LeaseRenewer(
        lambda: open_worker_queue(settings), WorkerInfo("w1", "cpu", LEASE_S, BEAT_S, weights_dir=tmp_path)
    ):
        await eventually(lambda: says(set()), "it says that it has none", patience_s=10)
        os.truncate(path, file.size_bytes)
        await eventually(lambda: says({file.name}), "it says that it has them", patience_s=10)


async def test_a_lease_that_cannot_be_renewed_in_its_time_is_given_up(settings, queue, asking):
    """The database is away: another worker, which reaches it, may have the job by now."""
    gone = threading.Event()

    @asynccontextmanager
    async def open_failing() -> AsyncIterator[WorkerQueue]:
        if gone.is_set():
            raise StorageError
        async with open_worker_queue(settings) as opened:
            opened.renew = opened.is_cancelled = _away  # the database goes away under an open connection
            gone.set()
            yield opened

    async def _away(*_: object) -> bool:
        raise StorageError

    with (
        LeaseRenewer(open_failing, WorkerInfo("w1", "cpu", LEASE_S, BEAT_S)) as leases,
        leases.track(await _claimed(queue, asking)) as running,
    ):
        await eventually(_stopped(running), "it gives up", patience_s=10)
        assert running.stop_reason is StopReason.LEASE_LOST


def test_songs_that_share_a_device_do_not_make_it_look_slow(monkeypatch):
    """Times that people are told come from this speed, however many songs a worker holds."""
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(lease, "time", SimpleNamespace(monotonic=lambda: clock.now))
    leases = LeaseRenewer(lambda: None, WorkerInfo("w1", "cpu", LEASE_S, BEAT_S))
    first, second = (Job(number, JobKind.SEPARATE, "key", JobState.RUNNING, "me", {}) for number in (1, 2))
    mix = Job(3, JobKind.MIX, "key", JobState.RUNNING, "me", {})
    with leases.track(mix), leases.track(first) as long:
        clock.now = 10.0  # alone
        with leases.track(second) as short:
            clock.now = 30.0  # together
            leases.record_speed(short, 40.0)
        assert (long.device_s, short.device_s, leases.speed) == (20.0, 10.0, 4.0)
        clock.now = 40.0
        leases.record_speed(long, 120.0)
    assert (long.device_s, leases.speed) == (30.0, 4.0)


async def test_what_can_be_heard_is_told_at_once(queue, asking, settings, monkeypatch):
    """Somebody waits for the preview; the next look at what is running may be a while off."""
    monkeypatch.setattr(lease, "POLL_S", 3600.0)
    hour = WorkerInfo("w1", "cpu", 3600.0, 3600.0)
    with (
        LeaseRenewer(lambda: open_worker_queue(settings), hour) as leases,
        leases.track(await _claimed(queue, asking)) as running,
    ):
        running.set_progress(Progress("separate", 1, 9))

        async def looked() -> bool:
            return running.reported == running.progress

        await eventually(looked, "the progress is written, and the next check is an hour off")
        running.publish(preview="key")
        await eventually(looked, "it tells of the preview before that")
        assert running.reported.preview == "key"


def test_a_lost_lease_outweighs_every_other_reason():
    """Who is late must not write, whatever else it was asked to do."""
    running = RunningJob(job=None)
    running.request_stop(StopReason.SHUTDOWN)
    running.request_stop(StopReason.CANCELLED)
    assert running.stop_reason is StopReason.SHUTDOWN
    running.request_stop(StopReason.LEASE_LOST)
    running.request_stop(StopReason.SHUTDOWN)
    assert running.stop_reason is StopReason.LEASE_LOST


def _stopped(running: RunningJob):
    async def look() -> bool:
        return running.should_stop()

    return look


def test_what_can_be_heard_early_stays_said():
    """Progress comes from the song's thread, keys from anyone who stored the objects."""
    running = RunningJob(job=None)
    running.publish(preview="first")
    running.set_progress(Progress("separate", 1, 2))
    running.publish(live="growing")
    running.set_progress(Progress("separate", 2, 2))
    assert running.progress == Progress("separate", 2, 2, "first", "growing")


def test_news_that_come_while_progress_is_told_are_not_lost(monkeypatch):
    """The song's thread tells progress, the loop tells of the preview: one of them wrote over the other."""
    running, telling = RunningJob(job=None), []

    def racing(progress, **fields):
        if not telling:
            telling.append(threading.Thread(target=lambda: running.publish(preview="key")))
            telling[0].start()
            telling[0].join(0.2)  # it is through by then, unless it has to wait its turn
        return replace(progress, **fields)

    monkeypatch.setattr(lease, "replace", racing)
    running.set_progress(Progress("separate", 1, 9))
    telling[0].join()
    assert running.progress == Progress("separate", 1, 9, "key")
