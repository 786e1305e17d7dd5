"""How `benchmarks.load` reads what the rooms logged: never better than it was."""

from __future__ import annotations

import json

import pytest

from benchmarks.load import _summed, is_met, percentile_ms
from bots.operations.loop_lag import LAG_BUCKETS_MS, LoopLag


def counts(*late_ms):
    lag = LoopLag()
    for each in late_ms:
        lag.record(each / 1000)
    return lag.counts


@pytest.mark.parametrize(
    ("late_ms", "share", "expected"),
    [
        ([0.5] * 99 + [90], 0.99, 1.0),
        ([0.5] * 98 + [90] * 2, 0.99, 100.0),
        ([5000] * 3, 0.5, float("inf")),
        ([0.5] * 50 + [30] * 50, 0.5, 1.0),
    ],
)
def test_a_percentile_is_the_upper_end_of_its_bucket(late_ms, share, expected):
    assert percentile_ms(counts(*late_ms), share) == expected


def test_all_lines_of_a_rooms_log_are_added_and_others_passed_over():
    line = json.dumps({"counts": counts(0.5, 90), "event": "loop_lag"})
    assert _summed(f"{line}\nno json\n{line}\n") == counts(0.5, 0.5, 90, 90)
    assert _summed("") == [0] * (len(LAG_BUCKETS_MS) + 1)


def test_one_error_is_too_many():
    good = {
        "went": {"failed": 0},
        "outcome": {"web taken": 5, "web limit": 2},
        "lag_p99_ms": {"web": 100.0},
        "memory_peak_mb": {"web": 150.0, "bot": 150.0},
    }
    assert is_met(good)
    assert not is_met(good | {"outcome": {"web error: 500": 1}})
    assert not is_met(good | {"lag_p99_ms": {"web": 150.0}})
    assert not is_met(good | {"memory_peak_mb": {"web": 301.0}})
