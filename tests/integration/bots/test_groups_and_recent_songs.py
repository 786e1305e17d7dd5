"""Recent songs, songs that a group had already, songs that come another way, and being forgotten."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bots.chat.messages import Song, SongLost
from tests.integration.bots.conftest import ANNA, BEN, GROUP


def answer_url(address):
    """Where a platform's people look an earlier answer up."""
    return f"https://chat.example/{address}"


def labels(reply):
    return [button.label for row in reply.buttons for button in row]


async def test_a_song_asked_for_twice_in_a_group_points_to_the_first_answer(users):
    await users.sends("vocals", chat=GROUP, answer_url=answer_url)
    await users.work()
    [*_, answer] = await users.sends("just vocals", BEN, chat=GROUP, answer_url=answer_url)
    assert answer.text == "Demo.mp3: this group already has that."
    [[show, again]] = answer.buttons
    assert show.url == "https://chat.example/status-0"
    [_, status] = await users.clicks(again.code, BEN, GROUP)
    assert status.text.startswith("Done: Vocals."), "it can be had again all the same"


async def test_another_wish_another_group_and_a_private_chat_get_their_own(users):
    await users.sends("vocals", chat=GROUP, answer_url=answer_url)
    await users.work()
    for words, chat in (("drumless", GROUP), ("vocals", "chat:group:2"), ("vocals", "")):
        [*_, answer] = await users.sends(words, BEN, chat=chat, answer_url=answer_url)
        assert "already" not in answer.text


async def test_where_an_answer_has_no_address_the_song_is_sent_again(users):
    """Basic groups of Telegram have none."""
    await users.sends("vocals", chat=GROUP)
    await users.work()
    [*_, answer] = await users.sends("vocals", BEN, chat=GROUP)
    assert answer.text.startswith("Done: Vocals.")


async def test_recent_songs_are_ones_own_and_come_here_with_one_tap(users):
    assert (await users.service.commands.stems(ANNA)).text.startswith("Nothing here yet")
    await users.sends("vocals")
    await users.sends("drumless", BEN)
    await users.work()
    recent = await users.service.commands.stems(ANNA)
    [_, here] = await users.chooses(recent, "Demo: Vocals")
    assert here.text.startswith("Done: Vocals.")
    assert [each.file.title for each in await users.service.commands.find_files(ANNA, "demo MIX")] == [
        "Demo (mix)"
    ]
    assert await users.service.commands.find_files(ANNA, "drums") == []
    [link] = [button for row in (await users.service.commands.mixer(ANNA)).buttons for button in row]
    assert link.url.startswith("https://stems.example/m/")


LONG = "vocals + drums, vocals + bass, drums + bass, karaoke, drumless, bassless, all stems flac 24"


async def test_the_longest_wish_comes_again_with_one_tap_though_a_button_is_short(users):
    """Telegram refuses a whole message for one code over 64 bytes: the list would never be seen again."""
    [*_, status] = await users.sends(LONG, chat=GROUP, answer_url=answer_url)
    await users.work()
    [*_, answer] = await users.sends(LONG, BEN, chat=GROUP, answer_url=answer_url)
    recent = await users.service.commands.stems(ANNA)
    codes = [button.code for row in answer.buttons for button in row]
    codes += [option.code for choice in recent.choices for option in choice.options]
    assert max(len(code.encode()) for code in codes) <= 64
    outputs = status.text.split("\n")[0].removeprefix("Demo.mp3: ")
    [_, hers] = await users.clicks(recent.choices[0].options[0].code)
    [_, his] = await users.clicks(answer.buttons[0][1].code, BEN, GROUP)
    assert hers.text.startswith(f"Done: {outputs}.")
    assert his.text.startswith(f"Done: {outputs}.")


async def test_cancel_under_got_it_cancels_the_order_that_was_written_meanwhile(users):
    """In a busy chat the first answer may stand there for a while."""
    request = users.request("vocals")
    replies = [reply async for reply in users.service.songs.serve(request)]
    [[cancel]] = replies[0].buttons
    [answer] = await users.clicks(cancel.code, BEN)
    assert answer.text == "Only the person who asked can do that."
    [answer] = await users.clicks(cancel.code)
    assert (answer.text, answer.final) == ("Cancelled.", True)
    assert (await users.clicks(cancel.code))[0].private, "it is over"


