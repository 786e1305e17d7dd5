"""Whose turn it is: nobody starves, nobody is shut out by somebody with many songs."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from separator.core.jobs import JobKind, JobState
from separator.queue.claims import AGEING_S

if TYPE_CHECKING:
    from separator.core.jobs import Job
    from separator.queue.sql import SqlQueue
    from tests.contract.queue.conftest import House

LONG_S = 1e6  # a lease that no test outlives


@dataclass
class Worker:
    """Somebody who holds so many songs at once; the one that was taken first ends first."""

    queue: SqlQueue
    house: House
    at_once: int = 1
    held: list[Job] = field(default_factory=list)

    async def serve(self, turns: int, *, takes_s: float = 60) -> list[str]:
        """The next turns: whose songs ended, in that order, one every `takes_s`."""
        ended = []
        for _ in range(turns):
            while len(self.held) < self.at_once and (job := await self._take()):
                self.held.append(job)
            first = self.held.pop(0)
            await self.queue.finish(first, {})
            ended.append(first.owner)
            await self.house.later(takes_s)
        return ended

    async def _take(self) -> Job | None:
        return await self.queue.claim("w1", [JobKind.SEPARATE], LONG_S)


@pytest.mark.parametrize("at_once", [1, 3])
async def test_five_people_with_many_and_few_songs_share_the_worker(house, queue, asking, at_once):
    """1, 2, 5, 20 and 50 songs: Jain's index of the first 20 turns, by what each can use, is >= 0.95."""
    songs = {"telegram:50": 50, "telegram:20": 20, "telegram:5": 5, "telegram:2": 2, "telegram:1": 1}
    for owner, many in songs.items():
        for song in range(many):
            await asking.ask(f"{owner}/{song}", owner=owner)
        await house.later(1)
    served = await Worker(queue, house, at_once).serve(20)
    assert "telegram:1" in served[:5]
    turns = Counter(served)
    fair = {"telegram:50": 6, "telegram:20": 6, "telegram:5": 5, "telegram:2": 2, "telegram:1": 1}
    shares = [turns[owner] / fair[owner] for owner in songs]
    assert sum(shares) ** 2 / (len(shares) * sum(share**2 for share in shares)) >= 0.95


async def test_nobody_has_more_than_so_many_separations_running(queue, asking):
    for song in "abc":
        await asking.ask(song, owner="telegram:1")
    await asking.ask("d", owner="telegram:2")
    owners = [(await asking.take()).owner for _ in range(3)]
    assert Counter(owners) == {"telegram:1": 2, "telegram:2": 1}
    assert await queue.claim("w", [JobKind.SEPARATE], 30) is None, "the third of the first person waits"


async def test_mixes_are_not_held_up_by_how_much_their_owner_has_running(queue, asking):
    for song in "abc":
        await asking.ask(song)
    for _ in range(2):
        await queue.finish(await asking.take(), {})
    await asking.take()
    assert (await asking.take(JobKind.MIX)).kind is JobKind.MIX


async def test_a_newcomer_does_not_wait_for_somebodys_whole_backlog(house, queue, asking):
    for song in range(10):
        await asking.ask(f"many/{song}", owner="telegram:many")
    await Worker(queue, house).serve(3)
    await asking.ask("new", owner="telegram:new")
    assert "telegram:new" in await Worker(queue, house).serve(2)


async def test_a_stream_of_newcomers_passes_somebody_at_most_once_each(house, queue, asking):
    """For who never was served, the making of the job counts: so no newcomer is ever older."""
    await asking.ask("first", owner="telegram:old")
    await asking.ask("second", owner="telegram:old")
    await asking.ask("third", owner="telegram:early")
    turns = []
    for guest in range(5):
        turns += await Worker(queue, house).serve(1)
        await asking.ask(f"guest {guest}", owner=f"telegram:guest{guest}")
    assert turns[:3] == ["telegram:old", "telegram:early", "telegram:old"]


async def test_higher_priority_goes_first(asking):
    await asking.ask("usual", owner="telegram:1")
    await asking.ask("urgent", owner="telegram:2", prio=1)
    assert (await asking.take()).owner == "telegram:2"


async def test_a_stream_of_urgent_work_delays_the_rest_by_no_more_than_its_step(house, queue, asking):
    """The stated bound: one step of priority is made up for by AGEING_S of waiting."""
    await asking.ask("patient", owner="telegram:patient")
    passed = 0
    while True:
        await asking.ask(f"urgent {passed}", owner=f"telegram:{passed}", prio=1)
        [owner] = await Worker(queue, house).serve(1)
        if owner == "telegram:patient":
            break
        passed += 1
    assert passed * 60 <= AGEING_S + 60


@pytest.mark.parametrize("at_once", [1, 3])
async def test_a_job_is_passed_only_by_what_came_within_its_step(house, queue, asking, at_once):
    """The bound: one that is p steps less urgent is passed by nobody who came p x AGEING_S or more later.

    60 people with a song each, of four priorities, a song every 20 s, more than the worker can do.
    """
    worker, chance = Worker(queue, house, at_once), random.Random(3)
    made: dict[str, tuple[float, int]] = {}
    ended: list[str] = []
    for number in range(60):
        owner, prio = f"telegram:{number}", chance.choice([0, 0, 1, 2, 3])
        await asking.ask(owner, owner=owner, prio=prio)
        made[owner] = (20.0 * number, prio)
        await house.later(20)
        if number % 3 == 2:
            ended += await worker.serve(1, takes_s=0)
    ended += await worker.serve(60 - len(ended))
    assert sorted(ended) == sorted(made)
    for place, owner in enumerate(ended):
        for passer in ended[:place]:
            later_s, steps = (mine - theirs for mine, theirs in zip(made[passer], made[owner], strict=True))
            assert later_s <= 0 or later_s < steps * AGEING_S, f"{passer} passed {owner}"


async def test_the_longest_shared_urgency_counts(asking):
    """Somebody urgent who shares waiting work lifts it for all."""
    await asking.ask("a", owner="telegram:1")
    await asking.ask("b", owner="telegram:2")
    await asking.ask("b", owner="telegram:3", prio=5)
    assert (await asking.take()).key == "separate:b"


async def test_who_shares_the_last_of_somebodys_many_songs_has_it_at_their_own_turn(house, asking):
    """Else asking for what somebody else wants too would be the slowest way to get it."""
    for song in range(10):
        await asking.ask(f"many/{song}", owner="telegram:many")
    await house.later(1)
    await asking.ask("many/9", owner="telegram:guest", outputs="vocals:mp3")
    assert "separate:many/9" in [(await asking.take()).key for _ in range(2)]


async def test_who_shares_with_many_songs_of_their_own_does_not_move_the_others_back(asking):
    """A song keeps the sooner of its people's turns."""
    await asking.ask("wanted", owner="telegram:few")
    for song in range(5):
        await asking.ask(f"many/{song}", owner="telegram:many")
    await asking.ask("wanted", owner="telegram:many", outputs="vocals:mp3")
    job = await asking.take()
    assert (job.key, job.owner) == ("separate:wanted", "telegram:few")


async def test_the_line_ends_empty_whatever_the_mixture(queue, asking):
    orders = [
        await asking.ask(str(n % 7), owner=f"telegram:{n % 3}", outputs=f"{n}:mp3", prio=n % 2)
        for n in range(30)
    ]
    await asking.work_off()
    assert {(await queue.order_status(order.id)).state for order in orders} == {JobState.DONE}
