"""What goes wrong between the bot and Telegram: the result still arrives, once, or the order ends cleanly."""

from __future__ import annotations

import asyncio
from functools import partial

import aiohttp
import pytest

from bots.chat import delivery as chat_delivery
from bots.telegram import delivery, fetch
from separator import OrderState
from separator.core.errors import ConfigError
from separator.core.jobs import JobKind
from tests.integration.telegram.conftest import content, message_with_button, running, sha256_of
from tests.programs import eventually, free_port
from tests.servers.telegram import Fault


@pytest.fixture
def up(bot):
    """The bot runs."""
    return bot


async def delivered(api, chat, count=1):
    """Wait until so many songs lie in the chat, then let a second one come if it would; returns them."""
    await api.until(lambda: len(songs(api, chat)) >= count)
    await asyncio.sleep(0.5)
    return songs(api, chat)


async def ended(worker, order=1):
    """Whether the order will never be sent again."""
    return (await worker.orders.order(order)).state is OrderState.SENT


def songs(api, chat):
    return [message for message in api.by_bot(chat) if "audio" in message]


@pytest.mark.usefixtures("up")
async def test_a_flood_limit_at_the_first_message_is_waited_out(api, ada, worker, song):
    api.fail("sendMessage", Fault(429, "Too Many Requests: retry after 1", retry_after=1))
    await ada.sends(song(), "drumless")
    await worker.finish_order()
    assert len(await delivered(api, ada.id)) == 1


@pytest.mark.usefixtures("up")
async def test_a_500_on_the_last_edit_delays_the_result_and_does_not_double_it(api, ada, worker, song):
    await ada.sends(song(), "drumless")
    await worker.finish_separation(await worker.claim(JobKind.SEPARATE))
    job = await worker.claim(JobKind.MIX)
    await worker.queue.release(job)
    api.fail("editMessageText", *[Fault(500)] * 2)
    await worker.finish_mix()
    assert len(await delivered(api, ada.id)) == 1
    assert api.by_bot(ada.id)[0]["text"].startswith("Done: Drumless.")


@pytest.mark.usefixtures("up")
async def test_an_upload_that_succeeded_but_lost_its_response_is_not_repeated(
    api, ada, worker, song, monkeypatch
):
    monkeypatch.setattr(delivery, "ARRIVAL_S", 0.1)
    api.fail("sendAudio", Fault(late=True, drop=True))
    await ada.sends(song(), "drumless")
    await worker.finish_order()
    assert len(await delivered(api, ada.id)) == 1
    assert len(api.of("sendAudio")) == 1
    await eventually(partial(ended, worker), "the order is over")


@pytest.mark.usefixtures("up")
async def test_an_upload_that_lost_its_response_and_failed_is_repeated(api, ada, worker, song, monkeypatch):
    """Not blindly: the bot has asked Telegram what lies in the chat."""
    monkeypatch.setattr(delivery, "ARRIVAL_S", 0.1)
    api.fail("sendMediaGroup", Fault(drop=True))
    await ada.sends(song(), "all stems")
    await worker.finish_order()
    assert len(await delivered(api, ada.id, 4)) == 4
    assert api.of("editMessageCaption")


@pytest.mark.usefixtures("up")
async def test_an_upload_that_telegram_refused_with_500_is_repeated(api, ada, worker, song):
    api.fail("sendAudio", Fault(500))
    await ada.sends(song(), "drumless")
    await worker.finish_order()
    assert len(await delivered(api, ada.id)) == 1
    assert len(api.of("sendAudio")) == 2


@pytest.mark.usefixtures("up")
async def test_the_second_album_going_wrong_does_not_send_the_first_again(api, ada, worker, song):
    api.fail("sendMediaGroup", Fault(500, late=False))
    api.faults["sendMediaGroup"].appendleft(None)  # the first one goes through
    await ada.sends(song(), "all stems")
    await worker.finish_order(count=15)
    assert len(await delivered(api, ada.id, 15)) == 15
    assert [call.ok for call in api.of("sendMediaGroup")] == [True, False, True]


@pytest.mark.usefixtures("up")
async def test_a_status_message_that_the_user_deleted_is_sent_again(api, ada, worker, song):
    await worker.heartbeat()
    await ada.sends(song(), "drumless")
    job = await worker.claim(JobKind.SEPARATE)
    await api.until(lambda: api.by_bot(ada.id) and "Drumless" in api.by_bot(ada.id)[0]["text"])
    first = api.by_bot(ada.id)[0]["message_id"]
    del api.messages[ada.id, first]
    await worker.finish_separation(job)
    await worker.finish_mix()
    assert len(await delivered(api, ada.id)) == 1
    statuses = [message for message in api.by_bot(ada.id) if "text" in message]
    assert [status["text"].split(".")[0] for status in statuses] == ["Done: Drumless"]


