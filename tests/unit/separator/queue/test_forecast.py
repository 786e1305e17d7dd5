"""The forecast against what then happens: the line is played by a world with songs and workers of its own."""

from __future__ import annotations

import random

import pytest

from separator.jobs import Position
from separator.queue.forecast import Ahead, Line, forecast


def queued(number: int, owner: str, **facts) -> Ahead:
    given = {
        "kind": "separate",
        "state": "queued",
        "prio": 0,
        "aged": 0.0,
        "since": float(number),
        "after": 0,
        "song_s": 200.0,
        "done": 0,
        "total": 0,
    }
    return Ahead(id=number, owner=owner, **(given | facts))


def line(jobs, speeds=(4.0,), **facts) -> Line:
    """A line with workers `w0`, `w1` … of these speeds."""
    given = {"usual_speed": None, "usual_song_s": None, "usual_mix_s": None, "in_hand": 2}
    return Line(
        jobs=jobs, speeds={f"w{place}": speed for place, speed in enumerate(speeds)}, **(given | facts)
    )


def before(places: dict[int, Position]) -> list[int]:
    return [job for job, _ in sorted(places.items(), key=lambda item: item[1].before)]


def test_people_take_turns():
    jobs = [queued(1, "a"), queued(2, "a"), queued(3, "a"), queued(4, "b"), queued(5, "c")]
    assert before(forecast(line(jobs))) == [1, 4, 5, 2, 3]


def test_priority_goes_before_turns():
    assert before(forecast(line([queued(1, "a"), queued(2, "b", prio=1, aged=1.0)]))) == [2, 1]


def test_who_has_less_running_goes_first():
    jobs = [queued(1, "a", state="running", worker="w0"), queued(2, "a"), queued(3, "b")]
    assert forecast(line(jobs, speeds=(4.0, 4.0)))[3] == Position(before=1, eta_s=pytest.approx(50))


def test_a_person_at_the_limit_waits_for_their_own_song_and_the_others_pass():
    running = [queued(number, "a", state="running", worker=f"w{number}") for number in (1, 2)]
    jobs = [*running, queued(3, "a"), queued(4, "b")]
    places = forecast(line(jobs, speeds=(4.0, 4.0, 4.0)))
    assert (places[4].eta_s, places[3].eta_s) == (pytest.approx(50), pytest.approx(100))


def test_the_rest_of_a_running_song_is_what_is_left_of_it():
    jobs = [queued(1, "a", state="running", worker="w0", done=3, total=4), queued(2, "b")]
    places = forecast(line(jobs))
    assert (places[1].eta_s, places[2].eta_s) == (pytest.approx(12.5), pytest.approx(62.5))


def test_without_a_speed_there_are_places_and_no_times():
    places = forecast(line([queued(1, "a"), queued(2, "b")], speeds=(None,)))
    assert places == {1: Position(0, None), 2: Position(1, None)}


def test_without_any_worker_there_are_places_and_no_times():
    assert forecast(line([queued(1, "a")], speeds=(), usual_speed=4.0)) == {1: Position(0, None)}


def test_a_mix_is_told_by_how_long_mixes_take():
    jobs = [queued(number, "a", kind="mix") for number in range(3)]
    places = forecast(line(jobs, usual_mix_s=4.0))
    assert [places[number].eta_s for number in range(3)] == [4.0, 8.0, 12.0]


def test_an_empty_line_has_no_places():
    assert forecast(line([])) == {}


def test_a_running_song_takes_as_long_as_its_own_worker_needs():
    jobs = [queued(1, "a", state="running", worker="w0"), queued(2, "b", state="running", worker="w1")]
    places = forecast(line(jobs, speeds=(2.0, 8.0)))
    assert (places[1].eta_s, places[2].eta_s) == (pytest.approx(100), pytest.approx(25))


def test_what_a_dead_worker_left_goes_first_and_from_its_start():
    jobs = [queued(1, "a"), queued(2, "b", state="running", worker="dead", done=3, total=4)]
    places = forecast(line(jobs))
    assert (places[2], places[1]) == (Position(0, 50.0), Position(1, 100.0))


def world(
    jobs: list[Ahead], songs: dict[int, float], speeds: dict[str, float], in_hand: int
) -> dict[int, float]:
    """When each job really ends: a plain loop over half seconds, written apart from the forecast.

    Args:
        jobs: The line; the running ones are half done.
        songs: How long each really is, in seconds.
        speeds: Of the workers, in seconds of song per second.
        in_hand: Most jobs of one person at a time.
    """
    waiting = [job for job in jobs if job.state == "queued"]
    busy = {job.worker: (songs[job.id] / 2 / speeds[job.worker], job) for job in jobs if job.worker}
    ends, served, now = {}, {}, 0.0
    while len(ends) < len(jobs):
        for name, speed in speeds.items():
            if name in busy and busy[name][0] <= now:
                ended, job = busy.pop(name)
                ends[job.id] = ended
            if name not in busy and waiting:
                running = [at_work.owner for _, at_work in busy.values()]
                able = [job for job in waiting if running.count(job.owner) < in_hand]
                if able:
                    job = min(
                        able, key=lambda job: (running.count(job.owner), served.get(job.owner, -1), job.id)
                    )
                    waiting.remove(job)
                    served[job.owner] = now
                    busy[name] = (now + songs[job.id] / speed, job)
        now += 0.5
    return ends


@pytest.mark.parametrize("length", [1, 3, 10, 30, 100])
@pytest.mark.parametrize("speeds", [[4.0], [2.0, 6.0, 5.0]])
def test_times_are_right_within_a_factor_of_one_and_a_half(length, speeds):
    """Lines of 1 to 100 songs of 3 to 5 minutes whose lengths nobody knows, behind busy workers."""
    chance = random.Random(length)
    workers = {f"w{place}": speed for place, speed in enumerate(speeds)}
    right = total = 0
    for _ in range(20):
        people = max(1, length // 3)
        jobs = [queued(number, f"person {chance.randrange(people)}", song_s=0.0) for number in range(length)]
        for place, name in enumerate(workers):
            half_done = {"state": "running", "worker": name, "song_s": 0.0, "done": 1, "total": 2}
            jobs.append(queued(1000 + place, f"somebody {place}", **half_done))
        songs = {job.id: chance.uniform(180, 300) for job in jobs}
        told = forecast(line(jobs, speeds=speeds, usual_song_s=240.0))
        true = world(jobs, songs, workers, in_hand=2)
        right += sum(1 / 1.5 <= told[job].eta_s / true[job] <= 1.5 for job in songs)
        total += len(songs)
    assert right / total >= 0.95, "places swap now and then where two songs end together"
