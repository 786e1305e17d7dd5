"""Buttons: whose they are, what they do, and that they outlive the process that made them."""

from __future__ import annotations

import asyncio

import pytest

from bots.i18n.translate import translate
from separator.core.errors import Blocked
from storage import StorageError
from tests.integration.discord.answers import SONG, answered, files_of, turned
from tests.programs import eventually
from tests.servers.discord import Person
from tests.servers.discord.running import online
from tests.servers.discord.world import EPHEMERAL


async def in_line(person, music, song=SONG, want="vocals"):
    """The status message of an order that this person made."""
    return await answered(await person.commands(music, "separate", file=song, want=want), "keeps its place")


async def test_the_owner_cancels(ann, music):
    status = await in_line(ann, music)
    pressed = await ann.clicks(status, "Cancel")
    await turned(status, "Cancelled.")
    assert pressed.kind == 6
    assert status.buttons == {}


async def test_somebody_else_is_told_in_private_and_nothing_happens(ann, ben, music):
    status = await in_line(ann, music)
    reply = await answered(await ben.clicks(status, "Cancel"), "Only the person who asked can do that.")
    assert reply.fields["flags"] & EPHEMERAL
    assert "Cancel" in status.buttons


async def test_somebody_who_may_delete_messages_cancels_for_others(discord, ann, music):
    status = await in_line(ann, music)
    await Person(discord, "mod", moderator=True).clicks(status, "Cancel")
    await turned(status, "Cancelled.")


async def test_a_button_works_after_a_restart(discord, tmp_path):
    """The code in its custom_id is all that it needs; the process that made it is gone."""
    music, ann = discord.channel(), Person(discord, "ann")
    async with online(discord, tmp_path):
        status = await in_line(ann, music)
    async with online(discord, tmp_path):
        await ann.clicks(status, "Cancel")
        await turned(status, "Cancelled.")


async def test_a_restarted_bot_brings_the_result(discord, tmp_path):
    """The status message is found by its address; nothing of it was kept in the first process."""
    music, ann = discord.channel(), Person(discord, "ann")
    async with online(discord, tmp_path):
        status = await in_line(ann, music)
    async with online(discord, tmp_path) as bot:
        await bot.work("vocals")
        await turned(status, "Done: Vocals.")
        [files] = await files_of(ann, status)
    assert [each["filename"] for each in files.attachments] == ["vocals.mp3"]


@pytest.mark.parametrize("code", ["cancel:999999", "cancel:", "nonsense", "wish:1"])
async def test_a_button_that_no_longer_stands_there_is_answered(ann, music, code):
    """A press that crosses an edit, or a card of an older version."""
    status = await in_line(ann, music)
    reply = await answered(await ann.clicks_code(status, code), "")
    assert reply.text


async def test_a_button_under_a_result_begins_a_message_of_its_own(ann, bot, music):
    """The result and its files stay; the next wish has its own status, then its own files."""
    status = await in_line(ann, music)
    await bot.work("vocals")
    await turned(status, "Done: Vocals.")
    pressed = await ann.clicks(status, "Drumless")
    await answered(pressed, "Song.mp3: Drumless")
    assert status.text.startswith("Song\nDone: Vocals.")
    await bot.work("drumless")
    again = await answered(pressed, "Done: Drumless.")
    assert again is not status
    [files] = await files_of(ann, again)
    assert [each["filename"] for each in files.attachments] == ["drumless.mp3"]


async def test_a_repeat_of_a_known_song_is_answered_without_any_work(ann, ben, bot, music):
    """The same bytes from somebody else: the answer comes from storage."""
    await in_line(ann, music)
    await bot.work("vocals")
    asked = await ben.commands(ben.private, "separate", file=SONG, want="vocals")
    status = await answered(asked, "Done: Vocals.")
    await files_of(ben, status)


async def test_many_at_once_are_all_acknowledged_in_time(discord, bot, music):
    """Twenty commands in one moment: each is answered well within Discord's three seconds."""
    del bot
    people = [Person(discord, f"person {number}") for number in range(20)]
    asked = await asyncio.gather(
        *(
            each.commands(music, "separate", file=(f"{each.user.name}.mp3", b"x"), want="vocals")
            for each in people
        )
    )
    for each, interaction in zip(people, asked, strict=True):
        await answered(interaction, f"{each.user.name}.mp3: Vocals")
    assert max(each.acknowledged_s or 9 for each in asked) < 1.0


async def test_a_storage_hiccup_on_a_press_leaves_the_result_and_its_buttons(ann, bot, music, monkeypatch):
    """The person reads privately that it did not work; the files' message keeps its buttons."""
    status = await in_line(ann, music)
    await bot.work("vocals")
    await turned(status, "Done: Vocals.")
    text, buttons = status.text, set(status.buttons)

    async def fails(*_):
        raise StorageError

    monkeypatch.setattr(bot.queue.orders, "order", fails)
    reply = await answered(await ann.clicks(status, "Drumless"), translate("error.StorageError"))
    assert reply.ephemeral_for is ann.user
    assert (status.text, set(status.buttons)) == (text, buttons)


async def test_a_hiccup_before_anything_of_the_press_is_known_is_private_too(ann, bot, music, monkeypatch):
    status = await in_line(ann, music)

    async def fails(*_):
        raise StorageError

    monkeypatch.setattr(bot.queue.people, "preferences", fails)
    reply = await answered(await ann.clicks(status, "Cancel"), translate("error.StorageError"))
    assert reply.ephemeral_for is ann.user
    assert "Cancel" in status.buttons


async def test_a_hiccup_while_a_new_order_is_written_ends_only_its_own_message(ann, bot, music, monkeypatch):
    status = await in_line(ann, music)
    await bot.work("vocals")
    await turned(status, "Done: Vocals.")

    async def fails(*_):
        raise StorageError

    monkeypatch.setattr(bot.queue, "submit", fails)
    await answered(await ann.clicks(status, "Drumless"), translate("error.StorageError"))
    assert status.text.startswith("Song\nDone: Vocals.")
    assert "Drumless" in status.buttons


async def test_a_hiccup_while_a_question_is_answered_keeps_the_question(ann, bot, music, monkeypatch):
    asked = await ann.commands(music, "separate", file=SONG)
    question = await answered(asked, "What would you like?")

    async def fails(*_):
        raise StorageError

    with monkeypatch.context() as broken:
        broken.setattr(bot.queue, "submit", fails)
        reply = await answered(await ann.clicks(question, "Drumless"), translate("error.StorageError"))
    assert reply.ephemeral_for is ann.user
    assert "What would you like?" in question.text
    await ann.clicks(question, "Drumless")
    await turned(question, "Song.mp3: Drumless")


async def test_what_is_private_stays_private_after_a_public_acknowledgement(ann, bot, music, monkeypatch):
    """A recent song sent again fails: the "thinking…" that all see goes, and the reason is the person's."""
    status = await in_line(ann, music)
    await bot.work("vocals")
    await turned(status, "Done: Vocals.")

    async def refuses(*_):
        raise Blocked

    monkeypatch.setattr(bot.queue, "admit", refuses)
    asked = await ann.commands(music, "stems", song="Song: Vocals")
    reply = await answered(asked, translate("error.Blocked"))
    assert reply.ephemeral_for is ann.user

    async def gone():
        return asked.response.deleted

    await eventually(gone, "the public response goes", 6)
