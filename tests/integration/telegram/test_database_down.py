"""Whatever a user does is answered, also while the database is down."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3

import pytest

from bots.i18n.translate import translate
from separator.core.logs import set_up_logs
from separator.queue import FILE
from tests.servers.telegram import Person


@pytest.fixture
async def lost(bot, api, settings):
    """From here on nothing can be read of people and orders; logs are written as the program writes them."""
    del bot
    set_up_logs()
    await api.until(lambda: api.of("getUpdates"))

    def rename() -> None:
        with contextlib.closing(sqlite3.connect(settings.data_dir / FILE, timeout=60)) as table:
            for name in ("preference", "orders", "request"):
                table.execute(f"ALTER TABLE {name} RENAME TO {name}_gone")
            table.commit()

    await asyncio.to_thread(rename)  # the bot, in this loop, may be in the middle of a transaction


@pytest.mark.usefixtures("lost")
async def test_a_song_a_command_and_a_button_each_get_a_sentence_in_the_users_language(api, group, song):
    """The one who pressed is spoken to, not the bot under whose message the button stands."""
    kai = Person(api, 1003, "Kai", language="de")
    sorry = translate("error.StorageError", "de")
    await kai.says("/queue")
    await kai.sends(song(), "drumless")
    shown = api.write(group.chat, {"from": api.me, "text": "old"})
    query = await kai.calls_back(shown, "cancel:1")
    await api.until(lambda: query in api.answered)
    await api.until(lambda: [each["text"] for each in api.by_bot(kai.id)] == [sorry, sorry])
    assert api.answered[query]["text"] == sorry
    assert [each["text"] for each in api.by_bot(group.id)] == ["old"]


@pytest.mark.usefixtures("lost")
async def test_an_inline_query_is_answered_with_an_empty_list(ada):
    found = await ada.types("lithium")
    assert found["results"] == []
