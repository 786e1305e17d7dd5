"""What is taken away while a song is under way: a size, a right, the group, the bot's life."""

from __future__ import annotations

import pytest

from separator import OrderState
from separator.core.jobs import JobKind
from tests.integration.telegram.conftest import offered, running
from tests.programs import eventually
from tests.servers.telegram import Fault, labels


def songs(api, chat):
    return [message for message in api.by_bot(chat) if "audio" in message]


async def ended(hands, order=1):
    """Once the order will not be sent any more."""

    async def look():
        return (await hands.queue.order(order)).state is OrderState.SENT

    return await eventually(look, "the order ends", 20)


@pytest.mark.usefixtures("bot")
async def test_a_size_that_telegram_refuses_is_made_smaller(api, ada, hands, song):
    """413 although it was thought to fit: the mix is made anew with the next bit rate, and comes once."""
    api.fail("sendAudio", Fault(413, "Request Entity Too Large"))
    await ada.sends(song(), "vocals")
    await hands.whole(size=9000)
    again = await hands.claim(JobKind.MIX)
    assert again.args["limit_bytes"] == 8999
    await hands.queue.release(again)
    await hands.finish_mix(size=5000)
    await api.until(lambda: songs(api, ada.id))
    assert [each["audio"]["file_size"] for each in songs(api, ada.id)] == [5000]
    assert await ended(hands)


@pytest.mark.usefixtures("bot")
async def test_what_was_sent_before_a_refused_size_is_not_sent_again(api, ada, hands, song):
    api.faults["sendMediaGroup"].extend([None, Fault(413, "Request Entity Too Large")])
    await ada.sends(song(), "all stems")
    await hands.whole(count=12, size=900)
    await hands.finish_mix(count=12, size=800)
    await api.until(lambda: len(songs(api, ada.id)) == 12)
    assert await ended(hands)
    titles = [each["audio"]["title"] for each in songs(api, ada.id)]
    assert len(set(titles)) == 12


@pytest.mark.usefixtures("bot")
async def test_a_bot_that_was_removed_from_the_group_ends_the_order(api, ada, ben, group, hands, song):
    """Nobody else's answer waits for it."""
    await hands.alive()
    await ada.sends(song(), "/vocals", where=group)
    await api.until(lambda: api.by_bot(group.id) and "Vocals" in api.by_bot(group.id)[0]["text"])
    api.blocked.add(group.id)
    await hands.whole()
    assert await ended(hands)
    await ben.sends(song(), "vocals")
    await api.until(lambda: songs(api, ben.id))
    assert songs(api, group.id) == []


@pytest.mark.usefixtures("bot")
async def test_a_right_that_was_taken_away_ends_the_order(api, ada, group, hands, song):
    await ada.sends(song(), "/vocals", where=group)
    await api.until(lambda: api.by_bot(group.id))
    for method in ("sendAudio", "editMessageText", "sendMessage"):
        refusal = Fault(400, "Bad Request: not enough rights to send music to the chat")
        api.fail(method, *[refusal] * 5)
    await hands.whole()
    assert await ended(hands)


async def test_a_bot_killed_before_the_order_goes_on_in_the_message_that_stands_there(
    api, settings, ada, hands, song, monkeypatch
):
    """What says "Got it" must not stand in the chat for ever, beside a second one."""
    monkeypatch.setattr("bots.telegram.updates.STOP_S", 0.1)
    api.fail("file", Fault(hang_s=5))
    async with running(settings):
        message = await ada.sends(song(), "drumless")
        await api.until(lambda: not api.faults["file"])
    async with running(settings):
        await api.until(lambda: api.by_bot(ada.id) and "Drumless" in api.by_bot(ada.id)[0]["text"])
        await hands.whole()
        await api.until(lambda: songs(api, ada.id))
    assert len(api.by_bot(ada.id)) == 2
    assert songs(api, ada.id)[0]["reply_to_message"]["message_id"] == message["message_id"]


@pytest.mark.usefixtures("bot")
async def test_cancel_stops_a_download(api, ada, song):
    """The bytes that still come are not taken, and no order is written."""
    api.fail("file", Fault(cut_at=3))  # a line that breaks is taken up again: there is time to cancel
    await ada.sends(song(), "drumless")
    got_it = await offered(api, ada.id, "Cancel")
    await ada.presses(got_it, "Cancel")
    await api.until(lambda: api.by_bot(ada.id)[0]["text"] == "Cancelled.")
    assert labels(api.by_bot(ada.id)[0]) == []


@pytest.mark.usefixtures("bot")
async def test_a_moderator_without_a_name_is_their_group_and_not_everybody(api, ada, group):
    """Telegram names one and the same user for all anonymous administrators of all groups."""
    nobody = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    message = api.write(group.chat, {"from": nobody, "sender_chat": group.chat, "text": "/settings"})
    message["entities"] = [{"type": "bot_command", "offset": 0, "length": 9}]
    await api.tell("message", message)
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
    card = await offered(api, ada.id, "Format: mp3")
    await ada.presses(card, "Format: mp3")
    card = await offered(api, ada.id, "✓ mp3")
    await ada.presses(card, "flac")
    await offered(api, ada.id, "Format: flac")
    assert len(api.by_bot(ada.id)) == 1
