"""Every way that a song comes in on Discord, and what its user reads first."""

from __future__ import annotations

import pytest

from bots.i18n.translate import translate
from tests.integration.discord.answers import SONG, answered, files_of, replied
from tests.integration.discord.conftest import SPEC
from tests.programs import eventually
from tests.servers.discord import Person
from tests.servers.discord.running import online
from tests.servers.discord.world import PERMISSIONS


def test_requests_are_checked_against_discords_contract():
    if not SPEC.is_file():
        pytest.skip("LOUD: ../shared/specs is not here, so no request is held to Discord's contract")


async def test_a_command_is_acknowledged_and_put_in_line(ann, music):
    asked = await ann.commands(music, "separate", file=SONG, want="drumless please", format="flac")
    status = await answered(asked, "keeps its place in the queue")
    assert status.text.startswith("Song.mp3: Drumless (flac)")
    assert asked.kind == 5
    assert "Cancel" in status.buttons


async def test_a_command_works_in_direct_messages(ann):
    asked = await ann.commands(ann.private, "separate", file=SONG, want="vocals")
    await answered(asked, "Song.mp3: Vocals")


async def test_the_menu_of_a_message_asks_what_is_wanted_and_a_button_tells(ann, ben, music):
    """`Separate stems` on anybody's message: the question turns into the status."""
    sung = await ben.says(music, "my song", SONG)
    asked = await ann.opens_menu(sung, "Separate stems")
    question = await answered(asked, "What would you like?")
    assert {"Vocals", "Drumless", "All stems"} <= question.buttons.keys()
    pressed = await ann.clicks(question, "Drumless")
    status = await answered(pressed, "Song.mp3: Drumless")
    assert status is question


async def test_the_menu_on_a_message_without_a_song_says_so_in_private(ann, ben, music):
    chat = await ben.says(music, "hello")
    reply = await answered(await ann.opens_menu(chat, "Separate stems"), "I couldn't find a song")
    assert reply.ephemeral_for is ann.user


async def test_a_mention_with_a_song_is_answered_beside_it(discord, ann, music):
    message = await ann.says(music, f"<@{discord.bot.id}> no drums pls", SONG)
    await replied(ann, message, "Song.mp3: Drumless")


async def test_a_direct_message_with_a_song_needs_no_mention(ann):
    message = await ann.says(ann.private, "karaoke", SONG)
    await replied(ann, message, "Song.mp3: Instrumental")


async def test_every_song_of_a_message_is_taken(ann):
    """A second file must not be dropped silently: each gets a status message of its own."""
    message = await ann.says(ann.private, "vocals", ("One.mp3", b"1"), ("Two.mp3", b"2"), ("cover.png", b"3"))
    await replied(ann, message, "One.mp3: Vocals")
    await replied(ann, message, "Two.mp3: Vocals")
    statuses = [each for each in ann.discord.messages.values() if each.reference is message]
    assert len(statuses) == 2


async def test_a_direct_message_without_a_song_gets_the_help(ann):
    message = await ann.says(ann.private)
    await replied(ann, message, "Send me a song")


async def test_a_mention_with_words_alone_is_told_what_is_missing(discord, ann, music):
    message = await ann.says(music, f"<@{discord.bot.id}> drumless")
    await replied(ann, message, "I couldn't find a song")


async def test_what_is_not_said_to_the_bot_is_left_alone(discord, ann, music):
    """Quiet in groups: a song that somebody shares is not taken unasked."""
    await ann.says(music, "listen to this", SONG)
    await answered(await ann.commands(music, "queue"), "You have nothing in the queue.")
    assert [each.path for each in discord.calls if each.path.startswith("/channels")] == []


async def test_a_reply_to_a_song_works_where_the_operator_switched_the_intent_on(discord, tmp_path):
    """Without it Discord hides what others wrote, and the bot says that it sees no song."""
    music = discord.channel()
    for allowed, words in ((False, "I couldn't find a song"), (True, "Song.mp3: Drumless")):
        async with online(discord, tmp_path / words[0], discord_message_content=allowed):
            ann, ben = Person(discord, "ann"), Person(discord, "ben")
            song = await ben.says(music, "", SONG)
            asked = await ann.says(music, f"<@{discord.bot.id}> drumless", reply_to=song)
            await replied(ann, asked, words)


