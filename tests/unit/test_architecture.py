"""The packages are as ARCHITECTURE.md draws them: light front doors, no import circles, the field's words."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from bots.settings import BotSettings
from tests.unit.source import MODULES, circles, imports, retired_names

ROOT = Path(__file__).parent.parent.parent


def test_a_bot_starts_without_torch():
    """Bots and web app run on machines, and in images, that have no torch."""
    code = "import bots.chat.service, storage, separator, sys; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


@pytest.mark.parametrize(
    "module",
    [
        "bots.cli.main",
        "bots.operations.supervisor",
        "bots.cli.doctor",
        "bots.telegram.app",
        "bots.discord.app",
        "bots.web.app",
    ],
)
def test_no_service_of_the_bots_loads_torch(module):
    code = f"import {module}, sys; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


@pytest.mark.parametrize("module", ["bots.telegram.app", "bots.discord.app"])
def test_no_bot_loads_numpy(module):
    """13 MB in each bot, for pictures and sound that only the web app makes."""
    code = f"import {module}, sys; assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


@pytest.mark.parametrize("unused", ["numpy", "cryptography"])
@pytest.mark.parametrize("words", [["bot", "telegram"], ["web"]], ids=" ".join)
def test_a_service_that_has_just_started_has_not_loaded(words, unused):
    """15 MB for a web app that nobody has asked for a picture; 10 MB for Telegram Passport."""
    app = {"bot": "bots.telegram.app", "web": "bots.web.app, bots.web.mixer.app"}[words[0]]
    code = (
        f"import bots.__main__, sys\nbots.__main__._skip_unused_imports({words})\n"
        f"import bots.cli.main, {app}\n"
        f"assert sys.modules.get('{unused}') is None"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, stderr=subprocess.PIPE)


@pytest.mark.parametrize("words", [["bot", "telegram"], ["bot", "discord"], ["web"]], ids=" ".join)
def test_no_service_that_writes_to_a_file_loads_rich(words):
    """5 MB in each, for tables and bars that none of them draws; structlog and httpx would load it."""
    code = (
        "import bots.__main__, sys\n"
        f"bots.__main__._skip_unused_imports({words})\n"
        "import bots.cli.main, bots.telegram.app, bots.discord.app, bots.web.app\n"
        "assert not [name for name in sys.modules if name.startswith('rich.')]"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, stderr=subprocess.PIPE)


@pytest.mark.parametrize("words", [["--help"], ["separate", "--help"]], ids=" ".join)
def test_help_loads_nothing_heavy(words):
    """It takes 0.4 s at most; an HTTP client alone would be half of that."""
    code = (
        "import sys, bots.__main__\n"
        f"sys.argv[1:] = {words}\n"
        "try:\n    bots.__main__.main()\nexcept SystemExit:\n    pass\n"
        "loaded = {'aiohttp', 'numpy', 'telegram', 'discord', 'rich'} & {*sys.modules}\n"
        "assert not [name for name in loaded if sys.modules[name]], loaded"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True)


@pytest.mark.parametrize("door", ["separator", "storage"])
def test_what_a_front_door_offers_is_there(door):
    module = importlib.import_module(door)
    assert [name for name in module.__all__ if not hasattr(module, name)] == []


@pytest.mark.parametrize("name", BotSettings.model_fields)
def test_every_setting_stands_in_the_example(name):
    assert f"#STEMBOT_{name.upper()}=" in (ROOT / ".env.example").read_text()


def test_secrets_are_masked_wherever_settings_are_printed(monkeypatch):
    monkeypatch.setenv("STEMBOT_TELEGRAM_TOKEN", "12345:hush")
    monkeypatch.setenv("STEMBOT_DATABASE_URL", "postgresql://u:hush@h/d")
    settings = BotSettings(_env_file=None)
    assert "hush" not in f"{settings!r} {settings} {settings.model_dump()}"


@pytest.mark.parametrize(("folder", "most"), [("bots", 11), ("separator", 8), ("storage", 12)])
def test_a_package_can_be_seen_at_a_glance(folder, most):
    """Modules and subpackages side by side; a new chat platform is a reason to raise the first number."""
    files = subprocess.run(["git", "ls-files", folder], check=True, cwd=ROOT, capture_output=True, text=True)
    entries = {line.split("/")[1] for line in files.stdout.splitlines()}
    assert len(entries) <= most, sorted(entries)


def test_no_modules_import_each_other_in_a_circle():
    """A circle works by the order of imports alone, and none of its modules can be moved by itself."""
    graph = {module: imports(module) for module in MODULES}
    assert sum(map(len, graph.values())) > len(MODULES), "imports were not found"
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c", "a"]]
    assert circles(graph) == []


def test_no_name_is_one_that_was_retired():
    """One meaning a word, and the field's own: ../shared/LAYOUT.md has what became of each."""
    found = [f"{each.module}:{each.line} {each.kind} {each.name}" for each in retired_names()]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("folder", ["bots", "separator", "storage", "training", "benchmarks"])
def test_no_docstring_begins_with_take(folder):
    """`Take the …` says of a constructor what its signature says already."""
    opening = '"' * 3 + "Take "
    assert [file.name for file in (ROOT / folder).rglob("*.py") if opening in file.read_text("utf-8")] == []
