"""Replies to what the bot wrote: thanks are no wish, a wish is for the song, and a pin is no message."""

from __future__ import annotations

import pytest

from tests.integration.discord.answers import SONG, answered, files_of, replied, turned


async def result_of(person, bot, channel):
    """A finished order's status message and its files' message."""
    asked = await person.commands(channel, "separate", file=SONG, want="vocals")
    status = await answered(asked, "keeps its place")
    await bot.work("vocals")
    await turned(status, "Done: Vocals.")
    [files] = await files_of(person, status)
    return status, files


async def written(discord):
    """How many messages the bot has written, once it has handled all before: Discord keeps their order."""
    return len([each for each in discord.messages.values() if each.author is discord.bot])


@pytest.mark.parametrize("words", ["thanks!", "wow", "merci beaucoup"])
async def test_thanks_as_a_reply_to_a_result_ask_nothing_of_its_files(discord, ann, bot, music, words):
    status, files = await result_of(ann, bot, music)
    before = await written(discord)
    for answer in (files, status):
        await ann.says(music, words, reply_to=answer)
    marker = await ann.says(music, f"<@{discord.bot.id}>")
    await replied(ann, marker, "Send me a song")
    assert await written(discord) == before + 1


async def test_thanks_in_direct_messages_are_answered_once(discord, ann, bot):
    _, files = await result_of(ann, bot, ann.private)
    before = await written(discord)
    await replied(ann, await ann.says(ann.private, "thanks!", reply_to=files), "I couldn't find a song")
    assert await written(discord) == before + 1


@pytest.mark.parametrize("to", ["status", "files"])
async def test_another_wish_as_a_reply_to_a_result_is_for_its_song(ann, bot, music, to):
    """Not for the stem that was sent: the song is known, and needs no second separation."""
    status, files = await result_of(ann, bot, music)
    message = await ann.says(music, "now bassless please", reply_to={"status": status, "files": files}[to])
    new = await replied(ann, message, "Song.mp3: Bassless")
    assert status.text.startswith("Song\nDone: Vocals.")
    await bot.work("bassless")
    await turned(new, "Done: Bassless.")
    first, second = await bot.queue.orders.recent(f"discord:{ann.user.id}", 9)
    assert first.song == second.song


async def test_a_wish_as_a_reply_to_a_song_under_way_is_another_order(ann, music):
    asked = await ann.commands(music, "separate", file=SONG, want="vocals")
    status = await answered(asked, "keeps its place")
    await replied(ann, await ann.says(music, "and drumless", reply_to=status), "Song.mp3: Drumless")
    assert "Vocals" in status.text


async def test_a_pin_is_not_answered(discord, ann, bot):
    status, _ = await result_of(ann, bot, ann.private)
    before = await written(discord)
    await ann.pins(status)
    await replied(ann, await ann.says(ann.private), "Send me a song")
    assert await written(discord) == before + 1


async def test_in_a_server_the_answer_to_somebody_else_is_replied_to_as_well(ann, ben, bot, music):
    """Everybody there sees it; the new order is of who asked."""
    _, files = await result_of(ann, bot, music)
    await replied(ben, await ben.says(music, "drumless for me", reply_to=files), "Song.mp3: Drumless")
    [order] = await bot.queue.orders.recent(f"discord:{ben.user.id}", 9)
    assert order.outputs.startswith("-drums")
