"""Results and status messages under every trouble that Discord makes: they arrive where they can, once."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bots.chat.messages import Button, File, Reply, Result, RetryLater, Unreachable, UploadTooBig
from bots.discord.reply_target import Address
from tests.integration.discord.answers import answered
from tests.servers.discord import Person
from tests.servers.discord.running import online
from tests.servers.discord.world import PERMISSIONS, Message

if TYPE_CHECKING:
    from pathlib import Path

DONE = Reply("Done: Vocals.", buttons=((Button("Drumless", "wish:1:-drums:mp3"),),), final=True)
IN_PROGRESS = Reply("Separating: 40 %", progress=0.4)


def file(name: str, size: int = 1000) -> File:
    async def save(path: Path) -> None:
        path.write_bytes(name.encode().ljust(size))

    return File(name, name, "", 11.0, size, "audio/mpeg", save)


@pytest.fixture
async def quiet(discord, tmp_path):
    """A bot without `DeliveryService`: the test calls the platform."""
    discord.channel()
    async with online(discord, tmp_path, delivers=False) as bot:
        yield bot.client.platform


@pytest.fixture
def channel(discord, quiet):
    del quiet
    return next(each for each in discord.channels.values() if each.guild is not None)


@pytest.fixture
def stage(discord, channel):
    """A person's message and the bot's status message under it."""

    class Stage:
        person = Person(discord, "ann")
        asked = Message(channel, person.user, {"content": "vocals"})
        status = Message(channel, discord.bot, {"content": ""}, reference=asked)

        def address(self, **other) -> str:
            places = {"channel": channel.id, "message": self.status.id, "person": self.person.user.id}
            return Address(**{**places, "asked": self.asked.id, **other}).write()

        def result(self, *files: File, **other) -> Result:
            return Result(1, self.address(**other), DONE, files, key="order-1")

        def sent(self, where=channel) -> list[Message]:
            """What the bot sent besides the status message."""
            mine = [each for each in discord.messages.values() if each.author is discord.bot]
            return [each for each in mine if each.channel is where and each is not self.status]

    for each in (Stage.asked, Stage.status):
        discord.messages[each.id] = each
    return Stage()


def names(message: Message) -> list[str]:
    return [each["filename"] for each in message.attachments]


async def test_files_come_as_a_reply_and_the_status_turns_into_the_result(quiet, stage):
    receipt = await quiet.deliver(stage.result(file("Song (vocals).mp3"), file("Song (drumless).mp3")))
    [message] = stage.sent()
    assert names(message) == ["Song (vocals).mp3", "Song (drumless).mp3"]
    assert message.reference is stage.asked
    assert stage.status.text == "Done: Vocals."
    assert "Drumless" in stage.status.buttons
    assert json.loads(receipt) == {"messages": [message.id]}


async def test_a_result_shows_its_waveforms(discord, quiet, stage):
    """The picture stands in the card, with words for those who cannot see it."""

    async def waveform() -> bytes:
        return b"a picture"

    await quiet.deliver(replace(stage.result(file("a.mp3")), waveform=waveform))
    assert names(stage.status) == ["stems.png"]
    [gallery] = [each for each in stage.status.fields["components"][0]["components"] if each["type"] == 12]
    assert gallery["items"][0]["media"]["url"] == "attachment://stems.png"
    assert gallery["items"][0]["description"] == "Done: Vocals."
    assert discord.problems == []


async def test_files_are_what_was_made_byte_for_byte(discord, quiet, stage):
    await quiet.deliver(stage.result(file("a.mp3", 300_000)))
    [attached] = stage.sent()[0].attachments
    assert discord.blobs[attached["url"].partition("/files/")[2]] == b"a.mp3".ljust(300_000)


async def test_a_result_sent_twice_is_there_once(quiet, stage):
    """A bot killed between sending and writing it down sends again: the nonce makes that harmless."""
    for _ in range(2):
        await quiet.deliver(stage.result(file("a.mp3")))
    assert len(stage.sent()) == 1


async def test_an_upload_that_succeeded_but_was_answered_with_an_error_is_there_once(discord, quiet, stage):
    """503 after the message was made; the next try sends the same."""
    discord.fail("POST", r"/channels/\d+/messages$", 503, after=True)
    with pytest.raises(RetryLater):
        await quiet.deliver(stage.result(file("a.mp3")))
    await quiet.deliver(stage.result(file("a.mp3")))
    assert len(stage.sent()) == 1


async def test_a_server_error_on_the_last_edit_repeats_only_the_edit(discord, quiet, stage):
    discord.fail("PATCH", r"/messages/", 503)
    with pytest.raises(RetryLater):
        await quiet.deliver(stage.result(file("a.mp3")))
    await quiet.deliver(stage.result(file("a.mp3")))
    assert len(stage.sent()) == 1
    assert stage.status.text == "Done: Vocals."


async def test_more_files_than_a_message_takes_come_in_several(quiet, stage):
    await quiet.deliver(stage.result(*(file(f"{number}.mp3") for number in range(12))))
    assert [len(message.attachments) for message in stage.sent()] == [10, 2]


async def test_a_file_too_large_for_here_is_left_to_the_link(channel, quiet, stage):
    """The limit may be lower than was thought; the next try sends nothing twice."""
    channel.limit_bytes = 5000
    with pytest.raises(UploadTooBig) as refused:
        await quiet.deliver(stage.result(file("a.mp3"), file("big.wav", 6000), file("b.mp3")))
    assert refused.value.size_bytes == 6000
    await quiet.deliver(stage.result(file("a.mp3"), file("b.mp3")))
    assert sorted(name for message in stage.sent() for name in names(message)) == ["a.mp3", "b.mp3"]
    assert stage.status.text == "Done: Vocals."


async def test_a_result_without_files_is_the_status_alone(quiet, stage):
    await quiet.deliver(stage.result())
    assert stage.sent() == []
    assert stage.status.text == "Done: Vocals."


async def test_a_deleted_status_message_stays_deleted_until_the_last_word(quiet, stage):
    """Its person did not want to see progress; the result is wanted all the same."""
    stage.status.deleted = True
    await quiet.show(stage.address(), IN_PROGRESS)
    assert stage.sent() == []
    await quiet.deliver(stage.result(file("a.mp3")))
    files, message_view = stage.sent()
    assert names(files) == ["a.mp3"]
    assert message_view.text == "Done: Vocals."


async def test_a_late_progress_edit_never_overwrites_the_last_word(quiet, stage):
    """Discord may hold an edit back until after the result was shown."""
    await quiet.deliver(stage.result(file("a.mp3")))
    await quiet.show(stage.address(), IN_PROGRESS)
    assert stage.status.text == "Done: Vocals."


async def test_the_last_word_comes_anew_where_the_status_was_deleted(quiet, stage):
    stage.status.deleted = True
    for _ in range(2):
        await quiet.show(stage.address(), Reply("I can't find any sound in that file.", final=True))
    [message_view] = stage.sent()
    assert message_view.text == "I can't find any sound in that file."


@pytest.mark.parametrize("gone", ["channel", "server", "permission to send", "permission to attach"])
async def test_a_closed_channel_leaves_the_result_to_direct_messages(discord, channel, quiet, stage, gone):
    if gone == "channel":
        del discord.channels[channel.id]
    elif gone == "server":
        discord.present = False
    else:
        channel.denied = PERMISSIONS["send_messages" if gone.endswith("send") else "attach_files"]
    await quiet.deliver(stage.result(file("a.mp3")))
    files, message_view = stage.sent(stage.person.private)
    assert names(files) == ["a.mp3"]
    assert message_view.text == "Done: Vocals."


async def test_where_nothing_is_open_the_order_ends(discord, channel, quiet, stage):
    """Channel deleted and direct messages closed: the result is never tried again."""
    del discord.channels[channel.id], discord.channels[stage.person.private.id]
    with pytest.raises(Unreachable):
        await quiet.deliver(stage.result(file("a.mp3")))


async def test_a_deleted_channel_is_unreachable_for_progress(discord, channel, quiet, stage):
    del discord.channels[channel.id]
    with pytest.raises(Unreachable):
        await quiet.show(stage.address(), IN_PROGRESS)


async def test_a_long_rate_limit_is_raised_as_retry_later(discord, quiet, stage):
    """Waiting for minutes inside one call would hold up everybody else's results."""
    discord.fail("PATCH", r"/messages/", 429, {"retry_after": 95.5, "message": "", "global": False})
    with pytest.raises(RetryLater) as pause:
        await quiet.show(stage.address(), IN_PROGRESS)
    assert pause.value.after_s == 95.5


