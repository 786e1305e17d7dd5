"""Coming online, and what stands in the way of it."""

from __future__ import annotations

import asyncio

import pytest

from bots.discord.app import run_discord
from bots.settings import BotSettings
from separator.core.errors import ConfigError
from tests.programs import free_port
from tests.servers.discord import TOKEN, Discord


def settings(discord: Discord, tmp_path, **other) -> BotSettings:
    known = {"discord_token": TOKEN, "discord_api_url": discord.root, "data_dir": tmp_path}
    return BotSettings(_env_file=None, **{**known, **other})


async def test_a_bot_started_without_network_comes_online_when_there_is_one(contract, tmp_path, monkeypatch):
    """Offline is a normal state: it tries again, and nobody has to start it anew."""
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
