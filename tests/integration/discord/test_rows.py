"""Each row of what people expect of a bot in Discord, over HTTP, held to Discord's own contract.

The names are the rows: three seconds and fifteen minutes, ways in, also, user install, components, ownership,
file size, attachment URLs, intents, permissions, idempotency, locale, group life.
"""

from __future__ import annotations

import pytest

from bots.discord.client import intents
from bots.i18n.translate import translate
from separator.core.outputs import OutputSpec
from tests.integration.discord.answers import SONG, TIMEOUT_S, answered, files_of, replied, turned
from tests.programs import eventually
from tests.servers.discord import Person
from tests.servers.discord.running import online
from tests.servers.discord.world import EPHEMERAL, PERMISSIONS

OTHER = ("Other.mp3", b"another song")


async def done(person, bot, channel, song=SONG, want="vocals"):
    """A status message that has turned into its result."""
    asked = await person.commands(channel, "separate", file=song, want=want)
    status = await answered(asked, "keeps its place")
    await bot.work(*(mix.name for mix in OutputSpec.from_code(f"{want}:mp3").mixes))
    return await turned(status, "Done:")


async def ordered(bot, person):
    """The codes of what a person ordered, newest first."""
    orders = await bot.queue.orders.recent(f"discord:{person.user.id}", 9)
    return [order.outputs for order in orders]


async def test_row_three_seconds_and_fifteen_minutes(bot, discord, ann, music):
    """Acknowledged at once; the status is a message of the channel, edited with the bot's own token."""
    asked = await ann.commands(music, "separate", file=SONG, want="vocals")
    status = await answered(asked, "keeps its place")
    asked.ended = True  # its token
    await bot.work("vocals")
    await turned(status, "Done: Vocals.")
    assert (asked.kind, asked.acknowledged_s < 1.0) == (5, True)
    assert f"/channels/{music.id}/messages/{status.id}" in [each.path for each in discord.calls]


async def test_row_ways_in(discord, bot, ann, ben, music):
    """Command, menu of a message, mention, direct message, and a form where no file came with the command."""
    del bot
    await answered(await ann.commands(music, "separate", file=SONG, want="vocals"), "Vocals")
    theirs = await ben.says(music, "mine", OTHER)
    await answered(await ann.opens_menu(theirs, "Separate stems"), "What would you like?")
    await replied(ann, await ann.says(music, f"<@{discord.bot.id}> no drums", SONG), "Drumless")
    await replied(ann, await ann.says(ann.private, "karaoke", SONG), "Instrumental")
    opened = await ann.commands(music, "separate")
    await eventually(lambda: _truth(opened.form), "a form opens", TIMEOUT_S)
    await answered(await ann.fills_in(opened, ("Form.mp3", b"5"), "bassless"), "Form.mp3: Bassless")


async def _truth(found):
    return found


async def test_row_ways_in_with_every_option(bot, ann, music):
    """File, words, format, quality: what is chosen goes with what is typed."""
    asked = await ann.commands(
        music, "separate", file=SONG, want="no drums", format="flac", quality="24 bit", effort="quick"
    )
    await answered(asked, "Song.mp3: Drumless (flac 24)")
    [order] = await bot.queue.orders.recent(f"discord:{ann.user.id}", 1)
    assert (order.outputs, order.effort) == ("-drums:flac-24", "quick")


async def test_row_also(bot, ann, music):
    """`/stems`, `/queue`, `/settings`, `/privacy`, `/help`, seen by their person alone; a stem sent again."""
    await done(ann, bot, music)
    for command, words in (
        ("stems", "Your recent songs"),
        ("queue", "You have nothing"),
        ("settings", "Your settings"),
        ("privacy", "I store the song"),
        ("help", "Send me a song"),
    ):
        reply = await answered(await ann.commands(music, command), words)
        assert reply.ephemeral_for is ann.user
    shelf = await answered(await ann.commands(ann.private, "stems"), "Your recent songs")
    chosen = await ann.chooses(shelf, "Song: Vocals")
    again = await answered(chosen, "Done: Vocals.")
    await files_of(ann, again)
    assert again.ephemeral_for is None