@pytest.mark.parametrize(
    ("command", "words"),
    [("help", "Send me a song"), ("privacy", "I store the song"), ("queue", "You have nothing")],
)
async def test_commands_about_the_bot_are_answered_to_their_person_alone(ann, music, command, words):
    reply = await answered(await ann.commands(music, command), words)
    assert reply.ephemeral_for is ann.user


async def test_two_people_at_once_get_their_own(ann, ben, music):
    first = await ann.commands(music, "separate", file=("Ann.mp3", b"1"), want="vocals")
    second = await ben.commands(music, "separate", file=("Ben.mp3", b"2"), want="bassless")
    assert (await answered(first, "Ann.mp3: Vocals")) is not (await answered(second, "Ben.mp3: Bassless"))


async def test_a_file_over_the_limit_is_refused_before_it_is_fetched(discord, tmp_path):
    music = discord.channel()
    async with online(discord, tmp_path, upload_limit_bytes=1_000_000):
        asked = await Person(discord, "ann").commands(music, "separate", file=("Long.mp3", bytes(2_000_000)))
        await answered(asked, "That file is too big: the limit is 1 MB.")


async def test_a_song_that_cannot_be_fetched_is_said_to_be_lost(discord, ann, music):
    """The address of an attachment is signed and ends."""
    discord.blobs = type("Gone", (dict,), {"get": lambda *_: None})()
    await answered(await ann.commands(music, "separate", file=SONG), "I couldn't download that song")


async def test_an_edit_that_discord_refuses_for_a_while_is_made_later(discord, ann, music, monkeypatch):
    """The order stands in line already: the person must not read an apology for it."""
    monkeypatch.setattr("bots.discord.platform.SERVER_ERROR_PAUSE_S", 0.05)
    discord.fail("PATCH", r"^/channels/", 503, times=2)
    await answered(await ann.commands(music, "separate", file=SONG, want="vocals"), "Song.mp3: Vocals")


async def test_a_response_that_discord_refuses_ends_in_an_apology(discord, ann, music):
    discord.fail("PATCH", r"^/webhooks/.*/@original", 400)
    await answered(await ann.commands(music, "separate", file=SONG, want="vocals"), "Something went wrong")


async def test_what_was_said_while_the_gateway_was_down_is_heard(discord, ann):
    """discord.py connects again by itself and is told what it missed."""
    await discord.hang_up()
    message = await ann.says(ann.private, "vocals", SONG)
    await replied(ann, message, "Song.mp3: Vocals")


async def test_a_thread_is_answered_in_the_thread(discord, tmp_path):
    """A thread is a channel of its own; writing in it is a permission of its own."""
    music = discord.channel()
    thread = discord.channel("take two", parent=music)
    async with online(discord, tmp_path) as bot:
        ann = Person(discord, "ann")
        asked = await ann.commands(thread, "separate", file=SONG, want="vocals")
        status = await answered(asked, "Song.mp3: Vocals")
        assert status.channel is thread
        await bot.work("vocals")
        [files] = await files_of(ann, status)
        assert files.channel is thread
        thread.denied = PERMISSIONS["send_messages_in_threads"]
        reply = await answered(await ann.commands(thread, "separate", file=SONG), "missing the permission")
        assert reply.text.endswith("write in threads.")


async def test_a_person_is_answered_in_their_own_language_in_plain_messages_too(discord, bot):
    """Discord tells a person's language with a command and not with a message; it is remembered."""
    del bot
    kai = Person(discord, "kai", locale="de")
    await answered(await kai.commands(kai.private, "queue"), translate("queue_empty", "de"))
    message = await kai.says(kai.private, "", SONG)
    await replied(kai, message, translate("choose", "de", song="Song.mp3"))


async def test_a_command_where_the_bot_is_no_member_gets_everything_in_its_one_response(discord, tmp_path):
    """Installed by a person, used in somebody else's server: nothing but the interaction can be answered."""
    elsewhere = discord.channel()
    discord.present = False
    async with online(discord, tmp_path) as bot:
        asked = await Person(discord, "ann").commands(elsewhere, "separate", file=SONG, want="vocals")
        status = await answered(asked, "Song.mp3: Vocals")
        await bot.work("vocals")
        await answered(asked, "Done: Vocals")
    assert [each["filename"] for each in status.attachments] == ["1_vocals.mp3"]
    assert [each.path for each in discord.calls if each.path.startswith("/channels")] == []


