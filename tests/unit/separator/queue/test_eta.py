"""The estimate against what then happens: a world with songs and workers of its own works the queue off."""

from __future__ import annotations

import random

import pytest

from separator.core.jobs import Position
from separator.queue.eta import EtaJob, EtaQueue, estimate
from separator.queue.eta_devices import busy_s


def queued(number: int, owner: str, **facts) -> EtaJob:
    given = {
        "kind": "separate",
        "state": "queued",
        "aged": 0.0,
        "since": float(number),
        "after": 0,
        "song_s": 200.0,
        "done": 0,
        "total": 0,
    }
    return EtaJob(id=number, owner=owner, **(given | facts))


def queue(jobs, speeds=(4.0,), **facts) -> EtaQueue:
    """A queue with workers `w0`, `w1` … of these speeds."""
    given = {"usual_speed": None, "usual_song_s": None, "usual_mix_s": None, "per_owner": 2}
    return EtaQueue(
        jobs=jobs, speeds={f"w{place}": speed for place, speed in enumerate(speeds)}, **(given | facts)
    )


def before(places: dict[int, Position]) -> list[int]:
    return [job for job, _ in sorted(places.items(), key=lambda item: item[1].before)]


def test_people_take_turns():
    jobs = [queued(1, "a"), queued(2, "a"), queued(3, "a"), queued(4, "b"), queued(5, "c")]
    assert before(estimate(queue(jobs))) == [1, 4, 5, 2, 3]


def test_a_step_of_waiting_goes_before_turns():
    assert before(estimate(queue([queued(1, "a"), queued(2, "b", aged=1.0)]))) == [2, 1]


def test_who_has_less_running_goes_first():
    jobs = [queued(1, "a", state="running", worker="w0"), queued(2, "a"), queued(3, "b")]
    assert estimate(queue(jobs, speeds=(4.0, 4.0)))[3] == Position(before=1, eta_s=pytest.approx(50))


def test_a_person_at_the_limit_waits_for_their_own_song_and_the_others_pass():
    running = [queued(number, "a", state="running", worker=f"w{number}") for number in (1, 2)]
    jobs = [*running, queued(3, "a"), queued(4, "b")]
    places = estimate(queue(jobs, speeds=(4.0, 4.0, 4.0)))
    assert (places[4].eta_s, places[3].eta_s) == (pytest.approx(50), pytest.approx(100))


def test_the_rest_of_a_running_song_is_what_is_left_of_it():
    jobs = [queued(1, "a", state="running", worker="w0", done=3, total=4), queued(2, "b")]
    places = estimate(queue(jobs))
    assert (places[1].eta_s, places[2].eta_s) == (pytest.approx(12.5), pytest.approx(62.5))


def test_without_a_speed_there_are_places_and_no_times():
    places = estimate(queue([queued(1, "a"), queued(2, "b")], speeds=(None,)))
    assert places == {1: Position(0, None), 2: Position(1, None)}


def test_without_any_worker_there_are_places_and_no_times():
    assert estimate(queue([queued(1, "a")], speeds=(), usual_speed=4.0)) == {1: Position(0, None)}


def test_a_mix_is_told_by_how_long_mixes_take():
    jobs = [queued(number, "a", kind="mix") for number in range(3)]
    places = estimate(queue(jobs, usual_mix_s=4.0))
    assert [places[number].eta_s for number in range(3)] == [4.0, 8.0, 12.0]


def test_an_empty_queue_has_no_places():
    assert estimate(queue([])) == {}


def test_a_running_song_takes_as_long_as_its_own_worker_needs():
    jobs = [queued(1, "a", state="running", worker="w0"), queued(2, "b", state="running", worker="w1")]
    places = estimate(queue(jobs, speeds=(2.0, 8.0)))
    assert (places[1].eta_s, places[2].eta_s) == (pytest.approx(100), pytest.approx(25))


def test_what_a_dead_worker_left_goes_first_and_from_its_start():
    jobs = [queued(1, "a"), queued(2, "b", state="running", worker="dead", done=3, total=4)]
    places = estimate(queue(jobs))
    assert (places[2], places[1]) == (Position(0, 50.0), Position(1, 100.0))


def test_songs_that_share_a_device_end_together():
    """Three at once on one device: what the first gives up, the others have; in sum nothing changes."""
    jobs = [queued(number, f"person {number}", song_s=100.0) for number in (1, 2, 3)]
    assert [estimate(queue(jobs, per_worker=3))[number].eta_s for number in (1, 2, 3)] == [
        pytest.approx(75)
    ] * 3
    assert [estimate(queue(jobs))[number].eta_s for number in (1, 2, 3)] == [25, 50, 75]


def test_a_short_song_beside_a_concert_waits_for_its_own_share_only():
    jobs = [queued(1, "a", song_s=3600.0), queued(2, "b", song_s=100.0)]
    places = estimate(queue(jobs, per_worker=3))
    assert (places[2].eta_s, places[1].eta_s) == (pytest.approx(50), pytest.approx(925))


