"""The Discord bot in the test's own process, with the real chat service, queue and store, on our Discord."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bots.chat.delivery import DeliveryService
from bots.chat.service import ChatService
from bots.discord.client import StembotClient
from bots.settings import BotSettings
from discord.http import Route
from separator import open_queue_client
from separator.core.jobs import JobKind
from storage import open_links
from tests.queue_sides import claim_any, worker_queue
from tests.servers.discord.gateway import TOKEN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from separator import QueueClient
    from tests.servers.discord.rest import Discord

Json = dict[str, Any]
GUILDS_S = 0.1  #: how long discord.py waits for more servers before it is ready


@dataclass
class Bot:
    """A bot that is online."""

    client: StembotClient
    service: ChatService
    queue: QueueClient

    async def work(self, *names: str, data: bytes = b"a stem", title: str = "Song") -> None:
        """Finish all jobs as a worker would, with these bytes for every file of a mix, and this title."""
        while job := await claim_any(worker_queue(self.queue), "test", 30):  # type: ignore[attr-defined]
            result: Json = {"manifest": f"songs/{job.id}/manifest.json", "title": title, "song_s": 11.0}
            await self.queue.store.put(result["manifest"], b"{}")
            if job.kind is JobKind.MIX:
                result["files"] = [await self._file(job.id, name, data) for name in names]
            await worker_queue(self.queue).finish(job, result)  # type: ignore[attr-defined]

    async def _file(self, job: int, name: str, data: bytes) -> Json:
        key = f"mixes/{job}/{name}"
        await self.queue.store.put(key, data)
        facts = {"title": name, "mime": "audio/mpeg", "mix": name, "size_bytes": len(data)}
        return {"key": key, "name": f"{name}.mp3", **facts}


@asynccontextmanager
async def online(
    discord: Discord, data_dir: Path, *, delivers: bool = True, **settings: Any
) -> AsyncIterator[Bot]:
    """Log a bot in; with `delivers`, `DeliveryService` runs, too."""
    Route.BASE = f"{discord.root}/api/v10"
    known = BotSettings(_env_file=None, data_dir=data_dir, discord_token=TOKEN, **settings)
    discord.identified.clear()
    async with open_queue_client(known) as queue:
        service = ChatService(queue, open_links(known), known)
        async with StembotClient(service, known, guild_ready_timeout=GUILDS_S) as client:
            await client.login(TOKEN)
            tasks = [asyncio.create_task(client.connect())]
            if delivers:
                delivery = DeliveryService(service.orders, client.platform, edit_every_s=0.01)
                tasks.append(asyncio.create_task(delivery.run()))
            await client.wait_until_ready()
            try:
                yield Bot(client, service, queue)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
