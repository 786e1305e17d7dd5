"""Killed writers, sweepers and stores: a short one of the fault runs of `benchmarks.storage_faults`."""

from __future__ import annotations

import pytest

from benchmarks.storage_faults import run


@pytest.mark.processes
async def test_no_kill_shows_half_a_separation_or_leaves_an_orphan():
    report = await run("disk", seed=4, blows=4)
    assert report.troubles == []
    assert report.kills + report.outages == 4
    assert report.opened > 0
