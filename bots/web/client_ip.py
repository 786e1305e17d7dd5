"""The address of a client: the web app's limits and blocks go by it.

    browser ──► proxy ──► web app         X-Forwarded-For: <sent by the browser>, 203.0.113.7
                                                                                   └ added by our proxy

Only what a proxy of ours (`STEMBOT_TRUSTED_PROXIES`) wrote counts; a browser could have sent the
rest itself. Without proxies the header is ignored.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

import structlog

from separator import ADDRESS, same_network

if TYPE_CHECKING:
    from aiohttp import web

    from bots.settings import BotSettings
    from storage import Links

log = structlog.get_logger()

_MAX_ADDRESS = 45  #: characters


class ClientIp:
    """Reads the addresses of requests."""

    def __init__(self, settings: BotSettings, links: Links) -> None:
        self._proxies, self._links = settings.proxies, links
        self._has_warned = False

    def address(self, request: web.Request) -> str:
        """The address of a request, an IPv6 one as its network; empty where there is none."""
        forwarded = ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")
        address = request.remote or ""
        if forwarded != [""] and not self._is_our_proxy(address):
            self._warn_once()
        while self._is_our_proxy(address) and forwarded:
            address = _host(forwarded.pop()) or address
        try:
            return same_network(address)
        except ValueError:
            return address[:_MAX_ADDRESS].encode(errors="backslashreplace").decode()

    def is_from_proxy(self, request: web.Request) -> bool:
        """Whether a proxy of ours sent it on, so that its headers can be believed."""
        return self._is_our_proxy(request.remote or "")

    def _warn_once(self) -> None:
        """A proxy that is not named makes all of its visitors one address, for limits and blocks."""
        if not self._has_warned:
            self._has_warned = True
            log.warning("forwarded_header_ignored", setting="STEMBOT_TRUSTED_PROXIES")

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


def _host(text: str) -> str:
    """The address in an entry of the header: some proxies write its port, or brackets, or quotes with it."""
    entry = text.strip().strip('"')
    if entry.startswith("["):
        entry = entry[1:].partition("]")[0]
    elif entry.count(":") == 1:
        entry = entry.partition(":")[0]
    return entry.partition("%")[0]
