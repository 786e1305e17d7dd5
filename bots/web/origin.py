"""Where the page itself comes from: whether over TLS, and whether a write comes from it.

A proxy speaks TLS for this program, so the scheme is that of `STEMBOT_PUBLIC_URL`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web
from yarl import URL

if TYPE_CHECKING:
    from bots.settings import BotSettings
    from bots.web.client_ip import ClientIp

_HSTS = "max-age=31536000"  # a year; of this host alone


class Origin:
    """The origin of an installation's pages."""

    def __init__(self, settings: BotSettings, client_ip: ClientIp) -> None:
        self._public = URL(settings.public_url)
        self._client_ip = client_ip

    def is_secure(self, request: web.Request) -> bool:
        """Whether browsers reach this page over TLS."""
        return self._public.scheme == "https" or request.secure

    @property
    def headers(self) -> dict[str, str]:
        """What every response says of it."""
        return {"Strict-Transport-Security": _HSTS} if self._public.scheme == "https" else {}

    @web.middleware
    async def guard(self, request: web.Request, handler: Any) -> web.StreamResponse:  # noqa: ANN401 - aiohttp's own
        """Refuse writes from other sites."""
        if request.method in ("POST", "DELETE") and not self._is_ours(request):
            raise web.HTTPForbidden
        return await handler(request)  # type: ignore[no-any-return]

    def _is_ours(self, request: web.Request) -> bool:
        """Whether our own page, or no page at all, sent this.

        What no script can set counts: `Sec-Fetch-Site`, or where a browser sends none, `Origin`.
        """
        if site := request.headers.get("Sec-Fetch-Site"):
            return site in ("same-origin", "none")
        if (origin := request.headers.get("Origin")) is None:
            return True
        try:
            return _authority(URL(origin)) in self._authorities(request)
        except ValueError:
            return False

    def _authorities(self, request: web.Request) -> set[tuple[str | None, int | None]]:
        """Host and port of each address that this installation answers at."""
        hosts = [request.host]
        if self._client_ip.is_from_proxy(request):
            hosts += request.headers.getall("X-Forwarded-Host", [])
        urls = [URL(f"{scheme}://{host}") for host in hosts for scheme in ("http", "https")]
        return {_authority(url) for url in (*urls, self._public) if url.host}


def _authority(url: URL) -> tuple[str | None, int | None]:
    return url.host, url.port
