"""What Discord or people take away while a song is under way: rights, the server, the bot's own life."""

from __future__ import annotations

from bots.chat.downloads import blank_order
from bots.chat.messages import Person as Who
from bots.chat.messages import Request, Song
from bots.discord.app import answer_interrupted
from tests.integration.discord.answers import SONG, answered, files_of, turned
from tests.programs import eventually
from tests.servers.discord import Person
from tests.servers.discord.running import online
from tests.servers.discord.world import PERMISSIONS


async def in_line(person, channel):
    return await answered(
        await person.commands(channel, "separate", file=SONG, want="vocals"), "keeps its place"
    )


async def privately(discord, person):
    """The message with files in somebody's direct messages, once it is there."""

    async def look():
        mine = [each for each in discord.messages.values() if each.channel is person.private]
        return next((each for each in mine if each.attachments and each.author is discord.bot), None)

    return await eventually(look, "the files come privately", 20)


async def test_a_permission_that_was_taken_away_leaves_the_result_to_direct_messages(
    discord, bot, ann, music
):
    await in_line(ann, music)
    music.denied = PERMISSIONS["attach_files"]
    await bot.work("vocals")
    files = await privately(discord, ann)
    assert [each["filename"] for each in files.attachments] == ["vocals.mp3"]


async def test_a_bot_that_was_removed_from_the_server_brings_the_result_privately(discord, bot, ann, music):
    await in_line(ann, music)
    discord.present = False
    await bot.work("vocals")
    await privately(discord, ann)


async def test_a_gateway_that_drops_while_the_job_runs_delays_nothing(discord, bot, ann, music):
    """Results go by REST; and what is pressed meanwhile is heard when the gateway is back."""
    status = await in_line(ann, music)
    await discord.hang_up()
    await bot.work("vocals")
    await turned(status, "Done: Vocals.")
    await files_of(ann, status)
    await answered(await ann.clicks(status, "Drumless"), "Song.mp3: Drumless")


async def test_a_message_deleted_while_the_job_runs_does_no_harm(discord, bot, ann, music):
    """The person's own message with the song is gone: the answer comes without the quote."""
    message = await ann.says(music, f"<@{discord.bot.id}> vocals", SONG)

    async def looked():
        return await bot.queue.orders.open_orders("discord")

    await eventually(looked, "it is ordered", 20)
    message.deleted = True
    await bot.work("vocals")
    await files_of(ann, message)


async def test_a_bot_killed_while_it_fetches_asks_for_the_song_again(discord, tmp_path):
    """Discord does not repeat what it said to a bot that is gone; "Got it" must not stand there for ever."""
    music, ann = discord.channel(), Person(discord, "ann")
    async with online(discord, tmp_path) as bot:
        status = await in_line(ann, music)
        [order] = await bot.queue.orders.recent(f"discord:{ann.user.id}", 1)
        await bot.queue.orders.cancel(order.id)

        async def never():
            yield b""

        who = Who(order.owner)
        request = Request("discord:77", who, "discord", "", Song("a", 1, never), lambda: order.reply_to)
        await bot.queue.people.add_pending(blank_order(request))  # as far as the killed bot came
    async with online(discord, tmp_path) as bot:
        await answer_interrupted(bot.client, bot.service)
        await turned(status, "I couldn't download that song from the chat. Please send it again.")
        assert await bot.service.downloads.take_interrupted("discord") == []