async def test_row_also_autocomplete(bot, ann, ben, music):
    """Typing in `/stems` suggests one's own recent songs; what is chosen comes to this channel."""
    await done(ann, bot, music)
    for typed, person, found in (("voc", ann, ["Song: Vocals"]), ("zzz", ann, []), ("", ben, [])):
        asked = await person.types(music, "stems", "song", typed)
        await eventually(lambda asked=asked: _truth(asked.suggested is not None), "it suggests", TIMEOUT_S)
        assert asked.suggested == found
    here = await ann.commands(ann.private, "stems", song="Song: Vocals")
    status = await answered(here, "Done: Vocals.")
    assert status.channel is ann.private


async def test_row_user_install(discord, tmp_path):
    """Where the bot is no member: one response, edited, with the files in it; commands are for everywhere."""
    elsewhere = discord.channel()
    discord.present = False
    async with online(discord, tmp_path) as bot:
        asked = await Person(discord, "ann").commands(elsewhere, "separate", file=SONG, want="vocals")
        status = await answered(asked, "Song.mp3: Vocals")
        await bot.work("vocals")
        await turned(status, "Done: Vocals")
        assert [each["filename"] for each in status.attachments] == ["1_vocals.mp3"]
    assert asked.followups == []
    assert {tuple(each["integration_types"]) for each in discord.commands} == {(0, 1)}
    assert {tuple(each["contexts"]) for each in discord.commands} == {(0, 1, 2)}


async def test_row_components(discord, tmp_path):
    """Menus and buttons carry the order in their codes: another process answers them."""
    music, ann = discord.channel(), Person(discord, "ann")
    async with online(discord, tmp_path):
        question = await answered(await ann.commands(music, "separate", file=SONG), "What would you like?")
    async with online(discord, tmp_path) as bot:
        await ann.chooses(question, "flac")
        await eventually(lambda: _chosen(question, "flac"), "the menu says flac", TIMEOUT_S)
        await answered(await ann.chooses(question, "Drums", "Bass"), "Song.mp3: Drums, Bass (flac)")
        assert await ordered(bot, ann) == ["drums,bass:flac", ":mp3"]


async def _chosen(message, label):
    options = [each for menu in message.menus for each in menu["options"]]
    return [each for each in options if each["label"] == label and each.get("default")]


async def test_row_ownership(discord, bot, ann, ben, music):
    """Others are reply privately, moderators may; every interaction is answered (the fixture looks)."""
    del bot
    status = await answered(
        await ann.commands(music, "separate", file=SONG, want="vocals"), "keeps its place"
    )
    reply = await answered(await ben.clicks(status, "Cancel"), "Only the person who asked")
    assert reply.fields["flags"] & EPHEMERAL
    await Person(discord, "mod", moderator=True).clicks(status, "Cancel")
    await turned(status, "Cancelled.")


async def test_row_file_size(discord, bot, ann, music):
    """Refused by size although it was thought to fit: made again and smaller; then the link is left."""
    music.limit_bytes = 5000
    asked = await ann.commands(music, "separate", file=SONG, want="vocals")
    status = await answered(asked, "keeps its place")
    await bot.work("vocals", data=bytes(6000))
    await eventually(lambda: _open(bot), "it goes back to the queue", TIMEOUT_S)
    await bot.work("vocals", data=bytes(4000))
    await turned(status, "Done: Vocals.")
    [files] = await files_of(ann, status)
    assert [each["size"] for each in files.attachments] == [4000]
    refused = [each for each in discord.calls if each.files and each.path.endswith("messages")]
    assert len(refused) == 2


async def _open(bot):
    return await bot.queue.orders.open_orders("discord")


async def test_row_file_size_ends_at_the_link(discord, tmp_path):
    """What cannot be made small enough is left to the mixer's link, and the words say so."""
    music = discord.channel()
    music.limit_bytes = 1000
    async with online(discord, tmp_path, public_url="https://stems.example") as bot:
        ann = Person(discord, "ann")
        asked = await ann.commands(music, "separate", file=SONG, want="vocals", format="flac")
        status = await answered(asked, "keeps its place")
        await bot.work("vocals", data=bytes(6000))
        await turned(status, "1 file is too big for this chat")
        assert status.buttons["Open mixer"]["url"].startswith("https://stems.example/m/")


async def test_row_file_size_on_the_way_in(discord, tmp_path):
    """Beyond what is taken here the web app takes it, where it can; a size over everything is refused."""
    music = discord.channel()
    async with online(discord, tmp_path, upload_limit_bytes=1_000_000):
        asked = await Person(discord, "ann").commands(music, "separate", file=("L.wav", bytes(1_000_001)))
        await answered(asked, "That file is too big: the limit is 1 MB.")


