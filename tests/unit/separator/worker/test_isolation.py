"""Who may run beside whom after a crash."""

from __future__ import annotations

import pytest

from separator.core.jobs import Job, JobKind, JobState
from separator.worker.isolation import PoisonJobGuard


def job(number, kind=JobKind.SEPARATE, *, alone=False, attempts=1) -> Job:
    return Job(number, kind, f"key{number}", JobState.RUNNING, "test:1", {}, alone=alone, attempts=attempts)


@pytest.fixture
def guard() -> PoisonJobGuard:
    return PoisonJobGuard()


def test_jobs_run_beside_one_another_however_often_they_failed(guard):
    guard.add(job(1))
    assert guard.may_claim(JobKind.SEPARATE)
    guard.add(job(2, JobKind.MIX))
    guard.add(job(3, attempts=3))
    assert guard.may_claim(JobKind.SEPARATE)


def test_a_suspect_runs_with_nothing_beside_it(guard):
    suspect = job(1, alone=True)
    guard.add(suspect)
    assert not guard.may_claim(JobKind.SEPARATE)
    assert not guard.may_claim(JobKind.MIX)
    guard.remove(suspect)
    assert guard.may_claim(JobKind.MIX)


def test_a_worker_that_reserved_a_suspect_begins_nothing_until_it_is_idle(guard):
    """Or the suspect would wait for ever; and then its own consumer goes first."""
    mixing = job(2, JobKind.MIX)
    guard.add(mixing)
    assert guard.may_reserve(JobKind.SEPARATE)
    guard.reserve(JobKind.SEPARATE, on=True)
    assert not guard.may_reserve(JobKind.MIX)
    assert not guard.may_claim(JobKind.SEPARATE)
    assert not guard.may_claim(JobKind.MIX)
    guard.remove(mixing)
    assert not guard.may_claim(JobKind.MIX)
    assert guard.is_idle
    assert guard.may_claim(JobKind.SEPARATE)


def test_a_suspect_that_another_worker_has_taken_is_not_waited_for(guard):
    guard.add(job(2, JobKind.MIX))
    guard.reserve(JobKind.SEPARATE, on=True)
    guard.reserve(JobKind.MIX, on=False)
    assert not guard.may_claim(JobKind.MIX), "the other consumer's is not its to give back"
    guard.reserve(JobKind.SEPARATE, on=False)
    assert guard.may_claim(JobKind.MIX)


def test_an_idle_worker_reserves_nothing(guard):
    """It can claim the suspect itself."""
    assert not guard.may_reserve(JobKind.SEPARATE)
