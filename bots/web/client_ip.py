"""Where a browser calls from: limits, blocks and rates of the web room go by it.

    browser ──► proxy ──► web room        X-Forwarded-For: <told by the browser>, 203.0.113.7
                                                                                   └ added by our proxy

Only what a proxy of ours (`STEMBOT_TRUSTED_PROXIES`) wrote is believed; whatever stands before that, a
browser could have sent itself. Without proxies the header counts for nothing.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

from separator import ADDRESS, same_network

if TYPE_CHECKING:
    from aiohttp import web

    from bots.settings import BotSettings
    from storage import Links

_LONGEST = 45  #: characters of an address; what is longer is none


class ClientIp:
    """Tells addresses, as they are counted."""

    def __init__(self, settings: BotSettings, links: Links) -> None:
        """Take which proxies are ours, and what keeps addresses out of the table."""
        self._proxies, self._links = settings.proxies, links

    def address(self, request: web.Request) -> str:
        """The address that a request comes from, an IPv6 one by its network; empty where there is none."""
        told = ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")
        came = request.remote or ""
        while self._is_ours(came) and told:
            came = told.pop().strip() or came
        try:
            return same_network(came)
        except ValueError:
            return came[:_LONGEST]

    def place(self, request: web.Request) -> str:
        """The same as orders keep it: who reads the table learns no address."""
        return f"{ADDRESS}{self._links.pseudonym(self.address(request))}"

    def listed(self, request: web.Request) -> str:
        """The same as the block list has it."""
        return f"{ADDRESS}{self.address(request)}"

    def _is_ours(self, address: str) -> bool:
        try:
            return any(ip_address(address) in network for network in self._proxies)
        except ValueError:
            return False
