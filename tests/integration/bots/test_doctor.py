"""`stembot doctor`: every failure is caused here, and is reported with its fix."""

from __future__ import annotations

import sys
import time
from importlib.metadata import PackageNotFoundError

import pytest
from aiohttp import web
from pydantic import SecretStr

from bots.cli import checks, doctor
from bots.cli.doctor import ADVICE, examine
from bots.i18n.translate import translate
from bots.settings import BotSettings
from separator.inference.catalog import card_of
from tests.programs import free_port
from tests.servers import discord as on_discord
from tests.servers import telegram as on_telegram

TOKEN = "4242:a-token-for-the-doctor"


@pytest.fixture
def settings(tmp_path) -> BotSettings:
    return BotSettings(_env_file=None, data_dir=tmp_path / "data")


@pytest.fixture
def with_(settings):
    """These settings, but for some."""

    def changed(**more: object) -> BotSettings:
        return settings.model_copy(update=more)

    return changed


async def told(settings, capsys) -> tuple[int, dict[str, str]]:
    """What the doctor says: its exit code, and each sentence under its mark."""
    code = await examine(settings)
    lines = [line.split(" ", 1) for line in capsys.readouterr().out.splitlines()]
    return code, {error_message: mark for mark, error_message in lines}


async def test_a_database_that_is_away_is_reported_with_its_fix(with_, monkeypatch):
    pytest.importorskip("psycopg")
    monkeypatch.setattr("separator.queue.db.postgres.ANSWER_S", 0.2)
    away = with_(database_url=SecretStr(f"postgresql://u:hush@127.0.0.1:{free_port()}/none"))
    assert await checks.database(away) == (False, "database_unreachable", {})
    assert await checks.clock(away) is None, "said once"


async def test_a_data_folder_that_is_none_is_reported(with_, tmp_path, capsys):
    """For the table and for the store; both can be fixed, so the exit code asks for it."""
    (tmp_path / "file").write_text("in the way")
    code, found = await told(with_(data_dir=tmp_path / "file"), capsys)
    assert code == 1
    assert found[translate("doctor.database_unreachable")] == "✗"
    assert found[translate("doctor.storage_unreachable")] == "✗"


async def test_a_bucket_that_does_not_answer_is_reported(with_, monkeypatch):
    monkeypatch.setattr(checks, "CHECK_S", 0.3)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"):
        monkeypatch.setenv(name, "a")
    assert (await checks.storage(with_(storage_url="s3://nowhere/at-all"))).key == "storage_unreachable"


async def test_what_is_well_is_told_and_leaves_nothing_behind(settings):
    assert (await checks.database(settings)).key == "database"
    assert (await checks.storage(settings)).key == "storage"
    assert (await checks.clock(settings)).key == "clock"
    assert [path for path in (settings.data_dir / "objects").rglob("*") if path.is_file()] == []


async def test_a_clock_that_is_off_is_reported(settings, monkeypatch):
    """The line's clock here is this machine's, so it is the probe's that goes wrong."""
    right = time.time
    monkeypatch.setattr("bots.cli.checks.time.time", lambda: right() + 3600)
    result = await checks.clock(settings)
    assert (result.key, result.facts["off_s"]) == ("clock_off", pytest.approx(3600, abs=5))


async def test_a_disk_that_is_nearly_full_is_advice(settings, monkeypatch, capsys):
    monkeypatch.setattr(doctor, "MIN_FREE_BYTES", 1 << 60)
    code, found = await told(settings, capsys)
    assert code == 0
    assert [mark for error_message, mark in found.items() if "STEMBOT_KEEP_STEMS_S" in error_message] == ["!"]


@pytest.mark.parametrize(
    ("public_url", "trusted_proxies", "key"),
    [
        ("https://stems.example.org", "", "proxies_missing"),
        ("https://stems.example.org", "10.0.0.0/8", None),
        ("http://192.168.1.5:8080", "", None),
        ("", "", None),
    ],
)
async def test_a_proxy_that_nobody_named_is_advice(with_, public_url, trusted_proxies, key):
    result = await checks.proxies(with_(public_url=public_url, trusted_proxies=trusted_proxies))
    assert (result.key if result else None) == key
    assert key is None or key in ADVICE


async def test_weights_that_are_half_there_are_named(with_, settings):
    view = card_of("htdemucs")
    settings.weights_dir.mkdir(parents=True)
    assert (await doctor._weights(with_(model="htdemucs"))).key == "weights_to_pull"
    (settings.weights_dir / view.files[0].name).write_bytes(b"the first half")
    assert await doctor._weights(with_(model="htdemucs")) == (False, "weights_corrupt", {"model": "htdemucs"})


