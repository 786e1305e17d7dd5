"""A small chaos in every test run; the whole one is `python -m benchmarks.queue --chaos`."""

from __future__ import annotations

import pytest

from benchmarks.queue_chaos import Setup, chaos
from tests.servers.postgres import PostgresServer, find_programs

pytestmark = pytest.mark.processes


async def test_the_books_are_right_after_chaos_on_sqlite(tmp_path):
    figures = await chaos(Setup(tmp_path), seed=7, orders=40, rounds=1)
    assert figures["faults"] == []
    assert figures["faults_injected"] == {"kill worker": 4, "kill bot": 2, "stop worker": 1}


@pytest.mark.postgres
async def test_the_books_are_right_after_chaos_on_postgresql(tmp_path):
    """The server is crashed and started again twice meanwhile."""
    pytest.importorskip("psycopg", reason="LOUD: psycopg is not installed, so PostgreSQL is not checked")
    programs = find_programs()
    if programs is None:
        pytest.skip("LOUD: PostgreSQL is not installed here, so chaos is not tried on it")
    server = PostgresServer(programs)
    try:
        server.start()

        def restart() -> None:
            server.stop("immediate")
            server.start()

        figures = await chaos(Setup(tmp_path, server.url, restart), seed=7, orders=40, rounds=1)
    finally:
        server.close()
    assert figures["faults"] == []
    assert figures["faults_injected"]["restart database"] == 2
