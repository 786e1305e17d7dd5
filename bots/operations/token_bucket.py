"""The token bucket behind every rate limit."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class TokenBucket:
    """Tokens that are spent at once and grow back steadily."""

    def __init__(self, burst: float, per_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Start full.

        Args:
            burst: The most tokens.
            per_s: How many grow back in a second.
            clock: Seconds; it must not jump.
        """
        self.burst, self.per_s, self._clock = float(burst), per_s, clock
        self._tokens, self._updated = self.burst, clock()

    @property
    def tokens(self) -> float:
        """Tokens there are now; below zero during a pause."""
        now = self._clock()
        self._tokens = min(self.burst, self._tokens + (now - self._updated) * self.per_s)
        self._updated = now
        return self._tokens

    def seconds_until(self, tokens: float) -> float:
        """Seconds until there are so many tokens."""
        return max(0.0, (tokens - self.tokens) / self.per_s)

    def spend(self, tokens: float = 1) -> None:
        """Remove tokens; the caller has seen to it that there are some. What is missing is owed."""
        self._tokens = self.tokens - tokens

    def pause(self, seconds: float) -> None:
        """Let there be no token before so many seconds have passed."""
        self._tokens = min(self.tokens, 1 - seconds * self.per_s)
