"""Every way to send a song, and every name that it may have."""

from __future__ import annotations

import asyncio

import pytest

from separator.core.jobs import JobKind
from tests.integration.telegram.conftest import content, message_with_button, sha256_of
from tests.servers.telegram import labels

pytestmark = pytest.mark.usefixtures("bot")

HOSTILE = [
    "<b>bold</b> & <script>.mp3",
    "*_[a](http://evil.example)_* `x`.mp3",
    'quote " and \\ back.mp3',
    "عربي שלום.mp3",
    "音楽 🎶👩‍👩‍👧 Ünïcödé.mp3",
    "@stembot_test_bot /start #tag.mp3",
    "x" * 250 + ".mp3",
    "a\u202e3pm.mp3",
]


async def whole(api, worker, who, count=2):
    """Play the worker's part, then wait for the file."""
    await worker.finish_order()
    await api.until(lambda: len(api.by_bot(who.id)) == count)
    return api.by_bot(who.id)


@pytest.mark.parametrize("kind", ["audio", "voice", "video", "video_note", "document"])
async def test_every_kind_of_sound_is_a_song(api, ada, worker, song, kind):
    path = song("Demo.flac" if kind == "document" else "Demo.mp4")
    await ada.sends(path, "" if kind == "video_note" else "drumless", kind=kind)
    if kind == "video_note":  # Telegram gives these no caption
        await ada.presses(await message_with_button(api, ada.id, "Drumless"), "Drumless")
    _, audio = await whole(api, worker, ada)
    assert api.files[audio["audio"]["file_id"]] == content(sha256_of(path), "drumless")


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_name_breaks_nothing_and_calls_nobody(api, ada, worker, song, name):
    await worker.heartbeat()
    await ada.sends(song(), "drumless", file={"file_name": name})
    status, audio = await whole(api, worker, ada)
    assert "(drumless)" in audio["audio"]["file_name"]
    assert audio["audio"]["file_name"].endswith(".mp3")
    assert "@stembot" not in "".join(call.params.get("text", "") for call in api.calls)
    assert "\u202e" not in status["text"] + audio["audio"]["title"]


async def test_the_longest_caption_breaks_nothing(api, ada, worker, song):
    """Telegram gives paying people 4096 characters."""
    await ada.sends(song(), "drumless " + ("la 🌊 " * 1000)[:4080])
    _, audio = await whole(api, worker, ada)
    assert audio["audio"]["title"].endswith("(drumless)")


async def test_songs_sent_together_share_the_words_of_one(api, ada, worker, song):
    first, second = song("one.mp3", b"1"), song("two.mp3", b"2")
    await asyncio.gather(
        ada.sends(first, media_group_id="77"), ada.sends(second, "drumless", media_group_id="77")
    )
    for _ in range(2):
        await worker.finish_separation(await worker.claim(JobKind.SEPARATE))
        await worker.finish_mix()
    await api.until(lambda: len(api.by_bot(ada.id)) == 4)
    titles = {message["audio"]["title"] for message in api.by_bot(ada.id) if "audio" in message}
    assert titles == {"one (drumless)", "two (drumless)"}


async def test_songs_sent_together_without_words_are_each_asked_about(api, ada, song):
    for name in ("one.mp3", "two.mp3"):
        await ada.sends(song(name, name.encode()), media_group_id="78")
    await api.until(lambda: len([m for m in api.by_bot(ada.id) if "Vocals" in labels(m)]) == 2)


async def test_a_forwarded_song_is_asked_about_whatever_its_caption_says(api, ada, song):
    origin = {"type": "hidden_user", "date": 1_790_000_000, "sender_user_name": "Label"}
    await ada.sends(song(), "The best drums, no vocals", forward_origin=origin)
    assert "What would you like" in (await message_with_button(api, ada.id, "Vocals"))["text"]


async def test_a_double_tap_is_one_order(api, ada, worker, song):
    await ada.sends(song())
    question = await message_with_button(api, ada.id, "Vocals")
    queries = await asyncio.gather(*(ada.presses(question, "Vocals") for _ in range(3)))
    await whole(api, worker, ada)
    await api.until(lambda: set(queries) <= set(api.answered))
    await asyncio.sleep(0.3)
    assert len(api.of("sendAudio")) == 1


async def test_twenty_people_at_once_each_get_their_own(api, ada, worker, song):
    """In private and unhurried by each other; benchmarks.chats measures how soon."""
    people = [type(ada)(api, 3000 + number, f"P{number}") for number in range(20)]
    paths = {person.id: song(f"{person.name}.mp3", person.name.encode()) for person in people}
    for person in people:
        await person.sends(paths[person.id], "vocals")
    for _ in people:
        await worker.finish_separation(await worker.claim(JobKind.SEPARATE))
        await worker.finish_mix()
    await api.until(lambda: all(len(api.by_bot(person.id)) == 2 for person in people))
    for person in people:
        audio = api.by_bot(person.id)[1]["audio"]
        assert api.files[audio["file_id"]] == content(sha256_of(paths[person.id]), "vocals")
        assert len([call for call in api.of("sendMessage") if call.params["chat_id"] == person.id]) == 1
