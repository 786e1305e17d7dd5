"""What people do with the Telegram bot, over HTTP."""

from __future__ import annotations

import pytest

from separator.core.jobs import JobKind
from tests.integration.telegram.conftest import content, message_with_button, sha256_of

pytestmark = pytest.mark.usefixtures("bot")


def says(api, person, word):
    """Whether the bot's first message to this person has the word in it."""
    return bool(api.by_bot(person.id)) and word in api.by_bot(person.id)[0]["text"]


async def test_two_people_at_once_each_get_their_own_song(api, ada, ben, worker, song):
    hers, his = song("Hers.mp3", b"hers"), song("His.mp3", b"his")
    await ada.sends(hers, "vocals")
    await ben.sends(his, "vocals")
    for _ in range(2):
        await worker.finish_order()
    await api.until(lambda: sum(call.ok for call in api.of("sendAudio")) == 2)
    for person, path in ((ada, hers), (ben, his)):
        _, audio = api.by_bot(person.id)
        assert api.files[audio["audio"]["file_id"]] == content(sha256_of(path), "vocals")


async def test_the_same_song_again_is_answered_without_new_work(api, ada, ben, worker, song):
    await ada.sends(song(), "drumless")
    await worker.finish_order()
    await api.until(lambda: len(api.by_bot(ada.id)) == 2)
    asked = await ben.sends(song(), "no drums pls")
    await api.until(lambda: len(api.by_bot(ben.id)) == 2, within_s=5)
    assert asked["chat"]["id"] == ben.id
    assert [await worker.queue.claim("worker", kind, 60.0) for kind in JobKind] == [None, None]


async def test_a_file_that_telegram_has_is_not_uploaded_again(api, ada, ben, worker, song):
    await ada.sends(song(), "all stems")
    await worker.finish_order()
    await api.until(lambda: len(api.by_bot(ada.id)) == 5)
    await ben.sends(song(), "all stems")
    await api.until(lambda: len(api.by_bot(ben.id)) == 5)
    first, second = api.of("sendMediaGroup")
    assert (len(first.files), len(second.files)) == (4, 0)
    for hers, his in zip(api.by_bot(ada.id)[1:], api.by_bot(ben.id)[1:], strict=True):
        assert api.files[hers["audio"]["file_id"]] == api.files[his["audio"]["file_id"]]


async def test_a_file_that_telegram_forgot_is_uploaded_again(api, ada, ben, worker, song):
    await ada.sends(song(), "drumless")
    await worker.finish_order()
    await api.until(lambda: len(api.by_bot(ada.id)) == 2)
    del api.files[api.by_bot(ada.id)[1]["audio"]["file_id"]]
    await ben.sends(song(), "drumless")
    await api.until(lambda: len(api.by_bot(ben.id)) == 2)
    assert [len(call.files) for call in api.of("sendAudio")] == [1, 0, 1]


async def test_a_song_without_words_is_asked_about_and_a_button_answers(api, ada, worker, song):
    """The question turns into the status message; the press is answered."""
    await ada.sends(song())
    question = await message_with_button(api, ada.id, "Bassless")
    query = await ada.presses(question, "Bassless")
    await worker.finish_order()
    await api.until(lambda: len(api.by_bot(ada.id)) == 2)
    status, audio = api.by_bot(ada.id)
    assert status["message_id"] == question["message_id"]
    assert query in api.answered
    assert audio["audio"]["title"] == "Lithium (bassless)"


async def test_another_wish_under_a_result_begins_a_message_of_its_own(api, ada, worker, song):
    await ada.sends(song(), "vocals")
    await worker.finish_order()
    await api.until(lambda: len(api.by_bot(ada.id)) == 2)
    await ada.presses(api.by_bot(ada.id)[0], "Drumless")
    await worker.finish_mix()  # the separation is there already
    await api.until(lambda: len(api.by_bot(ada.id)) == 4)
    first, _, second, audio = api.by_bot(ada.id)
    assert first["text"].startswith("Done: Vocals.")
    assert second["text"].startswith("Done: Drumless.")
    assert audio["audio"]["title"] == "Lithium (drumless)"


async def test_all_stems_come_as_one_album_and_the_status_carries_the_buttons(api, ada, worker, song):
    asked = await ada.sends(song(), "all stems")
    await worker.finish_order()
    await api.until(lambda: len(api.by_bot(ada.id)) == 5)
    status, *stems = api.by_bot(ada.id)
    assert len({stem["media_group_id"] for stem in stems}) == 1
    assert [stem["audio"]["title"].partition(" ")[2] for stem in stems] == [
        "(vocals)",
        "(drums)",
        "(bass)",
        "(other)",
    ]
    assert {stem["reply_to_message"]["message_id"] for stem in stems} == {asked["message_id"]}
    assert status["reply_markup"]["inline_keyboard"]


