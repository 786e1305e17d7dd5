"""What killed processes leave behind is found again, and nothing else is touched."""

import os
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


KILLED = (
    "import os, signal, storage; storage.remove_stale_temp_dirs(); s = storage.temp_dir();"
    "open(s.name + '/song', 'w').close(); os.kill(os.getpid(), signal.SIGKILL)"
)


def test_a_container_whose_process_always_has_the_same_number_leaves_one_folder(tmp_path, monkeypatch):
    """Each kill left a decoded song, 0.5 to 5 GB, since the next process found its own number alive."""
    code = f"import os; os.getpid = lambda: 1\n{KILLED}"
    code = code.replace("os.kill(os.getpid(), signal.SIGKILL)", "os.abort()")
    for _ in range(3):
        subprocess.run(
            [sys.executable, "-c", code], env={"TMPDIR": str(tmp_path)}, cwd=Path.cwd(), check=False
        )
    assert len(list(tmp_path.iterdir())) == 1
    monkeypatch.setattr("os.getpid", lambda: 1)
    assert remove_stale_temp_dirs() == 1
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_an_earlier_version_goes_where_its_number_is_ours_or_nobodys(tmp_path):
    ended = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], stdout=subprocess.PIPE, check=True
    )
    (tmp_path / f"stembot-{os.getpid()}-x").mkdir()
    (tmp_path / f"stembot-{int(ended.stdout)}-x").mkdir()
    (tmp_path / f"stembot-{os.getppid()}-x").mkdir()
    assert remove_stale_temp_dirs() == 2
    assert [path.name for path in tmp_path.iterdir()] == [f"stembot-{os.getppid()}-x"]


def test_a_folder_outlives_no_block_and_its_lock_neither(tmp_path):
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        with temp_dir() as name:
            Path(name, "song").touch()
    assert list(tmp_path.iterdir()) == []
    assert len(list(Path("/proc/self/fd").iterdir())) == before
