"""Every interaction is acknowledged in time and answered, also while the database is no help."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3

import pytest

from bots.i18n.translate import translate
from separator.core.logs import set_up_logs
from separator.queue import FILE
from storage import StorageError
from tests.integration.discord.answers import SONG, answered, replied
from tests.programs import eventually
from tests.servers.discord import Person


@pytest.fixture
async def lost(bot, tmp_path):
    """From here on nothing can be read of people and orders; logs are written as the program writes them."""
    del bot
    set_up_logs()

    def rename() -> None:
        with contextlib.closing(sqlite3.connect(tmp_path / FILE, timeout=60)) as table:
            for name in ("preference", "orders", "request"):
                table.execute(f"ALTER TABLE {name} RENAME TO {name}_gone")
            table.commit()

    await asyncio.to_thread(rename)  # the bot, in this loop, may be in the middle of a transaction


async def _suggested(asked):
    return asked.suggested is not None


@pytest.mark.usefixtures("lost")
async def test_commands_menus_buttons_and_messages_each_get_a_sentence_in_their_persons_language(
    discord, music
):
    kai = Person(discord, "kai", locale="de")
    sorry = translate("error.StorageError", "de")
    for name in ("stems", "queue", "settings", "privacy", "mixer", "help"):
        await answered(await kai.commands(music, name), sorry)
    await answered(await kai.commands(music, "stems", song="Lithium"), sorry)
    status = await answered(await kai.commands(music, "separate", file=SONG, want="vocals"), sorry)
    await answered(await kai.clicks_code(status, "cancel:1"), sorry)
    words = await kai.says(music, "hello")
    await answered(await kai.opens_menu(words, "Separate stems"), sorry)
    await replied(kai, await kai.says(kai.private, "vocals", SONG), sorry)


@pytest.mark.usefixtures("lost")
async def test_typing_in_a_command_gets_an_empty_list(ann, music):
    typed = await ann.types(music, "stems", "song", "lith")
    await eventually(lambda: _suggested(typed), "it suggests", 6)
    assert typed.suggested == []


async def test_a_database_that_hangs_costs_nobody_an_acknowledgement(bot, ann, music, monkeypatch):
    """Discord takes one for three seconds; what is read before it may not take longer."""
    over = asyncio.Event()

    async def hangs(*_):
        await over.wait()
        raise StorageError

    monkeypatch.setattr(bot.queue.people, "finished_orders", hangs)
    monkeypatch.setattr(bot.queue.people, "preferences", hangs)
    words = await ann.says(music, "hello")
    asked = [
        await ann.commands(music, "stems", song="Lithium"),
        await ann.opens_menu(words, "Separate stems"),
        await ann.commands(music, "queue"),
    ]
    typed = await ann.types(music, "stems", "song", "lith")

    async def all_of_them():
        return all(each.acknowledged_s is not None for each in (*asked, typed))

    await eventually(all_of_them, "all are acknowledged", 6)
    over.set()
    assert max(each.acknowledged_s for each in (*asked, typed)) < 3.0
