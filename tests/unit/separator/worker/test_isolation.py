"""Who may run beside whom after a crash."""

from __future__ import annotations

import pytest

from separator.core.jobs import Job, JobKind, JobState
from separator.worker.isolation import PoisonJobGuard


def job(number, attempts=1, kind=JobKind.SEPARATE) -> Job:
    return Job(number, kind, f"key{number}", JobState.RUNNING, "test:1", {}, attempts=attempts)


@pytest.fixture
def guard() -> PoisonJobGuard:
    return PoisonJobGuard()


def test_fresh_jobs_run_beside_one_another(guard):
    assert guard.admit(JobKind.SEPARATE, job(1))
    assert guard.may_claim(JobKind.SEPARATE)
    assert guard.admit(JobKind.MIX, job(2, kind=JobKind.MIX))
    assert guard.may_claim(JobKind.SEPARATE)


def test_a_suspect_runs_with_nothing_beside_it(guard):
    suspect = job(1, attempts=2)
    assert guard.admit(JobKind.SEPARATE, suspect)
    assert not guard.may_claim(JobKind.SEPARATE)
    assert not guard.may_claim(JobKind.MIX)
    guard.remove(suspect)
    assert guard.may_claim(JobKind.MIX)


def test_a_suspect_that_comes_beside_others_waits_until_they_are_done(guard):
    """And nothing new is begun meanwhile, or it would wait for ever."""
    mixing = job(2, kind=JobKind.MIX)
    guard.admit(JobKind.MIX, mixing)
    assert not guard.admit(JobKind.SEPARATE, job(1, attempts=2))
    assert not guard.may_claim(JobKind.SEPARATE)
    assert not guard.may_claim(JobKind.MIX)
    guard.remove(mixing)
    assert not guard.may_claim(JobKind.MIX)
    assert guard.may_claim(JobKind.SEPARATE)
    assert guard.admit(JobKind.SEPARATE, job(1, attempts=2))


def test_a_suspect_that_another_worker_has_taken_is_not_waited_for(guard):
    mixing = job(2, kind=JobKind.MIX)
    guard.admit(JobKind.MIX, mixing)
    guard.admit(JobKind.SEPARATE, job(1, attempts=2))
    guard.remove(mixing)
    assert guard.admit(JobKind.SEPARATE, None)
    assert guard.may_claim(JobKind.MIX)
