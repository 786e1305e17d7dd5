"""Twenty people at once, each with a real song, in one group and in private, on Telegram and on Discord.

    python -m benchmarks.chats SONGS --specs DIR [--people 20] [--seconds 6] [--seed N] [--json OUT]

The real program in real processes (one worker, two bots) against the tests' stand-ins for both platforms,
which hold every request to the platforms' published contracts. SONGS holds a folder of stems for each song,
DIR the two contracts. Everybody's vocals are compared with what `stembot separate` makes of their song. Exits
with 1 if anybody got another's stems, waited over a second for an answer, or a limit or contract was broken.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from benchmarks import chats_songs
from tests.programs import Program
from tests.servers import discord as their_discord
from tests.servers import telegram as their_telegram

if TYPE_CHECKING:
    from collections.abc import Sequence

WISH = "vocals"
ACKNOWLEDGED_S = 1.0  #: people notice a second
AGAIN_S = 1.0  #: for a song that was separated before
ALIKE = 0.999  #: of the samples; the same file has 1
GROUP_A_MINUTE, PRIVATE_A_MINUTE = 20, 60  #: Telegram's Bot FAQ; what a message makes or changes counts
BURST = 20  #: what a group may take at once, before it is counted by the minute
EDITS_APART_S = 3.8  #: of one message on Discord; the setting is 4 s, and clocks are not exact
TOKEN = "4242:benchmark-token"  # noqa: S105 - of our own server
TIMEOUT_S = 900.0
COUNTED = {"sendMessage", "editMessageText", "sendAudio", "sendDocument", "sendMediaGroup"}


@dataclass
class Segment:
    """What happened in one kind of chat."""

    name: str
    acknowledged_s: list[float] = field(default_factory=list)
    done_s: list[float] = field(default_factory=list)
    said_s: float = 0.0  #: until the last status message has its last word; in a crowded chat files go first
    again_s: float = 0.0  #: a song that is known, asked for once more: until its file is there
    alike: list[float] = field(default_factory=list)
    swapped: int = 0
    busiest: float = 0.0  #: of the limit: calls in the worst minute of the worst chat
    problems: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        """What must not be."""
        found = list(self.problems)
        found += [f"{self.swapped} got another's stems"] if self.swapped else []
        found += ["somebody's stems differ"] if min(self.alike, default=0) < ALIKE else []
        found += ["somebody waited"] if max(self.acknowledged_s, default=9) > ACKNOWLEDGED_S else []
        found += ["a flood limit was passed"] if self.busiest > 1 else []
        found += ["a known song took over a second"] if self.again_s > AGAIN_S else []
        return found

    def figures(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "place": self.name,
            "people": len(self.done_s),
            "acknowledged_s": round(max(self.acknowledged_s, default=0), 3),
            "first_done_s": round(min(self.done_s, default=0), 1),
            "last_done_s": round(max(self.done_s, default=0), 1),
            "last_word_s": round(self.said_s, 1),
            "known_again_s": round(self.again_s, 2),
            "alike": round(min(self.alike, default=0), 6),
            "of_flood_limit": round(self.busiest, 2),
            "faults": self.faults,
        }


@dataclass
class Songs:
    """The songs, and what the command line makes of them."""

    paths: list[Path]
    reference_stems: dict[str, Any]

    def judge(self, place: Segment, song: Path, got: bytes) -> None:
        """Whose stems these are."""
        alike = chats_songs.correlations(got, self.reference_stems)
        place.alike.append(alike[song.name])
        place.swapped += max(alike, key=lambda name: alike[name]) != song.name


async def telegram(api: their_telegram.BotApi, songs: Songs, group: their_telegram.Group | None) -> Segment:
    """Everybody sends a song at once, in private or in the group, and waits for the vocals."""
    place = Segment("telegram group" if group else "telegram private")
    base = 5000 if group else 6000
    people = [their_telegram.Person(api, base + number, f"P{number}") for number in range(len(songs.paths))]
    began = time.monotonic()
    words = f"/{WISH}" if group else WISH
    asked = await asyncio.gather(
        *(who.sends(song, words, where=group) for who, song in zip(people, songs.paths, strict=True))
    )

    def answer(message: dict[str, Any], method: str) -> their_telegram.Call | None:
        for call in api.of(method):
            reply = call.params.get("reply_parameters", {}).get("message_id")
            if call.ok and call.params["chat_id"] == message["chat"]["id"] and reply == message["message_id"]:
                return call
        return None

    for message, song in zip(asked, songs.paths, strict=True):
        audio = await api.until(lambda message=message: answer(message, "sendAudio"), TIMEOUT_S)
        first = answer(message, "sendMessage")
        place.acknowledged_s.append((first.at if first else audio.at) - began)
        place.done_s.append(audio.at - began)
        files = [
            each["audio"]["file_id"]
            for each in api.by_bot(message["chat"]["id"])
            if "audio" in each and each["reply_to_message"]["message_id"] == message["message_id"]
        ]
        await asyncio.to_thread(songs.judge, place, song, api.files[files[0]])
    place.said_s = await _last_word(api, asked) - began
    place.busiest = _worst_minute(api, group=bool(group))
    if not group:
        place.again_s = await _once_more(api, their_telegram.Person(api, base + 99, "Q"), songs.paths[0])
    return place


async def _last_word(api: their_telegram.BotApi, asked: Sequence[dict[str, Any]]) -> float:
    """When the last of these messages' status messages came to say that it is done (monotonic)."""
    mine = {(each["chat"]["id"], each["message_id"]) for each in asked}

    def still() -> list[dict[str, Any]]:
        return [
            each
            for each in api.messages.values()
            if "text" in each
            and (each["chat"]["id"], each.get("reply_to_message", {}).get("message_id")) in mine
            and not each["text"].startswith("Done")
        ]

    await api.until(lambda: not still(), TIMEOUT_S)
    return time.monotonic()


