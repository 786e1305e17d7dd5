"""The conversation without a platform, over the real table and the real store."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bots.chat.messages import ButtonClick, Person, Request, Song, SongLost
from bots.chat.service import ChatService
from bots.settings import BotSettings
from separator import OrderState, open_queue_client
from storage import open_links

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ANNA, BEN = Person("chat:anna"), Person("chat:ben")


@pytest.fixture
def settings(tmp_path):
    """A small house: two orders a person, ten megabytes a file."""
    return BotSettings(_env_file=None, data_dir=tmp_path, jobs_waiting=2, upload_limit_bytes=10_000_000)


@pytest.fixture
async def service(settings):
    async with open_queue_client(settings) as queue:
        yield ChatService(queue, open_links(settings), settings)


def request(words="", number=1, person=ANNA, data=b"song", **song):
    async def fetch() -> AsyncIterator[bytes]:
        yield data

    offered = replace(Song("Demo.mp3", len(data), fetch), **song)
    return Request(f"chat:{number}", person, "chat", words, offered, reply_to=lambda: f"status-{number}")


def click(code, person=ANNA, number=1):
    return ButtonClick(f"chat:press-{number}", person, "chat", code, reply_to=lambda: f"press-{number}")


async def all_replies(replies):
    return [reply async for reply in replies]


async def test_a_song_with_a_wish_is_taken_in_at_once(service):
    first, last = await all_replies(service.songs.serve(request("drumless please")))
    assert first.text == "Downloading your song…"
    assert last.text.startswith("Demo.mp3: Drumless\n")
    [[cancel]] = last.buttons
    assert cancel.label == "Cancel"


async def test_when_no_worker_lives_the_person_is_told_so_instead_of_in_queue(service):
    [*_, last] = await all_replies(service.songs.serve(request("drumless")))
    assert "isn't running" in last.text


async def test_a_song_without_a_wish_gets_buttons_and_waits_for_one(service):
    [*_, ask] = await all_replies(service.songs.serve(request("nice one")))
    labels = [button.label for row in ask.buttons for button in row]
    assert labels == ["Vocals", "Instrumental", "Drumless", "Bassless", "All stems"]
    drumless = next(button for row in ask.buttons for button in row if button.label == "Drumless")
    [*_, last] = await all_replies(service.buttons.click(click(drumless.code)))
    assert last.text.startswith("Demo.mp3: Drumless\n")


async def test_the_same_message_twice_is_one_order_and_fetches_nothing_again(service):
    """A crash between the order and the platform's acknowledgement brings the message again."""

    async def gone() -> AsyncIterator[bytes]:
        raise SongLost
        yield b""

    await all_replies(service.songs.serve(request("drumless")))
    [reply] = await all_replies(service.songs.serve(request("drumless", fetch=gone)))
    assert reply.text.startswith("Demo.mp3: Drumless\n")
    assert len(await service.queue.orders.open_orders("chat")) == 1


async def test_two_people_with_the_same_song_share_the_work_and_not_the_order(service):
    await all_replies(service.songs.serve(request("drumless", 1, ANNA)))
    await all_replies(service.songs.serve(request("drumless", 2, BEN)))
    one, two = await service.queue.orders.open_orders("chat")
    assert one.order.job == two.order.job
    assert {one.order.owner, two.order.owner} == {ANNA.id, BEN.id}
    assert {one.order.reply_to, two.order.reply_to} == {"status-1", "status-2"}


async def test_a_file_over_the_limit_is_refused_before_a_byte_is_fetched(service):
    async def forbidden() -> AsyncIterator[bytes]:
        pytest.fail("it was fetched all the same")
        yield b""

    [reply] = await all_replies(
        service.songs.serve(request("vocals", size_bytes=11_000_000, fetch=forbidden))
    )
    assert reply.text == "That file is too big: the limit is 10 MB."


async def test_a_file_that_lies_about_its_size_is_cut_off_and_refused(service):
    [*_, reply] = await all_replies(
        service.songs.serve(request("vocals", data=b"x" * 10_000_001, size_bytes=None))
    )
    assert reply.text == "That file is too big: the limit is 10 MB."


async def test_a_song_that_the_platform_lost_is_said_to_be_lost(service):
    async def gone() -> AsyncIterator[bytes]:
        yield b"half"
        raise SongLost

    [*_, reply] = await all_replies(service.songs.serve(request("vocals", fetch=gone)))
    assert "send it again" in reply.text
    assert not await service.queue.orders.open_orders("chat")


async def test_a_wish_that_no_model_here_can_make_is_told_with_what_can_be_had(service):
    [*_, reply] = await all_replies(service.songs.serve(request("guitarless")))
    assert "Try vocals" in reply.text


async def test_over_a_limit_the_person_is_told_which(service):
    for number in (1, 2):
        await all_replies(service.songs.serve(request("vocals", number, data=b"%d" % number)))
    [*_, reply] = await all_replies(service.songs.serve(request("vocals", 3, data=b"3")))
    assert reply.text == "You already have 2 songs in the queue. Send the next one when one of them is done."
    [*_, other] = await all_replies(service.songs.serve(request("vocals", 4, BEN, data=b"3")))
    assert other.text.startswith("Demo.mp3: Vocals\n")


async def test_cancel_is_for_the_owner_or_a_moderator(service):
    [*_, last] = await all_replies(service.songs.serve(request("vocals")))
    [[cancel]] = last.buttons
    [refused] = await all_replies(service.buttons.click(click(cancel.code, BEN)))
    assert refused.private
    assert refused.text == "Only the person who asked can do that."
    [done] = await all_replies(service.buttons.click(click(cancel.code, replace(BEN, moderator=True))))
    assert done.text == "Cancelled."
    [late] = await all_replies(service.buttons.click(click(cancel.code)))
    assert late.private


@pytest.mark.parametrize(
    "code", ["", "cancel", "cancel:", "cancel:999", "wish:1:", "x:y:z", "cancel:1e3", "wish::"]
)
async def test_a_button_that_nobody_made_is_answered_all_the_same(service, code):
    replies = await all_replies(service.buttons.click(click(code)))
    assert replies
    assert replies[-1].text


async def test_a_button_for_what_cannot_be_made_changes_no_message(service):
    """A status message that says "Starting…" must not be left standing."""
    await all_replies(service.songs.serve(request("nice one")))
    [reply] = await all_replies(service.buttons.click(click("wish:1:-guitar:mp3")))
    assert reply.private


async def test_cancel_all_takes_back_what_is_mine_only(service):
    await all_replies(service.songs.serve(request("vocals", 1, ANNA)))
    await all_replies(service.songs.serve(request("drumless", 2, BEN)))
    assert (await service.commands.cancel(ANNA)).text == "Cancelled."
    [left] = await service.queue.orders.open_orders("chat")
    assert left.order.owner == BEN.id
    order = await service.queue.orders.find_order("chat:1")
    assert order.state is OrderState.CANCELLED


async def test_queue_tells_where_my_songs_are(service):
    assert (await service.commands.queue(ANNA)).text == "You have nothing in the queue."
    await all_replies(service.songs.serve(request("vocals", 1, ANNA)))
    assert "Demo.mp3: Vocals" in (await service.commands.queue(ANNA)).text