async def test_row_attachment_urls(discord, bot, ann, music):
    """Signed addresses end: the song is fetched at once, and no order keeps an address."""
    await answered(await ann.commands(music, "separate", file=SONG, want="vocals"), "keeps its place")
    discord.blobs.clear()
    [order] = await bot.queue.orders.recent(f"discord:{ann.user.id}", 1)
    assert "http" not in order.reply_to + order.song_name
    assert await bot.queue.store.size(f"songs/{order.song}/source") == len(SONG[1])


async def test_row_intents(discord, bot, ann, music):
    """Without the privileged intent: commands, menus, direct messages and mentions with a file work."""
    del bot
    assert not intents(message_content=False).message_content
    assert not discord.message_content
    await replied(ann, await ann.says(music, f"<@{discord.bot.id}> vocals", SONG), "Song.mp3: Vocals")


async def test_row_permissions(discord, bot, ann):
    """The permission that is missing is named before any work, to the person alone; for `/stems` too."""
    mute = discord.channel("mute", denied=PERMISSIONS["attach_files"])
    for options in ({"file": SONG}, {}):
        reply = await answered(await ann.commands(mute, "separate", **options), "missing the permission")
        assert reply.ephemeral_for is ann.user
    assert await ordered(bot, ann) == []


async def test_row_idempotency(discord, bot, ann, music, monkeypatch):
    """An upload that was answered with an error although it arrived is there once."""
    monkeypatch.setattr("bots.discord.platform.SERVER_ERROR_PAUSE_S", 0.05)
    discord.fail("POST", r"/channels/\d+/messages$", 503, after=True)
    status = await done(ann, bot, music)
    await files_of(ann, status)
    sent = [each.body["nonce"] for each in discord.calls if each.files]
    assert len(await files_of(ann, status)) == 1
    assert len(set(sent)) == 1


@pytest.mark.parametrize("locale", ["de", "ja", "pt-BR"])
async def test_row_locale(discord, bot, locale):
    """Answers in the person's own language; names and descriptions of commands, too."""
    del bot
    kai = Person(discord, "kai", locale=locale)
    await answered(await kai.commands(kai.private, "settings"), translate("settings.mine", locale))
    [command] = [each for each in discord.commands if each["name"] == "settings"]
    assert command["description_localizations"][locale] == translate("command.settings", locale)


async def test_row_group_life(discord, bot, ann, ben, music):
    """Answered where it was asked, nobody is pinged; the same again points to the first answer."""
    status = await done(ann, bot, music)
    [files] = await files_of(ann, status)
    await eventually(lambda: _sent(bot, ann), "the answer is written down", TIMEOUT_S)
    asked = await ben.commands(music, "separate", file=SONG, want="vocals")
    pointed = await answered(asked, "this group already has that")
    link = f"https://discord.com/channels/{discord.guild}/{music.id}/{status.id}"
    assert pointed.buttons["Show it"]["url"] == link
    again = await answered(await ben.clicks(pointed, "Send it again"), "Done: Vocals.")
    await files_of(ben, again)
    assert files.channel is music
    assert "Share" in status.buttons
    reply = await answered(await ann.clicks(status, "Share"), "/stems")
    assert reply.fields["flags"] & EPHEMERAL


async def _sent(bot, person):
    [order] = await bot.queue.orders.recent(f"discord:{person.user.id}", 1)
    return order.receipt


async def test_row_group_life_settings(discord, bot, ann, music):
    """Moderators set how many songs a day their server wants; others cannot."""
    del bot
    await answered(await ann.commands(music, "settings", server=True), "Only moderators")
    mod = Person(discord, "mod", moderator=True)
    view = await answered(await mod.commands(music, "settings", server=True), "Settings of this group")
    await mod.chooses(view, "10")
    for number in range(10):
        asked = await ann.commands(music, "separate", file=(f"s{number}.mp3", b"%d" % number), want="vocals")
        await answered(asked, f"s{number}.mp3")
    asked = await ann.commands(music, "separate", file=("11.mp3", b"eleven"), want="vocals")
    await answered(asked, "This group has used its 10 songs for today.")
