"""A data folder and a database of the first landed version, orders in flight included, read by this one.

What lies in `tests/data/first_version` was made by that version itself; see the README there.
"""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import soundfile
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bots.chat.messages import ButtonClick, Person
from bots.discord.reply_target import Address as DiscordAddress
from bots.settings import BotSettings
from bots.telegram.address import Address as TelegramAddress
from bots.web.i18n import translations
from bots.web.mixer import mixer_app
from separator import JobState, OrderState
from separator.core.jobs import JobKind
from separator.queue import open_queue
from storage import open_links, open_store
from tests import secrets_check
from tests.acceptance.test_killed import a_bot
from tests.programs import eventually
from tests.servers.postgres import PostgresServer, find_programs

psycopg = pytest.importorskip("psycopg", reason="LOUD: psycopg is not installed, so no upgrade is tried")

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.programs import Program

pytestmark = pytest.mark.processes

FIRST = Path(__file__).parent.parent / "data" / "first_version"
FACTS = json.loads((FIRST / "facts.json").read_text())
# The stand-in chat of that version wrote it into its receipt; platforms never did.
secrets_check.allow_link(FACTS["link"])
#: Every column of that version's table that holds a time.
STAMPS = {
    "job": ("created", "run_at", "started", "finished", "lease_until"),
    "orders": ("created", "send_at", "lease_until"),
    "served": ("at",),
    "worker": ("seen",),
}
STEMS = ["vocals", "drums", "bass", "other"]


def moved(since_s: float) -> Iterator[str]:
    """Statements that make the table as old as an upgrade finds it."""
    for table, columns in STAMPS.items():
        changes = ", ".join(f"{column} = {column} + {since_s}" for column in columns)
        yield f"UPDATE {table} SET {changes}"


def unpack(data_dir: Path) -> None:
    """The data folder, as that version left it a minute ago."""
    shutil.copytree(FIRST / "objects", data_dir / "objects", copy_function=shutil.copyfile)
    shutil.copytree(FIRST / "keys", data_dir / "keys", copy_function=shutil.copyfile)
    table = sqlite3.connect(data_dir / "line.sqlite")
    table.executescript((FIRST / "line.sqlite.sql").read_text())
    for statement in moved(time.time() - 60 - FACTS["made"]):
        table.execute(statement)
    table.commit()
    table.close()


@pytest.fixture
def settings(program: Program) -> BotSettings:
    unpack(program.data_dir)
    return BotSettings(_env_file=None, data_dir=program.data_dir)


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    programs = find_programs()
    if programs is None:
        pytest.skip("LOUD: PostgreSQL is not installed here, so no table on it is upgraded")
    server = PostgresServer(programs)
    server.start()
    yield server
    server.close()


async def test_orders_in_flight_survive_the_upgrade_and_everybody_is_answered_once(program, settings):
    """Ready, running in dead hands, queued, and a draft whose buttons are pressed only now."""
    program.worker()
    async with a_bot(settings) as (service, chat):
        draft = await service.queue.orders.find_order("chat:5")
        press = ButtonClick(
            "chat:press", Person("chat:1"), "chat", f"wish:{draft.id}:drums:mp3", lambda: "here"
        )
        said = [reply async for reply in service.buttons.click(press)]
        assert "Drums" in said[-1].text

        async def all_sent() -> bool:
            orders = await service.queue.orders.recent("chat:1", 10)
            return sum(order.state is OrderState.SENT for order in orders) == 5

        await eventually(all_sent, "all that was asked before the upgrade is answered")
        told = {result.order: [file.mix for file in result.files] for result in chat.results}
    assert told == {2: ["vocals"], 3: ["bassless"], 4: ["instrumental"], 6: ["drums"]}
    assert len(chat.results) == 4, "nobody twice, and not again who was answered before"
    async with open_queue(settings) as queue:
        lapsed = (await queue.admin.history(5)).job
    assert (lapsed.state, lapsed.attempts, lapsed.token) == (JobState.DONE, 2, 2), "taken over from the dead"


async def test_a_link_given_out_by_the_first_version_opens_and_plays(settings):
    """Keys, manifest, stems and peaks of that version, in this version's mixer."""
    app = web.Application()
    app.add_subapp("/m", mixer_app(open_store(settings), open_links(settings), translations()))
    path = FACTS["link"].removeprefix("https://stems.example")
    async with TestClient(TestServer(app)) as client:
        page = await client.get(path)
        assert (page.status, "Tone 110" in await page.text()) == (200, True)
        facts = await (await client.get(f"{path}/manifest.json")).json()
        assert [stem["name"] for stem in facts["stems"]] == STEMS
        assert all(stem["cuts"] for stem in facts["stems"]), "a stem without a table of cuts is scanned"
        assert (await (await client.get(f"{path}/peaks.json")).json())["stems"].keys() == set(STEMS)
        for stem in facts["stems"]:
            body = await (await client.get(f"{path}/stems/{stem['name']}.flac")).read()
            sound, rate_hz = soundfile.read(io.BytesIO(body))
            assert (len(sound), rate_hz) == (facts["samples"], facts["rate_hz"])


@pytest.mark.postgres
async def test_a_postgres_of_the_first_version_is_migrated_and_worked_off(postgres, tmp_path):
    """The lapsed job first, then the queued one; the answer that waited is there to be sent."""
    dump = (FIRST / "line.postgres.sql").read_text().splitlines()
    whole = "\n".join(line for line in dump if not line.startswith("\\"))  # psql's own commands
    async with await psycopg.AsyncConnection.connect(postgres.url, autocommit=True) as connection:
        await connection.execute(whole)
        await connection.execute("SELECT set_config('search_path', 'public', false)")
        for statement in moved(time.time() - 60 - FACTS["made"]):
            await connection.execute(statement)
    settings = BotSettings(_env_file=None, data_dir=tmp_path, database_url=postgres.url)
    async with open_queue(settings) as queue:
        claimed = [await queue.workers.claim("w", JobKind.SEPARATE, 30) for _ in range(3)]
        assert [(job.id, job.attempts) for job in claimed[:2]] == [(5, 2), (7, 1)]
        assert claimed[2] is None
        for job in claimed[:2]:
            await queue.workers.finish(job, {"manifest": "m", "song_s": 1.2})
        mixes = [await queue.workers.claim("w", JobKind.MIX, 30) for _ in range(2)]
        assert sorted(job.id for job in mixes) == [6, 8]
        delivery = await queue.outbox.claim_delivery("chat", 30)
        assert delivery.status.order.request_id == "chat:2"
        assert (await queue.orders.find_order("chat:5")).state is OrderState.DRAFT


def test_addresses_that_the_first_version_wrote_are_read():
    """Where an answer goes is opaque to the table; each room reads what it wrote before the upgrade."""
    telegram = TelegramAddress.read('{"chat": -1001, "song": 5, "asked": 6, "thread": 7, "status": 8}')
    assert telegram == TelegramAddress(chat=-1001, song=5, asked=6, thread=7, status=8)
    discord = DiscordAddress.read('{"channel": 1, "message": 2, "person": 3, "token": "t", "until": 9.5}')
    assert discord == DiscordAddress(channel=1, message=2, person=3, token="t", until=9.5)
