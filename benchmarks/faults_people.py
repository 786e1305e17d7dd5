"""Who sends songs in the fault run: by the web app's page, or in a chat of a stand-in for its platform.

The lines to both stand-ins can be cut. People write to the stand-in itself, as they do to a platform that
only we cannot reach: what they send waits there for the bot (Telegram's updates; Discord's events, which a
resumed connection is given).
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import soundfile
from aiohttp import ClientError, ClientSession, ClientTimeout, CookieJar, TCPConnector

from benchmarks.storage_parts import Proxy
from tests.servers import discord, telegram

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


TOKEN = "4242:faults_of_the_benchmark"  # noqa: S105 - of a stand-in
POLL_S = 0.25
FIRST_ID = 20_000
RATE_HZ = 44_100
OK, MADE = 200, 201  # of HTTP


def song(number: int, seconds: float) -> bytes:
    """A tone that swells, with noise of its own: small, and never the same song twice."""
    chance, time_s = np.random.default_rng(number), np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    tone = 0.3 * np.sin(2 * np.pi * (110 + 7 * number) * time_s) * (0.6 + 0.4 * np.sin(12 * time_s))
    out = io.BytesIO()
    soundfile.write(out, tone + 0.02 * chance.standard_normal(len(tone)), RATE_HZ, format="FLAC")
    return out.getvalue()


@dataclass
class Asked:
    """A song that somebody sent, and what they were told."""

    name: str
    outputs: str = "drumless"
    order: int = 0  #: 0 while it was not taken in
    refused: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def answered(self) -> bool:
        """Whether its files are there."""
        return bool(self.facts.get("files"))


class Sender(Protocol):
    """Somebody who sends a song and reads what comes, on a page or in a chat."""

    async def send(self, asked: Asked, data: bytes, again_s: float) -> None:
        """Send a song until it is taken in."""
        ...

    async def look(self, asked: Asked) -> dict[str, Any]:
        """What they are told now."""
        ...

    async def downloaded(self, asked: Asked) -> int:
        """Bytes of the answer."""
        ...

    async def close(self) -> None:
        """Leave."""
        ...


class Person:
    """Somebody at the web app's page, who does as the page does: what was not taken in is sent again."""

    def __init__(self, installation: Target, number: int) -> None:
        self._root = installation.root
        # An address of one's own, since the room counts uploads by address; a cookie of one's own, too.
        place = TCPConnector(local_addr=(f"127.0.1.{number % 250 + 1}", 0))
        jar = CookieJar(unsafe=True)  # of an address without a name
        self._session = ClientSession(connector=place, cookie_jar=jar, timeout=ClientTimeout(total=90))
        self.number = number

    async def send(self, asked: Asked, data: bytes, again_s: float) -> None:
        """Send a song until it is taken in."""
        url = f"{self._root}/api/orders?id={asked.name}-upload&name={asked.name}.flac&want={asked.outputs}"
        while not asked.order:
            try:
                async with self._session.post(url, data=data) as answer:
                    facts = await answer.json(content_type=None)
                if answer.status == MADE:
                    asked.order = facts["order"]
                    return
                asked.refused.append(facts["text"])
            except (ClientError, TimeoutError, ValueError):
                asked.refused.append("(no connection)")
            await asyncio.sleep(again_s)

    async def look(self, asked: Asked) -> dict[str, Any]:
        """What the page says now."""
        try:
            async with self._session.get(f"{self._root}/api/orders/{asked.order}") as answer:
                facts = await answer.json(content_type=None)
        except (ClientError, TimeoutError, ValueError):
            facts = {"text": "(no connection)"}
        asked.facts = facts if "order" in facts else asked.facts
        if facts["text"] not in asked.texts:
            asked.texts.append(facts["text"])
        return facts

    async def downloaded(self, asked: Asked) -> int:
        """Bytes of the answer's file; 0 where it does not come whole."""
        [file] = asked.facts["files"]
        async with self._session.get(self._root + file["url"]) as answer:
            return len(await answer.read()) if answer.status == OK else 0

    async def close(self) -> None:
        """Leave."""
        await self._session.close()


