"""What is asked every second must not read every row: a month of ended work lies in the same table."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from separator.queue import claims, job_chain, orders, outbox, rows, status
from separator.queue.db.migrate import migrate
from separator.queue.db.sqlite import open_sqlite

OFTEN = {
    f"{module.__name__}.{name}": getattr(module, name)
    for module, names in {
        claims: [
            "_EXPIRED",
            "_RENEW",
            "_REPORT",
            "_IS_CANCELLED",
            "_NEXT_SEPARATION",
            "_NEXT_MIX",
            "_IS_CLAIMABLE",
            "_IS_SUSPECT",
            "_RESERVE",
        ],
        outbox: ["_FIND", "_LOCK_NEXT", "_CLAIM", "_RENEW"],
        orders: ["_COUNTS"],
        job_chain: [
            "_FIND_SHARED",
            "_LOCK_ACTIVE",
            "_TAKE_OVER",
            "_JUST_DONE",
            "_WANTED_BY_ORDERS",
            "_WANTED_BY_JOBS",
        ],
        rows: ["_NEWEST_DONE"],
        status: ["_ONE", "_OPEN", "_ANY_OPEN", "_QUEUE", "_RECENTLY_DONE"],
    }.items()
    for name in names
}


@pytest.mark.parametrize("name", OFTEN)
async def test_it_reads_an_index(tmp_path, name):
    """SQLite takes a partial index only for its very condition, and otherwise reads the whole table."""
    driver = await open_sqlite(tmp_path / "line.sqlite")
    await migrate(driver)
    values = defaultdict(lambda: 1, dict.fromkeys(re.findall(r":([a-z_]+)", OFTEN[name]), 1))
    values.pop("now", None)
    async with driver.read_transaction() as tx:
        plan = [row["detail"] for row in await tx.all(f"EXPLAIN QUERY PLAN {OFTEN[name]}", **values)]
    await driver.close()
    assert [step for step in plan if re.match(r"SCAN (job|orders|mix|now_job)\b(?! USING)", step)] == []
