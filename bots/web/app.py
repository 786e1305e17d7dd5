"""The web app as a process: composes its parts, and runs until it is stopped."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from bots.chat.delivery import DeliveryService
from bots.chat.service import ChatService
from bots.operations.clocked_server import ClockedRunner, clock_requests
from bots.operations.lifecycle import run_until_first, stop_event
from bots.operations.loop_lag import watch_loop
from bots.operations.metrics import serve_metrics
from bots.operations.ports import port_error
from bots.web.client_ip import ClientIp
from bots.web.error_responses import answer_errors
from bots.web.handlers import STATIC, WebHandlers
from bots.web.health import Health
from bots.web.i18n import translations
from bots.web.identity import PLATFORM
from bots.web.link_rate_limit import LinkRateLimit
from bots.web.mix_requests import MixRequests
from bots.web.mixer import SECURITY_HEADERS, StaticFiles, mixer_app
from bots.web.origin import Origin
from bots.web.render_limit import RenderLimit
from separator import open_queue_client
from storage import open_links, open_store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bots.chat.messages import Reply, Result
    from bots.settings import BotSettings
    from storage import Links, ObjectStore

log = structlog.get_logger()

STOP_S = 5.0  #: responses in progress may take so long after SIGTERM


class WebPlatform:
    """The platform for deliveries: the page polls by itself, so there is nothing to show or to send."""

    name = PLATFORM

    async def show(self, address: str, reply: Reply) -> None:
        """Do nothing: the page watches the order."""

    async def deliver(self, result: Result) -> str:
        """Do nothing: the page has the files' addresses."""
        return f"web:{result.order}"


def web_app(service: ChatService, store: ObjectStore, links: Links, settings: BotSettings) -> web.Application:
    """The web app, with the mixer under `/m`."""
    client_ip = ClientIp(settings, links)
    origin = Origin(settings, client_ip)
    handlers = WebHandlers(service, store, links, settings, client_ip, origin)
    # The chat service limits uploads and answers with a sentence; aiohttp's own limit is off.
    guards = [clock_requests, LinkRateLimit(client_ip).guard, origin.guard, answer_errors]
    app = web.Application(middlewares=guards, client_max_size=0)
    app.on_response_prepare.append(partial(_add_headers, {**SECURITY_HEADERS, **origin.headers}))
    order = r"/api/orders/{order:[0-9]{1,18}}"
    app.router.add_get("/", handlers.page)
    app.router.add_post("/api/orders", handlers.upload)
    app.router.add_get("/api/orders", handlers.orders)
    app.router.add_get("/api/admission", handlers.admission)
    app.router.add_get("/api/events", handlers.all_events)
    app.router.add_post("/api/telegram", handlers.telegram)
    app.router.add_get(order, handlers.order)
    app.router.add_delete(order, handlers.delete)
    app.router.add_get(order + "/events", handlers.events)
    app.router.add_post(order + "/press", handlers.click)
    app.router.add_get(order + r"/files/{file:[0-9]{1,3}}", handlers.file)
    health = Health(service.queue)
    app.router.add_get("/healthz", health.live)
    app.router.add_get("/readyz", health.ready)
    app.router.add_get("/static/{name}", StaticFiles(STATIC).get)
    charge = RenderLimit(client_ip).charge
    app.add_subapp("/m", mixer_app(store, links, translations(), MixRequests(service), charge))
    return app


async def _add_headers(
    headers: Mapping[str, str], request: web.Request, response: web.StreamResponse
) -> None:
    """On every response; what is told to one person stays in no cache, unless it says so itself."""
    for name, value in headers.items():
        response.headers.setdefault(name, value)
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")


async def run_web(settings: BotSettings) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises:
        ConfigError: The port is taken, or the address is not one of this machine.
    """
    stopping = stop_event()
    async with (
        open_queue_client(settings) as queue,
        open_store(settings) as store,
        watch_loop(settings, serve_counts=bool(settings.metrics_port)) as lag,
        serve_metrics(settings, lag),
    ):
        links = open_links(settings)
        service = ChatService(queue, links, settings)
        runner = ClockedRunner(
            web_app(service, store, links, settings), access_log=None, shutdown_timeout=STOP_S
        )
        await runner.setup()
        try:
            await _listen(runner, settings)
            delivery = DeliveryService(service.orders, WebPlatform(), edit_every_s=settings.edit_every_s)
            await run_until_first(stopping.wait(), delivery.run())
        finally:
            await runner.cleanup()
    log.info("web_stopped")


async def _listen(runner: web.AppRunner, settings: BotSettings) -> None:
    try:
        await web.TCPSite(runner, settings.web_host, settings.web_port).start()
    except OSError as taken:
        raise port_error(settings, taken) from taken
    host, port = runner.addresses[0][:2]
    log.info("web_ready", host=host, port=port)