@dataclass
class Platforms:
    """Both stand-ins, and the lines to them."""

    telegram: telegram.BotApi
    discord: discord.Discord
    proxies: dict[str, Proxy]

    @property
    def settings(self) -> dict[str, str]:
        """What the bots must be told."""
        return {
            "telegram_token": TOKEN,
            "telegram_api_url": self.proxies["telegram"].address,
            "discord_token": discord.TOKEN,
            "discord_api_url": self.proxies["discord"].address,
        }


class Target(Protocol):
    """What people reach of an installation."""

    root: str  #: address of its web app
    platforms: Platforms


@contextlib.asynccontextmanager
async def stand_ins(specs: Path) -> AsyncIterator[Platforms]:
    """Both platforms, by their published contracts in `specs`."""
    contract = telegram.Contract(specs / "telegram_api.json")
    async with telegram.BotApi(contract, TOKEN).running() as api, discord.Discord(None) as server:
        proxies = {"telegram": Proxy(_port(api.root)), "discord": Proxy(_port(server.root))}
        for proxy in proxies.values():
            await proxy.start()
        server.root = proxies["discord"].address  # where it tells the bot that gateway and files are
        try:
            yield Platforms(api, server, proxies)
        finally:
            for proxy in proxies.values():
                await proxy.stop()


def _port(root: str) -> int:
    return int(root.rpartition(":")[2])


class Chatter:
    """Somebody in a private chat with a bot; what they are told is read from the chat."""

    async def send(self, asked: Asked, data: bytes, _again_s: float) -> None:
        """Send a song and wait until the bot says something: a chat keeps what was sent."""
        await self._write(asked, data)
        asked.order = FIRST_ID  # a chat shows no numbers
        while not self._texts():  # noqa: ASYNC110 - a stand-in's memory has nothing to wait for
            await asyncio.sleep(POLL_S)

    async def look(self, asked: Asked) -> dict[str, Any]:
        """What stands in the chat now."""
        text = (self._texts() or [""])[-1]
        asked.facts = {"order": asked.order, "text": text, "files": self._files()}
        if text and text not in asked.texts:
            asked.texts.append(text)
        return asked.facts

    async def downloaded(self, asked: Asked) -> int:
        """Bytes of all files that came; 0 where there is none."""
        return sum(len(file) for file in asked.facts["files"])

    async def close(self) -> None:
        """A chat stays open."""

    async def _write(self, asked: Asked, data: bytes) -> None:
        raise NotImplementedError

    def _texts(self) -> list[str]:
        raise NotImplementedError

    def _files(self) -> list[bytes]:
        raise NotImplementedError


class OnTelegram(Chatter):
    """Somebody on Telegram."""

    def __init__(self, installation: Target, number: int) -> None:
        """Open a chat of one's own."""
        self._api = installation.platforms.telegram
        self._person = telegram.Person(self._api, FIRST_ID + number, f"T{number}")

    async def _write(self, asked: Asked, data: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / f"{asked.name}.flac"
            file.write_bytes(data)
            await self._person.sends(file, asked.outputs)

    def _texts(self) -> list[str]:
        return [str(each["text"]) for each in self._api.by_bot(self._person.id) if "text" in each]

    def _files(self) -> list[bytes]:
        messages = self._api.by_bot(self._person.id)
        found = [each.get("audio") or each.get("document") for each in messages]
        return [self._api.files[each["file_id"]] for each in found if each]


class OnDiscord(Chatter):
    """Somebody on Discord."""

    def __init__(self, installation: Target, number: int) -> None:
        """Open direct messages."""
        self._server = installation.platforms.discord
        self._person = discord.Person(self._server, f"d{number}")

    async def _write(self, asked: Asked, data: bytes) -> None:
        await self._person.says(self._person.private, asked.outputs, (f"{asked.name}.flac", data))

    def _bots(self) -> list[discord.Message]:
        messages = self._server.messages.values()
        here = [each for each in messages if each.channel is self._person.private]
        return [each for each in here if each.author is self._server.bot]

    def _texts(self) -> list[str]:
        return [each.text for each in self._bots() if each.text]

    def _files(self) -> list[bytes]:
        attached = [file for each in self._bots() for file in each.attachments]
        files = [file for file in attached if file["filename"].endswith(".mp3")]  # the rest are pictures
        return [self._server.blobs[file["url"].partition("/files/")[2]] for file in files]
