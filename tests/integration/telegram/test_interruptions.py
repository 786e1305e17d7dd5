"""What changes while a song is processed: a limit, a right, the group, the bot's process."""

from __future__ import annotations

import pytest

from separator import OrderState
from separator.core.jobs import JobKind
from tests.integration.telegram.conftest import message_with_button, running
from tests.programs import eventually
from tests.servers.telegram import Fault, labels


def songs(api, chat):
    return [message for message in api.by_bot(chat) if "audio" in message]


async def ended(worker, order=1):
    """Once the order will not be sent any more."""

    async def look():
        return (await worker.orders.order(order)).state is OrderState.SENT

    return await eventually(look, "the order ends", 20)


@pytest.mark.usefixtures("bot")
async def test_a_size_that_telegram_refuses_is_made_smaller(api, ada, worker, song):
    """413 although it was thought to fit: the mix is made again at the next bit rate, and comes once."""
    api.fail("sendAudio", Fault(413, "Request Entity Too Large"))
    await ada.sends(song(), "vocals")
    await worker.finish_order(size=9000)
    again = await worker.claim(JobKind.MIX)
    assert again.args["limit_bytes"] == 8999
    await worker.queue.release(again)
    await worker.finish_mix(size=5000)
    await api.until(lambda: songs(api, ada.id))
    assert [each["audio"]["file_size"] for each in songs(api, ada.id)] == [5000]
    assert await ended(worker)


@pytest.mark.usefixtures("bot")
async def test_what_was_sent_before_a_refused_size_is_not_sent_again(api, ada, worker, song):
    api.faults["sendMediaGroup"].extend([None, Fault(413, "Request Entity Too Large")])
    await ada.sends(song(), "all stems")
    await worker.finish_order(count=12, size=900)
    await worker.finish_mix(count=12, size=800)
    await api.until(lambda: len(songs(api, ada.id)) == 12)
    assert await ended(worker)
    titles = [each["audio"]["title"] for each in songs(api, ada.id)]
    assert len(set(titles)) == 12


@pytest.mark.usefixtures("bot")
async def test_a_bot_that_was_removed_from_the_group_ends_the_order(api, ada, ben, group, worker, song):
    """Nobody else's answer waits for it."""
    await worker.heartbeat()
    await ada.sends(song(), "/vocals", where=group)
    await api.until(lambda: api.by_bot(group.id) and "Vocals" in api.by_bot(group.id)[0]["text"])
    api.blocked.add(group.id)
    await worker.finish_order()
    assert await ended(worker)
    await ben.sends(song(), "vocals")
    await api.until(lambda: songs(api, ben.id))
    assert songs(api, group.id) == []


@pytest.mark.usefixtures("bot")
async def test_a_right_that_was_taken_away_ends_the_order(api, ada, group, worker, song):
    await ada.sends(song(), "/vocals", where=group)
    await api.until(lambda: api.by_bot(group.id))
    for method in ("sendAudio", "editMessageText", "sendMessage"):
        refusal = Fault(400, "Bad Request: not enough rights to send music to the chat")
        api.fail(method, *[refusal] * 5)
    await worker.finish_order()
    assert await ended(worker)


async def test_a_bot_killed_before_the_order_goes_on_in_the_message_that_stands_there(
    api, settings, ada, worker, song, monkeypatch
):
    """What says "Got it" must not stand in the chat for ever, beside a second one."""
    monkeypatch.setattr("bots.telegram.updates.STOP_S", 0.1)
    api.fail("file", Fault(hang_s=5))
    async with running(settings):
        message = await ada.sends(song(), "drumless")
        await api.until(lambda: not api.faults["file"])
    async with running(settings):
        await api.until(lambda: api.by_bot(ada.id) and "Drumless" in api.by_bot(ada.id)[0]["text"])
        await worker.finish_order()
        await api.until(lambda: songs(api, ada.id))
    assert len(api.by_bot(ada.id)) == 2
    assert songs(api, ada.id)[0]["reply_to_message"]["message_id"] == message["message_id"]


@pytest.mark.usefixtures("bot")
async def test_cancel_stops_a_download(api, ada, song):
    """The bytes that still come are not taken, and no order is written."""
    api.fail("file", Fault(cut_at=3))  # the download resumes after this: there is time to cancel
    await ada.sends(song(), "drumless")
    got_it = await message_with_button(api, ada.id, "Cancel")
    await ada.presses(got_it, "Cancel")
    await api.until(lambda: api.by_bot(ada.id)[0]["text"] == "Cancelled.")
    assert labels(api.by_bot(ada.id)[0]) == []


@pytest.mark.usefixtures("bot")
async def test_a_moderator_without_a_name_is_their_group_and_not_everybody(api, ada, group):
    """Telegram names one and the same user for all anonymous administrators of all groups."""
    nobody = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    message = api.write(group.chat, {"from": nobody, "sender_chat": group.chat, "text": "/settings"})
    message["entities"] = [{"type": "bot_command", "offset": 0, "length": 9}]
    await api.send_update("message", message)
    await api.until(lambda: api.by_bot(group.id))
    assert api.by_bot(group.id)[0]["text"].startswith("Settings of this group")
    assert "Songs a day: No limit" in labels(api.by_bot(group.id)[0])
    await ada.says(f"/settings@{api.me['username']}", where=group)
    await api.until(lambda: len(api.by_bot(group.id)) == 2)
    assert api.by_bot(group.id)[1]["text"].startswith("Only moderators")


@pytest.mark.usefixtures("bot")
async def test_settings_are_buttons_that_open(api, ada):
    """Telegram has no menus: a button for each setting, its options in the same message, then back."""
    await ada.says("/settings")
    card = await message_with_button(api, ada.id, "Format: mp3")
    await ada.presses(card, "Format: mp3")
    card = await message_with_button(api, ada.id, "✓ mp3")
    await ada.presses(card, "flac")
    await message_with_button(api, ada.id, "Format: flac")
    assert len(api.by_bot(ada.id)) == 1
