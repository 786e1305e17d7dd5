"""However much one person sends, the others are answered; and nothing that was taken is lost."""

from __future__ import annotations

import asyncio
import json

import pytest
from telegram import Update

from bots.telegram import updates
from bots.telegram.handlers import COMMANDS_PER_PERSON
from separator import Incoming
from separator.queue import open_queue
from separator.queue.inbox import MessageInbox
from storage import StorageError
from tests.integration.telegram.conftest import running
from tests.programs import free_port
from tests.servers.telegram import Fault, Person

FLOOD = 132  #: more than the 100 updates that Telegram gives at once


@pytest.mark.usefixtures("bot")
async def test_somebody_who_floods_a_group_does_not_keep_another_person_waiting(api, ada, ben, group):
    """Ben was answered after 39 s, when the group had been told everything three seconds apart."""
    for _ in range(FLOOD):
        await ada.says("/help", where=group)
    await ben.says("/help")
    await api.until(lambda: api.by_bot(ben.id), within_s=10)
    await api.until(lambda: not api.updates)
    assert len(api.by_bot(group.id)) <= COMMANDS_PER_PERSON[0] + 2


@pytest.mark.usefixtures("bot")
async def test_a_second_person_in_the_flooded_group_is_answered(api, ada, ben, group):
    for _ in range(FLOOD):
        await ada.says("/help", where=group)
    asked = await ben.says("/queue", where=group)
    answers = await api.until(
        lambda: [
            each
            for each in api.by_bot(group.id)
            if each.get("reply_to_message", {}).get("message_id") == asked["message_id"]
        ],
        within_s=20,
    )
    assert len(answers) == 1


@pytest.mark.usefixtures("bot")
async def test_more_songs_than_telegram_gives_at_once_that_all_hang_keep_nobody_waiting(api, ben, song):
    api.fail("getFile", *[Fault(hang_s=15)] * 110)
    for number in range(110):
        await Person(api, 5000 + number, f"P{number}").sends(song(), "drumless")
    await ben.says("/help")
    await api.until(lambda: api.by_bot(ben.id), within_s=12)


async def test_a_webhook_is_answered_while_its_song_is_still_coming(api, settings, ada, song):
    """Telegram keeps 40 connections to a webhook: songs under way must not hold them."""
    port = free_port()
    settings = settings.model_copy(
        update={"telegram_webhook_url": f"http://127.0.0.1:{port}", "telegram_webhook_port": port}
    )
    api.fail("getFile", Fault(hang_s=15))
    async with running(settings):
        await ada.sends(song(), "drumless")
        await api.until(lambda: api.of("getFile") and not api.updates, within_s=10)


async def test_what_a_killed_bot_had_taken_is_handled_by_the_next(api, settings, ada, bot_id):
    """Telegram counts it as handled and will not send it again: the note in the database is all there is."""
    message = api.write(ada.chat, {"from": ada.user, "text": "/help"})
    message["entities"] = [{"type": "bot_command", "offset": 0, "length": 5}]
    body = json.dumps({"update_id": 7, "message": message})
    async with open_queue(settings) as queue:
        await queue.inbox.add(bot_id, [Incoming(7, body, f"telegram:{ada.id}")])
    async with running(settings):
        await api.until(lambda: api.by_bot(ada.id))
    async with open_queue(settings) as queue:
        assert await queue.inbox.take_over(bot_id, 0.0) == []


@pytest.fixture
def bot_id(api):
    """The bot's name in the inbox."""
    return f"telegram:{api.me['id']}"


async def test_what_comes_while_the_bot_starts_is_answered_once(api, settings, ada):
    """What it takes over is what others left, not what it has just taken itself."""
    for _ in range(3):
        async with running(settings):
            await asyncio.gather(*(ada.says("/help") for _ in range(3)))
            await api.until(lambda: not api.updates)
    assert len(api.by_bot(ada.id)) == 9


async def test_an_update_is_noted_as_it_came(ada, group):
    """What the next process reads is what this one got."""
    message = await ada.says("/drumless", where=group)
    update = Update.de_json({"update_id": 1, "message": message}, None)
    assert Update.de_json(json.loads(update.to_json()), None) == update
    assert Update.de_json(json.loads(update.to_json()), None).message.to_dict() == update.message.to_dict()


@pytest.mark.usefixtures("bot")
async def test_a_song_that_never_comes_ends_with_a_word_to_its_person(api, ada, song, monkeypatch):
    """The handler's time was over, and "Downloading your song…" stood there for ever."""
    monkeypatch.setattr(updates, "HANDLER_S", 0.5)
    api.fail("file", Fault(hang_s=20))
    await ada.sends(song(), "drumless")
    await api.until(lambda: api.by_bot(ada.id) and "couldn't download" in api.by_bot(ada.id)[0]["text"])
    assert "reply_markup" not in api.by_bot(ada.id)[0]


async def test_updates_are_handled_where_the_database_cannot_note_them(api, settings, ada, monkeypatch):
    async def down(*_args):
        raise StorageError

    for name in ("add", "renew", "take_over", "remove"):
        monkeypatch.setattr(MessageInbox, name, down)
    async with running(settings):
        await asyncio.gather(*(ada.says("/help") for _ in range(3)))
        await api.until(lambda: len(api.by_bot(ada.id)) == 3 and not api.updates)
