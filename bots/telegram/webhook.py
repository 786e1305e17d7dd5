"""Receives updates by HTTP; TLS is left to a reverse proxy. An update is answered 200 when it is noted."""

from __future__ import annotations

import asyncio
import hmac
from typing import TYPE_CHECKING

from aiohttp import web
from telegram import Update

if TYPE_CHECKING:
    from telegram import Bot

    from bots.telegram.updates import UpdateTracker

WEBHOOK_WAIT_S = 50.0  #: Telegram asks again when an answer takes longer than a minute


class Webhook:
    """The address that Telegram posts to."""

    PATH = "/telegram"

    def __init__(self, bot: Bot, tracker: UpdateTracker, secret: str) -> None:
        """`secret` is what Telegram sends with each update."""
        self._bot = bot
        self._tracker = tracker
        self._secret = secret

    def app(self) -> web.Application:
        """The web application."""
        app = web.Application()
        app.router.add_post(self.PATH, self._post)
        return app

    async def _post(self, request: web.Request) -> web.Response:
        sent = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        # A header may hold bytes that are no text; they are no secret of ours either.
        if not hmac.compare_digest(sent.encode(errors="replace"), self._secret.encode()):
            return web.Response(status=403)
        try:
            update = Update.de_json(await request.json(), self._bot)
        except (ValueError, KeyError, TypeError, AttributeError):
            return web.Response(status=400)
        tasks = await self._tracker.accept([update])
        if tasks:  # not noted: it is confirmed only when it is handled
            await asyncio.wait(tasks, timeout=WEBHOOK_WAIT_S)
        done = all(task.done() and not task.cancelled() for task in tasks)
        return web.Response(status=200 if done else 503)
