"""What people see of an operator's hand in the line: the real bot, the real keeper, one message."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from separator import Filters, JobKind, JobState, SeparatorSettings, open_queue_admin
from tests.integration.discord.answers import SONG, answered, files_of, turned
from tests.servers.discord import Person
from tests.servers.discord.running import online

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from separator import Keeper

ERROR = {"kind": "SeparationFailed", "facts": {}}


@pytest.fixture
async def keeper(tmp_path) -> AsyncIterator[Keeper]:
    """The line, as an operator has it open on another machine."""
    async with open_queue_admin(SeparatorSettings(_env_file=None, data_dir=tmp_path)) as keeper:
        yield keeper


async def in_line(person, music):
    """The status message of an order that this person made."""
    return await answered(await person.commands(music, "separate", file=SONG, want="vocals"), "its place")


async def only(keeper, state: JobState):
    """The one separation in this state."""
    listing = await keeper.list_jobs(Filters(state=state))
    [job] = [each for each in listing.jobs if each.kind is JobKind.SEPARATE]
    return job


async def test_a_song_that_failed_and_is_tried_again_turns_the_same_message_into_the_result(
    bot, ann, music, keeper
):
    status = await in_line(ann, music)
    for _ in range(3):
        await bot.queue.orders.fail(await bot.queue.orders.claim("w1", [JobKind.SEPARATE], 30), ERROR, 0.0)
    await turned(status, "the separation failed")
    assert await keeper.retry((await only(keeper, JobState.FAILED)).id) == 1
    await bot.work("vocals")
    await turned(status, "Done: Vocals.")
    [files] = await files_of(ann, status)
    assert [each["filename"] for each in files.attachments] == ["vocals.mp3"]


async def test_what_an_operator_cancels_is_told_also_by_a_bot_that_was_down(discord, tmp_path, keeper):
    """Through the outbox, as a result is: nothing of it has to be in the memory of a bot."""
    music, ann = discord.channel(), Person(discord, "ann")
    async with online(discord, tmp_path):
        status = await in_line(ann, music)
    await keeper.cancel_job((await only(keeper, JobState.QUEUED)).id)
    async with online(discord, tmp_path):
        await turned(status, "Cancelled.")
    assert status.buttons == {}


@pytest.mark.usefixtures("bot")
async def test_people_in_line_are_told_of_maintenance_and_of_its_end(ann, music, keeper):
    status = await in_line(ann, music)
    await keeper.heartbeat("w1", "cpu", None, "ready")
    await turned(status, "You're next")
    await keeper.drain(on=True)
    await turned(status, "paused for maintenance")
    await keeper.drain(on=False)
    await turned(status, "You're next")