@pytest.mark.usefixtures("up")
async def test_a_song_deleted_meanwhile_still_gets_its_answer(api, ada, worker, song):
    asked = await ada.sends(song(), "drumless")
    await worker.finish_separation(await worker.claim(JobKind.SEPARATE))
    del api.messages[ada.id, asked["message_id"]]
    await worker.finish_mix()
    [audio] = await delivered(api, ada.id)
    assert "reply_to_message" not in audio


@pytest.mark.usefixtures("up")
async def test_a_person_who_blocks_the_bot_ends_the_order_and_nobody_elses(api, ada, ben, worker, song):
    await ada.sends(song("a.mp3", b"a"), "drumless")
    job = await worker.claim(JobKind.SEPARATE)
    api.blocked.add(ada.id)
    await worker.finish_separation(job)
    await worker.finish_mix()
    await ben.sends(song("b.mp3", b"b"), "drumless")
    await worker.finish_order()
    assert len(await delivered(api, ben.id)) == 1
    await eventually(partial(ended, worker), "it is never tried again")
    assert songs(api, ada.id) == []


@pytest.mark.usefixtures("up")
async def test_a_group_that_becomes_a_supergroup_gets_its_result_there(api, ada, group, worker, song):
    await ada.sends(song(), "/drumless", where=group)
    job = await worker.claim(JobKind.SEPARATE)
    await worker.finish_separation(job)
    new = -1009999999999
    api.write({**group.chat, "id": new}, {"from": ada.user, "text": "moved"})
    moved = Fault(
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        parameters={"migrate_to_chat_id": new},
    )
    api.fail("editMessageText", *[moved] * 5)
    await worker.finish_mix()
    assert len(await delivered(api, new)) == 1


@pytest.mark.usefixtures("up")
async def test_a_download_that_breaks_resumes_where_it_broke(api, ada, worker, song, monkeypatch):
    monkeypatch.setattr(fetch, "FIRST_PAUSE_S", 0.05)
    data = bytes(range(256)) * 4000
    api.fail("file", Fault(cut_at=300_000), Fault(502), Fault(cut_at=700_000))
    await ada.sends(path := song(data=data), "drumless")
    await worker.finish_order()
    [audio] = await delivered(api, ada.id)
    assert api.files[audio["audio"]["file_id"]] == content(sha256_of(path), "drumless")


@pytest.mark.usefixtures("up")
async def test_a_song_that_telegram_does_not_hand_over_ends_in_a_sentence(api, ada, song):
    await ada.sends(song(), "drumless")
    api.files.clear()
    await api.until(lambda: api.by_bot(ada.id) and "couldn't download" in api.by_bot(ada.id)[0]["text"])


@pytest.mark.usefixtures("up")
async def test_a_song_over_20_mb_is_refused_before_it_is_fetched(api, ada, song):
    await ada.sends(song(), "drumless", file={"file_size": 20 * 2**20 + 1})
    await api.until(lambda: api.by_bot(ada.id))
    assert "too big" in api.by_bot(ada.id)[0]["text"]
    assert api.of("getFile") == []


@pytest.mark.usefixtures("up")
async def test_a_refused_song_gets_its_sentence_and_the_next_one_works(api, ada, worker, song):
    await ada.sends(song("not.mp3", b"no sound"), "drumless")
    await worker.queue.refuse(await worker.claim(JobKind.SEPARATE), {"kind": "NotAudio", "facts": {}})
    await api.until(lambda: "can't find any sound" in api.by_bot(ada.id)[0]["text"])
    await ada.sends(song(), "drumless")
    await worker.finish_order()
    assert len(await delivered(api, ada.id)) == 1


@pytest.mark.usefixtures("up")
async def test_an_old_button_of_an_order_that_nobody_knows_is_answered(api, ada):
    shown = api.write(ada.chat, {"from": api.me, "text": "old"})
    query = await ada.calls_back(shown, "cancel:99999")
    await api.until(lambda: query in api.answered)
    assert "request has expired" in api.answered[query]["text"]


