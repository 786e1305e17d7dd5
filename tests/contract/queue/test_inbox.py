"""Messages that a bot has taken, on each database: handled once, by the next process where one ends."""

from __future__ import annotations

from separator.queue.inbox import TRIES, Incoming

BOT, HERS, HIS = "telegram:42", Incoming(7, "hers", "telegram:1"), Incoming(8, "his", "telegram:2")


async def test_a_message_is_noted_once_whoever_takes_it(queue, other):
    """A webhook may bring one to two processes."""
    assert await queue.inbox.add(BOT, [HERS, HIS]) == {7, 8}
    assert await other.inbox.add(BOT, [HERS]) == set()
    assert await other.inbox.add("telegram:43", [HERS]) == {7}, "another bot counts for itself"


async def test_the_messages_of_a_killed_process_go_to_another(queue, other, database):
    await queue.inbox.add(BOT, [HIS, HERS])
    assert await other.inbox.take_over(BOT, 30) == []
    await database.advance_clock(20)
    await queue.inbox.renew(BOT, [8])
    await database.advance_clock(20)
    assert await other.inbox.take_over(BOT, 30) == [HERS]
    assert await queue.inbox.take_over(BOT, 30) == []


async def test_a_process_that_stops_leaves_its_messages_at_once(queue, other):
    await queue.inbox.add(BOT, [HERS, HIS])
    await queue.inbox.remove(BOT, [7])
    await queue.inbox.release(BOT, [8])
    assert await other.inbox.take_over(BOT, 30) == [HIS]


async def test_a_message_that_ends_every_process_is_given_up(queue, database):
    await queue.inbox.add(BOT, [HERS])
    for _ in range(TRIES - 1):
        await database.advance_clock(31)
        assert await queue.inbox.take_over(BOT, 30) == [HERS]
    await database.advance_clock(31)
    assert await queue.inbox.take_over(BOT, 30) == []
    assert await queue.inbox.add(BOT, [HERS]) == {7}, "nothing of it is kept"


async def test_a_message_of_yesterday_is_not_answered(queue, database):
    await queue.inbox.add(BOT, [HERS])
    await database.advance_clock(86_401)
    assert await queue.inbox.take_over(BOT, 30) == []


async def test_forgetting_somebody_forgets_what_they_sent(queue):
    await queue.inbox.add(BOT, [HERS, HIS])
    await queue.people.forget("telegram:1")
    assert await queue.inbox.take_over(BOT, 0) == [HIS]