async def test_flac_comes_as_a_document(api, ada, worker, song):
    await ada.sends(song(), "drumless flac")
    await worker.finish_order()
    await api.until(lambda: len(api.by_bot(ada.id)) == 2)
    assert api.by_bot(ada.id)[1]["document"]["file_name"] == "Lithium (drumless).flac"


async def test_cancel_stops_the_order_and_the_message_says_so(api, ada, worker, song):
    await worker.heartbeat()
    await ada.sends(song(), "drumless")
    job = await worker.claim(JobKind.SEPARATE)
    await api.until(lambda: says(api, ada, "Drumless"))
    query = await ada.presses(api.by_bot(ada.id)[0], "Cancel")
    await api.until(lambda: api.by_bot(ada.id)[0]["text"] == "Cancelled.")
    assert "reply_markup" not in api.by_bot(ada.id)[0]
    assert query in api.answered
    assert await worker.queue.renew(job, 60.0)  # the worker is told to stop


async def test_cancel_as_a_command_takes_back_everything_of_ones_own(api, ada, ben, worker, song):
    await worker.heartbeat()
    await ada.sends(song("a.mp3", b"a"), "drumless")
    await ben.sends(song("b.mp3", b"b"), "drumless")
    for person in (ada, ben):
        await api.until(lambda who=person: says(api, who, "Drumless"))
    await ada.says("/cancel")
    await api.until(lambda: [m["text"] for m in api.by_bot(ada.id)] == ["Cancelled."] * 2)
    assert api.by_bot(ben.id)[0]["text"] != "Cancelled."


async def test_somebody_elses_button_is_refused_over_the_chat_only(api, ada, ben, group, worker, song):
    await worker.heartbeat()
    await ada.sends(song(), "/drumless", where=group)
    await api.until(lambda: says(api, group, "Drumless"))
    status = api.by_bot(group.id)[0]
    query = await ben.presses(status, "Cancel")
    await api.until(lambda: query in api.answered)
    assert api.answered[query]["text"] == "Only the person who asked can do that."
    assert api.by_bot(group.id)[0]["text"] != "Cancelled."


async def test_an_admin_of_the_group_may_cancel(api, ada, ben, group, worker, song):
    await worker.heartbeat()
    api.admins.add((group.id, ben.id))
    await ada.sends(song(), "/drumless", where=group)
    await api.until(lambda: says(api, group, "Drumless"))
    await ben.presses(api.by_bot(group.id)[0], "Cancel")
    await api.until(lambda: api.by_bot(group.id)[0]["text"] == "Cancelled.")


async def test_commands_without_a_song_are_answered(api, ada):
    for number, command in enumerate(
        (
            "/start",
            "/help",
            "/queue",
            "/cancel",
            "/privacy",
            "/settings",
            "/mixer",
            "/stems",
            "/drumless",
            "hm?",
        ),
        1,
    ):
        await ada.says(command)
        await api.until(lambda number=number: len(api.by_bot(ada.id)) == number)
    assert [call.ok for call in api.of("sendMessage")] == [True] * 10


async def test_a_command_as_a_reply_to_a_song_separates_that_song(api, ada, ben, group, worker, song):
    """The song was sent by somebody else, unasked; the answer goes to who asked."""
    theirs = await ben.sends(song(), where=group)
    asked = await ada.says("/drumless", where=group, reply_to_message=theirs)
    await worker.finish_order()
    await api.until(lambda: len(api.by_bot(group.id)) == 2)
    status, audio = api.by_bot(group.id)
    assert asked["message_id"] != theirs["message_id"]
    assert audio["reply_to_message"]["message_id"] == theirs["message_id"]
    assert status["reply_to_message"]["message_id"] == theirs["message_id"]


async def test_a_song_in_a_group_is_left_alone_unless_asked(api, ada, group, song):
    await ada.sends(song(), "my new one", where=group)
    await ada.says("/start")  # a later message is answered: the song was read and left alone
    await api.until(lambda: api.by_bot(ada.id))
    assert api.by_bot(group.id) == []


async def test_a_mention_in_the_caption_is_asking(api, ada, group, worker, song):
    await ada.sends(song(), f"@{api.me['username']} drumless", where=group)
    await worker.finish_order()
    await api.until(lambda: len(api.by_bot(group.id)) == 2)


async def test_a_topic_is_kept(api, ada, group, worker, song):
    group.forum = True
    topic = {"message_thread_id": 77, "is_topic_message": True}
    await ada.sends(song(), "/drumless", where=group, **topic)
    await worker.finish_order()
    await api.until(lambda: len(api.by_bot(group.id)) == 2)
    assert {message["message_thread_id"] for message in api.by_bot(group.id)} == {77}
