"""The fleet on real raylets, with PostgreSQL and an S3 server: `benchmarks.fleet`, in small."""

import pytest

from benchmarks.fleet import PATIENCE_S, clips, run
from tests.servers.postgres import find_programs

pytestmark = [pytest.mark.processes, pytest.mark.postgres]


@pytest.mark.skipif(find_programs() is None, reason="LOUD: PostgreSQL is not here, so no fleet was run")
async def test_a_fleet_grows_loses_a_node_and_shrinks_and_every_song_is_answered_once(monkeypatch):
    """Ray places workers and knows no job: what a dead node held is taken over by lease."""
    for name in ("AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "")  # the run sets them; so they are set back after it
    outcome = await run(clips(None, 7, 3.0), songs=7, most=2, patience_s=PATIENCE_S)
    assert outcome.good(most=2, least=1), outcome
