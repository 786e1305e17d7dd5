"""The gateway of our Discord: the events that a bot is told, and the files that people sent.

What the bot answers comes in by `rest`, which stands on this.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, Self

from aiohttp import WSMsgType, web

from tests.servers.discord import world
from tests.servers.discord.world import Channel, Interaction, Message, User

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

Json = dict[str, Any]
TOKEN = "stembot-test-token"
MESSAGE_CONTENT = 1 << 15  # the bit of the privileged intent
HEARTBEAT_MS = 41_250  # as Discord asks for


class Gateway:
    """One application, one bot, one server; as many people and channels as a test makes."""

    def __init__(self) -> None:
        """A server with nobody in it but the bot."""
        self.bot = User("stembot", bot=True)
        self.guild = world.snowflake()
        self.present = True  #: whether the bot is a member of the server
        self.message_content = False  #: whether the bot asked for the privileged intent
        self.portal_allows_content = True
        self.channels: dict[int, Channel] = {}
        self.messages: dict[int, Message] = {}
        self.interactions: dict[str, Interaction] = {}
        self.commands: list[Json] = []
        self.blobs: dict[str, bytes] = {}
        self.slow_files_s = 0.0  #: how long the file server thinks before it answers
        self.identified = asyncio.Event()
        self._sockets: set[web.WebSocketResponse] = set()
        self._sequence = 0
        self._told: list[Json] = []
        self._runner: web.AppRunner | None = None
        self.root = ""
        self.port = 0  #: of 127.0.0.1; 0: any that is free

    def routes(self) -> dict[str, Callable[[web.Request], Awaitable[web.StreamResponse]]]:
        """What is served under which address, besides the gateway and the files."""
        return {}

    def channel(self, name: str = "music", **facts: Any) -> Channel:
        """A new text channel of the server."""
        channel = Channel(self.guild, name, **facts)
        self.channels[channel.id] = channel
        return channel

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=2**30)
        app.router.add_get("/gateway", self._gateway)
        app.router.add_get("/files/{name:.*}", self._file)
        for address, handler in self.routes().items():
            app.router.add_route("*", address, handler)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.root = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        for socket in set(self._sockets):
            await socket.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def hang_up(self) -> None:
        """Drop every gateway connection, as Discord does at times."""
        self.identified.clear()
        gone, self._sockets = self._sockets, set()
        for socket in gone:
            await socket.close(code=4000)

    async def emit(self, event: str, data: Json) -> None:
        """Send an event to every connection, and keep it for those that resume."""
        self._sequence += 1
        payload = {"op": 0, "t": event, "s": self._sequence, "d": data}
        self._told.append(payload)
        for socket in set(self._sockets):
            await socket.send_json(payload)

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": HEARTBEAT_MS}})
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await self._heard(socket, json.loads(message.data))
        self._sockets.discard(socket)
        return socket

    async def _heard(self, socket: web.WebSocketResponse, payload: Json) -> None:
        if payload["op"] == 1:
            await socket.send_json({"op": 11})
        elif payload["op"] == 6:  # resume
            for missed in self._told[payload["d"]["seq"] :]:
                await socket.send_json(missed)
            self._sockets.add(socket)
            await self.emit("RESUMED", {})
            self.identified.set()
        elif payload["op"] == 2 and payload["d"]["token"] != TOKEN:
            await socket.close(code=4004)
        elif payload["op"] == 2:
            self._sockets.add(socket)
            self.message_content = bool(payload["d"]["intents"] & MESSAGE_CONTENT)
            if self.message_content and not self.portal_allows_content:
                await socket.close(code=4014)
                return
            await self.emit("READY", self._ready())
            if self.present:
                await self.emit("GUILD_CREATE", self.guild_wire())
            self.identified.set()

    def _ready(self) -> Json:
        guilds = [{"id": str(self.guild), "unavailable": True}] if self.present else []
        return {
            "v": 10,
            "user": self.bot.wire(),
            "guilds": guilds,
            "session_id": "one",
            "shard": [0, 1],
            "resume_gateway_url": f"{self.root.replace('http', 'ws')}/gateway",
            "application": {"id": str(self.bot.id), "flags": 0},
        }

    def guild_wire(self) -> Json:
        """The server as the bot is told of it."""
        everyone = {
            "id": str(self.guild),
            "name": "@everyone",
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "position": 0,
            "permissions": str(world.EVERYTHING),
            "managed": False,
            "mentionable": False,
            "flags": 0,
        }
        here = [each for each in self.channels.values() if each.guild is not None]
        channels = [each.wire(self.bot) for each in here if each.parent is None]
        threads = [each.wire(self.bot) for each in here if each.parent is not None]
        return {
            "id": str(self.guild),
            "name": "the band",
            "owner_id": "1",
            "roles": [everyone],
            "channels": channels,
            "members": [{**self.bot.member(), "user": self.bot.wire()}],
            "threads": threads,
            "emojis": [],
            "features": [],
            "member_count": 2,
            "preferred_locale": "en-US",
            "premium_tier": 0,
            "verification_level": 0,
            "default_message_notifications": 0,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "nsfw_level": 0,
            "system_channel_flags": 0,
            "afk_timeout": 300,
        }

    async def _file(self, request: web.Request) -> web.Response:
        await asyncio.sleep(self.slow_files_s)
        data = self.blobs.get(request.match_info["name"])
        return web.Response(status=404) if data is None else web.Response(body=data)

    def attach(self, name: str, data: bytes) -> Json:
        """Put a file on the file server; the attachment as Discord writes it."""
        key = f"{world.snowflake()}/{name}"
        self.blobs[key] = data
        return world.attachment(f"{self.root}/files/{key.replace('#', '%23')}", name, data)
