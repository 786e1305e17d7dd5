"""What people are told of limits and blocks, what `/settings` says is left, and the operator's `block`."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from bots.chat.messages import Person, Song
from bots.chat.service import ChatService
from bots.cli.main import run
from bots.settings import BotSettings
from separator import QueueAdmin, open_queue_client
from separator.core.jobs import JobKind
from storage import open_links
from tests.integration.bots.conftest import ANNA, BEN, GROUP, ChatUsers
from tests.queue_sides import worker_queue

ANN_IN_CHARGE = Person(ANNA.id, moderator=True)


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """An hour a day for each, and for a group together; the command line finds the same house."""
    monkeypatch.setenv("STEMBOT_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return BotSettings(_env_file=None, data_dir=tmp_path, day_s=3600, group_day_s=3600, group_waiting=3)


@pytest.fixture
async def users(settings):
    async with open_queue_client(settings) as queue:
        yield ChatUsers(ChatService(queue, open_links(settings), settings))


async def separated(users, song_s):
    """The song that is next is taken apart, and turns out to be so long."""
    workers = worker_queue(users.service.queue)
    job = await workers.claim("w", JobKind.SEPARATE, 30)
    await workers.finish(job, {"manifest": "songs/m", "song_s": song_s})


async def test_a_full_day_is_told_with_its_limit_and_its_end_and_settings_show_it(users):
    before = await users.service.commands.settings(ANNA)
    assert before.text.endswith("Left for today: 1 h of 1 h of music. In the queue: 0 of 10 songs.")
    await users.sends("drumless", data=b"one")
    await separated(users, 2400.0)
    between = await users.service.commands.settings(ANNA)
    assert between.text.endswith("Left for today: 20 min of 1 h of music. In the queue: 1 of 10 songs.")
    await users.sends("drumless", data=b"two")
    await separated(users, 1300.0)
    [*_, last] = await users.sends("drumless", data=b"three")
    assert last.text.startswith("You've used your 1 h for today. Please try again in 24 h.")
    assert last.final
    after = await users.service.commands.settings(ANNA)
    assert "nothing of 1 h of music; more in 24 h" in after.text
    [*_, again] = await users.sends("vocals", data=b"three", person=BEN)
    assert "Vocals" in again.text, "another person's day is their own"


async def test_a_group_shares_a_day_and_a_place_in_line_and_its_moderators_see_what_is_left(users):
    for number in range(3):
        await users.sends("drumless", Person(f"chat:{number}"), b"%d" % number, chat=GROUP)
    [*_, full] = await users.sends("drumless", BEN, b"four", chat=GROUP)
    assert full.text == "This group already has 3 songs in the queue. Please try again when one is done."
    view = await users.service.commands.settings(ANN_IN_CHARGE, GROUP)
    assert view.text.endswith("In the queue: 3 of 3 songs.")
    for _ in range(3):
        await separated(users, 1300.0)
    await users.work()
    [*_, done] = await users.sends("drumless", BEN, b"four", chat=GROUP)
    assert done.text.startswith("This group has used its 1 h for today. Please try again in 24 h")
    [*_, alone] = await users.sends("drumless", BEN, b"four")
    assert "Drumless" in alone.text


async def test_where_there_is_no_limit_settings_say_so_by_silence(tmp_path):
    settings = BotSettings(_env_file=None, data_dir=tmp_path, day_s=0)
    async with open_queue_client(settings) as queue:
        view = await ChatService(queue, open_links(settings), settings).commands.settings(ANNA)
        assert view.text.endswith("\nIn the queue: 0 of 10 songs.")


def says(capsys, *words):
    """Run `stembot block …`; (exit code, what it said)."""
    code = run(["block", *words])
    answer = capsys.readouterr()
    return code, (answer.out + answer.err).strip()


def test_the_operator_blocks_lists_and_takes_back(settings, capsys):  # noqa: ARG001 - the house
    assert says(capsys, "list") == (0, "Nobody is blocked.")
    assert says(capsys, "add", "telegram:5", "--for", "7d", "--why", "floods") == (
        0, "telegram:5 is blocked for 168 h.",
    )  # fmt: skip
    assert says(capsys, "add", "2001:db8::7") == (0, "web:address:2001:db8::/64 is blocked.")
    code, table = says(capsys, "list")
    assert code == 0
    assert [line.split() for line in table.splitlines()[1:]] == [
        ["telegram:5", "168", "h", "floods"],
        ["web:address:2001:db8::/64"],
    ]
    assert says(capsys, "remove", "telegram:5") == (0, "telegram:5 is no longer blocked.")
    assert says(capsys, "remove", "telegram:5") == (1, "telegram:5 is not blocked.")


@pytest.mark.parametrize("who", ["Ann", "telegram:ann", "telegram:chat:5", "300.1.1.1", "", "discord:"])
def test_a_name_that_nobody_has_is_refused_before_it_is_believed(settings, capsys, who):  # noqa: ARG001
    """A block with a typing mistake would hold nobody back, and look as if it did."""
    with pytest.raises(SystemExit) as refused:
        run(["block", "add", who])
    assert refused.value.code == 2
    assert "is not a person, group or address" in capsys.readouterr().err


@pytest.mark.parametrize("which", ["person", "group"])
async def test_who_is_blocked_gets_one_kind_sentence_and_no_byte_is_fetched(users, which):
    """Songs and new wishes are refused; to see, cancel and delete what is one's own is not."""
    await users.sends("drumless", data=b"before", chat=GROUP)
    [standing] = await users.service.queue.orders.open_orders("chat")
    admin = QueueAdmin(users.service.queue.orders.database)
    await admin.block(ANNA.id if which == "person" else GROUP)
    replies = await users.sends("drumless", data=b"after", chat=GROUP)
    assert [reply.text for reply in replies] == [
        "I can't accept songs from here: the operator has blocked it."
    ]
    [outputs] = await users.clicks(f"wish:{standing.order.id}:vocals:mp3", chat=GROUP)
    assert outputs.private
    assert outputs.text == replies[0].text
    assert (await users.service.commands.privacy(ANNA)).buttons
    [cancelled] = await users.clicks(f"cancel:{standing.order.id}", chat=GROUP)
    assert cancelled.text == "Cancelled."
    [*_, other] = await users.sends("drumless", BEN, b"else")
    assert "Drumless" in other.text


