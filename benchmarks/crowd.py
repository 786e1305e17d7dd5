"""How long people in one Telegram group wait when all ask at once, counted by its flood limit alone.

    python -m benchmarks.crowd --specs DIR [--people 20] [--json OUT]

The real bot in this process against the tests' stand-in for the Bot API, held to its contract; every song is
separated at once, by nobody. What is left is what the bot does with the messages that a group takes: 20 at
once and 20 a minute. Needs three minutes and hardly any processor. Exits with 1 if a limit or the contract
was broken, or a file came twice.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import structlog
from pydantic import SecretStr
from rich.console import Console

from benchmarks.chats import BURST, GROUP_A_MINUTE, TIMEOUT_S
from bots.settings import BotSettings
from bots.telegram.app import serve
from separator import open_queue_client
from separator.core.jobs import JobKind
from separator.queue import WorkerQueue
from tests.servers.telegram import BotApi, Contract, Group, Person

if TYPE_CHECKING:
    from collections.abc import Sequence

    from separator import QueueClient

TOKEN = "4242:benchmark-token"  # noqa: S105 - of our own server
MADE = {"sendMessage", "editMessageText", "sendAudio"}  #: what makes or changes a message


async def separate_all(queue: QueueClient, count: int) -> None:
    """Play the worker: every song is one short file, as soon as it is queued."""
    workers = WorkerQueue(queue.orders.database, per_owner=2)
    await workers.heartbeat("nobody", "cpu", 10.0)
    mixes = 0
    while mixes < count:
        job = await workers.claim("nobody", JobKind.SEPARATE, 60.0)
        job = job or await workers.claim("nobody", JobKind.MIX, 60.0)
        if job is None:
            await workers.wait(0.05)
            continue
        made = {"manifest": f"songs/{job.id}/manifest.json", "title": f"Song {job.id}", "song_s": 11.0}
        await queue.store.put(str(made["manifest"]), b"{}")
        if job.kind is JobKind.MIX:
            mixes += 1
            key, sound = f"mixes/{job.id}/vocals.mp3", b"%d" % job.id
            await queue.store.put(key, sound)
            file = {"key": key, "name": "vocals.mp3", "title": "vocals", "mix": "vocals"}
            made["files"] = [{**file, "mime": "audio/mpeg", "size_bytes": len(sound)}]
        await workers.finish(job, made)


async def everybody(
    api: BotApi, group: Group, queue: QueueClient, folder: Path, count: int
) -> dict[str, Any]:
    """Let everybody ask at once, make their songs, and wait until all is said."""
    began = time.monotonic()
    for number in range(count):
        song = folder / f"{number}.mp3"
        song.write_bytes(song.name.encode())
        await Person(api, 3000 + number).sends(song, "/vocals", where=group)
    await separate_all(queue, count)
    await api.until(lambda: len([call for call in api.of("sendAudio") if call.ok]) >= count, TIMEOUT_S)

    def count_done() -> int:
        return sum(each.get("text", "").startswith("Done") for each in api.by_bot(group.id))

    await api.until(lambda: count_done() == count, TIMEOUT_S)
    times = [call.at for call in api.calls if call.method in MADE]
    worst = max(sum(at <= other < at + 60 for other in times) for at in times)
    return {
        "people": count,
        "first_answer_s": round(max(call.at for call in api.of("sendMessage")) - began, 1),
        "last_file_s": round(max(call.at for call in api.of("sendAudio")) - began, 1),
        "last_word_s": round(time.monotonic() - began, 1),
        "calls": len(times),
        "of_flood_limit": round(worst / (GROUP_A_MINUTE + BURST), 2),
        "files_twice": len(api.of("sendAudio")) - count,
    }


async def measure(specs: Path, folder: Path, count: int) -> tuple[dict[str, Any], list[str]]:
    """Start the bot and its stand-in for Telegram; returns the figures and what broke the contract."""
    async with BotApi(Contract(specs / "telegram_api.json"), TOKEN).running() as api:
        settings = BotSettings(
            _env_file=None,
            data_dir=folder,
            telegram_token=SecretStr(TOKEN),
            telegram_api_url=api.root,
            jobs_waiting=count,
        )
        group = Group(api)
        api.write(group.chat, {"from": Person(api, 1).user, "text": "hi"})
        stopping = asyncio.Event()
        async with open_queue_client(settings) as queue:
            bot = asyncio.create_task(serve(settings, stopping))
            try:
                return await everybody(api, group, queue, folder, count), api.problems
            finally:
                stopping.set()
                await bot


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crowd", description=__doc__)
    parser.add_argument("--specs", type=Path, required=True)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with TemporaryDirectory(prefix="stembot-crowd-") as name:
        figures, problems = asyncio.run(measure(options.specs, Path(name), options.people))
    Console().print(figures, *problems)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 1 if problems or figures["of_flood_limit"] > 1 or figures["files_twice"] else 0


if __name__ == "__main__":
    sys.exit(main())
