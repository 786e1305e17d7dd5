"""The same bot on somebody else's model of Discord (simcord): its permissions, visibility, components.

Ours (`tests.servers.discord`) is over TCP and knows limits and faults; simcord is in process and independent.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import discord as library
import pytest
import simcord.backend.cdn
from aiohttp import web

from bots.chat.service import ChatService
from bots.discord.client import StembotClient
from bots.settings import BotSettings
from separator import open_queue_client
from storage import open_links
from tests.integration.discord.answers import SONG
from tests.integration.discord.conftest import SPEC
from tests.servers.discord import Contract

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.simcord(shard_count=1)


def text(message) -> str:
    """All words of a card, a title without its marks."""
    found = []

    def walk(components) -> None:
        for each in components:
            found.append(each.get("content", ""))
            walk(each.get("components", []))

    raw = message.components
    walk([each if isinstance(each, dict) else each.to_dict() for each in raw])
    return re.sub(r"(?<!\\)\*\*", "", "\n".join(filter(None, found)))


@pytest.fixture
async def service(tmp_path) -> AsyncIterator[tuple[ChatService, BotSettings]]:
    """The real chat service over an empty data folder."""
    settings = BotSettings(_env_file=None, data_dir=tmp_path)
    async with open_queue_client(settings) as queue:
        yield ChatService(queue, open_links(settings), settings), settings


@pytest.fixture
async def simcord_bot(service) -> AsyncIterator[StembotClient]:
    async with StembotClient(*service) as client:
        yield client


@pytest.fixture
async def env(simcord_env, monkeypatch) -> AsyncIterator[object]:
    """simcord, with its attachments on a file server: the bot downloads, it does not ask the library."""

    async def file(request: web.Request) -> web.Response:
        data = simcord_env.backend.cdn.get(f"{root}{request.path}")
        return web.Response(body=data) if data is not None else web.Response(status=404)

    app = web.Application()
    app.router.add_get("/{path:.*}", file)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    root = f"http://127.0.0.1:{runner.addresses[0][1]}"
    monkeypatch.setattr(simcord.backend.cdn, "CDN_BASE", root)
    yield simcord_env
    await runner.cleanup()
    if SPEC.is_file():
        contract = Contract(SPEC)
        found = [contract.problems(each.method, each.path, each.json) for each in simcord_env.http_requests]
        assert [problem for problems in found for problem in problems] == []


@pytest.fixture
def music(env):
    return env.create_guild().create_text_channel("music")


@pytest.fixture
def ann(env, music):
    del music
    return env.guild.add_member(env.create_user("ann"))


async def test_a_command_is_deferred_and_becomes_a_status_with_buttons(env, ann, music):
    result = await ann.slash(music, "separate", file=SONG, want="drumless please")
    [acknowledged] = [each.json for each in env.http_requests if each.path.endswith("/callback")]
    assert acknowledged == {"type": 5}
    assert text(result.response).startswith("Song.mp3: Drumless")


async def test_a_press_by_somebody_else_is_answered_to_them_alone(env, ann, music):
    status = (await ann.slash(music, "separate", file=SONG, want="vocals")).response
    ben = env.guild.add_member(env.create_user("ben"))
    pressed = await ben.click(status, label="Cancel")
    [reply] = pressed.followups
    assert reply.ephemeral
    assert text(reply) == "Only the person who asked can do that."


async def test_a_button_works_on_a_restarted_client(env, service, ann, music):
    status = (await ann.slash(music, "separate", file=SONG, want="vocals")).response
    async with StembotClient(*service) as another:
        await env.restart_bot(another)
        pressed = await ann.click(status, label="Cancel")
        assert pressed.acknowledged
        assert text(status) == "Cancelled."
        await env.settle()


async def test_somebody_with_manage_messages_cancels_for_others(env, ann, music):
    status = (await ann.slash(music, "separate", file=SONG, want="vocals")).response
    role = env.guild.create_role(
        "Mods", permissions=library.Permissions(manage_messages=True, view_channel=True)
    )
    mod = env.guild.add_member(env.create_user("mod"), roles=[role])
    await mod.click(status, label="Cancel")
    assert text(status) == "Cancelled."


async def test_the_menu_of_a_message_with_a_song_asks_what_is_wanted(ann, music):
    message = await ann.send(music, "mine", attachments=[SONG])
    result = await ann.context_menu(music, "Separate stems", message)
    assert "What would you like?" in text(result.response)


async def test_a_mention_with_a_song_is_answered_without_the_privileged_intent(env, ann, music):
    """Simcord censors what Discord would; a message that mentions the bot comes through."""
    await ann.send(music, f"<@{env.bot.user.id}> vocals", attachments=[SONG])
    assert text(music.last_message).startswith("Song.mp3: Vocals")


async def test_a_direct_message_with_a_song_is_answered(env):
    user = env.create_user("cleo")
    env.bot.get_channel(user.dm_channel.id)
    channel = user.dm_channel
    result = await user.slash("separate", file=SONG, want="bassless")
    assert text(result.response).startswith("Song.mp3: Bassless")
    assert result.response.channel_id == channel.id


async def test_a_bot_that_may_not_attach_says_so_and_takes_no_order(env, service, ann):
    denied = {env.guild.default_role: library.PermissionOverwrite(attach_files=False)}
    mute = env.guild.create_text_channel("mute", overwrites=denied)
    result = await ann.slash(mute, "separate", file=SONG, want="vocals")
    assert result.ephemeral
    assert "attach files" in text(result.response)
    assert await service[0].queue.orders.recent(f"discord:{ann.id}", 1) == []


async def test_an_error_from_discord_while_answering_ends_in_an_apology(env, ann, music):
    env.inject_error("PATCH", "/webhooks/*", status=400)
    result = await ann.slash(music, "separate", file=SONG, want="vocals")
    shown = [each for each in (result.response, *result.followups) if each is not None]
    assert any("Something went wrong" in text(each) for each in shown)


@pytest.mark.parametrize("command", ["help", "privacy", "queue"])
async def test_commands_about_the_bot_are_answered_ephemerally(ann, music, command):
    result = await ann.slash(music, command)
    assert result.ephemeral
    assert text(result.response)
