"""`stembot serve`: services that restart when they die, and all end when it is stopped."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import aiohttp
import pytest

from tests.programs import eventually, free_port

pytestmark = pytest.mark.processes


@pytest.fixture
async def served(program):
    """A running `serve` on a free port, and that port's address."""
    port = free_port()
    program.environment["STEMBOT_WEB_PORT"] = str(port)
    process = program.room("serve")
    url = f"http://127.0.0.1:{port}"

    async def up() -> bool:
        try:
            async with aiohttp.ClientSession() as session, session.get(f"{url}/healthz") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    await eventually(up, "the web app answers")
    return process, url


def pids(program, child: str) -> list[int]:
    """The process ids that serve has logged for a process, oldest first."""
    events = re.findall(r'"process": "(\w+)", "pid": (\d+)', program.log("serve"))
    return [int(pid) for name, pid in events if name == child]


def alive(pid: int) -> bool:
    """Whether the process runs (one that ended and waits to be reaped does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.usefixtures("served")
async def test_a_child_that_is_killed_is_started_again(program):
    [first] = pids(program, "worker")
    os.kill(first, signal.SIGKILL)

    async def again() -> bool:
        return len(pids(program, "worker")) == 2

    await eventually(again, "the worker is started again")
    assert '"process_died"' in program.log("serve")


async def test_sigterm_stops_every_service_and_ends_with_0(program, served):
    process, _ = served
    children = pids(program, "web") + pids(program, "worker")
    process.terminate()

    async def ended() -> bool:
        return process.poll() is not None

    await eventually(ended, "serve ends")
    assert process.returncode == 0
    assert not any(alive(pid) for pid in children)
    assert "Traceback" not in program.log("serve")


async def test_no_service_outlives_a_serve_that_was_killed(program, served):
    process, _ = served
    children = pids(program, "web") + pids(program, "worker")
    process.kill()

    async def gone() -> bool:
        return not any(alive(pid) for pid in children)

    await eventually(gone, "the services end")
