"""What people say to the bot's own messages, and what is no song although it has a file."""

from __future__ import annotations

from functools import partial

import pytest

from separator import OrderState
from tests.integration.telegram.conftest import content, message_with_button, sha256_of
from tests.programs import eventually
from tests.servers.telegram import labels

pytestmark = pytest.mark.usefixtures("bot")


async def answered(api, ada):
    """Let everything that came so far be handled: a later message is answered; returns that answer."""
    asked = await ada.says("/privacy")

    def find():
        replies = [each for each in api.by_bot(ada.id) if "reply_to_message" in each]
        return [each for each in replies if each["reply_to_message"]["message_id"] == asked["message_id"]]

    [answer] = await api.until(find)
    return answer


async def is_sent(worker):
    return (await worker.orders.order(1)).state is OrderState.SENT


async def result_of(api, worker, person, path, words="drumless", where=None):
    """A finished order: its status message and its file."""
    await person.sends(path, words, where=where)
    await worker.finish_order()
    chat = (where or person).id
    await eventually(partial(is_sent, worker), "the order is over")
    return api.by_bot(chat)[0], next(each for each in api.by_bot(chat) if "audio" in each)


@pytest.mark.parametrize("which", [0, 1])
async def test_thanks_for_a_result_is_no_request(api, ada, worker, song, which):
    """The bot asked "Lithium (drumless).mp3: what would you like?" of its own file."""
    told = (await result_of(api, worker, ada, song()))[which]
    await ada.says("thanks!", reply_to_message=told)
    last = await answered(api, ada)
    assert [each["message_id"] for each in api.by_bot(ada.id)][2:] == [last["message_id"]]


@pytest.mark.parametrize("which", [0, 1])
async def test_other_words_for_a_result_are_about_its_song(api, ada, worker, song, which):
    """The bot saw no song there, although it knows the order."""
    told = (await result_of(api, worker, ada, song()))[which]
    await ada.says("now bassless please", reply_to_message=told)
    await worker.finish_mix()
    await api.until(lambda: len(api.by_bot(ada.id)) == 4)
    audio = api.by_bot(ada.id)[3]["audio"]
    assert audio["title"] == "Lithium (bassless)"
    assert api.files[audio["file_id"]] == content(sha256_of(song()), "bassless")


async def test_a_command_for_a_result_is_about_its_song(api, ada, worker, song):
    _, audio = await result_of(api, worker, ada, song())
    await ada.says("/vocals", reply_to_message=audio)
    await worker.finish_mix()
    await api.until(lambda: len(api.by_bot(ada.id)) == 4)
    assert api.by_bot(ada.id)[3]["audio"]["title"] == "Lithium (vocals)"


async def test_words_for_the_question_answer_it(api, ada, worker, song):
    await ada.sends(song())
    question = await message_with_button(api, ada.id, "Vocals")
    await ada.says("without the bass", reply_to_message=question)
    await worker.finish_order()
    await api.until(lambda: any("audio" in each for each in api.by_bot(ada.id)))
    assert api.by_bot(ada.id)[-1]["audio"]["title"] == "Lithium (bassless)"


async def test_in_a_group_somebody_else_may_ask_for_more_of_a_song(api, ada, ben, group, worker, song):
    """In their own name; and who only thanks is left alone."""
    status, audio = await result_of(api, worker, ada, song(), "/drumless", where=group)
    await ben.says("thank you so much", where=group, reply_to_message=audio)
    asked = await ben.says("and now bassless", where=group, reply_to_message=status)
    await worker.finish_mix()
    await api.until(lambda: len(api.by_bot(group.id)) == 4)
    assert api.by_bot(group.id)[3]["audio"]["title"] == "Lithium (bassless)"
    order = await worker.orders.find_order(f"telegram:{group.id}:{asked['message_id']}")
    assert order.owner == f"telegram:{ben.id}"