async def test_a_song_in_direct_messages_is_answered_there(ann, bot):
    message = await ann.says(ann.private, "vocals", SONG)
    status = await replied(ann, message, "Song.mp3: Vocals")
    await bot.work("vocals")
    [files] = await files_of(ann, message)
    assert status.channel is files.channel is ann.private


async def test_a_hostile_name_pings_nobody_and_formats_nothing(discord, ann, music):
    """The server notes a problem for anything that pings; the name comes back as it was typed."""
    name = "@everyone *b* ||s|| [x](https://evil.example) <@1>.mp3"
    status = await answered(await ann.commands(music, "separate", file=(name, b"1"), want="vocals"), "Vocals")
    assert status.text.startswith(r"\@everyone \*b\* \|\|s\|\| \[x](https://evil.example) \<\@1>.mp3: Vocals")
    assert discord.problems == []


async def test_a_missing_permission_is_named_before_any_work(discord, bot, ann):
    mute = discord.channel("mute", denied=PERMISSIONS["attach_files"] | PERMISSIONS["read_message_history"])
    reply = await answered(await ann.commands(mute, "separate", file=SONG), "missing the permission")
    assert reply.ephemeral_for is ann.user
    assert reply.text.endswith("attach files, read this channel.")
    assert (await bot.queue.orders.counts(f"discord:{ann.user.id}"))[0] == 0


async def test_a_command_of_an_older_version_is_answered(discord, ann, music):
    discord.commands.append({"id": "5", "name": "old", "type": 1})
    await answered(await ann.commands(music, "old"), "Something went wrong here")


async def test_commands_are_told_to_discord_only_when_they_changed(discord, tmp_path):
    """Registering is rate limited; a restart must not cost it."""
    for _ in range(2):
        async with online(discord, tmp_path):
            pass
    assert [each.method for each in discord.calls if each.path.endswith("/commands")] == ["PUT"]


async def test_commands_are_for_servers_and_for_people_everywhere(discord, bot):
    del bot
    assert {each["name"] for each in discord.commands} == {
        "separate",
        "stems",
        "mixer",
        "queue",
        "settings",
        "help",
        "privacy",
        "Separate stems",
    }
    for command in discord.commands:
        assert command["integration_types"] == [0, 1]
        assert command["contexts"] == [0, 1, 2]


@pytest.mark.parametrize("name", ["cat.png", "funny.gif", "tax.pdf", "cv.docx"])
async def test_files_that_are_no_sound_are_not_taken_for_songs(discord, ann, music, name):
    for channel, words in ((music, f"<@{discord.bot.id}> look at this"), (ann.private, "")):
        message = await ann.says(channel, words, (name, b"no sound"))
        await replied(ann, message, "I couldn't find a song" if words else "Send me a song")


async def test_the_recent_song_that_was_chosen_is_the_one_that_comes(ann, bot, music):
    """Both labels have the same words in them; what Discord sends back is the choice's value."""
    for name in ("Song.mp3", "My Song.mp3"):
        asked = await ann.commands(music, "separate", file=(name, name.encode()), want="vocals")
        await answered(asked, "keeps its place")
        await bot.work("vocals", title=name.removesuffix(".mp3"))
        await answered(asked, "Done: Vocals.")
    typed = await ann.types(music, "stems", "song", "song")

    async def suggested():
        return typed.suggested

    assert await eventually(suggested, "it suggests", 6) == ["My Song: Vocals", "Song: Vocals"]
    for label, title in (("Song: Vocals", "Song"), ("My Song: Vocals", "My Song")):
        for value in (typed.values[label], label):  # chosen, and typed in full
            again = await answered(await ann.commands(music, "stems", song=value), "Done: Vocals.")
            assert again.text.splitlines()[0] == title
    both = await answered(await ann.commands(music, "stems", song="song"), "Your recent songs")
    assert both.ephemeral_for is ann.user
