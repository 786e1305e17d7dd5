"""What killed processes leave behind is found again, and nothing else is touched."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from storage import remove_stale_temp_dirs, temp_dir


@pytest.fixture(autouse=True)
def _tmp(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_a_killed_process_leaves_a_folder_and_the_next_one_removes_it(tmp_path):
    """Otherwise each kill in mid-work costs the disk a decoded song, for ever."""
    code = (
        "import os, signal, storage; s = storage.temp_dir(); open(s.name + '/song', 'w').close();"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code], env={"TMPDIR": str(tmp_path)}, cwd=Path.cwd(), check=False)
    assert len(list(tmp_path.glob("stembot-*/song"))) == 1
    assert remove_stale_temp_dirs() == 1
    assert list(tmp_path.iterdir()) == []


def test_the_folder_of_a_living_process_stays():
    with temp_dir() as name:
        assert remove_stale_temp_dirs() == 0
        assert Path(name).is_dir()


def test_other_peoples_files_stay(tmp_path):
    (tmp_path / "stembot-notes").mkdir()
    (tmp_path / "stembot-12x-y").mkdir()
    assert remove_stale_temp_dirs() == 0
