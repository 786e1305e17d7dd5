"""`stembot serve` that cannot serve: one sentence and exit 78, before it says where it is."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from separator.queue import FILE

ROOT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.processes


def serve(folder: Path, command: str = "serve", **settings: object) -> str:
    """Run it until it refuses; returns its sentence."""
    given = {f"STEMBOT_{name.upper()}": str(value) for name, value in settings.items()}
    clean = {name: value for name, value in os.environ.items() if not name.startswith("STEMBOT_")}
    done = subprocess.run(
        [sys.executable, "-m", "bots", command],
        cwd=folder,
        env={**clean, "PYTHONPATH": str(ROOT), "STEMBOT_DATA_DIR": str(folder / "data"), **given},
        capture_output=True,
        text=True,
        check=False,
        timeout=150,
    )
    assert done.returncode == 78, done.stderr
    assert done.stdout == ""
    *events, sentence = done.stderr.splitlines()
    assert command == "web" or not events
    assert "Traceback" not in done.stderr
    assert "{" not in sentence
    return sentence


def test_a_port_that_is_taken_is_named(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert str(port) in serve(tmp_path, web_port=port)
        assert str(port) in serve(tmp_path, "web", web_port=port)


def test_an_address_of_another_machine_is_named(tmp_path):
    assert "192.0.2.7" in serve(tmp_path, web_host="192.0.2.7", web_port=0)


@pytest.mark.parametrize("command", ["serve", "web"])
def test_a_data_folder_that_is_a_file_is_named(tmp_path, command):
    (tmp_path / "data").write_text("not a folder")
    assert str(tmp_path / "data") in serve(tmp_path, command, web_port=0)


@pytest.mark.parametrize("url", ["ftp://x", "mysql", "s4://bucket"])
def test_a_storage_of_an_unknown_kind_is_told(tmp_path, url):
    assert "s3://" in serve(tmp_path, storage_url=url, web_port=0)


@pytest.mark.parametrize("url", ["mysql://me:hidden@host/x", "sqlite:///x", "just words"])
def test_a_database_of_an_unknown_kind_is_told_without_its_password(tmp_path, url):
    sentence = serve(tmp_path, database_url=url, web_port=0)
    assert "postgresql://" in sentence
    assert "hidden" not in sentence


def test_a_damaged_table_is_told(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / FILE).write_bytes(b"no database, and long enough to be read as one" * 100)
    assert FILE in serve(tmp_path, web_port=0)


def test_a_newer_table_is_told(tmp_path):
    (tmp_path / "data").mkdir()
    with sqlite3.connect(tmp_path / "data" / FILE) as table:
        table.execute("CREATE TABLE migration (number INTEGER PRIMARY KEY, name TEXT, at DOUBLE PRECISION)")
        table.execute("CREATE TABLE move (was TEXT, becomes TEXT)")
        table.execute("INSERT INTO migration VALUES (9999, 'of the future', 0)")
    assert "later version" in serve(tmp_path, web_port=0)
