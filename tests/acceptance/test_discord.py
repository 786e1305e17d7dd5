"""A song's whole way on Discord, over TCP: the real bot, worker and model, each a process."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile

from tests.conftest import SHARED
from tests.programs import ROOT, eventually
from tests.servers.discord import TOKEN, Contract, Discord, Message, Person

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.programs import Program
    from tests.servers.discord import Interaction

pytestmark = [pytest.mark.processes, pytest.mark.timeout(600)]

SPEC = SHARED / "specs" / "discord_openapi.json"
PATIENCE_S = 180.0  #: for a separation on a busy machine
#: Of `awkward`: nothing in these decodes; in those below is no second of sound. Each ends in a sentence.
REFUSED = ("07_wav_header_only.wav", "29_adif.aac", "37_not_audio.mp3", "d14_0.3s.wav")


@pytest.fixture
async def discord() -> AsyncIterator[Discord]:
    """Our Discord, which ends with nothing to complain of and nobody unanswered."""
    async with Discord(Contract(SPEC) if SPEC.is_file() else None) as server:
        server.channel()
        yield server
    assert server.problems == []
    assert [each.id for each in server.interactions.values() if each.acknowledged_s is None] == []


@pytest.fixture
def music(discord):
    return next(iter(discord.channels.values()))


@pytest.fixture
async def bot(discord, program) -> Program:
    """The bot, online as a process of its own."""
    program.environment |= {
        "STEMBOT_DISCORD_TOKEN": TOKEN,
        "STEMBOT_DISCORD_API_URL": discord.root,
        "STEMBOT_EDIT_EVERY_S": "0.5",
        "STEMBOT_BEAT_S": "0.5",
    }
    await start_bot(discord, program)
    return program


async def start_bot(discord: Discord, program: Program) -> None:
    discord.identified.clear()
    program.room("bot", "discord")
    await asyncio.wait_for(discord.identified.wait(), 60)


async def files_beside(discord: Discord, beside: Message) -> Message:
    """The message with the files of a result, once it is there."""

    async def look() -> Message | None:
        messages = discord.messages.values()
        mine = (each for each in messages if each.attachments and each.reference is beside)
        return next((each for each in mine if each.attachments[0]["filename"] != "stems.png"), None)

    return await eventually(look, "the files arrive", PATIENCE_S)


async def status_of(interaction: Interaction, words: str = "") -> Message:
    """The response to an interaction, once it says this."""

    async def look() -> Message | None:
        shown = interaction.response
        return shown if shown and shown.text and words in shown.text else None

    return await eventually(look, f"the interaction is answered with {words!r}", PATIENCE_S)


def samples(data: bytes) -> np.ndarray:
    """Decode a file."""
    read, _ = soundfile.read(io.BytesIO(data), dtype="float32")
    return read


def received(discord: Discord, message: Message) -> dict[str, np.ndarray]:
    """The files of a message, decoded, by name."""
    found = {}
    for each in message.attachments:
        found[each["filename"]] = samples(discord.blobs[each["url"].partition("/files/")[2]])
    return found


def by_command_line(song: Path, outputs: str, folder: Path) -> np.ndarray:
    """What `stembot separate` makes of a song."""
    command = [sys.executable, "-m", "bots", "separate", str(song), outputs, "-o", str(folder), "--json"]
    done = subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    [path] = json.loads(done.stdout)["files"].values()
    return samples((folder / path).read_bytes())


def remade(source: Path, target: Path, *filters: str) -> Path:
    """Another song, out of one that is at hand."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(source), *filters, str(target)]
    subprocess.run(command, check=True)
    return target


async def test_a_song_comes_back_with_the_samples_of_the_command_line(
    bot, discord, music, wheel_song, tmp_path
):
    """And the same song again, from somebody else, is answered from storage in under a second."""
    bot.worker()
    song = (wheel_song.name, wheel_song.read_bytes())
    ann, ben = Person(discord, "ann"), Person(discord, "ben")
    asked = await ann.commands(music, "separate", file=song, want="drumless please")
    status = await status_of(asked, "Done")
    [(name, drumless)] = received(discord, await files_beside(discord, status)).items()
    assert name.endswith(" (drumless).mp3")
    assert np.array_equal(
        drumless, await asyncio.to_thread(by_command_line, wheel_song, "drumless", tmp_path)
    )

    bot.kill("worker")  # so that nothing can be separated again
    before = time.monotonic()
    message = await ben.says(ben.private, "without drums", song)
    await files_beside(discord, message)
    assert time.monotonic() - before < 1.0


