"""`/readyz` and `/metrics`: each figure and each refusal is caused here, then read as a monitor reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families

from bots.chat.service import ChatService
from bots.operations.loop_lag import LoopLag
from bots.operations.metrics import metrics_app, serve_metrics
from bots.settings import BotSettings
from bots.web.app import web_app
from separator import NewOrder, open_queue_client
from separator.core.errors import ConfigError, LeaseLost
from separator.core.jobs import JobKind
from separator.inference.catalog import card_of
from separator.queue import events, open_queue
from separator.queue.client import plan
from storage import StorageError, open_links, open_store
from tests.programs import free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ERROR = {"kind": "SeparationFailed", "facts": {}}


@pytest.fixture
def settings(tmp_path) -> BotSettings:
    return BotSettings(data_dir=tmp_path, _env_file=None)


@pytest.fixture
async def queue(settings):
    async with open_queue(settings) as queue:
        yield queue


@pytest.fixture
async def client(settings) -> AsyncIterator[TestClient]:
    async with open_queue_client(settings) as queue:
        links = open_links(settings)
        app = web_app(ChatService(queue, links, settings), open_store(settings), links, settings)
        async with TestClient(TestServer(app)) as client:
            yield client


@pytest.fixture
async def monitor(queue) -> AsyncIterator[TestClient]:
    async with TestClient(TestServer(metrics_app(queue.admin, LoopLag()))) as client:
        yield client


async def read(monitor: TestClient) -> dict[str, float]:
    """Sample → value, as `name{label="value",…}`."""
    answer = await monitor.get("/metrics")
    assert answer.status == 200
    return {
        sample.name + str(sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(await answer.text())
        for sample in family.samples
    }


async def ask(queue, number: int = 1) -> None:
    order = NewOrder(f"t:{number}", f"t:{number}", "t", "chat", f"{number:064}", "Song.mp3", "-drums:mp3")
    await queue.orders.submit(order, plan(order, card_of("auto")))


async def test_a_process_that_answers_is_alive(client):
    assert await (await client.get("/healthz")).text() == "ok"


async def test_ready_is_ready_only_with_a_worker_that_begins_work(client, queue):
    """No worker, one that loads its model, one that is ready, one that is drained."""

    async def says() -> tuple[int, bool]:
        answer = await client.get("/readyz")
        return answer.status, (await answer.json())["workers"]

    assert await says() == (503, False)
    await queue.workers.heartbeat("w1", "cpu", None, "loading htdemucs")
    assert await says() == (503, False)
    await queue.workers.heartbeat("w1", "cpu", None, "ready")
    assert await says() == (200, True)
    await queue.admin.drain(on=True)
    assert await says() == (503, False)


async def test_ready_without_workers_is_enough_where_it_is_asked_for(client):
    """A cluster that starts workers when there is work must not wait for them to let people in."""
    answer = await client.get("/readyz", params={"need": "table,store"})
    assert (answer.status, await answer.json()) == (200, {"table": True, "store": True})


async def test_ready_names_the_part_that_is_away_and_nothing_else(client, monkeypatch):
    async def away(*_: object) -> None:
        raise StorageError(doing="head", host="10.0.0.7")

    monkeypatch.setattr("storage.objects.ObjectStore.size", away)
    answer = await client.get("/readyz", params={"need": "table,store"})
    assert (answer.status, await answer.text()) == (503, '{"table": true, "store": false}')


async def test_depth_and_waits_are_told_by_state(monitor, queue):
    await ask(queue, 1)
    await ask(queue, 2)
    await queue.workers.claim("w1", JobKind.SEPARATE, 30)
    told = await read(monitor)
    assert told["stembot_jobs['running']"] == 1
    assert told["stembot_jobs['queued']"] == 1
    assert told["stembot_jobs['waiting']"] == 2
    assert told["stembot_oldest_wait_seconds[]"] > 0
    assert told["stembot_line_up[]"] == 1


async def test_workers_are_told_by_device_and_by_what_they_do(monitor, queue):
    await queue.workers.heartbeat("w1", "cpu", 2.5, "ready")
    await queue.workers.heartbeat("w2", "cuda", 40.0, "ready")
    await queue.workers.heartbeat("w3", "cuda", None, "loading htdemucs")
    told = await read(monitor)
    assert told["stembot_workers['cpu', 'ready']"] == 1
    assert told["stembot_workers['cuda', 'ready']"] == 1
    assert told["stembot_workers['cuda', 'loading']"] == 1
    assert told["stembot_workers_speed['cuda']"] == 40
    await queue.workers.remove_worker("w2")
    assert "stembot_workers['cuda', 'ready']" not in await read(monitor)


async def test_a_lease_expiry_and_the_stale_write_after_it_are_counted(monitor, queue):
    await ask(queue)
    late = await queue.workers.claim("stalled", JobKind.SEPARATE, 0.0)
    assert (await read(monitor))["stembot_leases_lapsed[]"] == 1
    await queue.workers.claim("next", JobKind.SEPARATE, 30)
    with pytest.raises(LeaseLost):
        await queue.workers.finish(late, {})
    told = await read(monitor)
    assert told["stembot_lease_expiries_total['separate']"] == 1
    assert told["stembot_stale_writes_total['finish']"] == 1
    assert told["stembot_leases_lapsed[]"] == 0


async def test_songs_seconds_failures_and_answers_are_counted(monitor, queue):
    await ask(queue, 1)
    await queue.workers.finish(await queue.workers.claim("w1", JobKind.SEPARATE, 30), {"song_s": 200.0})
    await queue.workers.finish(await queue.workers.claim("w1", JobKind.MIX, 30), {"song_s": 200.0})
    told = await read(monitor)
    assert told["stembot_answers_unsent[]"] == 1
    assert told["stembot_delivery_lag_seconds[]"] > 0
    delivery = await queue.outbox.claim_delivery("t", 30)
    await queue.outbox.delivered(delivery.status.order.id, delivery.token, "receipt")
    await ask(queue, 2)
    for _ in range(3):
        await queue.workers.fail(await queue.workers.claim("w1", JobKind.SEPARATE, 30), ERROR, 0.0)
    told = await read(monitor)
    assert told["stembot_separated_seconds_total[]"] == 200
    assert told["stembot_jobs_ended_total['', 'done', 'separate']"] == 1
    assert told["stembot_jobs_ended_total['SeparationFailed', 'failed', 'separate']"] == 1
    assert told["stembot_answers_total['sent', 't']"] == 1


async def test_claims_are_told_as_a_histogram(monitor, queue, monkeypatch):
    monkeypatch.setattr(events, "FLUSH_S", 0.0)
    await ask(queue)
    await queue.workers.claim("w1", JobKind.SEPARATE, 30)
    await queue.workers.claim("w1", JobKind.SEPARATE, 30)
    told = await read(monitor)
    assert told["stembot_claim_seconds_count[]"] == 1
    assert told["stembot_claim_seconds_bucket['+Inf']"] == 1
    assert 0 < told["stembot_claim_seconds_sum[]"] < 10


async def test_a_drain_is_told(monitor, queue):
    assert (await read(monitor))["stembot_drained[]"] == 0
    await queue.admin.drain(on=True)
    assert (await read(monitor))["stembot_drained[]"] == 1


async def test_the_process_tells_of_itself(monitor):
    assert (await read(monitor))["process_resident_memory_bytes[]"] > 1e6


async def test_a_table_that_is_away_is_told_instead_of_an_error(monitor, monkeypatch):
    """The monitor's alarm is a figure; a scrape that fails says nothing of why."""

    async def away(*_: object) -> None:
        raise StorageError

    monkeypatch.setattr("separator.queue.admin.QueueAdmin.stats", away)
    told = await read(monitor)
    assert told["stembot_line_up[]"] == 0
    assert "stembot_oldest_wait_seconds[]" not in told


async def test_figures_are_told_at_their_own_address_and_nowhere_by_default(settings, client):
    """The web app is public; figures are the operator's."""
    assert (await client.get("/metrics")).status == 404
    async with serve_metrics(settings, LoopLag()):
        pass
    port = free_port()
    async with (
        serve_metrics(settings.model_copy(update={"metrics_port": port}), LoopLag()),
        ClientSession() as session,
    ):
        async with session.get(f"http://127.0.0.1:{port}/metrics") as answer:
            assert "stembot_line_up 1.0" in await answer.text()
        with pytest.raises(ConfigError):
            async with serve_metrics(settings.model_copy(update={"metrics_port": port}), LoopLag()):
                pass


async def test_no_figure_names_a_person_or_a_song(monitor, queue):
    """A monitor keeps what it reads for years."""
    await ask(queue)
    text = await (await monitor.get("/metrics")).text()
    assert "t:1" not in text
    assert "Song" not in text