@pytest.mark.usefixtures("up")
async def test_a_press_is_acknowledged_within_a_second_however_slow_telegram_is(api, ada, group):
    await api.until(lambda: api.of("getUpdates"))  # it is up; starting is not what is measured here
    api.fail("getChatMember", Fault(500, hang_s=3))
    shown = api.write(group.chat, {"from": api.me, "text": "old"})
    query = await ada.calls_back(shown, "cancel:99999")
    await api.until(lambda: query in api.answered)
    answered = api.of("answerCallbackQuery")[0]
    assert answered.at - api.queries[query] < 1.0


@pytest.mark.usefixtures("up")
@pytest.mark.parametrize("open_in_private", [True, False])
async def test_a_strangers_press_is_never_answered_in_the_group_however_slow_telegram_is(
    api, ada, ben, group, worker, song, open_in_private
):
    """Too late for an answer over the chat: it comes in private, or not at all; the owner still cancels."""
    await worker.heartbeat()
    await ben.says("/start")
    await ada.sends(song(), "/drumless", where=group)
    status = await message_with_button(api, group.id, "Cancel")
    await api.until(lambda: api.by_bot(ben.id))
    if not open_in_private:
        api.blocked.add(ben.id)
    api.fail("getChatMember", Fault(500, hang_s=0.7))
    await ben.presses(status, "Cancel")
    await api.until(lambda: [each for each in api.of("sendMessage")[2:] if each.params["chat_id"] == ben.id])
    await ada.presses(status, "Cancel")
    await api.until(lambda: api.by_bot(group.id)[0]["text"] == "Cancelled.")
    assert len(api.by_bot(group.id)) == 1
    refusal = ["Only the person who asked can do that."] if open_in_private else []
    assert [each["text"] for each in api.by_bot(ben.id)[1:]] == refusal


@pytest.mark.usefixtures("up")
async def test_polling_goes_on_after_bad_gateways(api, ada):
    api.fail("getUpdates", Fault(502), Fault(502, "<html>"))
    await ada.says("/start")
    await api.until(lambda: api.by_bot(ada.id))


async def test_a_restarted_bot_brings_the_result_once(api, settings, ada, worker, song):
    async with running(settings):
        await ada.sends(song(), "drumless")
        job = await worker.claim(JobKind.SEPARATE)
        await api.until(lambda: not api.updates)
    await worker.finish_separation(job)
    await worker.finish_mix()
    async with running(settings):
        assert len(await delivered(api, ada.id)) == 1
    statuses = [message for message in api.by_bot(ada.id) if "text" in message]
    assert len(statuses) == 1


async def test_a_bot_stopped_in_an_upload_leaves_the_result_to_the_next_one(
    api, settings, ada, worker, song, monkeypatch
):
    """Not after the claim's lease of a minute: at once."""
    monkeypatch.setattr(chat_delivery, "STOP_S", 0.2)
    api.fail("sendAudio", Fault(hang_s=30))
    async with running(settings):
        await ada.sends(song(), "drumless")
        await worker.finish_order()
        await api.until(lambda: api.of("sendAudio"))
    async with running(settings):
        assert len(await delivered(api, ada.id)) == 1


async def test_a_message_that_comes_again_is_answered_where_it_was(api, settings, ada, worker, song):
    """The bot was killed after the order, before Telegram knew: the update comes a second time."""
    async with running(settings):
        message = await ada.sends(song(), "drumless")
        await api.until(lambda: api.by_bot(ada.id) and "Drumless" in api.by_bot(ada.id)[0]["text"])
    async with running(settings):
        await api.send_update("message", message)
        await worker.finish_order()
        assert len(await delivered(api, ada.id)) == 1
    assert len(api.by_bot(ada.id)) == 2


async def test_a_start_without_network_waits_for_it(api, settings, ada):
    api.fail("getMe", Fault(502))
    async with running(settings):
        await ada.says("/start")
        await api.until(lambda: api.by_bot(ada.id))


async def test_a_token_that_telegram_does_not_know_refuses_to_start(api, settings):
    api.token = "1:another"
    with pytest.raises(ConfigError, match="STEMBOT_TELEGRAM_TOKEN"):
        async with running(settings) as task:
            await task


async def test_a_webhook_call_without_the_secret_is_turned_away(api, settings, ada):
    port = free_port()
    update_mode = {"telegram_webhook_url": f"http://127.0.0.1:{port}", "telegram_webhook_port": port}
    async with running(settings.model_copy(update=update_mode)), aiohttp.ClientSession() as session:
        await api.until(lambda: api.webhook)
        update = {"update_id": 1, "message": api.write(ada.chat, {"from": ada.user, "text": "/start"})}
        async with session.post(f"http://127.0.0.1:{port}/telegram", json=update) as answer:
            assert answer.status == 403
    assert api.by_bot(ada.id) == []