def unread(name: str = "Demo.mp3") -> Song:
    """A song whose bytes nobody may ask for."""

    def fetch():
        raise AssertionError(name)

    return Song(name, 200_000_000, fetch)


async def stored_songs(users) -> int:
    return len(await users.service.queue.store.list_ages("songs"))


async def test_whoever_has_enough_in_the_queue_is_told_before_a_byte_is_fetched(users):
    """Thirty songs were stored for a day, twenty of them for orders that were refused."""
    for number in range(10):
        await users.sends("drumless", data=f"song {number}".encode())
    [refused] = await users.sends("drumless", song=unread())
    assert (
        refused.text == "You already have 10 songs in the queue. Send the next one when one of them is done."
    )
    assert await stored_songs(users) == 10


async def test_songs_that_wait_for_a_choice_are_limited_until_one_is_made(users):
    for number in range(10):
        await users.sends("", data=f"song {number}".encode())
    [refused] = await users.sends("", song=unread())
    assert refused.text.startswith("10 of your songs are waiting for you to choose.")
    [*_, taken] = await users.sends("drumless", data=b"with words")
    assert "Drumless" in taken.text, "it waits for no choice"
    await users.sends("vocals", data=b"song 3")
    [*_, another] = await users.sends("", data=b"one more")
    assert another.buttons


async def test_a_song_whose_order_is_refused_is_not_stored(users):
    """A full day is known only once the song is: it may be answered from what is stored."""
    await users.sends("drumless", data=b"one")
    await separated(users, 3600.0)
    [*_, refused] = await users.sends("drumless", data=b"two")
    assert refused.text.startswith("You've used your 1 h for today.")
    assert await stored_songs(users) == 1
    await users.sends("vocals", data=b"three", person=BEN)
    [*_, refused] = await users.sends("drumless", data=b"three")
    assert await stored_songs(users) == 2, "another person needs it"


async def test_no_song_is_taken_that_the_disk_has_no_room_for(users, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=999_999_999, total=10**11))
    [refused] = await users.sends("drumless", song=unread())
    assert refused.text == "There's no room for more songs here right now. Please try again later."
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=60_000_000, total=500_000_000))
    [*_, taken] = await users.sends("drumless")
    assert "Drumless" in taken.text
