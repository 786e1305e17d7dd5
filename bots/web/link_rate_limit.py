"""Limits guesses at links: invalid links are counted by address.

An address that has sent many of them is answered with 429 for a while, for all of `/m/`. Valid and expired
links do not count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from bots.web.identity import AddressRateLimiter
from bots.web.render_limit import too_many
from separator.core.errors import Busy

if TYPE_CHECKING:
    from bots.web.client_ip import ClientIp

GUESSES, GUESSES_S = 30, 600.0  #: invalid links from one address, and in how many seconds as many again
_INVALID = 403


class LinkRateLimit:
    """A middleware in front of the mixer."""

    def __init__(self, client_ip: ClientIp) -> None:
        self._client_ip, self._limiter = client_ip, AddressRateLimiter(GUESSES, GUESSES_S)

    @web.middleware
    async def guard(self, request: web.Request, handler: Any) -> web.StreamResponse:  # noqa: ANN401 - aiohttp's
        """Refuse addresses that have sent too many invalid links lately."""
        if not request.path.startswith("/m/") or request.path.startswith("/m/static/"):
            return await handler(request)  # type: ignore[no-any-return] # aiohttp's own type
        address = self._client_ip.address(request)
        try:
            self._limiter.check(address)
        except Busy as busy:
            raise too_many(request, busy) from None
        response: web.StreamResponse = await handler(request)
        if response.status == _INVALID:
            self._limiter.take(address)
        return response
