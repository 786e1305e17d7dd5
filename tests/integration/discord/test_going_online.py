"""Coming online, and what stands in the way of it."""

from __future__ import annotations

import asyncio

import pytest

from bots.discord.app import next_pause_s, run_discord
from bots.settings import BotSettings
from separator.core.errors import ConfigError
from tests.integration.discord.answers import SONG, replied
from tests.programs import eventually, free_port
from tests.servers.discord import TOKEN, Discord, Person
from tests.servers.discord.running import online


def settings(discord: Discord, tmp_path, **other) -> BotSettings:
    known = {"discord_token": TOKEN, "discord_api_url": discord.root, "data_dir": tmp_path}
    return BotSettings(_env_file=None, **{**known, **other})


async def test_a_bot_started_without_network_comes_online_when_there_is_one(contract, tmp_path, monkeypatch):
    """Offline is a normal state: it tries again, and nobody has to start it again."""
    monkeypatch.setattr("bots.discord.app.PAUSE_S", 0.05)
    discord = Discord(contract)
    discord.port = free_port()
    discord.root = f"http://127.0.0.1:{discord.port}"
    running = asyncio.create_task(run_discord(settings(discord, tmp_path)))
    await asyncio.sleep(0.5)  # several tries long; the test does not depend on how many
    assert not running.done()
    async with discord:
        await asyncio.wait_for(discord.identified.wait(), 20)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.mark.parametrize(("token", "value"), [("", "empty"), ("wrong", "unknown to Discord")])
async def test_a_token_that_does_not_fit_is_named_and_not_shown(discord, tmp_path, token, value):
    with pytest.raises(ConfigError) as refused:
        await run_discord(settings(discord, tmp_path, discord_token=token))
    assert refused.value.facts == {"setting": "STEMBOT_DISCORD_TOKEN", "value": value}


async def test_an_intent_that_the_portal_does_not_allow_is_named(discord, tmp_path):
    discord.portal_allows_content = False
    with pytest.raises(ConfigError) as refused:
        await run_discord(settings(discord, tmp_path, discord_message_content=True))
    assert refused.value.facts["setting"] == "STEMBOT_DISCORD_MESSAGE_CONTENT"


@pytest.mark.parametrize(
    ("status", "body"),
    [(403, {"code": 50_001, "message": "Missing Access"}), (429, {"retry_after": 600.0, "global": False})],
)
async def test_a_bot_whose_commands_discord_does_not_take_answers_all_the_same(
    discord, tmp_path, status, body
):
    """No crash loop, which would make the limit worse; messages need no command."""
    discord.fail("PUT", "/commands", status, body)
    async with online(discord, tmp_path):
        ann = Person(discord, "ann")
        await replied(ann, await ann.says(ann.private, "karaoke", SONG), "Song.mp3: Instrumental")
    assert discord.commands == []


async def test_commands_that_were_refused_are_registered_later(discord, tmp_path, monkeypatch):
    monkeypatch.setattr("bots.discord.commands.SYNC_PAUSE_S", 0.05)
    discord.fail("PUT", "/commands", 403, {"code": 50_001, "message": "Missing Access"}, times=2)

    async def registered():
        return [each["name"] for each in discord.commands]

    async with online(discord, tmp_path):
        assert "separate" in await eventually(registered, "the commands are registered", 10)


def test_after_a_connection_that_lasted_the_pauses_start_small_again():
    """A week of small outages: each costs seconds, not two minutes."""
    pauses = [0.0]
    for connected_s in (0, 0, 0, 0, 0, 0, 0, 0, 7 * 3600, 0):
        pauses.append(next_pause_s(pauses[-1], connected_s))
    assert pauses[1:] == [2, 4, 8, 16, 32, 64, 120, 120, 2, 4]