async def test_deleting_everything_of_mine_asks_first_and_leaves_what_others_sent(users):
    await users.sends("vocals", data=b"only mine")
    await users.sends("vocals", data=b"ours")
    await users.sends("vocals", BEN, data=b"ours")
    await users.work()
    await users.sends("drumless", data=b"still in line")
    await users.clicks(f"set:language:de:{ANNA.id}")
    orders = {order.song for order in await users.service.queue.orders.recent(ANNA.id, 9)}
    [[button]] = (await users.service.commands.privacy(ANNA)).buttons
    [refused] = await users.clicks(button.code, BEN)
    assert refused.private
    [sure] = await users.clicks(button.code)
    [[yes]] = sure.buttons
    [gone] = await users.clicks(yes.code)
    assert gone.text == "Erledigt. 3 Anfragen und deine Einstellungen sind gelöscht."
    assert await users.service.queue.orders.recent(ANNA.id, 9) == []
    left = [await users.service.queue.store.size(f"songs/{song}/source") for song in orders]
    assert sorted(size is not None for size in left) == [False, False, True]
    [bens] = await users.service.orders.recent(BEN)
    assert await users.service.queue.store.size(bens.result["files"][0]["key"]) == 5
    assert "language" not in await users.service.queue.people.preferences([ANNA.id])


async def test_a_song_is_called_off_while_it_is_fetched(users):
    """`/cancel`, and the button under the first answer; nothing is ordered."""
    came = asyncio.Event()

    async def slowly():
        yield b"a bit"
        await came.wait()
        yield b"more"

    for cancel in (
        lambda _: users.service.commands.cancel(ANNA),
        lambda first: users.clicks(first.buttons[0][0].code),
    ):
        came.clear()
        replies = users.service.songs.serve(users.request("vocals", song=Song("Demo.mp3", None, slowly)))
        first = await anext(replies)
        rest = asyncio.create_task(anext(replies))
        await asyncio.sleep(0)
        while not users.service.downloads._running:
            await asyncio.sleep(0.01)
        await cancel(first)
        came.set()
        assert (await rest).text == "Cancelled."
    assert await users.service.queue.orders.open_orders("chat") == []


async def test_somebody_else_cannot_call_a_song_off(users):
    users.service.downloads._running["chat:9"] = ANNA.id
    [answer] = await users.clicks("stop:chat:9", BEN)
    assert answer.text == "Only the person who asked can do that."
    [late] = await users.clicks("stop:chat:8")
    assert late.private


async def test_a_request_is_remembered_while_its_song_is_fetched_and_no_longer(users):
    """A bot that is killed in between leaves a note of where its first answer stands."""
    request = users.request("vocals")
    replies = users.service.songs.serve(request)
    await anext(replies)
    notes = []

    async def looks():
        notes.append(await users.service.songs.address_of(request.id))
        yield b"song"

    [*_] = [reply async for reply in users.service.songs.serve(replace(request, song=Song("a", None, looks)))]
    assert notes == ["status-0"]
    assert await users.service.queue.people.find_pending(request.id) is None
    await replies.aclose()


async def test_a_song_that_was_lost_leaves_no_note(users):
    async def gone():
        raise SongLost
        yield b""

    [*_, answer] = await users.sends("vocals", song=Song("a", None, gone))
    assert "send it again" in answer.text
    assert await users.service.downloads.take_interrupted("chat") == []


async def test_what_a_killed_bot_was_fetching_is_told_once(users):
    request = users.request("vocals")
    async with users.service.downloads.pending(request):
        [left] = await users.service.downloads.take_interrupted("chat")
        assert left.reply_to == "status-0"
        assert await users.service.downloads.take_interrupted("chat") == []
    assert users.service.downloads.interrupted_reply(left).final


@pytest.mark.parametrize(("size", "way"), [(30_000_000, True), (300_000_000, False)])
async def test_what_the_platform_cannot_hand_over_gets_a_link_unless_nobody_takes_it(users, size, way):
    async def never():
        pytest.fail("it was fetched all the same")
        yield b""

    facts = {"download_limit_bytes": 20_000_000, "song": Song("Long.wav", size, never)}
    [*_, answer] = await users.sends("drumless", **facts)
    assert (labels(answer) == ["Send it there"]) is way
    assert "too big" in answer.text or way
    if way:
        token = answer.buttons[0][0].url.partition("?send=")[2]
        assert (await users.service.downloads.read_upload_link(token)).outputs == "-drums:mp3"