def test_a_song_goes_to_the_device_that_holds_fewest_then_to_the_fastest():
    jobs = [queued(number, f"person {number}", song_s=120.0) for number in range(3)]
    places = estimate(queue(jobs, speeds=(2.0, 6.0), per_worker=2))
    assert [places[number].eta_s for number in range(3)] == [pytest.approx(40), pytest.approx(60), 40]


def test_a_device_is_busy_once_however_many_songs_share_it():
    assert busy_s([(0, 30), (10, 20), (25, 40), (100, 110)]) == 50


class World:
    """What then happens: a plain loop over fifths of seconds, written apart from the estimate."""

    STEP_S = 0.2

    def __init__(self, speeds: dict[str, float], per_worker: int, per_owner: int = 2) -> None:
        """Set the workers' speeds, in seconds of song per second, and the limits of worker and person."""
        self._speeds, self._per_worker, self._per_owner = speeds, per_worker, per_owner
        self._held: dict[str, dict[EtaJob, float]] = {name: {} for name in speeds}
        self._served: dict[str, int] = {}

    def ends(self, jobs: list[EtaJob], songs: dict[int, float]) -> dict[int, float]:
        """When each job ends; the running ones are half done, the lengths are in seconds."""
        waiting = [job for job in jobs if job.state == "queued"]
        for job in jobs:
            if job.worker:
                self._held[job.worker][job] = songs[job.id] / 2
        ends: dict[int, float] = {}
        now = 0.0
        while len(ends) < len(jobs):
            while self._begin(waiting, songs):
                pass
            now += self.STEP_S
            for name, held in self._held.items():
                for job in [job for job, left in self._go_on(name).items() if left <= 0]:
                    ends[job.id] = now
                    del held[job]
        return ends

    def _go_on(self, name: str) -> dict[EtaJob, float]:
        """All that one worker holds, a step later."""
        held = self._held[name]
        for job in held:
            held[job] -= self._speeds[name] * self.STEP_S / len(held)
        return held

    def _begin(self, waiting: list[EtaJob], songs: dict[int, float]) -> bool:
        """Whether somebody could take the next song."""
        running = [job.owner for held in self._held.values() for job in held]
        able = [job for job in waiting if running.count(job.owner) < self._per_owner]
        room = [name for name, held in self._held.items() if len(held) < self._per_worker]
        if not (able and room):
            return False
        worker = min(room, key=lambda name: (len(self._held[name]), -self._speeds[name]))
        job = min(able, key=lambda job: (running.count(job.owner), self._served.get(job.owner, -1), job.id))
        waiting.remove(job)
        self._served[job.owner] = max(self._served.values(), default=0) + 1
        self._held[worker][job] = songs[job.id]
        return True


def share_that_is_right(
    length: int, speeds: list[float], per_worker: int, *, known: bool, queues: int
) -> float:
    """Of so many queues of songs of 3 to 5 minutes behind busy workers: times within a factor of 1.5."""
    right = total = 0
    workers = {f"w{place}": speed for place, speed in enumerate(speeds)}
    for number in range(queues):
        chance = random.Random(f"{length} {number}")
        songs = {job: chance.uniform(180, 300) for job in [*range(length), *range(1000, 1000 + len(speeds))]}
        owners = [f"person {chance.randrange(max(1, length // 3))}" for _ in range(length)]
        jobs = [queued(job, owner, song_s=songs[job] * known) for job, owner in enumerate(owners)]
        for place, name in enumerate(workers):
            half_done = {"state": "running", "worker": name, "done": 1, "total": 2}
            jobs.append(
                queued(1000 + place, f"somebody {place}", song_s=songs[1000 + place] * known, **half_done)
            )
        told = estimate(queue(jobs, speeds=speeds, usual_song_s=240.0, per_worker=per_worker))
        true = World(workers, per_worker).ends(jobs, songs)
        right += sum(1 / 1.5 <= told[job].eta_s / true[job] <= 1.5 for job in songs)
        total += len(songs)
    return right / total


LENGTHS = pytest.mark.parametrize(("length", "queues"), [(1, 20), (3, 15), (10, 8), (30, 2), (100, 1)])
PER_WORKER = pytest.mark.parametrize("per_worker", [1, 3])


@LENGTHS
@PER_WORKER
@pytest.mark.parametrize("speeds", [[4.0], [2.0, 6.0, 5.0]])
def test_every_time_is_right_within_a_factor_of_one_and_a_half_where_lengths_are_known(
    length, queues, speeds, per_worker
):
    """Then the simulation is the truth: it follows the same rules."""
    assert share_that_is_right(length, speeds, per_worker, known=True, queues=queues) == 1


@LENGTHS
@PER_WORKER
def test_every_time_is_right_within_a_factor_of_one_and_a_half_behind_one_worker(length, queues, per_worker):
    """Nobody knows the lengths, but one worker's songs end in about the order of their beginning."""
    assert share_that_is_right(length, [4.0], per_worker, known=False, queues=queues) == 1


@LENGTHS
@PER_WORKER
def test_with_unequal_workers_and_unknown_lengths_nearly_every_time_is_right(length, queues, per_worker):
    """Whose song ends first decides who is next, and where: some are served a turn earlier or later."""
    assert share_that_is_right(length, [2.0, 6.0, 5.0], per_worker, known=False, queues=queues) >= 0.95