async def test_ones_own_shared_result_is_no_new_song(api, ada, worker, song):
    """Sent by inline mode in the bot's own chat: it carries the bot's name, and its user sent it."""
    _, audio = await result_of(api, worker, ada, song())
    path = song("again.mp3", b"a result")
    await ada.sends(path, via_bot=api.me, file={"title": audio["audio"]["title"]})
    last = await answered(api, ada)
    assert api.by_bot(ada.id)[2:] == [last]


@pytest.mark.parametrize(
    ("kind", "name", "facts"),
    [
        ("animation", "funny.mp4", {}),
        ("document", "cat.png", {"mime_type": "image/png"}),
        ("document", "tax.pdf", {"mime_type": "application/pdf"}),
        ("document", "cv.docx", {"mime_type": "application/octet-stream"}),
    ],
)
async def test_a_file_that_is_no_song_is_not_asked_about(api, ada, song, kind, name, facts):
    """A GIF comes as a document, too."""
    await ada.sends(song(name), kind=kind, file=facts)
    await api.until(lambda: api.by_bot(ada.id))
    assert api.by_bot(ada.id)[0]["text"].startswith("I couldn't find a song")
    assert labels(api.by_bot(ada.id)[0]) == []


async def test_an_album_of_pictures_gets_one_answer(api, ada):
    photo = [{"file_id": "p", "file_unique_id": "up", "width": 9, "height": 9}]
    for _ in range(6):
        message = api.write(ada.chat, {"from": ada.user, "photo": photo, "media_group_id": "9"})
        await api.send_update("message", message)
    await answered(api, ada)
    assert len(api.by_bot(ada.id)) == 2


async def test_a_pinned_message_is_no_request(api, ada, worker, song):
    _, audio = await result_of(api, worker, ada, song())
    pinned = api.write(ada.chat, {"from": ada.user, "pinned_message": audio})
    await api.send_update("message", pinned)
    last = await answered(api, ada)
    assert api.by_bot(ada.id)[2:] == [last]


async def test_all_songs_of_a_group_album_are_answered_by_a_mention_alone(api, ada, group, song):
    """Only the first was: it has the caption."""
    await ada.sends(song("one.mp3", b"1"), f"@{api.me['username']}", where=group, media_group_id="80")
    await ada.sends(song("two.mp3", b"2"), where=group, media_group_id="80")
    await api.until(lambda: len([m for m in api.by_bot(group.id) if "Vocals" in labels(m)]) == 2)


async def test_a_caption_that_is_corrected_in_a_group_is_heard(api, ada, group, worker, song):
    """A typo in the bot's name could not be mended."""
    message = await ada.sends(song(), "@stembot_tset drumless", where=group)
    await ada.edits(message, f"@{api.me['username']} drumless")
    await worker.finish_order()
    await api.until(lambda: any("audio" in each for each in api.by_bot(group.id)))


async def test_a_caption_that_is_corrected_answers_the_question(api, ada, worker, song):
    message = await ada.sends(song(), "our new one")
    await message_with_button(api, ada.id, "Vocals")
    await ada.edits(message, "drumless")
    await worker.finish_order()
    await api.until(lambda: any("audio" in each for each in api.by_bot(ada.id)))
    assert api.by_bot(ada.id)[-1]["audio"]["title"] == "Lithium (drumless)"


async def test_an_edit_of_what_is_answered_already_changes_nothing(api, ada, worker, song):
    message = await ada.sends(song(), "drumless")
    await worker.finish_order()
    await api.until(lambda: len(api.by_bot(ada.id)) == 2)
    await ada.edits(message, "drumless, thanks")
    last = await answered(api, ada)
    assert api.by_bot(ada.id)[2:] == [last]


async def test_what_a_killed_bot_was_asked_as_a_reply_is_done_once(api, ada, worker, song):
    """The same message again finds the answer that stands there."""
    status, _ = await result_of(api, worker, ada, song())
    asked = await ada.says("now bassless please", reply_to_message=status)
    await worker.finish_mix()
    await api.until(lambda: len(api.by_bot(ada.id)) == 4)
    await api.send_update("message", asked)
    await answered(api, ada)
    assert len([each for each in api.by_bot(ada.id) if "audio" in each]) == 2
