"""Where people write: channels, groups that move, names that are not theirs, servers of one's own."""

from __future__ import annotations

import asyncio
import socket

import pytest

from bots.telegram import fetch
from separator.core.jobs import JobKind
from separator.queue import open_queue
from tests.integration.telegram.conftest import message_with_button, running
from tests.programs import eventually, free_port
from tests.servers.telegram import Channel, labels

CHANNEL = {"id": -1003000000003, "type": "channel", "title": "Ada's songs"}


@pytest.fixture
def channel(api, ada):
    channel = Channel(api)
    api.write(channel.chat, {"sender_chat": channel.chat, "from": ada.user, "text": "hi"})
    return channel


def audios(api, chat):
    return [each for each in api.by_bot(chat) if "audio" in each]


@pytest.mark.usefixtures("bot")
async def test_a_post_in_a_channel_is_heard(api, ada, channel, worker, song):
    await ada.sends(song(), "/drumless", where=channel)
    await worker.finish_order()
    await api.until(lambda: audios(api, channel.id))


@pytest.mark.usefixtures("bot")
async def test_a_post_in_a_channel_that_asks_for_nothing_is_left_alone(api, ada, ben, channel, song):
    await ada.sends(song(), "our new one", where=channel)
    await ben.says("/help")
    await api.until(lambda: api.by_bot(ben.id))
    assert api.by_bot(channel.id) == []


@pytest.mark.usefixtures("bot")
async def test_a_channels_post_that_its_group_shows_is_answered_in_the_channel_only(
    api, ada, ben, group, song
):
    more = {"is_automatic_forward": True, "sender_chat": CHANNEL}
    await ada.sends(song(), f"@{api.me['username']} drumless", where=group, **more)
    await ben.says("/help")
    await api.until(lambda: api.by_bot(ben.id))
    assert api.by_bot(group.id) == []


@pytest.mark.usefixtures("bot")
async def test_a_group_that_becomes_a_supergroup_keeps_its_settings(api, settings, ada, group, worker, song):
    """The language was 'de' before and nothing after; a blocked group was free again, its day was new."""
    old, new = f"telegram:chat:{group.id}", "telegram:chat:-1009999999999"
    async with open_queue(settings) as queue:
        await queue.people.set_preferences(old, {"language": "de"})
        await ada.sends(song(), "/drumless", where=group)
        await worker.finish_order()
        await api.until(lambda: audios(api, group.id))
        await queue.admin.block(old)
        moved = {"from": ada.user, "migrate_to_chat_id": -1009999999999}
        await api.send_update("message", api.write(group.chat, moved))

        async def moved_over():
            return await queue.people.preferences([old, new]) == {new: {"language": "de"}}

        await eventually(moved_over, "the settings are the new group's")
        assert [block.who for block in await queue.admin.blocks()] == [new]
        assert (await queue.people.orders_within(new, 60))[0] == 1


@pytest.mark.usefixtures("bot")
async def test_a_status_message_that_its_person_deleted_does_not_come_back_for_progress(
    api, ada, worker, song
):
    """Only with the result; after a restart, too."""
    await worker.heartbeat()
    await ada.sends(song(), "drumless")
    job = await worker.claim(JobKind.SEPARATE)
    await message_with_button(api, ada.id, "Cancel")
    del api.messages[ada.id, api.by_bot(ada.id)[0]["message_id"]]
    edits = len(api.of("editMessageText"))
    for done in (1, 2, 3):
        await worker.report(job, done, 4)
        await api.until(lambda seen=edits + done: len(api.of("editMessageText")) >= seen)
    assert api.by_bot(ada.id) == []
    await worker.finish_separation(job)
    await worker.finish_mix()
    await api.until(lambda: audios(api, ada.id))
    assert [each["text"].split(".")[0] for each in api.by_bot(ada.id) if "text" in each] == ["Done: Drumless"]


async def test_a_server_of_ones_own_may_take_its_time_to_get_a_song(
    api, settings, ada, worker, song, tmp_path, monkeypatch
):
    """It answers getFile when it has the file: 200 MB were lost after four times 20 s."""
    monkeypatch.setattr("bots.telegram.app.CALL_S", 0.5)
    monkeypatch.setattr(fetch, "FIRST_PAUSE_S", 0.05)
    api.local = tmp_path
    api.slow_files_s = 1.5
    async with running(settings.model_copy(update={"telegram_local": True})):
        await ada.sends(song(), "vocals", file={"file_size": 200_000_000})
        await worker.finish_order()
        await api.until(lambda: audios(api, ada.id))
    assert len(api.of("getFile")) == 1


async def test_bytes_that_are_no_text_in_the_webhooks_secret_are_refused(settings, api):
    """They gave 500 and a trace, to anybody."""
    port = free_port()
    update = {"telegram_webhook_url": f"http://127.0.0.1:{port}", "telegram_webhook_port": port}
    async with running(settings.model_copy(update=update)):
        await api.until(lambda: api.webhook)
        head = b"POST /telegram HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n"
        head += b"X-Telegram-Bot-Api-Secret-Token: \xff\xfe\r\n\r\n{}"
        answer = await _send_raw(port, head)
    assert answer.startswith(b"HTTP/1.1 403")


async def _send_raw(port, data):
    reader, writer = await asyncio.open_connection("127.0.0.1", port, family=socket.AF_INET)
    writer.write(data)
    answer = await reader.read()
    writer.close()
    return answer


async def _asks_as_channel(api, who, group, path):
    """A song in a group, sent in the name of a channel of one's own."""
    await who.sends(path, f"@{api.me['username']}", where=group, sender_chat=CHANNEL)
    await api.until(lambda: api.by_bot(group.id) and "Vocals" in labels(api.by_bot(group.id)[0]))
    return api.by_bot(group.id)[0]


@pytest.mark.usefixtures("bot")
async def test_who_writes_as_their_own_channel_can_choose_and_cancel(api, ada, group, worker, song):
    """Telegram says of a press who pressed, and of the song only the channel: nobody was its owner."""
    await worker.heartbeat()
    question = await _asks_as_channel(api, ada, group, song())
    await ada.presses(question, "Vocals")
    await message_with_button(api, group.id, "Cancel")
    await ada.presses(api.by_bot(group.id)[0], "Cancel")
    await api.until(lambda: api.by_bot(group.id)[0]["text"] == "Cancelled.")


@pytest.mark.usefixtures("bot")
async def test_who_writes_as_their_own_channel_can_be_blocked(api, settings, ada, group, song):
    async with open_queue(settings) as queue:
        await queue.admin.block(f"telegram:{CHANNEL['id']}")
    await ada.sends(song(), f"@{api.me['username']} drumless", where=group, sender_chat=CHANNEL)
    await api.until(lambda: api.by_bot(group.id))
    assert "Drumless" not in api.by_bot(group.id)[0]["text"]
