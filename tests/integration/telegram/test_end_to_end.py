"""A song from message to result, by polling and by webhook, and what the bot does when it starts."""

from __future__ import annotations

import asyncio

from bots.telegram import rate_limiter
from separator.core.jobs import JobKind
from tests.integration.telegram.conftest import content, running, sha256_of
from tests.servers.telegram import Fault, Person


async def test_a_captioned_song_comes_back_with_true_progress(api, settings, update_mode, ada, worker, song):
    """The main road, both ways in: one status message, edited; the file replies to the song."""
    await worker.heartbeat()
    async with running(settings.model_copy(update=update_mode)):
        asked = await ada.sends(song(), "drumless please")
        job = await worker.claim(JobKind.SEPARATE)
        await worker.report(job, 3, 4)
        [status] = api.by_bot(ada.id)
        await api.until(lambda: "75 %" in api.by_bot(ada.id)[0]["text"])
        assert "▰▰▰▰▰▰▰▱▱▱" in api.by_bot(ada.id)[0]["text"]
        await worker.finish_separation(job)
        await worker.finish_mix()
        await api.until(lambda: api.of("sendAudio") and api.of("sendAudio")[0].ok)
        status, audio = api.by_bot(ada.id)
    assert status["reply_to_message"]["message_id"] == asked["message_id"]
    assert audio["reply_to_message"]["message_id"] == asked["message_id"]
    assert status["text"].startswith("Done: Drumless.")
    assert api.files[audio["audio"]["file_id"]] == content(sha256_of(song()), "drumless")
    assert audio["audio"]["file_name"] == "Lithium (drumless).mp3"
    assert (audio["audio"]["title"], audio["audio"]["duration"]) == ("Lithium (drumless)", 11)
    assert len(api.of("sendMessage")) == 1


async def test_the_command_menu_is_set_once_in_every_language(api, settings):
    async with running(settings):
        await api.until(lambda: len(api.of("getMyCommands")) >= 2 and len(api.of("setMyCommands")) >= 2)
    first = len(api.of("setMyCommands"))
    async with running(settings):
        await api.until(lambda: len(api.of("getMyCommands")) >= 2 * first)
    assert len(api.of("setMyCommands")) == first


async def test_a_flood_limit_while_the_menus_are_set_costs_no_language_its_own(api, settings):
    api.fail("setMyCommands", Fault(429, "Too Many Requests: retry after 1", retry_after=1))
    async with running(settings):
        await api.until(lambda: len(api.commands) == 3 * 8)


async def test_a_local_server_hands_songs_over_by_path(api, settings, ada, worker, song, tmp_path):
    """`telegram_local`: no limit of 20 MB, and the bytes are read from the disk that both share."""
    path = song("Big.mp3", b"12345" * 1000)
    api.local = tmp_path
    async with running(settings.model_copy(update={"telegram_local": True})):
        await ada.sends(path, "drumless", file={"file_size": 30_000_000})
        await worker.finish_order()
        await api.until(lambda: len(api.by_bot(ada.id)) == 2)
    _, audio = api.by_bot(ada.id)
    assert api.files[audio["audio"]["file_id"]] == content(sha256_of(path), "drumless")
    assert not api.of("file")


async def test_twenty_people_in_one_group_are_each_answered_at_once(
    api, settings, group, worker, song, monkeypatch
):
    """First answers go before progress, so nobody waits for them; the group's pace is sped up fifty-fold."""
    monkeypatch.setattr(rate_limiter, "GROUP", (20, 50 / 3))
    people = [Person(api, 3000 + number, f"P{number}") for number in range(20)]
    paths = [song(f"{person.name}.mp3", person.name.encode()) for person in people]
    async with running(settings):
        await api.until(lambda: api.of("getUpdates"))  # it is up; starting is not what is measured here
        began = asyncio.get_running_loop().time()
        asked = [
            await person.sends(path, "/vocals", where=group)
            for person, path in zip(people, paths, strict=True)
        ]
        for _ in people:
            await worker.finish_separation(await worker.claim(JobKind.SEPARATE))
            await worker.finish_mix()
        await api.until(lambda: len(api.by_bot(group.id)) == 40)
    firsts = [call.at for call in api.of("sendMessage")]
    assert len(firsts) == 20
    assert max(firsts) - began < 1.5
    songs = {
        message["reply_to_message"]["message_id"]: api.files[message["audio"]["file_id"]]
        for message in api.by_bot(group.id)
        if "audio" in message
    }
    assert songs == {
        message["message_id"]: content(sha256_of(path), "vocals")
        for message, path in zip(asked, paths, strict=True)
    }


async def test_in_a_crowded_group_files_go_before_status_messages(
    api, settings, group, worker, song, monkeypatch
):
    """A status message can wait, a file cannot: five are ready, with capacity for four calls."""
    people = [Person(api, 3000 + number, f"P{number}") for number in range(5)]
    async with running(settings):
        for person in people:
            await person.sends(song(f"{person.name}.mp3", person.name.encode()), "/vocals", where=group)
        await api.until(lambda: len(api.by_bot(group.id)) == 5 and not api.updates)
    for _ in people:
        await worker.finish_order()
    api.calls.clear()
    monkeypatch.setattr(rate_limiter, "GROUP", (4, 1.0))
    async with running(settings):
        await api.until(lambda: len([call for call in api.of("sendAudio") if call.ok]) == 5)
        text = len(api.of("editMessageText"))
        await api.until(lambda: all(_is_done(api, group, each) for each in api.by_bot(group.id)))
    assert text <= 3, "two while there was capacity"
    assert len(api.of("sendAudio")) == len(api.of("editMessageText")) == 5


def _is_done(api, group, message):
    """A file, or a status message that has had its last word."""
    text = api.messages[group.id, message["message_id"]].get("text", "Done")
    return text.startswith("Done")


async def test_a_bot_that_ends_between_file_and_final_status_sends_no_file_again(
    api, settings, ada, group, worker, song, monkeypatch
):
    """The next bot knows what lies in the chat: it is written down before anything else is waited for."""
    async with running(settings):
        await ada.sends(song(), "/vocals", where=group)
        await worker.finish_separation(await worker.claim(JobKind.SEPARATE))
    [status] = api.by_bot(group.id)
    monkeypatch.setattr(rate_limiter, "GROUP", (4, 0.3))
    async with running(settings):
        for _ in range(3):
            await ada.says("/help", where=group)
        await api.until(lambda: len(api.by_bot(group.id)) == 4)
        await worker.finish_mix()
        await api.until(lambda: api.of("sendAudio") and api.of("sendAudio")[0].ok)
    assert not _is_done(api, group, status)
    async with running(settings):
        await api.until(lambda: _is_done(api, group, status))
    assert len(api.of("sendAudio")) == 1
