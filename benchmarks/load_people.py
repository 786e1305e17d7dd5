"""The people of `benchmarks.load`: each sends one song, by a browser or to a bot on a stand-in server."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import aiohttp

from tests.servers import discord, telegram

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.discord import Discord
    from tests.servers.telegram import BotApi

LOOK_EVERY_S = 0.1
PATIENCE_S = 300.0  #: for a first answer
TAKEN = "taken"


@dataclass
class Song:
    """A person's song: the same sound as everybody's, with a tail that makes it a song of its own."""

    name: str
    data: bytes


@dataclass
class Fate:
    """What became of somebody."""

    way: str
    answered_s: float = 0.0  #: from sending to the first answer
    texts: list[str] = field(default_factory=list)  #: what they read last
    status: int = 0  #: of HTTP, in the web app


class Person(Protocol):
    """Somebody who sends a song and reads what comes."""

    fate: Fate

    async def send(self, song: Song) -> None:
        """Send it; returns once there is a first answer."""
        ...

    def read(self) -> list[str]:
        """What the bot has said to them, as it stands now."""
        ...


async def _first(person: Person, began: float) -> None:
    """Wait for the first answer in a chat."""
    async with asyncio.timeout(PATIENCE_S):
        while not person.read():  # noqa: ASYNC110 - a stand-in's memory has nothing to wait for
            await asyncio.sleep(LOOK_EVERY_S)
    person.fate.answered_s = time.monotonic() - began


class Browser:
    """Somebody with the web app open, behind a proxy of ours that tells where they call from."""

    def __init__(self, root: str, number: int) -> None:
        """Have an address of one's own."""
        self._root, self._number = root, number
        self.fate = Fate("web")

    async def send(self, song: Song) -> None:
        """Open the page, then drop the song on it."""
        headers = {"X-Forwarded-For": f"203.0.113.{self._number}"}
        async with aiohttp.ClientSession(headers=headers) as session:
            async with session.get(f"{self._root}/") as page:
                page.raise_for_status()
            began = time.monotonic()
            asked = {"id": f"load-{self._number:05}", "name": song.name, "want": "drumless"}
            async with session.post(f"{self._root}/api/orders", params=asked, data=song.data) as answer:
                self.fate.status, told = answer.status, await answer.json()
            self.fate.answered_s = time.monotonic() - began
            self.fate.texts = [told["text"]]

    def read(self) -> list[str]:
        """The answer to the upload."""
        return self.fate.texts


class OnTelegram:
    """Somebody in a private chat with the bot."""

    def __init__(self, api: BotApi, number: int, folder: Path) -> None:
        """Have a chat of one's own."""
        self._person = telegram.Person(api, 10_000 + number, f"T{number}")
        self._api, self._folder = api, folder
        self.fate = Fate("telegram")

    async def send(self, song: Song) -> None:
        """Send an audio file with a caption."""
        file = self._folder / song.name
        await asyncio.to_thread(file.write_bytes, song.data)
        began = time.monotonic()
        await self._person.sends(file, "drumless")
        await _first(self, began)

    def read(self) -> list[str]:
        """The bot's messages; files have no text."""
        return [str(each["text"]) for each in self._api.by_bot(self._person.id) if "text" in each]


class OnDiscord:
    """Somebody in direct messages with the bot."""

    def __init__(self, server: Discord, number: int) -> None:
        """Open them."""
        self._person = discord.Person(server, f"d{number}")
        self._server = server
        self.fate = Fate("discord")

    async def send(self, song: Song) -> None:
        """Write a message with a file."""
        began = time.monotonic()
        await self._person.says(self._person.private, "drumless", (song.name, song.data))
        await _first(self, began)

    def read(self) -> list[str]:
        """The bot's messages."""
        bot = self._server.bot
        return [
            each.text
            for each in self._server.messages.values()
            if each.channel is self._person.private and each.author is bot and each.text
        ]
