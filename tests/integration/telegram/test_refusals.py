"""A chat that does not take the files: they come another way, and the status message says so."""

from __future__ import annotations

import pytest

from separator import OrderState
from tests.integration.telegram.conftest import content, running, sha256_of
from tests.programs import eventually
from tests.servers.telegram import Fault, labels


def files(api, chat):
    return [each for each in api.by_bot(chat) if "audio" in each or "document" in each]


async def ended(worker, order=1):
    """Once the order will not be sent any more."""

    async def look():
        return (await worker.orders.order(order)).state is OrderState.SENT

    return await eventually(look, "the order ends", 20)


async def said(api, chat, text):
    """The first message of the bot in this chat with these words, once there is one."""

    def find():
        return next((each for each in api.by_bot(chat) if text in each.get("text", "")), None)

    return await api.until(find)


@pytest.fixture
def public(settings):
    return settings.model_copy(update={"public_url": "https://stems.example"})


@pytest.mark.usefixtures("bot")
async def test_a_group_that_forbids_music_says_so_and_its_member_gets_the_files_in_private(
    api, ada, group, worker, song
):
    """The group read "Done: Drumless." and got no file, for ever."""
    await ada.says("/start")  # so the bot may write to her
    api.forbidden.add((group.id, "audio"))
    await ada.sends(song(), "/drumless", where=group)
    await worker.finish_order()
    status = await said(api, group.id, "I sent them to you in private")
    assert await ended(worker)
    [audio] = files(api, ada.id)
    assert api.files[audio["audio"]["file_id"]] == content(sha256_of(song()), "drumless")
    assert files(api, group.id) == []
    assert "Vocals" in labels(status)


async def test_who_never_wrote_to_the_bot_gets_the_link(api, public, ada, group, worker, song):
    api.forbidden.add((group.id, "audio"))
    async with running(public):
        await ada.sends(song(), "/all stems", where=group)
        await worker.finish_order()
        status = await said(api, group.id, "listen and download here")
        assert await ended(worker)
    assert any("url" in button for row in status["reply_markup"]["inline_keyboard"] for button in row)
    assert files(api, ada.id) == []


@pytest.mark.usefixtures("bot")
async def test_without_a_link_they_are_told_how_to_get_the_files(api, ada, group, worker, song):
    api.forbidden |= {(group.id, "audio"), (group.id, "document")}
    await ada.sends(song(), "/drumless flac", where=group)
    await worker.finish_order()
    await said(api, group.id, "Write to me in private")
    assert await ended(worker)


@pytest.mark.usefixtures("bot")
async def test_a_group_that_forbids_all_messages_leaves_the_answer_in_private(api, ada, group, worker, song):
    """Muted while the song was being separated: even the status message cannot be edited."""
    await ada.says("/start")
    await ada.sends(song(), "/drumless", where=group)
    await api.until(lambda: api.by_bot(group.id))
    api.forbidden |= {(group.id, "audio"), (group.id, "text")}
    api.fail("editMessageText", *[Fault(400, "Bad Request: CHAT_WRITE_FORBIDDEN")] * 20)
    await worker.finish_order()
    await api.until(lambda: files(api, ada.id))
    await said(api, ada.id, "Done: Drumless.")
    assert await ended(worker)


@pytest.mark.usefixtures("bot")
async def test_a_topic_that_was_closed_is_answered_in_the_general_one(api, ada, group, worker, song):
    group.forum = True
    await ada.sends(song(), "/drumless", where=group, message_thread_id=77, is_topic_message=True)
    await api.until(lambda: api.by_bot(group.id))
    api.closed_topics.add((group.id, 77))
    await worker.finish_order()
    await api.until(lambda: files(api, group.id))
    assert "message_thread_id" not in files(api, group.id)[0]
    assert (await said(api, group.id, "Done: Drumless."))["message_thread_id"] == 77


@pytest.mark.usefixtures("bot")
async def test_a_forum_whose_topics_are_all_closed_sends_to_private(api, ada, group, worker, song):
    await ada.says("/start")
    group.forum = True
    await ada.sends(song(), "/drumless", where=group, message_thread_id=77, is_topic_message=True)
    await api.until(lambda: api.by_bot(group.id))
    api.closed_topics |= {(group.id, 77), (group.id, 0)}
    await worker.finish_order()
    await api.until(lambda: files(api, ada.id))
    await said(api, group.id, "I sent them to you in private")


@pytest.mark.usefixtures("bot")
async def test_what_telegram_does_not_take_as_music_comes_as_a_document(api, ada, worker, song):
    api.fail("sendAudio", Fault(400, "Bad Request: wrong type of the file"))
    await ada.sends(song(), "drumless")
    await worker.finish_order()
    [document] = await api.until(lambda: files(api, ada.id))
    assert document["document"]["file_name"] == "Lithium (drumless).mp3"
    assert await ended(worker)


@pytest.mark.usefixtures("bot")
async def test_a_size_that_is_refused_in_words_is_made_smaller_too(api, ada, worker, song):
    api.fail("sendAudio", Fault(400, "Bad Request: file is too big"))
    await ada.sends(song(), "vocals")
    await worker.finish_order(size=9000)
    await worker.finish_mix(size=5000)
    [audio] = await api.until(lambda: files(api, ada.id))
    assert audio["audio"]["file_size"] == 5000


async def test_a_refusal_that_nobody_has_seen_before_gives_a_link_and_no_silence(
    api, public, ada, worker, song
):
    api.fail("sendAudio", *[Fault(400, "Bad Request: SOMETHING_NEW_REQUIRED")] * 5)
    async with running(public):
        await ada.sends(song(), "drumless")
        await worker.finish_order()
        await said(api, ada.id, "listen and download here")
        assert await ended(worker)
