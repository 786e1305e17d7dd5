"""Who asks: a browser by its cookie, an address by how often it comes."""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from bots.chat.messages import Person
from separator import Busy

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web

PLATFORM = "web"
_COOKIE = "stembot"
_COOKIE_S = 365 * 86_400
_SHAPE = re.compile(r"[A-Za-z0-9_-]{22}")  # 128 bits of chance, so it cannot be guessed
_ADDRESSES = 10_000  # remembered at a time; the one that came longest ago is forgotten


def person_of(request: web.Request, language: str) -> tuple[Person, str]:
    """The person behind a browser, and the cookie's value: a new one where none of ours was sent.

    Orders are kept under a hash of the cookie, so that whoever reads the table cannot become that person.
    """
    cookie = request.cookies.get(_COOKIE, "")
    if not _SHAPE.fullmatch(cookie):
        cookie = secrets.token_urlsafe(16)
    name = hashlib.sha256(cookie.encode()).hexdigest()[:24]
    return Person(f"{PLATFORM}:{name}", language), cookie


def remember(request: web.Request, answer: web.StreamResponse, cookie: str) -> None:
    """Give the browser its cookie: no script reads it, no other site sends it."""
    answer.set_cookie(
        _COOKIE, cookie, max_age=_COOKIE_S, path="/", httponly=True, samesite="Lax", secure=request.secure
    )


class TokenBucket:
    """So much in so long a time from one address: a bucket that fills up again steadily."""

    def __init__(self, most: int, per_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Allow `most` at once, and `most` again in every `per_s` seconds."""
        self._most, self._per_s, self._clock = most, per_s, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  #: address → (left, when)

    def look(self, address: str) -> float:
        """How many are left.

        Raises:
            Busy: Not one; `ends_s` says when there is one again.
        """
        now = self._clock()
        left, when = self._left.get(address, (float(self._most), now))
        left = min(float(self._most), left + (now - when) * self._most / self._per_s)
        if left < 1:
            raise Busy(limit="rate", ends_s=(1 - left) * self._per_s / self._most)
        return left

    def take(self, address: str) -> None:
        """Count one.

        Raises:
            Busy: None is left; `ends_s` says when there is one again.
        """
        self._left[address] = (self.look(address) - 1, self._clock())
        self._left.move_to_end(address)
        if len(self._left) > _ADDRESSES:
            self._left.popitem(last=False)
