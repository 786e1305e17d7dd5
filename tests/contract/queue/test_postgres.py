"""What only a server can do wrong: locks that outlive their owner, broken connections, missed words."""

from __future__ import annotations

import asyncio

import pytest

pytest.importorskip("psycopg", reason="LOUD: psycopg is not installed, so PostgreSQL is not checked")

from separator import SeparatorSettings
from separator.core.errors import ConfigError
from separator.core.jobs import JobKind, JobSpec, NewOrder
from separator.queue import Queue, open_queue
from separator.queue.db import postgres
from separator.queue.db.migrate import migrate
from storage import StorageError
from tests.programs import eventually, free_port
from tests.servers.postgres import PostgresServer, find_programs

pytestmark = pytest.mark.postgres


@pytest.fixture
async def server():
    """A server of this test's own, which it may crash."""
    programs = find_programs()
    if programs is None:
        pytest.skip("LOUD: PostgreSQL is not installed here, so the queue is not checked on it")
    server = PostgresServer(programs)
    server.start()
    yield server
    server.close()


@pytest.fixture
async def queue(server):
    driver = await postgres.open_postgres(server.url)
    await migrate(driver)
    yield Queue.of(driver, 2)
    await driver.close()


def order(number: int = 1) -> tuple[NewOrder, list[JobSpec]]:
    asked = NewOrder(f"r{number}", "telegram:1", "telegram", "here", "s", "s", "w")
    return asked, [JobSpec(JobKind.SEPARATE, f"separate {number}", {})]


async def test_a_process_that_freezes_inside_a_claim_holds_up_the_others_only_for_its_limit(
    server, queue, monkeypatch
):
    """`SIGSTOP`, a suspended laptop, a dead network: the server ends the transaction and its locks."""
    monkeypatch.setattr(postgres, "_OPTIONS", "-c idle_in_transaction_session_timeout=500")
    frozen = await postgres.open_postgres(server.url)
    inside, over = asyncio.Event(), asyncio.Event()

    async def freeze() -> None:
        async with frozen.transaction() as tx, frozen.one_at_a_time(tx, "claim"):
            inside.set()
            await over.wait()
            await tx.all("SELECT 1")

    task = asyncio.create_task(freeze())
    await inside.wait()
    await queue.orders.submit(*order())
    async with asyncio.timeout(10):
        assert await queue.workers.claim("w1", JobKind.SEPARATE, 30) is not None
    over.set()
    [error] = await asyncio.gather(task, return_exceptions=True)
    assert frozen.is_database_error(error), "the frozen one learns of it"
    await frozen.close()


async def test_a_restarted_server_is_found_again(server, queue):
    """Connections of before are broken; nobody has to be restarted for it."""
    await queue.orders.submit(*order(1))
    server.stop("immediate")
    with pytest.raises(StorageError):
        await queue.orders.submit(*order(2))
    server.start()
    await queue.orders.submit(*order(2))
    assert await queue.orders.counts("telegram:1") == (2, 2)


async def test_a_server_that_hangs_is_given_up_and_found_again(server, queue, monkeypatch):
    """Its connections stay open and nothing comes back: neither its own limits nor TCP would end that."""
    await queue.orders.submit(*order(1))
    monkeypatch.setattr(postgres, "HUNG_S", 0.5)
    server.freeze()
    try:
        with pytest.raises(StorageError):
            await queue.orders.submit(*order(2))
    finally:
        server.thaw()
    monkeypatch.undo()
    await queue.orders.submit(*order(2))
    assert await queue.orders.counts("telegram:1") == (2, 2)


async def test_waiting_survives_a_restart_of_the_server(server, queue):
    await queue.workers.wait(0)
    await eventually(_listens(queue, times=1), "it listens")
    server.stop("immediate")
    server.start()
    await eventually(_listens(queue, times=2), "it listens again")
    await queue.workers.wait(0)
    waiting = asyncio.create_task(queue.workers.wait(3600))
    await queue.orders.submit(*order())
    async with asyncio.timeout(20):
        await waiting


def _listens(queue: Queue, times: int):
    async def look() -> bool:
        return queue.orders.database.driver._connections >= times

    return look


async def test_a_server_that_is_not_there_is_storage_trouble():
    settings = SeparatorSettings(
        _env_file=None, database_url=f"postgresql://nobody@127.0.0.1:{free_port()}/none"
    )
    with pytest.raises(StorageError):
        async with open_queue(settings):
            pytest.fail("there is no such server")


async def test_an_address_that_will_never_be_right_is_a_setting_that_is_wrong(server):
    """It ended as a fault of storage, tried again for ever, and nobody read which setting it was."""
    with pytest.raises(ConfigError, match="STEMBOT_DATABASE_URL"):
        await postgres.open_postgres(server.url.rpartition("/")[0] + "/nosuchdatabase")


async def test_a_migration_may_take_longer_than_a_statement(server, monkeypatch):
    """An index of a large table; cut off after 15 s, no bot and no worker would ever start again."""
    monkeypatch.setattr(postgres, "_OPTIONS", "-c statement_timeout=100")
    driver = await postgres.open_postgres(server.url)
    async with driver.unlimited_transaction() as tx:
        await tx.all("SELECT pg_sleep(0.4)")
    with pytest.raises(postgres.psycopg.errors.QueryCanceled):
        async with driver.transaction() as tx:
            await tx.all("SELECT pg_sleep(0.4)")
    await driver.close()


async def test_a_pooler_that_takes_no_options_is_worked_with(server, monkeypatch):
    """PgBouncer, by transactions: limits are set in each, nothing is prepared, and polling finds the work."""
    connect = postgres.psycopg.AsyncConnection.connect

    async def pooler(url, **more):
        if more.get("options"):
            raise postgres.psycopg.OperationalError("FATAL: unsupported startup parameter: options")
        assert more.get("prepare_threshold") is None
        return await connect(url, **more)

    monkeypatch.setattr(postgres.psycopg.AsyncConnection, "connect", pooler)
    driver = await postgres.open_postgres(server.url)
    await migrate(driver)
    queue = Queue.of(driver, 2)
    await queue.orders.submit(*order())
    assert await queue.workers.claim("w1", JobKind.SEPARATE, 30) is not None
    async with driver.transaction() as tx:
        row = await tx.one("SELECT current_setting('statement_timeout') AS given")
    assert row == {"given": "15s"}
    async with driver.autocommit() as tx:
        assert (await tx.one("SELECT current_setting('statement_timeout') AS given")) == {"given": "0"}
    await driver.close()
