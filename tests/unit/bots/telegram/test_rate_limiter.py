"""Rate limits: kept, and first answers go first."""

from __future__ import annotations

import asyncio
import time

import pytest
from telegram.error import RetryAfter

from bots.telegram.rate_limiter import DEFERRABLE, GROUP, PriorityBucket, RateLimiter


async def test_a_burst_goes_at_once_and_the_rest_at_the_rate():
    bucket = PriorityBucket(3, 20.0)
    began = time.monotonic()
    await asyncio.gather(*(bucket.acquire(1) for _ in range(5)))
    assert time.monotonic() - began >= 2 / 20 * 0.95


async def test_the_urgent_go_before_all_who_wait():
    bucket, order = PriorityBucket(1, 50.0), []

    async def go(name, urgency):
        await bucket.acquire(urgency)
        order.append(name)

    await bucket.acquire(0)
    tasks = [asyncio.create_task(go(*each)) for each in (("edit", 1), ("file", 1), ("answer", 0))]
    await asyncio.gather(*tasks)
    assert order == ["answer", "edit", "file"]


async def test_a_cancelled_caller_takes_no_token():
    bucket = PriorityBucket(1, 20.0)
    await bucket.acquire(0)
    gone = asyncio.create_task(bucket.acquire(0))
    stays = asyncio.create_task(bucket.acquire(1))
    await asyncio.sleep(0)
    gone.cancel()
    began = time.monotonic()
    await stays
    assert time.monotonic() - began < 0.09


def test_progress_leaves_half_of_the_tokens_to_answers():
    bucket = PriorityBucket(20, 1 / 3)
    put_off = 0.0
    edits = 0
    while not (put_off := bucket.try_spare()):
        edits += 1
    assert edits == 10
    assert 1.0 <= put_off <= 4.0


async def test_while_one_after_the_other_is_answered_nothing_goes_to_progress():
    """Twenty people within a few seconds: what the first ones' progress took the last ones would wait for."""
    bucket = PriorityBucket(20, 1 / 3, crowd_s=0.3)
    await bucket.acquire(0)
    assert bucket.try_spare() == 0, "one person is no crowd"
    await bucket.acquire(0)
    assert bucket.try_spare() > 0
    await asyncio.sleep(0.3)
    assert bucket.try_spare() == 0
    await bucket.acquire(1)
    await bucket.acquire(1)
    assert bucket.try_spare() == 0, "results are no crowd"


async def test_a_pause_holds_and_ends():
    bucket = PriorityBucket(5, 50.0)
    bucket.pause(0.2)
    began = time.monotonic()
    await bucket.acquire(0)
    assert 0.15 <= time.monotonic() - began < 1.0


class Calls:
    """Requests as the library makes them."""

    def __init__(self):
        self.limiter, self.done = RateLimiter(), []

    async def __call__(self, endpoint, deferrable=None, **data):
        async def callback():
            self.done.append((endpoint, data.get("chat_id")))
            return True

        return await self.limiter.process_request(callback, (), {}, endpoint, data, deferrable)


async def test_buttons_are_answered_however_full_a_group_is():
    call = Calls()
    for _ in range(GROUP[0]):
        await call("sendMessage", chat_id=-100)
    async with asyncio.timeout(0.5):
        await call("answerCallbackQuery", callback_query_id="1")
        await call("getUpdates")
        await call("sendMessage", chat_id=7)


async def test_progress_in_a_full_group_is_refused_at_once():
    call = Calls()
    for _ in range(GROUP[0]):
        await call("sendMessage", chat_id=-100)
    with pytest.raises(RetryAfter):
        await call("editMessageText", DEFERRABLE, chat_id=-100)


async def test_each_file_of_an_album_counts():
    """Telegram counts ten messages where one request was made, and then refuses the eleventh call."""
    call = Calls()
    await call("sendMediaGroup", 10, chat_id=-100)
    await call("sendMediaGroup", 9, chat_id=-100)
    assert call.limiter._chat(-100).tokens == pytest.approx(1, abs=0.1)
    await call("sendMediaGroup", 4, chat_id=-100)
    assert call.limiter.wait_s(-100, 1) == pytest.approx(4 / GROUP[1], abs=0.5)


async def test_a_flood_limit_in_one_chat_delays_no_other_chat():
    limiter = RateLimiter()

    async def flooded():
        raise RetryAfter(60)

    async def fine():
        return True

    with pytest.raises(RetryAfter):
        await limiter.process_request(flooded, (), {}, "sendMessage", {"chat_id": 1}, None)
    async with asyncio.timeout(0.5):
        assert await limiter.process_request(fine, (), {}, "sendMessage", {"chat_id": 2}, None)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await limiter.process_request(fine, (), {}, "sendMessage", {"chat_id": 1}, None)


async def test_a_full_group_says_how_long_more_would_wait():
    """So that a result for it does not delay one that could go now."""
    limiter = RateLimiter()
    assert limiter.wait_s(-1001, 3) == 0
    for _ in range(GROUP[0]):
        await limiter._chat(-1001).acquire(1)
    assert limiter.wait_s(-1001, 3) == pytest.approx(3 / GROUP[1], abs=0.5)
    assert limiter.wait_s(-1001, 500) == pytest.approx(GROUP[0] / 2 / GROUP[1], abs=0.5), (
        "it does come to an end"
    )
    assert limiter.wait_s(5, 3) == 0


async def test_first_answers_go_before_everything_else_of_the_whole_bot():
    """Forty people at once: what is edited and reacted waits for those who have heard nothing yet."""
    limiter, order = RateLimiter(), []

    async def call(name):
        order.append(name)

    async def ask(name, endpoint, chat):
        await limiter.process_request(call, (name,), {}, endpoint, {"chat_id": chat}, None)

    edits = [asyncio.create_task(ask("edit", "editMessageText", chat)) for chat in range(1, 33)]
    await asyncio.sleep(0)
    answers = [asyncio.create_task(ask("answer", "sendMessage", chat)) for chat in range(101, 103)]
    await asyncio.gather(*edits, *answers)
    assert order[-2:] == ["edit", "edit"]