async def test_a_short_rate_limit_is_waited_for(discord, quiet, stage):
    discord.fail("PATCH", r"/messages/", 429, {"retry_after": 0.05, "message": "", "global": False})
    await quiet.show(stage.address(), IN_PROGRESS)
    assert stage.status.text.startswith("Separating: 40 %")


async def test_a_dead_network_asks_to_come_back(discord, quiet, stage):
    await discord.__aexit__()
    with pytest.raises(RetryLater):
        await quiet.show(stage.address(), IN_PROGRESS)


async def test_an_answer_that_never_comes_asks_to_come_back(discord, quiet, stage, monkeypatch):
    """A hung connection must not block deliveries for ever."""
    monkeypatch.setattr("bots.discord.platform.SHOW_S", 0.2)
    discord.fail("PATCH", r"/messages/", 503, stall_s=5.0)
    with pytest.raises(RetryLater):
        await quiet.show(stage.address(), IN_PROGRESS)


@pytest.fixture
async def abroad(discord, stage):
    """A command where the bot is not a member: only the interaction's token can answer."""
    discord.present = False
    asked = await stage.person.commands(stage.asked.channel, "help")
    await answered(asked, "Send me a song")
    stage.status = Message(stage.asked.channel, discord.bot, {"content": ""})
    discord.messages[stage.status.id] = stage.status
    return asked


async def test_where_the_bot_is_no_member_one_message_brings_everything(abroad, quiet, stage):
    token_fields = {"token": abroad.token, "until": 9e9}
    await quiet.show(stage.address(**token_fields), IN_PROGRESS)
    assert stage.status.text.startswith("Separating: 40 %")
    await quiet.deliver(stage.result(file("Süße (vocals).mp3"), **token_fields))
    assert stage.status.text == "Done: Vocals."
    assert names(stage.status) == ["1_S_e_vocals.mp3"]


async def test_a_token_that_ended_leaves_the_result_to_direct_messages(abroad, quiet, stage):
    """After fifteen minutes nothing of the interaction can be answered."""
    token_fields = {"token": abroad.token, "until": 1.0}
    with pytest.raises(Unreachable):
        await quiet.show(stage.address(**token_fields), IN_PROGRESS)
    await quiet.deliver(stage.result(file("a.mp3"), **token_fields))
    assert names(stage.sent(stage.person.private)[0]) == ["a.mp3"]


async def test_a_token_that_ended_early_does_too(abroad, quiet, stage):
    """Discord's own word counts, whatever the clock says here."""
    abroad.ended = True
    await quiet.deliver(stage.result(file("a.mp3"), token=abroad.token, until=9e9))
    assert names(stage.sent(stage.person.private)[0]) == ["a.mp3"]
