"""The autoscaler scales up at once, scales down with patience, and stops idle workers first."""

import pytest

from bots.operations.autoscaler.size import ScalingPolicy, ScalingRules, choose_to_stop, pending_jobs
from separator import QueueStats

RULES = ScalingRules(min_workers=1, max_workers=4, jobs_per_worker=3, idle_s=60)


def queue_stats(drained=False, **depth):
    return QueueStats(
        depth=depth,
        oldest_wait_s=0,
        unsent=0,
        delivery_lag_s=0,
        lapsed=0,
        workers=(),
        drained=drained,
        totals={},
    )


@pytest.mark.parametrize(("pending", "target"), [(0, 1), (1, 1), (3, 1), (4, 2), (9, 3), (10, 4), (5000, 4)])
def test_a_longer_queue_needs_more_workers_within_the_rules(pending, target):
    assert ScalingPolicy(RULES).target(pending, workers=0, now_s=0) == target


def test_a_shorter_queue_must_last_before_a_worker_goes():
    """A worker that has just loaded its model is not thrown away for one quiet moment."""
    policy = ScalingPolicy(RULES)
    assert policy.target(0, workers=3, now_s=100) == 3
    assert policy.target(0, workers=3, now_s=159) == 3
    assert policy.target(0, workers=3, now_s=160) == 1


def test_a_busy_moment_restarts_the_wait():
    policy = ScalingPolicy(RULES)
    assert policy.target(0, workers=3, now_s=0) == 3
    assert policy.target(9, workers=3, now_s=50) == 3
    assert policy.target(0, workers=3, now_s=61) == 3


def test_waiting_queued_and_running_jobs_count_and_others_do_not():
    assert pending_jobs(queue_stats(waiting=1, queued=2, running=4)) == 7


def test_a_drained_queue_needs_no_worker():
    """Workers of a drained queue would only wait."""
    assert pending_jobs(queue_stats(drained=True, queued=9)) == 0


def test_workers_not_started_stop_first_then_idle_ones_then_the_youngest():
    names = ["a:1", "b:2", None, "c:3"]
    assert choose_to_stop(names, {"a:1:ff", "c:3:00"}, 4) == [2, 1, 3, 0]
