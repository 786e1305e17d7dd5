"""Whose turn it is: nobody starves, nobody is shut out by somebody with many songs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from separator.core.jobs import JobKind, JobState
from separator.queue.claims import AGEING_S

if TYPE_CHECKING:
    from separator.core.jobs import Job
    from separator.queue import Queue
    from tests.contract.queue.conftest import QueueDatabase

LONG_S = 1e6  # a lease that no test outlives


@dataclass
class Worker:
    """Somebody who holds so many songs at once; the one that was taken first ends first."""

    queue: Queue
    database: QueueDatabase
    at_once: int = 1
    held: list[Job] = field(default_factory=list)

    async def serve(self, turns: int, *, takes_s: float = 60) -> list[str]:
        """The next turns: whose songs ended, in that order, one every `takes_s`."""
        ended = []
        for _ in range(turns):
            while len(self.held) < self.at_once and (job := await self._take()):
                self.held.append(job)
            first = self.held.pop(0)
            await self.queue.workers.finish(first, {})
            ended.append(first.owner)
            await self.database.advance_clock(takes_s)
        return ended

    async def _take(self) -> Job | None:
        return await self.queue.workers.claim("w1", JobKind.SEPARATE, LONG_S)


@pytest.mark.parametrize("at_once", [1, 3])
async def test_five_people_with_many_and_few_songs_share_the_worker(database, queue, client, at_once):
    """1, 2, 5, 20 and 50 songs: Jain's index of the first 20 turns, by what each can use, is >= 0.95."""
    songs = {"telegram:50": 50, "telegram:20": 20, "telegram:5": 5, "telegram:2": 2, "telegram:1": 1}
    for owner, many in songs.items():
        for song in range(many):
            await client.submit(f"{owner}/{song}", owner=owner)
        await database.advance_clock(1)
    served = await Worker(queue, database, at_once).serve(20)
    assert "telegram:1" in served[:5]
    turns = Counter(served)
    fair = {"telegram:50": 6, "telegram:20": 6, "telegram:5": 5, "telegram:2": 2, "telegram:1": 1}
    shares = [turns[owner] / fair[owner] for owner in songs]
    assert sum(shares) ** 2 / (len(shares) * sum(share**2 for share in shares)) >= 0.95


async def test_nobody_has_more_than_so_many_separations_running(queue, client):
    for song in "abc":
        await client.submit(song, owner="telegram:1")
    await client.submit("d", owner="telegram:2")
    owners = [(await client.claim()).owner for _ in range(3)]
    assert Counter(owners) == {"telegram:1": 2, "telegram:2": 1}
    assert await queue.workers.claim("w", JobKind.SEPARATE, 30) is None, "the third of the first person waits"


async def test_mixes_are_not_held_up_by_how_much_their_owner_has_running(queue, client):
    for song in "abc":
        await client.submit(song)
    for _ in range(2):
        await queue.workers.finish(await client.claim(), {})
    await client.claim()
    assert (await client.claim(JobKind.MIX)).kind is JobKind.MIX


async def test_a_newcomer_does_not_wait_for_somebodys_whole_backlog(database, queue, client):
    for song in range(10):
        await client.submit(f"many/{song}", owner="telegram:many")
    await Worker(queue, database).serve(3)
    await client.submit("new", owner="telegram:new")
    assert "telegram:new" in await Worker(queue, database).serve(2)


async def test_a_stream_of_newcomers_passes_somebody_at_most_once_each(database, queue, client):
    """For who never was served, the making of the job counts: so no newcomer is ever older."""
    await client.submit("first", owner="telegram:old")
    await client.submit("second", owner="telegram:old")
    await client.submit("third", owner="telegram:early")
    turns = []
    for guest in range(5):
        turns += await Worker(queue, database).serve(1)
        await client.submit(f"guest {guest}", owner=f"telegram:guest{guest}")
    assert turns[:3] == ["telegram:old", "telegram:early", "telegram:old"]


@pytest.mark.parametrize("at_once", [1, 3])
async def test_a_job_is_passed_by_nobody_who_came_later(database, queue, client, at_once):
    """60 people with a song each, a song every 20 s, more than the worker can do."""
    worker = Worker(queue, database, at_once)
    made: dict[str, float] = {}
    ended: list[str] = []
    for number in range(60):
        owner = f"telegram:{number}"
        await client.submit(owner, owner=owner)
        made[owner] = 20.0 * number
        await database.advance_clock(20)
        if number % 3 == 2:
            ended += await worker.serve(1, takes_s=0)
    ended += await worker.serve(60 - len(ended))
    assert sorted(ended) == sorted(made)
    for place, owner in enumerate(ended):
        for passer in ended[:place]:
            assert made[passer] <= made[owner], f"{passer} passed {owner}"


async def test_who_has_waited_a_step_longer_goes_first_whatever_they_have_running(database, client):
    """Ageing: else a stream of newcomers with nothing running would hold somebody's second song up."""
    await client.submit("a", owner="telegram:old")
    await client.claim()
    await client.submit("b", owner="telegram:old")
    await database.advance_clock(AGEING_S + 1)
    await client.submit("c", owner="telegram:new")
    assert (await client.claim()).owner == "telegram:old"


async def test_who_shares_the_last_of_somebodys_many_songs_has_it_at_their_own_turn(database, client):
    """Else asking for what somebody else wants too would be the slowest way to get it."""
    for song in range(10):
        await client.submit(f"many/{song}", owner="telegram:many")
    await database.advance_clock(1)
    await client.submit("many/9", owner="telegram:guest", outputs="vocals:mp3")
    assert "separate:many/9" in [(await client.claim()).key for _ in range(2)]


async def test_who_shares_with_many_songs_of_their_own_does_not_move_the_others_back(client):
    """A song keeps the sooner of its people's turns."""
    await client.submit("wanted", owner="telegram:few")
    for song in range(5):
        await client.submit(f"many/{song}", owner="telegram:many")
    await client.submit("wanted", owner="telegram:many", outputs="vocals:mp3")
    job = await client.claim()
    assert (job.key, job.owner) == ("separate:wanted", "telegram:few")


async def test_the_queue_ends_empty_whatever_the_mixture(queue, client):
    orders = [
        await client.submit(str(n % 7), owner=f"telegram:{n % 3}", outputs=f"{n}:mp3") for n in range(30)
    ]
    await client.finish_all()
    assert {(await queue.orders.order_status(order.id)).state for order in orders} == {JobState.DONE}