@pytest.mark.parametrize("broken", ["it ends with an error", "it is not there"])
async def test_an_ffmpeg_that_does_not_run_is_reported_with_its_fix(
    settings, monkeypatch, tmp_path, capsys, broken
):
    program = tmp_path / "ffmpeg"
    if broken == "it ends with an error":
        program.write_text("#!/bin/sh\nexit 1\n")
        program.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(program))
    code, found = await told(settings, capsys)
    assert (code, found[translate("doctor.ffmpeg_broken")]) == (1, "✗")


async def test_a_machine_without_torch_or_weights_is_told_what_to_install(settings, monkeypatch):
    """Both are extras: a web app or a bot alone does without."""
    monkeypatch.setitem(sys.modules, "torch", None)
    assert (await doctor._torch(settings)).key == "torch_missing"

    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(doctor, "version", missing)
    assert (await doctor._weights(settings)).key == "weights_missing"


async def test_a_gpu_that_torch_does_not_see_is_reported(settings, with_, monkeypatch, tmp_path):
    """The real torch of this machine is asked; that there is a card is only claimed."""
    assert await doctor._gpu(settings) is None, "there is none"
    (tmp_path / "nvidia0").touch()
    monkeypatch.setattr(doctor, "GPU_DEVICE", tmp_path / "nvidia0")
    assert (await doctor._gpu(with_(device="cpu"))).key == "gpu_off"
    pytest.importorskip("torch")
    assert (await doctor._gpu(settings)).key == "gpu_unused"
    monkeypatch.setattr(doctor, "TORCH_CODE", "print('used')")
    assert (await doctor._gpu(settings)).key == "gpu"


async def test_a_gpu_that_torch_sees_and_has_no_kernels_for_is_not_called_used(
    settings, monkeypatch, tmp_path
):
    """A card that is too old or brand-new: tensors lie on it, and no network runs there."""
    pytest.importorskip("torch")
    (tmp_path / "nvidia0").touch()
    monkeypatch.setattr(doctor, "GPU_DEVICE", tmp_path / "nvidia0")
    seen = """
import torch
from separator.inference import device
def fails(*_):
    raise RuntimeError("CUDA error: no kernel image is available for execution on the device")
torch.cuda.is_available, device.run_kernels = lambda: True, fails
device.describe_device = lambda _: {}
"""
    monkeypatch.setattr(doctor, "TORCH_CODE", seen + doctor.TORCH_CODE)
    assert (await doctor._gpu(settings)).key == "gpu_unusable"


async def test_an_address_at_which_nothing_answers_is_reported(with_):
    port = free_port()
    public = with_(public_url=f"http://127.0.0.1:{port}/")
    assert (await checks.address(public)).key == "address_unreachable"

    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(text="ok")

    app = web.Application()
    app.router.add_get("/healthz", healthz)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    assert (await checks.address(public)).key == "address"
    await runner.cleanup()


async def test_a_telegram_token_is_right_wrong_or_cannot_be_asked_for(shared, with_):
    contract = on_telegram.Contract(shared / "specs/telegram_api.json")
    async with on_telegram.BotApi(contract, TOKEN).running() as api:
        right = with_(telegram_token=SecretStr(TOKEN), telegram_api_url=api.root)
        assert (await checks.telegram(right)).key == "token"
        wrong = right.model_copy(update={"telegram_token": SecretStr("4242:another")})
        assert (await checks.telegram(wrong)).key == "token_rejected"
    assert (await checks.telegram(right)).key == "platform_unreachable"


async def test_a_discord_token_and_the_intent_are_checked(shared, with_):
    contract = on_discord.Contract(shared / "specs/discord_openapi.json")
    async with on_discord.Discord(contract) as server:
        right = with_(
            discord_token=SecretStr(on_discord.TOKEN),
            discord_api_url=server.root,
            discord_message_content=True,
        )
        assert (await checks.discord(right)).key == "token"
        assert (await checks.intent(right)).key == "intent_missing"
        wrong = right.model_copy(update={"discord_token": SecretStr("another")})
        assert (await checks.discord(wrong)).key == "token_rejected"
        assert await checks.intent(wrong) is None, "said once"


async def test_a_token_is_never_told(with_, capsys):
    refused = {"telegram_token": SecretStr(TOKEN), "telegram_api_url": f"http://127.0.0.1:{free_port()}"}
    code, found = await told(with_(**refused), capsys)
    assert (code, found[translate("doctor.platform_unreachable", platform="Telegram")]) == (0, "!")
    assert not any(TOKEN in error_message for error_message in found)


async def test_without_tokens_the_web_room_works_so_that_is_advice(settings, capsys):
    code, found = await told(settings, capsys)
    assert (code, found[translate("doctor.tokens_missing")]) == (0, "!")


def test_every_advice_has_a_sentence():
    for key in ADVICE:
        facts = dict.fromkeys(("free_bytes", "off_s"), 1.0) | dict.fromkeys(("model", "platform", "url"), "x")
        assert translate(f"doctor.{key}", **facts)
