"""`ChatService` without a platform, over the real database and store."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from bots.chat.messages import ButtonClick, Person, Request, Song
from bots.chat.service import ChatService
from bots.settings import BotSettings
from separator import open_queue_client
from separator.core.jobs import JobKind
from storage import open_links
from tests.queue_sides import claim_any, worker_queue

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bots.chat.messages import Reply

ANNA, BEN = Person("chat:anna"), Person("chat:ben")
GROUP = "chat:group:1"


@dataclass
class ChatUsers:
    """People in a chat, and a worker that the test plays."""

    service: ChatService
    _numbers: Any = field(default_factory=itertools.count)

    def request(self, words: str, person: Person = ANNA, data: bytes = b"song", **facts: Any) -> Request:
        number = next(self._numbers)

        async def fetch() -> AsyncIterator[bytes]:
            yield data

        song = facts.pop("song", Song("Demo.mp3", len(data), fetch))
        asked = Request(f"chat:{number}", person, "chat", words, song, reply_to=lambda: f"status-{number}")
        return replace(asked, **facts)

    async def sends(
        self, words: str, person: Person = ANNA, data: bytes = b"song", **facts: Any
    ) -> list[Reply]:
        """Send a song; all replies."""
        return [reply async for reply in self.service.songs.serve(self.request(words, person, data, **facts))]

    async def clicks(self, code: str, person: Person = ANNA, chat: str = "") -> list[Reply]:
        """Click a button; all replies."""
        number = next(self._numbers)
        click = ButtonClick(
            f"chat:click-{number}", person, "chat", code, lambda: f"click-{number}", chat=chat
        )
        return [reply async for reply in self.service.buttons.click(click)]

    async def chooses(self, view: Reply, label: str, person: Person = ANNA, chat: str = "") -> list[Reply]:
        """Choose an option of a view's menus."""
        options = [option for choice in view.choices for option in choice.options]
        return await self.clicks(next(each.code for each in options if each.label == label), person, chat)

    async def work(self) -> None:
        """Finish all queued jobs, and count their answers as sent."""
        workers, outbox = worker_queue(self.service.queue), self.service.queue.outbox
        while job := await claim_any(workers):
            result: dict[str, Any] = {
                "manifest": f"songs/{job.args['song']}/m/manifest.json",
                "title": "Demo",
            }
            await self.service.queue.store.put(result["manifest"], b"{}")
            if job.kind is JobKind.MIX:
                key = f"mixes/{job.id}/a.mp3"
                await self.service.queue.store.put(key, b"sound")
                name = {"name": "Demo (mix).mp3", "title": "Demo (mix)", "mix": "mix", "mime": "audio/mpeg"}
                result["files"] = [{"key": key, "size_bytes": 5, **name}]
            await workers.finish(job, result)
        while delivery := await outbox.claim_delivery("chat", 30):
            await outbox.delivered(delivery.status.order.id, delivery.token, "message 1")


@pytest.fixture
async def users(tmp_path) -> AsyncIterator[ChatUsers]:
    settings = BotSettings(_env_file=None, data_dir=tmp_path, public_url="https://stems.example")
    async with open_queue_client(settings) as queue:
        yield ChatUsers(ChatService(queue, open_links(settings), settings))
