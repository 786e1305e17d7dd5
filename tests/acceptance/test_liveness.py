"""Nobody is told "in line" by a line in which nothing can begin, while a worker comes, loads, and goes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bots.chat.delivery import DeliveryService
from bots.chat.messages import Person, Request, Song
from bots.chat.service import ChatService
from bots.settings import BotSettings
from separator import JobState, open_queue_client
from storage import open_links
from tests.programs import eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bots.chat.messages import Reply, Result

pytestmark = pytest.mark.processes

#: The real worker; its first network takes as long to load as a file is missing.
SLOW_WORKER = """
import pathlib, sys, time
from separator.inference import engine
from separator.worker import main as worker

load = engine.load_network

def slowly(*arguments):
    while not pathlib.Path(sys.argv[1]).exists():
        time.sleep(0.05)
    return load(*arguments)

engine.load_network = slowly
worker.main()
"""


class Chat:
    """A platform that keeps what it was told to show."""

    name = "chat"

    def __init__(self) -> None:
        self.shown: dict[str, str] = {}
        self.results: list[Result] = []

    async def show(self, address: str, reply: Reply) -> None:
        self.shown[address] = reply.text

    async def deliver(self, result: Result) -> str:
        self.results.append(result)
        return "receipt"

    async def says(self, address: str, words: str) -> None:
        """Wait until the status message says this."""

        async def look() -> bool:
            return words in self.shown.get(address, "")

        await eventually(look, f"the message says {words!r}")


@pytest.fixture
async def chat(program) -> AsyncIterator[tuple[ChatService, Chat]]:
    """A chat service and its deliveries over the program's data folder."""
    settings = BotSettings(_env_file=None, data_dir=program.data_dir)
    async with open_queue_client(settings) as queue:
        service, chat = ChatService(queue, open_links(settings), settings), Chat()
        deliveries = asyncio.create_task(DeliveryService(service.orders, chat, edit_every_s=0.05).run())
        try:
            yield service, chat
        finally:
            deliveries.cancel()
            await asyncio.gather(deliveries, return_exceptions=True)


async def ask(service: ChatService, song: Path, number: int, words: str) -> str:
    """Ask for a song; returns where the answer goes."""

    async def read() -> AsyncIterator[bytes]:
        yield song.read_bytes()

    address = f"message {number}"
    file = Song(song.name, song.stat().st_size, read)
    request = Request(f"chat:{number}", Person("chat:1"), "chat", words, file, lambda: address)
    async for _ in service.songs.serve(request):
        pass
    return address


async def test_people_read_why_nothing_begins_until_it_does(program, chat, wheel_song, tmp_path):
    """Nobody there, then a model that loads, then their song, then nobody again: each within seconds."""
    service, told = chat
    message = await ask(service, wheel_song, 1, "drumless")
    await told.says(message, "isn't running")
    barrier = tmp_path / "loaded"
    worker = program.start("worker", "-c", SLOW_WORKER, str(barrier))
    await told.says(message, "still loading")
    [standing] = await service.queue.orders.open_orders("chat")
    assert standing.state is JobState.QUEUED, "another worker, with its model loaded, could begin at once"
    barrier.touch()

    async def answered() -> bool:
        return bool(told.results)

    await eventually(answered, "the song is answered")
    worker.terminate()
    assert await asyncio.to_thread(worker.wait, 30) == 0
    message = await ask(service, wheel_song, 2, "bassless")
    await told.says(message, "isn't running")
