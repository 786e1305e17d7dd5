"""The address of a client: the web app's limits and blocks go by it.

    browser ──► proxy ──► web app         X-Forwarded-For: <sent by the browser>, 203.0.113.7
                                                                                   └ added by our proxy

Only what a proxy of ours (`STEMBOT_TRUSTED_PROXIES`) wrote counts; a browser could have sent the
rest itself. Without proxies the header is ignored.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

from separator import ADDRESS, same_network

if TYPE_CHECKING:
    from aiohttp import web

    from bots.settings import BotSettings
    from storage import Links

_MAX_ADDRESS = 45  #: characters


class ClientIp:
    """Reads the addresses of requests."""

    def __init__(self, settings: BotSettings, links: Links) -> None:
        self._proxies, self._links = settings.proxies, links

    def address(self, request: web.Request) -> str:
        """The address of a request, an IPv6 one as its network; empty where there is none."""
        forwarded = ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")
        address = request.remote or ""
        while self._is_our_proxy(address) and forwarded:
            address = forwarded.pop().strip() or address
        try:
            return same_network(address)
        except ValueError:
            return address[:_MAX_ADDRESS]

    def pseudonym(self, request: web.Request) -> str:
        """The same as orders store it: a reader of the table learns no address."""
        return f"{ADDRESS}{self._links.pseudonym(self.address(request))}"

    def blocklist_entry(self, request: web.Request) -> str:
        """The same as in the block list."""
        return f"{ADDRESS}{self.address(request)}"

    def _is_our_proxy(self, address: str) -> bool:
        try:
            return any(ip_address(address) in network for network in self._proxies)
        except ValueError:
            return False
