"""A PostgreSQL server for tests: the one that `STEMBOT_TEST_DATABASE_URL` names, else one of our own.

Our own is made in a new folder by the programs of the Debian package, on a free port of 127.0.0.1.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from pwd import getpwnam

from tests.programs import free_port


def find_programs() -> Path | None:
    """The folder with `initdb` and `postgres`, if they are installed."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    return folders[-1] if folders else None


class PostgresServer:
    """A server over its own folder, which can be stopped hard and started again."""

    def __init__(self, programs: Path, folder: Path | None = None) -> None:
        """Fill the folder, a new one where none is given; nothing runs yet."""
        self._programs = programs
        self._folder = folder or Path(tempfile.mkdtemp(prefix="stembot-postgres-"))
        self._port = free_port()
        self._data = self._folder / "data"
        #: PostgreSQL refuses to run as root, as tests in a container do
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            os.chown(self._folder, getpwnam(self._user).pw_uid, -1)
        self._run("initdb", "-D", str(self._data), "-U", "stembot", "-A", "trust", "--no-sync", "-E", "UTF8")

    @property
    def url(self) -> str:
        """Its address."""
        return f"postgresql://stembot@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-p {self._port} -k {self._folder} -h 127.0.0.1 -c max_connections=200"
        log = str(self._folder / "log")
        self._run("pg_ctl", "-D", str(self._data), "-w", "-l", log, "-o", options, "start")

    def stop(self, how: str = "fast") -> None:
        """Stop it: `fast` cuts connections, `immediate` is a crash."""
        self._run("pg_ctl", "-D", str(self._data), "-w", "-m", how, "stop")

    def freeze(self) -> None:
        """Stop it from doing anything while its connections stay open, as a machine that hangs does."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        """To the server and to each process that it started: every connection has one."""
        first = int((self._data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        for process in (first, *map(int, children)):
            os.kill(process, number)

    def revive(self) -> None:
        """Start it if it has ended by itself, as whatever supervises a database does."""
        command = [str(self._programs / "pg_ctl"), "-D", str(self._data), "status"]
        if subprocess.run(
            command, check=False, user=self._user, cwd=self._folder, stdout=subprocess.DEVNULL
        ).returncode:
            self.start()

    def close(self) -> None:
        """Stop it, if it runs, and forget all."""
        if (self._data / "postmaster.pid").exists():
            self.stop("immediate")
        shutil.rmtree(self._folder, ignore_errors=os.path.ismount(self._folder))

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self._programs / program), *arguments],
            check=True,
            user=self._user,
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
        )
