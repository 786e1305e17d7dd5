"""Discord cannot be reached for a while: what people write meanwhile is answered afterwards."""

from __future__ import annotations

import asyncio

from benchmarks.storage_parts import Proxy
from tests.programs import eventually
from tests.servers.discord import Person
from tests.servers.discord.running import online

FAILED = 2  #: tries: the first to resume fails, the second is where discord.py by itself gives the session up


async def test_a_song_sent_while_discord_was_out_of_reach_is_taken_in_afterwards(discord, tmp_path):
    """Discord tells a session what it missed, but only if the bot resumes it."""
    port = int(discord.root.rpartition(":")[2])
    line = Proxy(port)
    await line.start()
    discord.root = line.address
    async with online(discord, tmp_path) as bot:
        ann, failed = Person(discord, "ann"), asyncio.Semaphore(0)

        @bot.client.event
        async def on_shard_disconnect(_shard: int) -> None:
            failed.release()

        async def answers() -> list[str]:
            here = [each for each in discord.messages.values() if each.channel is ann.private]
            return [each.text for each in here if each.author is discord.bot]

        await line.stop()
        await ann.says(ann.private, "drumless", ("Song.mp3", b"a song"))
        for _ in range(FAILED):
            await asyncio.wait_for(failed.acquire(), 30)
        await line.start(int(line.address.rpartition(":")[2]))
        assert await eventually(answers, "ann is answered", patience_s=60)
    await line.stop()
