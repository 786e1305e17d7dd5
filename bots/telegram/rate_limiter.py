"""Keeps calls under Telegram's flood limits: first answers first, progress only from spare capacity.

                    tokens of one group (20, one more every 3 s)
    first answer    takes the next one, before all who wait
    result          waits in order
    progress, 👀    only while more than half are left and there is no crowd; else RetryAfter

The library's own limiter queues all calls alike and stops every chat when one is limited, acknowledgements of
buttons included; with twenty people in one group nobody would be answered for minutes.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from bots.operations.token_bucket import TokenBucket
from bots.telegram.errors import retry_after_s

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

#: (burst, a second): Bot FAQ, "My bot is hitting limits": 30 a second in all, 20 a minute in a group, one a
#: second in a private chat, where short bursts are allowed.
ALL_CHATS = (30, 30.0)
GROUP = (20, 20 / 60)
PRIVATE = (10, 1.0)
CROWD_S = 3.0  #: two first answers in a group within so long are a crowd; progress then waits
#: The `rate_limit_args` of a call that may be put off; else it is how many messages the call makes;
#: in a group Telegram counts each of them.
DEFERRABLE = 0
MAX_BUCKETS = 1000  #: beyond that, unused ones are dropped
#: These make no message and change none: the delivery check sets a caption to what it is already.
_FREE = frozenset({"sendChatAction", "getChatMember", "editMessageCaption"})
_FIRST, _LATER = 0, 1


class PriorityBucket(TokenBucket):
    """A bucket that callers wait at: first answers before all others, equal ones in order."""

    def __init__(self, burst: int, per_s: float, crowd_s: float = 0.0) -> None:
        """Start full.

        Args:
            burst: The most tokens.
            per_s: How many grow back in a second.
            crowd_s: Nothing is to spare for so long after the last two first answers.
        """
        super().__init__(burst, per_s)
        self._crowd_s = crowd_s
        self._first_answers: deque[float] = deque([float("-inf")] * 2, maxlen=2)  #: when they asked
        self._waiters: list[tuple[int, int, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def unused(self) -> bool:
        """Whether it is full and nobody waits."""
        return self.tokens >= self.burst and not self._waiters

    def try_spare(self) -> float:
        """Use a token if more than half are left and there is no crowd; else the seconds until then."""
        missing = self.burst / 2 + 1 - self.tokens
        crowded_s = self._first_answers[0] + self._crowd_s - time.monotonic()
        if missing <= 0 and crowded_s <= 0 and not self._waiters:
            self.spend()
            return 0.0
        return max(1.0, missing / self.per_s, crowded_s)

    def wait_s(self, tokens: int) -> float:
        """Seconds that so many more calls would wait behind those waiting; at most half a burst counts."""
        return self.seconds_until(min(tokens, self.burst / 2) + sum(each[2] for each in self._waiters))

    async def acquire(self, priority: int, tokens: int = 1) -> None:
        """Use tokens, waiting for the first of them; lower priorities go first.

        An album is one call that counts as many messages: the tokens that are missing are owed.
        """
        if priority == _FIRST:
            self._first_answers.append(time.monotonic())
        if not self._waiters and self.tokens >= 1:
            self.spend(tokens)
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiters, (priority, next(self._numbers), tokens, waiter))
        self._set_timer()
        await waiter

    def _set_timer(self) -> None:
        if self._timer is None and self._waiters:
            self._timer = asyncio.get_running_loop().call_later(self.seconds_until(1), self._wake)

    def _wake(self) -> None:
        self._timer = None
        while self._waiters and self.tokens >= 1 - 1e-6:  # a timer may ring a moment early
            _, _, tokens, waiter = heapq.heappop(self._waiters)
            if not waiter.done():  # done: its caller was cancelled
                self.spend(tokens)
                waiter.set_result(None)
        self._set_timer()


class RateLimiter(BaseRateLimiter[int]):
    """The limiter that the library calls before every request."""

    def __init__(self) -> None:
        """Start with every bucket full."""
        self._all_chats = PriorityBucket(*ALL_CHATS)
        self._chats: dict[int, PriorityBucket] = {}

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    def _chat(self, chat: int) -> PriorityBucket:
        if len(self._chats) > MAX_BUCKETS:
            self._chats = {key: bucket for key, bucket in self._chats.items() if not bucket.unused}
        if chat not in self._chats:
            self._chats[chat] = (
                PriorityBucket(*GROUP, crowd_s=CROWD_S) if chat < 0 else PriorityBucket(*PRIVATE)
            )
        return self._chats[chat]

    def wait_s(self, chat: int, calls: int) -> float:
        """How long so many more calls would wait in this chat, behind all who wait there already."""
        return self._chat(chat).wait_s(calls)

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,  # noqa: ANN401 - handed on as it is
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:  # noqa: ANN401 - what Telegram answered
        """Wait for this request's turn, then make it.

        Raises:
            RetryAfter: It is deferrable and there is no capacity now; or Telegram says so.
        """
        chat = data.get("chat_id")
        if not isinstance(chat, int) or endpoint in _FREE:
            return await callback(*args, **kwargs)
        bucket, priority = self._chat(chat), _FIRST if endpoint == "sendMessage" else _LATER
        if rate_limit_args == DEFERRABLE:
            if wait_s := bucket.try_spare():
                raise RetryAfter(math.ceil(wait_s))
        else:
            await bucket.acquire(priority, (rate_limit_args or 1) if chat < 0 else 1)
        await self._all_chats.acquire(priority)
        try:
            return await callback(*args, **kwargs)
        except RetryAfter as limited:
            bucket.pause(retry_after_s(limited))
            raise
