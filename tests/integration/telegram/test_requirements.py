"""Each row of what people expect of a bot in Telegram, over HTTP, held to the Bot API's own contract.

The names are the rows: ways in, commands, limits, timeouts, answers, re-use, sharing, buttons, flood, quiet
feedback, topics, mixer, delivery.
"""

from __future__ import annotations

import itertools
import json
import struct
import zlib

import pytest

from bots.telegram.app import CONNECTIONS, UPLOAD_STALL_S, make_bot
from bots.telegram.uploads import RESPONSE_S
from separator.core.jobs import JobKind
from tests.integration.telegram.conftest import content, message_with_button, running, sha256_of
from tests.servers.telegram import Fault, labels

PUBLIC = "https://stems.example"


@pytest.fixture
def public(settings):
    """An installation with a web app that people can reach."""
    return settings.model_copy(update={"public_url": PUBLIC})


def png(side):
    """A grey square."""
    rows = b"".join(b"\0" + b"\x80" * side for _ in range(side))
    chunks = [
        (b"IHDR", struct.pack(">2I5B", side, side, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    framed = [struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(framed)


def url_of(message):
    """The first address on a message's buttons."""
    rows = message["reply_markup"]["inline_keyboard"]
    return next(button["url"] for row in rows for button in row if "url" in button)


async def sent(api, chat, count=2):
    """The bot's messages in a chat, once there are so many."""
    await api.until(lambda: len(api.by_bot(chat)) >= count)
    return api.by_bot(chat)


def reactions(api, emoji):
    """The messages that the bot put this sign under."""
    return [
        call.params["message_id"]
        for call in api.of("setMessageReaction")
        if call.params["reaction"] == [{"type": "emoji", "emoji": emoji}]
    ]


async def test_row_ways_in(api, settings, ada, ben, group, worker, song):
    """Private: caption or buttons. Groups: a command in a caption, a command as a reply; nothing unasked."""
    async with running(settings):
        await ada.sends(song("a.mp3", b"1"), "drumless")
        await worker.finish_order()
        await sent(api, ada.id)
        theirs = await ben.sends(song("b.mp3", b"2"), "my new one", where=group)
        await ada.says("/vocals", where=group, reply_to_message=theirs)
        await worker.finish_order()
        status, audio = await sent(api, group.id)
    assert status["reply_to_message"]["message_id"] == theirs["message_id"]
    assert audio["audio"]["title"] == "b (vocals)"


async def test_row_commands(api, settings, ada, group):
    """Every command of the list, per language, in private, in groups, and for who runs them."""
    async with running(settings):
        await api.until(lambda: len(api.commands) >= 3 * 8)
        for number, command in enumerate(("/settings", "/privacy", "/stems", "/mixer"), 1):
            await ada.says(command)
            messages = await sent(api, ada.id, number)
    named = {scope: {each["command"] for each in api.commands[f"{scope}:"]} for scope in SCOPES}
    assert named["all_private_chats"] == {
        *("start", "help", "vocals", "instrumental", "drumless", "bassless", "stems"),
        *("mixer", "queue", "cancel", "settings", "privacy"),
    }
    assert "settings" not in named["all_group_chats"]
    assert "settings" in named["all_chat_administrators"]
    assert api.commands["all_private_chats:de"][0]["description"] == "Nur Gesang"
    assert "Language: Same as the app" in labels(messages[0])
    assert "Delete everything" in labels(messages[1])
    assert len(messages) == 4
    del group


SCOPES = ("all_private_chats", "all_group_chats", "all_chat_administrators")


async def test_row_limits(api, public, ada, song):
    """Over 20 MB a bot cannot fetch: the sender gets a link to upload the song, instead of an error."""
    async with running(public):
        await ada.sends(song(), "drumless", file={"file_size": 25_000_000})
        await api.until(lambda: api.by_bot(ada.id) and "Send it there" in labels(api.by_bot(ada.id)[0]))
        await ada.sends(song(), "drumless", file={"file_size": 250_000_000})
        _, over = await sent(api, ada.id)
    first = api.by_bot(ada.id)[0]
    assert first["text"].startswith("I can't download files over 21 MB")
    assert url_of(first).startswith(f"{PUBLIC}/?send=")
    assert over["text"] == "That file is too big: the limit is 21 MB."
    assert not api.of("getFile")


async def test_row_limits_with_a_local_server(api, settings, ada, worker, song, tmp_path):
    """`telegram_local`: 2000 MB both ways, files by path."""
    api.local = tmp_path
    async with running(settings.model_copy(update={"telegram_local": True})):
        await ada.sends(song(), "vocals", file={"file_size": 60_000_000})
        await worker.finish_order()
        _, audio = await sent(api, ada.id)
    assert api.files[audio["audio"]["file_id"]] == content(sha256_of(song()), "vocals")


async def test_row_timeouts(api, settings, ada, worker, song, monkeypatch):
    """Uploads may take minutes; one whose answer is lost is looked for, not sent again."""
    monkeypatch.setattr("bots.telegram.delivery.ARRIVAL_S", 0.05)
    upload = make_bot(settings)._request[1]
    assert upload._media_write_timeout == UPLOAD_STALL_S >= 60
    assert RESPONSE_S >= 60
    assert CONNECTIONS >= 20
    api.fail("sendAudio", Fault(late=True, drop=True))
    async with running(settings):
        await ada.sends(song(), "vocals")
        await worker.finish_order()
        await api.until(lambda: any("audio" in message for message in api.by_bot(ada.id)))
        await api.until(lambda: api.of("setMessageReaction") and api.of("setMessageReaction")[-1].ok)
    assert len(api.of("sendAudio")) == 1


async def test_row_answers(api, settings, ada, worker, song):
    """One status message, edited; audio with title, performer, seconds and cover; albums; documents."""
    async with running(settings):
        await ada.sends(song(), "all stems")
        await worker.finish_order(cover=png(800))
        status, *stems = await sent(api, ada.id, 5)
        await ada.sends(song(), "drumless flac")
        await worker.finish_mix()
        await sent(api, ada.id, 7)
    assert status["reply_markup"]
    assert {stem["audio"]["performer"] for stem in stems} == {"Nobody"}
    assert {stem["audio"]["duration"] for stem in stems} == {11}
    [album] = api.of("sendMediaGroup")
    assert len([name for name in album.files if name.startswith("attached")]) == 8, "four songs, four covers"
    assert api.by_bot(ada.id)[-1]["document"]["file_name"] == "Lithium (drumless).flac"


async def test_row_re_use(api, settings, ada, ben, worker, song):
    """What Telegram has is never uploaded twice, not even by a restarted bot."""
    async with running(settings):
        await ada.sends(song(), "drumless")
        await worker.finish_order()
        await sent(api, ada.id)
    async with running(settings):
        await ben.sends(song(), "drumless")
        await sent(api, ben.id)
    first, second = api.of("sendAudio")
    assert (len(first.files), len(second.files)) == (1, 0)
    assert api.by_bot(ben.id)[1]["audio"]["file_id"]


async def test_row_sharing(api, settings, ada, ben, worker, song):
    """`@bot words` lists one's own files; a button under a result begins that; who has none is led here."""
    async with running(settings):
        await ada.sends(song(), "drumless")
        await worker.finish_order()
        status, audio = await sent(api, ada.id)
        await ada.sends(song(), "vocals flac")
        await worker.finish_mix()
        await sent(api, ada.id, 4)
        await api.until(lambda: len(reactions(api, "👍")) == 2)  # by then its id is known for later
        found = await ada.types("lith drum")
        both = await ada.types("")
        nothing = await ben.types("lithium")
    buttons = [button for row in status["reply_markup"]["inline_keyboard"] for button in row]
    [share] = [button for button in buttons if "switch_inline_query" in button]
    assert share == {"text": "Share", "switch_inline_query": "Lithium"}
    [shared] = found["results"]
    assert shared["type"] == "audio"
    assert api.files[shared["audio_file_id"]] == content(sha256_of(song()), "drumless")
    assert [each["type"] for each in both["results"]] == ["document", "audio"]
    assert nothing["results"] == []
    assert nothing["button"] == {"text": "Open the bot", "start_parameter": "inline"}
    assert "button" not in found
    assert found["is_personal"]
    del audio


async def test_row_sharing_without_inline_mode(api, settings, ada, worker, song):
    """BotFather switches it on; until then Telegram would refuse a message with a button for it."""
    api.me["supports_inline_queries"] = False
    async with running(settings):
        await ada.sends(song(), "drumless")
        await worker.finish_order()
        status, _ = await sent(api, ada.id)
        query = await ada.presses(status, "Share")
        await api.until(lambda: query in api.answered)
    assert "/stems" in api.answered[query]["text"]


async def test_row_sharing_lists_at_most_fifty(api, settings, ada, worker, song):
    async with running(settings):
        await ada.sends(song(), "all stems")
        await worker.finish_order(count=60)
        await api.until(lambda: reactions(api, "👍"))
        found = await ada.types("")
    assert len(found["results"]) == 50


async def test_row_buttons(api, settings, ada, ben, group, worker, song):
    """64 bytes, always answered, owner checked."""
    await worker.heartbeat()
    async with running(settings):
        await ada.sends(song(), "/drumless", where=group)
        await api.until(lambda: api.by_bot(group.id) and "Drumless" in api.by_bot(group.id)[0]["text"])
        theirs = await ben.presses(api.by_bot(group.id)[0], "Cancel")
        odd = await ben.calls_back(api.by_bot(group.id)[0], "x" * 64)
        await api.until(lambda: {theirs, odd} <= api.answered.keys())
    assert api.answered[theirs]["text"] == "Only the person who asked can do that."


async def test_row_flood(api, settings, ada, worker, song):
    """A 429 is waited out, edits come only when the text changed."""
    await worker.heartbeat()
    api.fail("editMessageText", Fault(429, "Too Many Requests: retry after 1", retry_after=1))
    async with running(settings):
        await ada.sends(song(), "vocals")
        await worker.finish_order()
        await sent(api, ada.id)
    texts = [
        (call.params["text"], str(call.params.get("reply_markup"))) for call in api.of("editMessageText")
    ]
    shown = [text for text, call in zip(texts, api.of("editMessageText"), strict=True) if call.ok]
    assert all(one != other for one, other in itertools.pairwise(shown))


async def test_row_quiet_feedback(api, settings, ada, worker, song):
    """👀 while it works, 👍 when it is done, "sending a file…" meanwhile."""
    async with running(settings):
        asked = await ada.sends(song(), "vocals")
        await worker.finish_order()
        await api.until(lambda: reactions(api, "👍"))
    assert reactions(api, "👀") == reactions(api, "👍") == [asked["message_id"]]
    assert api.of("sendChatAction")


async def test_row_topics(api, settings, ada, group, worker, song):
    """Everything stays in the topic and quotes the song."""
    group.forum = True
    async with running(settings):
        topic = {"message_thread_id": 77, "is_topic_message": True}
        asked = await ada.sends(song(), "/vocals", where=group, **topic)
        await worker.finish_order()
        messages = await sent(api, group.id)
    assert {message["message_thread_id"] for message in messages} == {77}
    assert {message["reply_to_message"]["message_id"] for message in messages} == {asked["message_id"]}


async def test_row_mixer(api, public, ada, group, worker, song):
    """An app in private, a link in groups; `/mixer` brings it again."""
    async with running(public):
        await ada.sends(song(), "vocals")
        await worker.finish_order()
        await sent(api, ada.id)
        await ada.sends(song(), "/vocals", where=group)
        await sent(api, group.id)
        await ada.says("/mixer")
        again = (await sent(api, ada.id, 3))[-1]
    private, public_ = (
        api.by_bot(chat)[0]["reply_markup"]["inline_keyboard"][0][0] for chat in (ada.id, group.id)
    )
    assert private["web_app"]["url"].startswith(f"{PUBLIC}/m/")
    assert public_["url"].startswith(f"{PUBLIC}/m/")
    assert again["reply_markup"]["inline_keyboard"][0][0]["web_app"]["url"].startswith(f"{PUBLIC}/m/")


async def test_row_delivery(api, settings, update_mode, ada, worker, song):
    """Polling and webhook with its secret; all state is in the database, so the next bot goes on."""
    settings = settings.model_copy(update=update_mode)
    async with running(settings):
        await ada.sends(song())
        question = await message_with_button(api, ada.id, "Vocals")
    async with running(settings):
        await ada.presses(question, "Vocals")
        await worker.finish_order()
        _, audio = await sent(api, ada.id)
    assert audio["audio"]["title"] == "Lithium (vocals)"
    assert bool(api.of("setWebhook")) == bool(update_mode)
    assert all(call.params["secret_token"] for call in api.of("setWebhook"))
    assert await worker.queue.claim("worker", JobKind.SEPARATE, 60.0) is None
    assert json.loads((await worker.orders.order(1)).reply_to)["chat"] == ada.id
