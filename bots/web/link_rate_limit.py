"""Links that open nothing, counted by address: a link cannot be guessed, and nobody need try for long.

A wrong link costs a read and a hash. An address that has sent many of them is answered with 429 for a while,
whatever it asks of `/m/`; a right link, or one that has ended, counts for nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from bots.i18n.translate import error_message
from bots.web.i18n import phrases
from bots.web.identity import AddressRateLimiter
from bots.web.mixer import pick_language
from separator import Busy

if TYPE_CHECKING:
    from bots.web.client_ip import ClientIp

GUESSES, GUESSES_S = 30, 600.0  #: wrong links from one address, and in how many seconds as many again
_WRONG = 403


class LinkRateLimit:
    """Stands before the mixer."""

    def __init__(self, gate: ClientIp) -> None:
        """Take what tells addresses."""
        self._gate, self._rate = gate, AddressRateLimiter(GUESSES, GUESSES_S)

    @web.middleware
    async def guard(self, request: web.Request, handler: Any) -> web.StreamResponse:  # noqa: ANN401 - aiohttp's
        """Let through to the mixer who has not sent too many wrong links of late."""
        if not request.path.startswith("/m/") or request.path.startswith("/m/static/"):
            return await handler(request)  # type: ignore[no-any-return] # aiohttp's own type
        address = self._gate.address(request)
        try:
            self._rate.check(address)
        except Busy as busy:
            headers = {"Retry-After": str(1 + int(float(busy.facts["ends_s"])))}
            text = error_message(busy, pick_language(request, phrases()))
            return web.Response(status=429, text=text, headers=headers)
        answer: web.StreamResponse = await handler(request)
        if answer.status == _WRONG:
            self._rate.take(address)
        return answer
