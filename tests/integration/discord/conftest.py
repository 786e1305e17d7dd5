"""Our Discord, a bot on it, and two people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conftest import SHARED
from tests.servers.discord import Contract, Discord, Person
from tests.servers.discord.running import Bot, online

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SPEC = SHARED / "specs" / "discord_openapi.json"


@pytest.fixture(scope="session")
def contract() -> Contract | None:
    """Discord's published contract, where it is at hand; a test below says loudly where it is not."""
    return Contract(SPEC) if SPEC.is_file() else None


@pytest.fixture
async def discord(contract) -> AsyncIterator[Discord]:
    """Our Discord; every test on it ends with nothing to complain of."""
    async with Discord(contract) as server:
        yield server
    assert server.problems == []
    assert [each.id for each in server.interactions.values() if each.acknowledged_s is None] == []


@pytest.fixture
async def bot(discord, tmp_path) -> AsyncIterator[Bot]:
    """A bot online, with the real chat service, queue and store."""
    discord.channel()
    async with online(discord, tmp_path) as running:
        yield running


@pytest.fixture
def music(discord, bot):
    """The channel of the server."""
    del bot
    return next(each for each in discord.channels.values() if each.guild is not None)


@pytest.fixture
def ann(discord, bot) -> Person:
    del bot
    return Person(discord, "ann")


@pytest.fixture
def ben(discord, bot) -> Person:
    del bot
    return Person(discord, "ben")
