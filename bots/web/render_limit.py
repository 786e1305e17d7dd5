"""Limits what an address has made by links: images, previews, lossy parts; each takes a processor's time.

What is in a cache is given to anybody and does not count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bots.i18n.translate import error_message
from bots.web.i18n import translations
from bots.web.identity import AddressRateLimiter
from bots.web.mixer import pick_language
from separator.core.errors import Busy

if TYPE_CHECKING:
    from bots.web.client_ip import ClientIp

IMAGES, IMAGES_S = 120, 600.0  #: images and previews; a chat's own server fetches them for all of its people
#: Lossy parts: a listener needs 2 a second, and some 30 to begin with.
PARTS, PARTS_S = 600, 120.0


class RenderLimit:
    """Charges addresses for what is made for them."""

    def __init__(self, client_ip: ClientIp) -> None:
        self._client_ip = client_ip
        self._images, self._parts = (
            AddressRateLimiter(IMAGES, IMAGES_S),
            AddressRateLimiter(PARTS, PARTS_S),
        )

    def charge(self, request: web.Request, kind: str) -> None:
        """Charge for one `image`, `preview` or `part`.

        Raises:
            web.HTTPTooManyRequests: The address has had too many lately.
        """
        limiter = self._parts if kind == "part" else self._images
        try:
            limiter.take(self._client_ip.address(request))
        except Busy as busy:
            raise too_many(request, busy) from None


def too_many(request: web.Request, busy: Busy) -> web.HTTPTooManyRequests:
    """The response 429 that says when there is more."""
    text = error_message(busy, pick_language(request, translations()))
    return web.HTTPTooManyRequests(
        text=text, headers={"Retry-After": str(1 + int(float(busy.facts["ends_s"])))}
    )