async def test_two_people_at_once_get_their_own_songs(bot, discord, music, wheel_song, tmp_path):
    """The two songs are each other's opposite in time, so a swap cannot go unseen."""
    bot.worker()
    backwards = remade(wheel_song, tmp_path / "backwards.flac", "-af", "areverse")
    asked = {}
    for person, song in (("ann", wheel_song), ("ben", backwards)):
        message = await Person(discord, person).says(
            music, f"<@{discord.bot.id}> vocals", (song.name, song.read_bytes())
        )
        asked[song] = message
    for song, message in asked.items():
        [vocals] = received(discord, await files_beside(discord, message)).values()
        made = await asyncio.to_thread(by_command_line, song, "vocals", tmp_path / message.author.name)
        assert np.array_equal(vocals, made)


async def test_commands_are_acknowledged_within_a_second_while_a_song_is_separated(
    bot, discord, music, wheel_song, tmp_path
):
    """The worker has both cores; the bot's loop must not wait for them."""
    bot.worker()
    song = remade(wheel_song, tmp_path / "long.mp3", "-af", "aloop=loop=15:size=1e9")
    ann = Person(discord, "ann")
    asked = await ann.commands(music, "separate", file=(song.name, song.read_bytes()), want="drumless")
    await status_of(asked, "%")
    took = []
    while "%" in asked.response.text and len(took) < 40:
        interaction = await ann.commands(music, "queue")
        await status_of(interaction, song.name)
        took.append(interaction.acknowledged_s)
    await ann.clicks(asked.response, "Cancel")
    await status_of(asked, "Cancelled")
    print(f"acknowledged while separating: {len(took)} commands, slowest {1000 * max(took):.0f} ms")  # noqa: T201
    assert len(took) >= 10
    assert max(took) < 1.0


async def test_a_bot_killed_after_the_order_answers_once_when_it_is_back(bot, discord, music, wheel_song):
    """Nothing of the order stands in the bot: another process finds its message and brings the files."""
    ann = Person(discord, "ann")
    song = (wheel_song.name, wheel_song.read_bytes())
    asked = await ann.commands(music, "separate", file=song, want="vocals")
    status = await status_of(asked, "Vocals")
    bot.kill("bot-discord")
    bot.worker()
    await start_bot(discord, bot)
    await files_beside(discord, status)
    await status_of(asked, "Done")
    bot.kill("bot-discord")
    await start_bot(discord, bot)
    await status_of(await ann.commands(music, "queue"), "nothing in the queue")
    sent = [each["filename"] for message in discord.messages.values() for each in message.attachments]
    assert sorted(name.rpartition(".")[2] for name in sent) == ["mp3", "png"], (
        "the file and its picture, once"
    )


async def test_files_that_are_no_song_end_in_a_sentence_and_the_next_song_works(
    bot, discord, music, shared, wheel_song
):
    bot.worker()
    ann = Person(discord, "ann")
    for name in REFUSED:
        data = (shared / "awkward" / name).read_bytes()
        asked = await ann.commands(music, "separate", file=(name, data), want="vocals")

        async def refused(asked=asked) -> bool:
            shown = asked.response
            return bool(shown and shown.text and not shown.buttons and "Downloading" not in shown.text)

        await eventually(refused, f"{name} is refused", PATIENCE_S)
        print(f"{name}: {asked.response.text}")  # noqa: T201
        assert asked.response.text.endswith((".", "!"))
    song = (wheel_song.name, wheel_song.read_bytes())
    asked = await ann.commands(music, "separate", file=song, want="vocals")
    await files_beside(discord, await status_of(asked, "Done"))


async def test_a_token_that_discord_does_not_know_is_refused_in_one_line(discord, program):
    """Exit code 78 (configuration), which setting it is, and never the token itself."""
    program.environment |= {"STEMBOT_DISCORD_TOKEN": "wrong-token", "STEMBOT_DISCORD_API_URL": discord.root}
    process = program.room("bot", "discord")
    assert await asyncio.to_thread(process.wait, 60) == 78
    log = program.log("bot-discord")
    assert "STEMBOT_DISCORD_TOKEN" in log
    assert "wrong-token" not in log
    assert "Traceback" not in log


async def test_a_bot_told_to_stop_finishes_what_it_answers_and_ends_cleanly(bot, discord, music, wheel_song):
    """SIGTERM: the order that was begun is written, the log has no trace, the exit code is 0."""
    discord.slow_files_s = 1.0
    ann = Person(discord, "ann")
    song = (wheel_song.name, wheel_song.read_bytes())
    asked = await ann.commands(music, "separate", file=song, want="vocals")
    await status_of(asked, "Downloading")
    process = bot._running["bot-discord"]
    process.terminate()
    assert await asyncio.to_thread(process.wait, 30) == 0
    assert "Vocals" in asked.response.text
    assert "discord_stopped" in bot.log("bot-discord")
    assert "Traceback" not in bot.log("bot-discord")