async def _once_more(api: their_telegram.BotApi, person: their_telegram.Person, song: Path) -> float:
    """How long somebody waits for what was made of a song before."""
    began = time.monotonic()
    await person.sends(song, WISH)
    call = await api.until(
        lambda: next((each for each in api.of("sendAudio") if each.params["chat_id"] == person.id), None)
    )
    if call.files:
        api.problems.append("a file that Telegram has was uploaded again")
    return call.at - began


def _worst_minute(api: their_telegram.BotApi, *, group: bool) -> float:
    """Calls in the busiest minute of the busiest chat, of what Telegram allows."""
    times = defaultdict(list)
    for call in api.calls:
        if call.method in COUNTED and (call.params["chat_id"] < 0) == group:
            times[call.params["chat_id"]].append(call.at)
    worst = max(
        (sum(at <= other < at + 60 for other in each) for each in times.values() for at in each), default=0
    )
    return worst / ((GROUP_A_MINUTE + BURST) if group else PRIVATE_A_MINUTE)


async def discord(
    server: their_discord.Discord, songs: Songs, channel: their_discord.Channel | None
) -> Segment:
    """Everybody uses the command at once, in the channel or in direct messages."""
    place = Segment("discord channel" if channel else "discord private")
    people = [their_discord.Person(server, f"p{number}") for number in range(len(songs.paths))]
    began = time.monotonic()
    asked = await asyncio.gather(
        *(
            who.commands(channel or who.private, "separate", file=(song.name, song.read_bytes()), want=WISH)
            for who, song in zip(people, songs.paths, strict=True)
        )
    )
    for interaction, song in zip(asked, songs.paths, strict=True):
        got = await _files(server, interaction)
        place.acknowledged_s.append(interaction.acknowledged_s or 9)
        place.done_s.append(time.monotonic() - began)
        await asyncio.to_thread(songs.judge, place, song, got)
        edits = interaction.response.edits[2:-1]  # the first two are answers, the last is the result
        progress = [later - at for at, later in pairwise(edits)]
        place.busiest = max([place.busiest, *(EDITS_APART_S / apart for apart in progress)])
    if not channel:
        who, song = their_discord.Person(server, "q"), songs.paths[0]
        began = time.monotonic()
        upload = (song.name, song.read_bytes())
        await _files(server, await who.commands(who.private, "separate", file=upload, want=WISH))
        place.again_s = time.monotonic() - began
    return place


async def _files(server: their_discord.Discord, interaction: their_discord.Interaction) -> bytes:
    """The file that replies to an interaction's status message, once it is there."""
    end = time.monotonic() + TIMEOUT_S
    while time.monotonic() < end:
        for message in server.messages.values():
            if message.attachments and message.reference is interaction.response is not None:
                return server.blobs[message.attachments[0]["url"].partition("/files/")[2]]
        await asyncio.sleep(0.05)
    raise TimeoutError("somebody never got an answer")


async def measure(options: argparse.Namespace, folder: Path) -> list[Segment]:
    """Start everything, let everybody ask, and stop."""
    paths = await asyncio.to_thread(
        chats_songs.clips, options.songs, folder, options.people, options.seconds, options.seed
    )
    reference_stems = await asyncio.to_thread(chats_songs.by_command_line, paths, WISH, folder)
    songs = Songs(
        paths,
        {song.name: chats_songs.samples(each) for song, each in zip(paths, reference_stems, strict=True)},
    )
    bot_api = their_telegram.BotApi(their_telegram.Contract(options.specs / "telegram_api.json"), TOKEN)
    server = their_discord.Discord(their_discord.Contract(options.specs / "discord_openapi.json"))
    async with bot_api.running() as api, server:
        music = server.channel()
        group = their_telegram.Group(api)
        api.write(group.chat, {"from": their_telegram.Person(api, 1).user, "text": "hi"})
        program = Program(
            folder / "data", telegram_token=TOKEN, telegram_api_url=api.root,
            discord_token=their_discord.TOKEN, discord_api_url=server.root, jobs_waiting="100",
        )  # fmt: skip
        for room in (("bot", "telegram"), ("bot", "discord")):
            program.room(*room)
        program.worker()
        try:
            await asyncio.wait_for(server.identified.wait(), 60)
            await api.until(lambda: api.of("getUpdates"), 60)
            places = await asyncio.gather(
                telegram(api, songs, group), telegram(api, songs, None),
                discord(server, songs, music), discord(server, songs, None),
            )  # fmt: skip
        finally:
            program.close()
    places[0].problems += api.problems
    places[2].problems += server.problems
    return list(places)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chats", description=__doc__)
    parser.add_argument("songs", type=Path)
    parser.add_argument("--specs", type=Path, required=True)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    with TemporaryDirectory(prefix="stembot-chats-") as name:
        places = asyncio.run(measure(options, Path(name)))
    figures = [place.figures() for place in places]
    table = Table(*figures[0])
    for each in figures:
        table.add_row(*(str(value) for value in each.values()))
    Console().print(table)
    if options.json:
        told = {"machine": platform.machine(), "seed": options.seed, "seconds": options.seconds}
        options.json.write_text(json.dumps({**told, "places": figures}, indent=2) + "\n")
    return 1 if any(place.faults for place in places) else 0


if __name__ == "__main__":
    sys.exit(main())
