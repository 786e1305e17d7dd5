"""How fast we talk: under Telegram's flood limits, first answers first, progress only from what is to spare.

                    tokens of one group (20, one more every 3 s)
    first answer    takes the next one, before all who wait
    result          takes its turn
    progress, 👀    only while more than half are left and nobody crowds; else it is told to come back

The library's own limiter queues all alike and stops every chat when one is told to wait, acknowledgements of
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

from bots.telegram.errors import seconds_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

#: (burst, a second): Bot FAQ, "My bot is hitting limits": 30 a second in all, 20 a minute in a group, one a
#: second in a private chat, where short bursts are allowed.
EVERYBODY = (30, 30.0)
GROUP = (20, 20 / 60)
PRIVATE = (10, 1.0)
CROWD_S = 3.0  #: two first answers in a group within so long: more may follow, which progress leaves the room
SPARE = True  #: the `rate_limit_args` of a call that may be put off
BUCKETS = 1000  #: chats in mind; full ones are forgotten beyond that
#: These make no message and change none: `probe` edits a caption into what it is already.
_FREE = frozenset({"sendChatAction", "getChatMember", "editMessageCaption"})
_FIRST, _LATER = 0, 1


class TokenBucket:
    """Tokens that grow back; whoever finds none waits, the urgent before the others."""

    def __init__(self, burst: int, per_s: float, crowd_s: float = 0.0) -> None:
        """Start full.

        Args:
            burst: The most tokens.
            per_s: How many grow back in a second.
            crowd_s: Nothing is to spare for so long after the last two of the urgent.
        """
        self._crowd_s = crowd_s
        self._urgent: deque[float] = deque([float("-inf")] * 2, maxlen=2)  #: when the last ones asked
        self._burst, self._per_s = burst, per_s
        self._tokens, self._at = float(burst), time.monotonic()
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def full(self) -> bool:
        """Whether nobody has used it for long."""
        return self._now() >= self._burst and not self._waiting

    def _now(self) -> float:
        """Tokens there are now; below zero while the chat is to be left alone."""
        now = time.monotonic()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._per_s)
        self._at = now
        return self._tokens

    def spare(self) -> float:
        """Take a token if more than half are left, and nobody crowds; else how many seconds until then."""
        missing = self._burst / 2 + 1 - self._now()
        crowded_s = self._urgent[0] + self._crowd_s - self._at
        if missing <= 0 and crowded_s <= 0 and not self._waiting:
            self._tokens -= 1
            return 0.0
        return max(1.0, missing / self._per_s, crowded_s)

    def wait_s(self, tokens: int) -> float:
        """Seconds until so many more tokens have grown than are waited for; at most half a burst counts."""
        wanted = min(tokens, self._burst / 2) + len(self._waiting)
        return max(0.0, (wanted - self._now()) / self._per_s)

    def pause(self, seconds: float) -> None:
        """Let no token grow before that time is over."""
        self._tokens = min(self._now(), 1 - seconds * self._per_s)

    async def take(self, urgency: int) -> None:
        """Take a token, waiting for it; lower urgencies go first, equal ones in order."""
        if urgency == _FIRST:
            self._urgent.append(time.monotonic())
        if not self._waiting and self._now() >= 1:
            self._tokens -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (urgency, next(self._numbers), turn))
        self._arm()
        await turn

    def _arm(self) -> None:
        if self._timer is None and self._waiting:
            delay = max(0.0, (1 - self._now()) / self._per_s)
            self._timer = asyncio.get_running_loop().call_later(delay, self._wake)

    def _wake(self) -> None:
        self._timer = None
        while self._waiting and self._now() >= 1 - 1e-6:  # a timer may ring a moment early
            _, _, turn = heapq.heappop(self._waiting)
            if not turn.done():  # done: whoever waited has gone
                self._tokens -= 1
                turn.set_result(None)
        self._arm()


class RateLimiter(BaseRateLimiter[bool]):
    """The limiter that the library calls before every request."""

    def __init__(self) -> None:
        """Start rested."""
        self._everybody = TokenBucket(*EVERYBODY)
        self._chats: dict[int, TokenBucket] = {}

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    def _chat(self, chat: int) -> TokenBucket:
        if len(self._chats) > BUCKETS:
            self._chats = {key: bucket for key, bucket in self._chats.items() if not bucket.full}
        if chat not in self._chats:
            self._chats[chat] = TokenBucket(*GROUP, crowd_s=CROWD_S) if chat < 0 else TokenBucket(*PRIVATE)
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
        rate_limit_args: bool | None,
    ) -> Any:  # noqa: ANN401 - what Telegram answered
        """Wait for this request's turn, then make it.

        Raises:
            RetryAfter: It may be put off, and there is no room now; or Telegram says so.
        """
        chat = data.get("chat_id")
        if not isinstance(chat, int) or endpoint in _FREE:
            return await callback(*args, **kwargs)
        bucket = self._chat(chat)
        if rate_limit_args is SPARE:
            if wait_s := bucket.spare():
                raise RetryAfter(math.ceil(wait_s))
        else:
            await bucket.take(_FIRST if endpoint == "sendMessage" else _LATER)
        await self._everybody.take(_FIRST if endpoint == "sendMessage" else _LATER)
        try:
            return await callback(*args, **kwargs)
        except RetryAfter as told:
            bucket.pause(seconds_of(told))
            raise
