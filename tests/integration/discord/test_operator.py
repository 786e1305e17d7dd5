"""What people see of an operator's hand in the line: the real bot, the real QueueAdmin, one message."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from separator import Filters, JobState, SeparatorSettings, open_queue_admin
from separator.core.jobs import JobKind
from tests.integration.discord.answers import SONG, answered, files_of, turned
from tests.queue_sides import worker_queue
from tests.servers.discord import Person
from tests.servers.discord.running import online

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from separator import QueueAdmin

ERROR = {"kind": "SeparationFailed", "facts": {}}


@pytest.fixture
async def admin(tmp_path) -> AsyncIterator[QueueAdmin]:
    """The queue, as an operator has it open on another machine."""
    async with open_queue_admin(SeparatorSettings(_env_file=None, data_dir=tmp_path)) as admin:
        yield admin


async def queued(person, music):
    """The status message of an order that this person made."""
    return await answered(await person.commands(music, "separate", file=SONG, want="vocals"), "its place")


async def only(admin, state: JobState):
    """The one separation in this state."""
    listing = await admin.list_jobs(Filters(state=state))
    [job] = [each for each in listing.jobs if each.kind is JobKind.SEPARATE]
    return job


async def test_a_song_that_failed_and_is_tried_again_turns_the_same_message_into_the_result(
    bot, ann, music, admin
):
    status = await queued(ann, music)
    for _ in range(3):
        await worker_queue(bot.queue).fail(
            await worker_queue(bot.queue).claim("w1", JobKind.SEPARATE, 30), ERROR, 0.0
        )
    await turned(status, "the separation failed")
    assert await admin.retry((await only(admin, JobState.FAILED)).id) == 1
    await bot.work("vocals")
    await turned(status, "Done: Vocals.")
    [files] = await files_of(ann, status)
    assert [each["filename"] for each in files.attachments] == ["vocals.mp3"]


async def test_what_an_operator_cancels_is_told_also_by_a_bot_that_was_down(discord, tmp_path, admin):
    """Through the outbox, as a result is: nothing of it has to be in the memory of a bot."""
    music, ann = discord.channel(), Person(discord, "ann")
    async with online(discord, tmp_path):
        status = await queued(ann, music)
    await admin.cancel_job((await only(admin, JobState.QUEUED)).id)
    async with online(discord, tmp_path):
        await turned(status, "Cancelled.")
    assert status.buttons == {}


async def test_people_in_the_queue_are_told_of_maintenance_and_of_its_end(bot, ann, music, admin):
    status = await queued(ann, music)
    await worker_queue(bot.queue).heartbeat("w1", "cpu", None, "ready")
    await turned(status, "You're next")
    await admin.drain(on=True)
    await turned(status, "paused for maintenance")
    await admin.drain(on=False)
    await turned(status, "You're next")
