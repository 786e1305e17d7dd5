"""The fleet grows with the line at once, shrinks with patience, and sends the idle home first."""

import pytest

from bots.operations.autoscaler.size import Bounds, Size, jobs_in_line, leaving
from separator import QueueStats

BOUNDS = Bounds(least=1, most=4, jobs_each=3, idle_s=60)


def figures(drained=False, **depth):
    return QueueStats(
        depth={(state, 0): many for state, many in depth.items()},
        oldest_wait_s=0,
        unsent=0,
        delivery_lag_s=0,
        lapsed=0,
        workers=(),
        drained=drained,
        totals={},
    )


@pytest.mark.parametrize(("in_line", "wanted"), [(0, 1), (1, 1), (3, 1), (4, 2), (9, 3), (10, 4), (5000, 4)])
def test_a_longer_line_asks_for_more_workers_within_the_bounds(in_line, wanted):
    assert Size(BOUNDS).wanted(in_line, have=0, now_s=0) == wanted


def test_a_shorter_line_must_last_before_a_worker_goes():
    """A worker that has just loaded its model is not thrown away for one quiet moment."""
    size = Size(BOUNDS)
    assert size.wanted(0, have=3, now_s=100) == 3
    assert size.wanted(0, have=3, now_s=159) == 3
    assert size.wanted(0, have=3, now_s=160) == 1


def test_a_busy_moment_starts_the_wait_anew():
    size = Size(BOUNDS)
    assert size.wanted(0, have=3, now_s=0) == 3
    assert size.wanted(9, have=3, now_s=50) == 3
    assert size.wanted(0, have=3, now_s=61) == 3


def test_waiting_queued_and_running_jobs_count_and_others_do_not():
    assert jobs_in_line(figures(waiting=1, queued=2, running=4)) == 7


def test_a_drained_line_asks_for_nobody():
    """Workers of a drained line would only wait."""
    assert jobs_in_line(figures(drained=True, queued=9)) == 0


def test_who_has_not_begun_goes_first_then_the_idle_then_the_youngest():
    names = ["a:1", "b:2", None, "c:3"]
    assert leaving(names, {"a:1:ff", "c:3:00"}, 4) == [2, 1, 3, 0]
