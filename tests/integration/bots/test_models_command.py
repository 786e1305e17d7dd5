"""`stembot models` and the fetch beside `serve`, with small files from a server of our own."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bots.cli.main import run
from bots.operations import supervisor
from bots.settings import BotSettings
from separator.core.outputs import OutputSpec, Stem
from separator.inference.catalog import registry
from separator.inference.catalog.card import ModelCard, WeightFile

WHOLE = bytes(range(256)) * 2000


@pytest.fixture
async def card(monkeypatch, tmp_path):
    """A model of one small file; its server hears who asks."""
    app = web.Application()

    async def give(_):
        return web.Response(body=WHOLE)

    app.router.add_get("/net.th", give)
    monkeypatch.setenv("STEMBOT_DATA_DIR", str(tmp_path))
    async with TestServer(app) as server:
        file = WeightFile(
            "net.th", hashlib.sha256(WHOLE).hexdigest(), len(WHOLE), (str(server.make_url("/net.th")),)
        )
        stems = (Stem.VOCALS, Stem.DRUMS, Stem.BASS, Stem.OTHER)
        made = ModelCard("net", "1", stems, "x:y", "MIT", "us", files=(file,), window=1)
        monkeypatch.setattr(registry, "CARDS", {"net": made, **registry.CARDS})
        monkeypatch.setattr("bots.cli.models.CARDS", registry.CARDS)
        # Logs would be bound to this test's captured stream, and later tests would write to it closed.
        monkeypatch.setattr("bots.cli.main.set_up_logs", lambda *_, **__: None)
        yield made


async def stembot(*words):
    """The command, beside the server's loop."""
    return await asyncio.to_thread(run, words)


@pytest.mark.usefixtures("card")
async def test_a_model_is_pulled_once_verified_and_then_listed_as_ready(tmp_path, capsys):
    assert await stembot("models", "pull", "net") == 0
    assert (tmp_path / "models" / "net.th").read_bytes() == WHOLE
    assert await stembot("models", "verify", "net") == 0
    capsys.readouterr()
    assert await stembot("models", "list") == 0
    assert "✓ net: vocals, drums, bass, other" in capsys.readouterr().out


@pytest.mark.usefixtures("card")
async def test_a_spoiled_file_is_found_out(tmp_path, capsys):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "net.th").write_bytes(WHOLE[:-1] + b"?")
    assert await stembot("models", "verify") == 1
    assert "✗ net.th" in capsys.readouterr().out


@pytest.mark.usefixtures("card")
async def test_a_file_by_hand_is_taken_in_and_another_is_not(tmp_path, capsys):
    (tmp_path / "loaded.bin").write_bytes(WHOLE)
    (tmp_path / "other.bin").write_bytes(WHOLE[1:])
    assert await stembot("models", "add", "net", str(tmp_path / "other.bin")) == 1
    assert "other.bin" in capsys.readouterr().err
    assert await stembot("models", "add", "net", str(tmp_path / "nowhere.bin")) == 1
    assert await stembot("models", "add", "net", str(tmp_path / "loaded.bin")) == 0
    assert registry.choose_model("auto", OutputSpec.from_code("drums:mp3"), tmp_path / "models").name == "net"


async def test_a_model_that_must_be_read_about_waits_for_it(card, monkeypatch, tmp_path, capsys):
    asked = replace(card, note="models.note.bs_roformer_sw", opt_in=True)
    monkeypatch.setitem(registry.CARDS, "net", asked)
    assert await stembot("models", "pull", "net") == 1
    assert "does not state a licence" in capsys.readouterr().err
    assert not (tmp_path / "models").exists()
    assert await stembot("models", "pull", "net", "--accept") == 0


async def test_a_source_that_is_away_is_said_in_a_sentence(card, monkeypatch, capsys):
    lost = replace(card, files=(replace(card.files[0], sources=(card.files[0].sources[0] + "x",)),))
    monkeypatch.setitem(registry.CARDS, "net", lost)
    assert await stembot("models", "pull", "net") == 1
    assert "couldn't download net.th completely (404)" in capsys.readouterr().err


@pytest.mark.usefixtures("card")
async def test_a_model_with_its_weights_inside_needs_nothing(capsys):
    assert await stembot("models", "pull", "spleeter") == 0
    assert "needs no download" in capsys.readouterr().out


@pytest.mark.usefixtures("card")
async def test_serve_fetches_the_model_that_is_set_and_says_how_far_it_is(tmp_path, capsys):
    settings = BotSettings(data_dir=tmp_path, model="net")
    await supervisor.fetch_model(settings)
    out = capsys.readouterr().out
    assert (tmp_path / "models" / "net.th").read_bytes() == WHOLE
    assert "Downloading net.th: 100 %" in out
    assert out.endswith("net is complete.\n")


async def test_serve_fetches_nothing_that_must_be_read_about(card, monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(registry.CARDS, "net", replace(card, note="models.note.bs_roformer_sw", opt_in=True))
    await supervisor.fetch_model(BotSettings(data_dir=tmp_path, model="net"))
    assert "stembot models pull net --accept" in capsys.readouterr().out
    assert not (tmp_path / "models").exists()
