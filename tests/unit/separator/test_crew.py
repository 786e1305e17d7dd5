"""Who may run beside whom after a crash."""

from __future__ import annotations

import pytest

from separator.core.jobs import Job, JobKind, JobState
from separator.worker.isolation import PoisonJobGuard


def job(number, attempts=1, kind=JobKind.SEPARATE) -> Job:
    return Job(number, kind, f"key{number}", JobState.RUNNING, "test:1", {}, attempts=attempts)


@pytest.fixture
def crew() -> PoisonJobGuard:
    return PoisonJobGuard()


def test_fresh_jobs_run_beside_one_another(crew):
    assert crew.found(JobKind.SEPARATE, job(1))
    assert crew.may_claim(JobKind.SEPARATE)
    assert crew.found(JobKind.MIX, job(2, kind=JobKind.MIX))
    assert crew.may_claim(JobKind.SEPARATE)


def test_a_suspect_runs_with_nothing_beside_it(crew):
    suspect = job(1, attempts=2)
    assert crew.found(JobKind.SEPARATE, suspect)
    assert not crew.may_claim(JobKind.SEPARATE)
    assert not crew.may_claim(JobKind.MIX)
    crew.done(suspect)
    assert crew.may_claim(JobKind.MIX)


def test_a_suspect_that_comes_beside_others_waits_until_they_are_done(crew):
    """And nothing new is begun meanwhile, or it would wait for ever."""
    mixing = job(2, kind=JobKind.MIX)
    crew.found(JobKind.MIX, mixing)
    assert not crew.found(JobKind.SEPARATE, job(1, attempts=2))
    assert not crew.may_claim(JobKind.SEPARATE)
    assert not crew.may_claim(JobKind.MIX)
    crew.done(mixing)
    assert not crew.may_claim(JobKind.MIX)
    assert crew.may_claim(JobKind.SEPARATE)
    assert crew.found(JobKind.SEPARATE, job(1, attempts=2))


def test_a_suspect_that_another_worker_has_taken_is_not_waited_for(crew):
    mixing = job(2, kind=JobKind.MIX)
    crew.found(JobKind.MIX, mixing)
    crew.found(JobKind.SEPARATE, job(1, attempts=2))
    crew.done(mixing)
    assert crew.found(JobKind.SEPARATE, None)
    assert crew.may_claim(JobKind.MIX)
