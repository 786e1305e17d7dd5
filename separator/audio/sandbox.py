"""Runs a program as a child process under limits: no shell, no network, a timeout, no files of this user.

It may read the file that it is handed, the programs and libraries of the system, and its working folder. On
Linux from 5.13 on Landlock sees to that; on other systems ffmpeg's own lists hold alone.

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
from functools import cache
from typing import IO, TYPE_CHECKING, Any, cast

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
_PR_SET_NO_NEW_PRIVS = 38
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same numbers on every architecture
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8  # linux/landlock.h, here and below
_TCP, _ABSTRACT_SOCKETS = 3, 1  # bind and connect; sockets of other processes
_SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/nix/store")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
_FILES = ("/etc/ld.so.cache",)
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
    _log_isolation()
    rules = {**asdict(limits), "readable": _readable(command[0]), "writable": [str(folder.absolute())]}
    wrapped = [sys.executable, "-I", "-S", __file__, json.dumps(rules), *command]
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


def _readable(program: str) -> list[str]:
    """Folders of programs and libraries: those of the system, of Python, and of the program."""
    places = [sys.prefix, sys.base_prefix, os.path.realpath(sys.executable), __file__, program]
    folders = [each if os.path.isdir(each) else os.path.dirname(os.path.realpath(each)) for each in places]  # noqa: PTH112, PTH120 - no pathlib in the child
    return [*_SYSTEM, *folders]


@cache
def _log_isolation() -> None:
    """Log once what keeps a child from this user's files: Landlock's version, 0 where there is none."""
    import structlog  # noqa: PLC0415 - not in the child, which runs without packages

    structlog.get_logger().info("sandbox_ready", landlock=_landlock_version())


def _landlock_version() -> int:
    """The version of Landlock in this kernel; 0 where it has none, or forbids it."""
    if sys.platform != "linux":
        return 0
    import ctypes  # noqa: PLC0415 - most processes never run a child

    return max(int(ctypes.CDLL(None).syscall(_CREATE_RULESET, None, 0, 1)), 0)


def _forbid_files(readable: list[str], writable: list[str]) -> None:
    """Leave this process nothing of the file system but these folders and a few devices (Linux from 5.13 on).

    Source: Documentation/userspace-api/landlock.rst, include/uapi/linux/landlock.h
    """
    import ctypes  # noqa: PLC0415 - only in the child
    import struct  # noqa: PLC0415

    version = _landlock_version()
    if not version:
        return
    libc = ctypes.CDLL(None)
    handled = (1 << {1: 13, 2: 14, 3: 15, 4: 15}.get(version, 16)) - 1
    attributes = struct.pack("=QQQ", handled, _TCP, _ABSTRACT_SOCKETS)
    size = 8 if version < 4 else 16 if version < 6 else 24  # noqa: PLR2004 - as the versions grew
    ruleset = libc.syscall(_CREATE_RULESET, attributes, size, 0)
    if ruleset < 0:
        return
    read, use, every = _EXECUTE | _READ_FILE | _READ_DIR, _READ_FILE | _WRITE_FILE, handled & ~_EXECUTE
    for access, paths in ((read, readable), (every, writable), (use, _DEVICES), (_READ_FILE, _FILES)):
        for path in paths:
            with suppress(OSError):  # not on this system
                place = os.open(path, os.O_PATH | os.O_CLOEXEC)
                libc.syscall(_ADD_RULE, ruleset, 1, struct.pack("=Qi", access & handled, place), 0)
                os.close(place)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.syscall(_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _apply_limits(limits: dict[str, Any]) -> None:
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
        _forbid_files(limits["readable"], limits["writable"])
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