async def test_a_list_that_a_whole_group_reads_names_only_songs_of_that_group(users):
    """`/stems` and `/mixer` in a Telegram group are answered for all to see."""
    await users.sends("vocals", data=b"private")
    await users.sends("drumless", data=b"of the group", chat=GROUP)
    await users.work()
    for words, chat in (({"Demo: Drumless"}, GROUP), ({"Demo: Drumless", "Demo: Vocals"}, "")):
        choice = (await users.service.commands.stems(ANNA, chat)).choices[0]
        assert {option.label for option in choice.options} == words
    assert len((await users.service.commands.mixer(ANNA, GROUP)).buttons) == 1


async def test_a_button_counts_for_the_songs_a_day_of_a_group_too(users):
    await users.clicks(f"set:daily:10:{GROUP}", replace(BEN, moderator=True), GROUP)
    await users.sends("vocals", chat=GROUP)
    await users.work()
    [first] = await users.service.queue.orders.recent(ANNA.id, 1)
    for number in range(9):
        await users.sends("vocals", data=b"%d" % number, chat=GROUP)
    [answer] = await users.clicks(f"wish:{first.id}:-drums:mp3", ANNA, GROUP)
    assert answer.private
    assert answer.text.startswith("This group has used its 10 songs for today.")


async def test_the_buttons_of_a_question_make_the_format_that_was_chosen(users):
    await users.clicks(f"set:format:flac:{ANNA.id}")
    [*_, question] = await users.sends("nice one")
    drumless = next(button for row in question.buttons for button in row if button.label == "Drumless")
    [_, status] = await users.clicks(drumless.code)
    assert status.text.startswith("Demo.mp3: Drumless (flac)\n")


async def test_one_song_is_deleted_by_its_owner_or_a_moderator(users):
    for data in (b"one", b"two"):
        await users.sends("vocals", data=data)
    await users.work()
    two, one = await users.service.queue.orders.recent(ANNA.id, 9)
    [refused] = await users.clicks(f"delete:{one.id}", BEN)
    assert refused.text == "Only the person who asked can do that."
    [asks] = await users.clicks("delete:")
    assert labels(asks) == ["Demo", "Demo"]
    [sure] = await users.clicks(f"delete:{one.id}")
    assert labels(sure) == ["Yes, delete it"]
    [gone] = await users.clicks(sure.buttons[0][0].code)
    assert gone.text.startswith("Demo.mp3 and everything made from it are deleted")
    assert [order.id for order in await users.service.queue.orders.recent(ANNA.id, 9)] == [two.id]
    assert await users.service.queue.store.size(f"songs/{one.song}/source") is None
    assert await users.service.queue.store.size(f"songs/{two.song}/source")
    [gone] = await users.clicks(f"delete:{two.id}:yes", replace(BEN, moderator=True))
    assert gone.final


async def test_the_queue_asked_for_in_a_group_tells_nothing_of_private_orders(users):
    """Some chats show it to everybody; in private the person sees all."""
    request = users.request("vocals", data=b"demo")
    secret = replace(request, song=replace(request.song, name="My secret demo.mp3"))
    assert [reply async for reply in users.service.songs.serve(secret)]
    elsewhere = await users.service.commands.queue(ANNA, GROUP)
    assert elsewhere.text == "You have one request in another chat. Send me /queue there to see it."
    await users.sends("drumless", data=b"band", chat=GROUP)
    shown = (await users.service.commands.queue(ANNA, GROUP)).text
    assert "Demo.mp3: Drumless" in shown
    assert "secret" not in shown
    everywhere = (await users.service.commands.queue(ANNA)).text
    assert "Demo.mp3: Drumless" in everywhere
    assert "My secret demo.mp3: Vocals" in everywhere


async def test_cancel_says_cancelled_only_where_something_was(users, monkeypatch):
    """Every order ended between reading and cancelling: nothing was cancelled, and that is said."""
    await users.sends("vocals")
    orders = users.service.queue.orders

    async def too_late(_):
        return False

    with monkeypatch.context() as late:
        late.setattr(orders, "cancel", too_late)
        assert (await users.service.commands.cancel(ANNA)).text == "You have nothing in the queue."
    assert (await users.service.commands.cancel(ANNA)).text == "Cancelled."
