"""Runs a program as a child process under limits: no shell, no file but the given one, no network, a timeout.

Run as a program (`python -I -S sandbox.py LIMITS COMMAND…`) this file sets the limits on itself and execs the
command. So the limits hold before the first byte of a hostile file is read, and no code runs between fork
and exec of a process that has threads (as `preexec_fn` would).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import IO, TYPE_CHECKING, cast

if sys.platform == "linux":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from io import BufferedReader
    from pathlib import Path

_GRACE_S = 5.0  # for a killed child
# Of the child's stderr, from the beginning; the rest is read and dropped. ffmpeg prints all tags before the
# streams: lyrics, a cue sheet and the log of a ripper are 100 kB together.
_STDERR_BYTES = 1 << 20
_PIPE_BYTES = 1 << 20  # the most that Linux allows a user; with the usual 64 KiB both sides wait a lot
# The child gets no other variable; Windows starts no program without this one.
_ENV = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_SIGKILL = 9
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000  # linux/sched.h


@dataclass(frozen=True)
class Limits:
    """What a child may use. Zero is no limit."""

    wall_s: float = 3600.0  #: then it is killed
    cpu_s: int = 3600
    memory_bytes: int = 2 << 30  #: of address space
    file_bytes: int = 0  #: the largest file that it may write


class SandboxedProcess:
    """A running command."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        """Start reading its stderr, so that it never blocks on a full pipe."""
        self._process = process
        self._stderr = bytearray()
        self._stderr_reader = threading.Thread(target=self._read_stderr, name="child-notes", daemon=True)
        self._stderr_reader.start()
        self.timed_out = False

    @property
    def stdout(self) -> BufferedReader:
        """Its standard output."""
        if self._process.stdout is None:
            raise ValueError("this child's stdout is not a pipe")
        return cast("BufferedReader", self._process.stdout)  # as `Popen` opens it

    @property
    def stdin(self) -> IO[bytes]:
        """Its standard input."""
        if self._process.stdin is None:
            raise ValueError("this child's stdin is not a pipe")
        return self._process.stdin

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def wait(self) -> int:
        """Its exit status, once it has exited; the timeout of `run_sandboxed` still applies."""
        return self._process.wait()

    def stderr(self) -> str:
        """Its standard error, at most 1 MiB; complete after `wait`."""
        self._stderr_reader.join(_GRACE_S)
        return self._stderr.decode(errors="replace")

    def kill(self) -> None:
        """Kill it."""
        self._process.kill()

    def _read_stderr(self) -> None:
        stream = self._process.stderr
        while stream is not None and (piece := stream.read(4096)):
            self._stderr += piece[: max(_STDERR_BYTES - len(self._stderr), 0)]


@contextmanager
def run_sandboxed(
    command: Sequence[str], limits: Limits, folder: Path, *, source: Path | None = None, feed: bool = False
) -> Iterator[SandboxedProcess]:
    """Run a command under limits; it is killed at the end of the block.

    Args:
        command: The program and its arguments.
        limits: What it may use.
        folder: Where it runs.
        source: A file that becomes its standard input.
        feed: Standard input is a pipe, written through `stdin`.
    """
    wrapped = [sys.executable, "-I", "-S", __file__, json.dumps(asdict(limits)), *command]
    with _standard_input(source, feed=feed) as stdin:
        process = subprocess.Popen(  # noqa: S603 - no shell; the arguments are built by code
            wrapped, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, env=_ENV
        )
    _enlarge_pipe(process.stdout)
    child = SandboxedProcess(process)
    timer = threading.Timer(limits.wall_s, _on_timeout, [child])
    timer.daemon = True
    timer.start()
    try:
        yield child
    finally:
        timer.cancel()
        timer.join()
        _close(process, child)


@contextmanager
def _standard_input(source: Path | None, *, feed: bool) -> Iterator[int | IO[bytes]]:
    if source is None:
        yield subprocess.PIPE if feed else subprocess.DEVNULL
    else:
        with source.open("rb") as file:
            yield file


def _enlarge_pipe(pipe: IO[bytes] | None) -> None:
    """Let the child run ahead of its reader: a quarter of the time of decoding. Linux only."""
    if pipe is not None and sys.platform == "linux":
        with suppress(OSError):  # a user may fill 64 MiB of pipes so
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _on_timeout(child: SandboxedProcess) -> None:
    child.timed_out = True
    child.kill()


def _close(process: subprocess.Popen[bytes], child: SandboxedProcess) -> None:
    """Make sure that it has exited and its pipes are closed."""
    if process.poll() is None:
        process.kill()
    process.wait()
    child.stderr()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            try:
                pipe.close()
            except BrokenPipeError:
                continue  # the child exited before it had read all


def _apply_limits(limits: dict[str, float]) -> None:
    """Set the limits on this process, which is about to exec the command. Windows has none of them."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    wanted = {
        resource.RLIMIT_CPU: limits["cpu_s"],
        resource.RLIMIT_AS: limits["memory_bytes"],
        resource.RLIMIT_FSIZE: limits["file_bytes"],
        resource.RLIMIT_CORE: -1,
    }
    for kind, most in wanted.items():
        if most:
            _, hard = resource.getrlimit(kind)
            value = 0 if most < 0 else int(most)
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            try:
                resource.setrlimit(kind, (value, value))
            except (OSError, ValueError):
                continue  # macOS refuses some; the parent's timeout still holds
    if sys.platform == "linux":
        _isolate_network()
        _die_with_parent()


def _isolate_network() -> None:
    """Move to an empty network namespace, without access even to this machine.

    ffmpeg's protocol list lets it open nothing; this holds if that list ever has a hole. A kernel or
    a container that forbids it changes nothing else.
    """
    import ctypes  # noqa: PLC0415 - only in the child

    libc = ctypes.CDLL(None)
    if libc.unshare(_CLONE_NEWNET) != 0:  # not root: within a user namespace of its own
        libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def _die_with_parent() -> None:
    """End with the parent: a killed worker leaves no ffmpeg. Set last, as a change of namespace resets it."""
    import ctypes  # noqa: PLC0415 - only in the child

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, _SIGKILL)


if __name__ == "__main__":
    _apply_limits(json.loads(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - that is what this program is for
