"""Kill what you like: every song is answered, once. Real processes, the real model, a real song."""

from __future__ import annotations

import asyncio
import subprocess
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import imageio_ffmpeg
import pytest

from bots.chat.delivery import DeliveryService
from bots.chat.messages import ButtonClick, Person, Reply, Request, Result, Song
from bots.chat.service import ChatService
from bots.settings import BotSettings
from separator import JobState, OrderState, open_queue_client
from storage import open_links
from tests.programs import eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.processes


class Chat:
    """A platform that remembers what it was told to show and to send."""

    name = "chat"

    def __init__(self) -> None:
        self.shown: list[Reply] = []
        self.results: list[Result] = []

    async def show(self, _address: str, reply: Reply) -> None:
        self.shown.append(reply)

    async def deliver(self, result: Result) -> str:
        self.results.append(result)
        return "sent"


def long_song(source: Path, folder: Path, times: int) -> Path:
    """The song several times over: long enough to be killed in the middle of it."""
    path = folder / "long.mp3"
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-v",
        "error",
        "-stream_loop",
        str(times - 1),
        "-i",
        str(source),
    ]
    subprocess.run([*command, "-b:a", "128k", str(path)], check=True)
    return path


def request(path: Path, words: str, number: int = 1) -> Request:
    async def fetch() -> AsyncIterator[bytes]:
        yield await asyncio.to_thread(path.read_bytes)

    person = Person("chat:1")
    song = Song(path.name, path.stat().st_size, fetch)
    return Request(f"chat:{number}", person, "chat", words, song, reply_to=lambda: "here")


@asynccontextmanager
async def a_bot(settings: BotSettings) -> AsyncIterator[tuple[ChatService, Chat]]:
    """A chat service and its deliveries, over the same data folder as the worker processes."""
    async with open_queue_client(settings) as queue:
        service, chat = ChatService(queue, open_links(settings), settings), Chat()
        deliveries = asyncio.create_task(DeliveryService(service.orders, chat, edit_every_s=0.05).run())
        try:
            yield service, chat
        finally:
            deliveries.cancel()
            await asyncio.gather(deliveries, return_exceptions=True)


@pytest.fixture
def settings(program) -> BotSettings:
    """Settings of the test's own process, over the program's data folder."""
    return BotSettings(_env_file=None, data_dir=program.data_dir)


async def test_a_worker_killed_half_way_loses_no_song_and_answers_once(
    program, settings, wheel_song, tmp_path
):
    """The lease lapses, another worker claims the row as it is, and the dead one's files are orphans."""
    program.environment |= {"STEMBOT_LEASE_S": "3", "STEMBOT_BEAT_S": "0.5"}
    program.worker("first")
    async with a_bot(settings) as (service, chat):
        song = long_song(wheel_song, tmp_path, 12)
        [*_, last] = [reply async for reply in service.songs.serve(request(song, "drumless please"))]
        assert "Drumless" in last.text

        async def half_way() -> bool:
            standings = await service.queue.orders.open_orders("chat")
            return any(each.state is JobState.RUNNING and each.progress.share > 0.3 for each in standings)

        await eventually(half_way, "the separation is under way")
        program.kill("first")
        program.worker("second")

        async def answered() -> bool:
            return bool(chat.results)

        await eventually(answered, "the song is answered")
        order = await service.queue.orders.find_order("chat:1")
        assert order is not None

        async def sent() -> bool:
            return (await service.queue.orders.order(order.id)).state is OrderState.SENT

        await eventually(sent, "the answer is written down")
        [result] = chat.results
        assert [file.mix for file in result.files] == ["drumless"]
        standing = await service.queue.orders.order_status(order.id)
        assert standing is not None
        assert standing.state is JobState.DONE


async def test_cancel_stops_a_running_job(program, settings, wheel_song, tmp_path):
    """The worker learns of it with its next beat and lets go at the next window."""
    program.environment |= {"STEMBOT_BEAT_S": "0.5"}
    program.worker()
    async with a_bot(settings) as (service, chat):
        song = long_song(wheel_song, tmp_path, 30)
        [*_, last] = [reply async for reply in service.songs.serve(request(song, "drumless"))]
        [[cancel]] = last.buttons

        async def running() -> bool:
            standings = await service.queue.orders.open_orders("chat")
            return any(each.progress.stage == "separate" and each.progress.done for each in standings)

        await eventually(running, "the separation is under way")
        press = ButtonClick("chat:press", Person("chat:1"), "chat", cancel.code, lambda: "here")
        [reply] = [reply async for reply in service.buttons.click(press)]
        assert reply.text == "Cancelled."

        async def let_go() -> bool:
            return '"job_stopped"' in program.log("worker")

        await eventually(let_go, "the worker lets go")
        assert not chat.results


async def test_the_same_song_again_is_answered_from_storage(program, settings, wheel_song):
    """Anybody's second wish for a song that is known needs no worker at all."""
    program.worker()
    async with a_bot(settings) as (service, chat):
        async for _ in service.songs.serve(request(wheel_song, "drumless", 1)):
            pass

        async def answered() -> bool:
            return bool(chat.results)

        await eventually(answered, "the song is answered")
        program.kill("worker")
        replies = [reply async for reply in service.songs.serve(request(wheel_song, "no drums", 2))]
        assert replies[-1].final

        async def again() -> bool:
            return len(chat.results) == 2

        await eventually(again, "it is answered again")
        first, second = chat.results
        assert [file.size_bytes for file in first.files] == [file.size_bytes for file in second.files]
