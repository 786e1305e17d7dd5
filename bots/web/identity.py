"""Identifies senders by a cookie, and limits how often an address may do something."""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING

from bots.chat.messages import Person
from bots.operations.token_bucket import TokenBucket
from separator.core.errors import Busy

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web

PLATFORM = "web"
_COOKIE = "stembot"
_COOKIE_S = 365 * 86_400
_FORMAT = re.compile(r"[A-Za-z0-9_-]{22}")  # 128 random bits, so that it cannot be guessed
_MAX_ADDRESSES = 10_000  # in memory; the one that came longest ago is dropped


def identify(request: web.Request, language: str) -> tuple[Person, str]:
    """The person of a browser, and the cookie's value: a new one where none of ours was sent.

    Orders are stored under a hash of the cookie, so that a reader of the table cannot become that person.
    """
    cookie = request.cookies.get(_COOKIE, "")
    if not _FORMAT.fullmatch(cookie):
        cookie = secrets.token_urlsafe(16)
    name = hashlib.sha256(cookie.encode()).hexdigest()[:24]
    return Person(f"{PLATFORM}:{name}", language), cookie


def set_cookie(response: web.StreamResponse, cookie: str, *, secure: bool) -> None:
    """Set the browser's cookie: no script reads it, no other site sends it."""
    response.set_cookie(
        _COOKIE, cookie, max_age=_COOKIE_S, path="/", httponly=True, samesite="Lax", secure=secure
    )


class AddressRateLimiter:
    """A token bucket for every address."""

    def __init__(self, burst: int, refill_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Allow `burst` at once, and as many again in every `refill_s` seconds."""
        self._new_bucket = partial(TokenBucket, burst, burst / refill_s, clock)
        self._buckets: OrderedDict[str, TokenBucket] = OrderedDict()

    def check(self, address: str) -> None:
        """Do nothing while a token is left.

        Raises:
            Busy: None is left; `ends_s` says when there is one again.
        """
        bucket = self._buckets.get(address)
        if bucket is not None and bucket.tokens < 1:
            raise Busy(limit="rate", ends_s=bucket.seconds_until(1))

    def take(self, address: str) -> None:
        """Use one token.

        Raises:
            Busy: None is left; `ends_s` says when there is one again.
        """
        self.check(address)
        self._buckets.setdefault(address, self._new_bucket()).spend()
        self._buckets.move_to_end(address)
        if len(self._buckets) > _MAX_ADDRESSES:
            self._buckets.popitem(last=False)
