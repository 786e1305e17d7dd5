"""A child's limits stand before the first hostile byte is read."""

from __future__ import annotations

import os
import shutil
import socket
import sys

import pytest

from separator.audio.decode import ffmpeg
from separator.audio.sandbox import Limits, _landlock_version, run_sandboxed


def test_it_may_not_write_files(tmp_path):
    target = tmp_path / "out.wav"
    command = [ffmpeg(), "-v", "error", "-f", "lavfi", "-i", "sine=d=5", f"{target}"]
    with run_sandboxed(command, Limits(file_bytes=1), tmp_path) as child:
        assert child.wait() != 0
    assert not target.exists() or target.stat().st_size <= 1


def test_it_does_not_see_our_secrets(tmp_path, monkeypatch):
    monkeypatch.setenv("STEMBOT_TELEGRAM_TOKEN", "secret")
    with run_sandboxed([shutil.which("env")], Limits(), tmp_path) as child:
        assert b"secret" not in child.stdout.read()


def test_it_has_no_network(tmp_path):
    """Not even to this machine: what a hole in ffmpeg's protocol list would let out ends here."""
    program = "import socket, sys; socket.create_connection(('127.0.0.1', int(sys.argv[1])), 5); print('out')"
    with socket.create_server(("127.0.0.1", 0)) as server:
        command = [sys.executable, "-c", program, str(server.getsockname()[1])]
        with run_sandboxed(command, Limits(), tmp_path) as child:
            came_out = b"out" in child.stdout.read()
        if came_out:
            pytest.skip("LOUD: this kernel forbids network namespaces; ffmpeg's own lists hold alone here")
        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_it_has_little_memory(tmp_path):
    program = "x = bytearray(400 << 20); print('had it')"
    with run_sandboxed([sys.executable, "-c", program], Limits(memory_bytes=300 << 20), tmp_path) as child:
        assert b"had it" not in child.stdout.read()
        assert child.wait() != 0


def test_it_ends_with_the_block_that_began_it(tmp_path):
    with run_sandboxed([shutil.which("sleep"), "1000"], Limits(), tmp_path) as child:
        pid = child.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_its_clock_ends_it(tmp_path):
    with run_sandboxed([shutil.which("sleep"), "1000"], Limits(wall_s=0.2), tmp_path) as child:
        assert child.wait() < 0
        assert child.timed_out


def test_what_it_says_is_kept_to_a_bearable_length(tmp_path):
    program = "import sys; [sys.stderr.write('x' * 1000) for _ in range(2000)]"
    with run_sandboxed([sys.executable, "-c", program], Limits(), tmp_path) as child:
        assert child.wait() == 0
        assert len(child.stderr()) == 1 << 20


@pytest.mark.parametrize("secret", ["keys/links.json", "line.sqlite", ".env"])
def test_it_reads_no_file_of_its_user(tmp_path, secret):
    """A hole in a decoder must not read signing keys, tokens or the database."""
    if not _landlock_version():
        pytest.skip("LOUD: this kernel has no Landlock; ffmpeg's own lists hold alone here")
    path = tmp_path / secret
    path.parent.mkdir(exist_ok=True)
    path.write_text("secret")
    folder = tmp_path / "work"
    folder.mkdir()
    with run_sandboxed([shutil.which("cat"), str(path)], Limits(), folder) as child:
        assert b"secret" not in child.stdout.read()
        assert child.wait() != 0
        assert "Permission denied" in child.stderr()


def test_it_reads_what_it_is_handed_and_its_own_folder(tmp_path):
    (tmp_path / "song").write_text("handed")
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "own").write_text("own")
    command = [shutil.which("cat"), "-", str(folder / "own")]
    with run_sandboxed(command, Limits(), folder, source=tmp_path / "song") as child:
        assert child.stdout.read() == b"handedown"
