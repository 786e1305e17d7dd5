"""`stembot jobs`: what an operator reads, and that each command does what its sentence says."""

from __future__ import annotations

import asyncio
import json

import pytest

from bots.cli.main import run
from bots.settings import BotSettings
from separator import NewOrder, OrderState, open_queue_client
from separator.core.jobs import JobKind
from separator.inference.catalog import card_of
from separator.queue.client import plan
from tests.queue_sides import worker_queue

ERROR = {"kind": "SeparationFailed", "facts": {"reason": "MemoryError"}}


@pytest.fixture
def settings(tmp_path, monkeypatch) -> BotSettings:
    """An installation of its own, as the command line finds it."""
    monkeypatch.setenv("STEMBOT_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return BotSettings(_env_file=None)


@pytest.fixture
def on_queue(settings, capsys):
    """Do something with the queue, from a test that has no loop of its own; what is logged is not kept."""

    def do(work):
        async def inside():
            async with open_queue_client(settings) as queue:
                return await work(queue)

        done = asyncio.run(inside())
        capsys.readouterr()
        return done

    return do


async def ask(queue, number: int = 1, owner: str = "telegram:1"):
    """An order for a stored song."""

    async def read():
        yield f"song {number}".encode()

    song = await queue.store.put_song(read(), 1000)
    order = NewOrder(f"t:{number}", owner, "telegram", "chat", song.sha256, "Song.mp3", "-drums:mp3")
    return await queue.orders.submit(order, plan(order, card_of("auto")))


async def fail(queue):
    """Use up all attempts of the next separation; returns its number."""
    for _ in range(3):
        job = await worker_queue(queue).claim("w1", JobKind.SEPARATE, 30)
        await worker_queue(queue).fail(job, ERROR, 0.0)
    return str(job.id)


def test_an_empty_line_is_told_in_a_sentence(settings, capsys):  # noqa: ARG001 - the environment
    assert run(["jobs", "list"]) == 0
    assert capsys.readouterr().out == "No such jobs.\n"


def test_jobs_are_listed_a_line_each(on_queue, capsys):
    on_queue(ask)
    assert run(["jobs", "list"]) == 0
    head, mix, separate = capsys.readouterr().out.splitlines()
    assert head.split()[:5] == ["job", "kind", "state", "person", "age"]
    assert mix.split()[:4] == ["2", "mix", "waiting", "telegram:1"]
    assert separate.split()[:4] == ["1", "separate", "queued", "telegram:1"]


def test_jobs_are_found_by_state_person_and_age(on_queue, capsys):
    on_queue(ask)
    on_queue(lambda queue: ask(queue, 2, "discord:2"))
    for words, found in (
        (["--state", "queued"], [3, 1]),
        (["--person", "discord:2"], [4, 3]),
        (["--older", "1h"], []),
        (["--most", "1"], [4]),
    ):
        assert run(["jobs", "list", "--json", *words]) == 0
        assert [job["id"] for job in json.loads(capsys.readouterr().out)["jobs"]] == found


@pytest.mark.parametrize(
    "words", [["list", "--state", "lost"], ["list", "--older", "soon"], ["show", "x"], []]
)
def test_a_wrong_word_ends_with_2(settings, words):  # noqa: ARG001
    with pytest.raises(SystemExit) as ended:
        run(["jobs", *words])
    assert ended.value.code == 2


def test_a_job_is_shown_with_its_orders_attempts_events_and_error(on_queue, capsys):
    on_queue(ask)
    number = on_queue(fail)
    assert run(["jobs", "show", number]) == 0
    shown = capsys.readouterr().out
    for fact in ("failed", "3/3", "Song.mp3", "MemoryError", "-drums:mp3", "ready"):
        assert fact in shown
    assert [word for word in shown.split() if word in {"claimed", "again"}] == ["claimed", "again"] * 2 + [
        "claimed"
    ]
    assert run(["jobs", "show", number, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["job"]["state"], told["orders"][0]["state"], told["events"][-1]["what"]) == (
        "failed",
        "ready",
        "failed",
    )


@pytest.mark.parametrize("what", ["show", "cancel", "retry"])
def test_a_job_that_is_not_there_is_told_in_one_line_and_ends_with_1(settings, capsys, what):  # noqa: ARG001
    assert run(["jobs", what, "17"]) == 1
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "There is no job 17.\n")


def test_a_cancelled_job_answers_its_person(on_queue, capsys):
    order = on_queue(ask)
    assert run(["jobs", "cancel", "1"]) == 0
    assert "is cancelled" in capsys.readouterr().out
    assert on_queue(lambda queue: queue.orders.order(order.id)).state is OrderState.READY
    assert run(["jobs", "cancel", "1"]) == 1
    assert "already ended: cancelled" in capsys.readouterr().err


def test_a_running_job_is_stopped_by_its_worker(on_queue, capsys):
    on_queue(ask)
    on_queue(lambda queue: worker_queue(queue).claim("w1", JobKind.SEPARATE, 30))
    assert run(["jobs", "cancel", "1"]) == 0
    assert "is running" in capsys.readouterr().out


def test_a_failed_job_is_tried_again_and_only_such_a_one(on_queue, capsys):
    order = on_queue(ask)
    assert run(["jobs", "retry", "1"]) == 1
    assert "has not failed: queued" in capsys.readouterr().err
    number = on_queue(fail)
    assert run(["jobs", "retry", number]) == 0
    assert capsys.readouterr().out == "Job 1: 1 order is in the queue again.\n"
    assert on_queue(lambda queue: queue.orders.order(order.id)).state is OrderState.OPEN
    assert run(["jobs", "retry", number]) == 1
    assert "No order waits" in capsys.readouterr().err


def test_a_job_whose_song_is_forgotten_is_not_tried_again(on_queue, capsys):
    """It could only fail once more, and its user be told so once more."""
    order = on_queue(ask)
    number = on_queue(fail)
    on_queue(lambda queue: queue.store.delete(f"songs/{order.song}"))
    assert run(["jobs", "retry", number]) == 1
    assert "send the song again" in capsys.readouterr().err


def test_a_failed_mix_rests_on_its_stems_not_on_the_song(on_queue, capsys):
    on_queue(ask)

    async def fail_the_mix(queue):
        separate = await worker_queue(queue).claim("w1", JobKind.SEPARATE, 30)
        await queue.store.put("songs/a/manifest.json", b"{}")
        await worker_queue(queue).finish(separate, {"manifest": "songs/a/manifest.json"})
        for _ in range(3):
            await worker_queue(queue).fail(await worker_queue(queue).claim("w1", JobKind.MIX, 30), ERROR, 0.0)

    on_queue(fail_the_mix)
    assert run(["jobs", "retry", "2"]) == 0
    assert "1 order is" in capsys.readouterr().out


def test_a_drain_holds_until_it_is_taken_back(on_queue, capsys):
    on_queue(ask)
    claim = lambda queue: worker_queue(queue).claim("w1", JobKind.SEPARATE, 30)  # noqa: E731 - done twice
    assert run(["jobs", "drain", "--wait"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Workers finish their jobs (0 running) and start no new ones until: stembot jobs drain --off",
        "No job is running.",
    ]
    assert on_queue(claim) is None
    assert run(["jobs", "drain", "--off"]) == 0
    assert on_queue(claim) is not None


def test_a_database_that_is_away_is_told_in_one_line_and_ends_with_1(settings, monkeypatch, capsys):  # noqa: ARG001
    pytest.importorskip("psycopg")
    monkeypatch.setenv("STEMBOT_DATABASE_URL", "postgresql://nobody:hush@127.0.0.1:1/none")
    monkeypatch.setattr("separator.queue.db.postgres.ANSWER_S", 0.2)
    assert run(["jobs", "list"]) == 1
    told = capsys.readouterr()
    assert told.err.count("\n") == 1
    assert "hush" not in told.err + told.out
