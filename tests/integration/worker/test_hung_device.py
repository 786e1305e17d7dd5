"""A device that answers no more costs its worker, and no song: another worker has it."""

from __future__ import annotations

import pytest

from separator import ExitCode, JobState
from tests.integration.worker.test_main import long_song
from tests.programs import eventually

pytestmark = pytest.mark.processes

#: The real worker with a device that hangs in the middle of a song, or in the load of its model. The limits
#: are the real ones divided by 20 and more, but for what a busy machine takes its time for.
HANGS = """
import pathlib, sys, threading
from separator.inference import engine
from separator.inference.device_monitor import DeviceMonitor
from separator.worker import main as worker

where, trigger = sys.argv[1], pathlib.Path(sys.argv[2])
worker.DeviceMonitor = lambda: DeviceMonitor(3, 60, 3 if where == "load" else 60)

def hanging(function):
    def call(*arguments):
        if trigger.exists():
            threading.Event().wait()
        return function(*arguments)
    return call

if where == "load":
    engine.load_network = hanging(engine.load_network)
else:
    engine.enforce_consistency = hanging(engine.enforce_consistency)
worker.main()
"""


@pytest.fixture
def hang(tmp_path):
    return tmp_path / "hang"


async def _ended(process, code: int) -> None:
    async def look() -> bool:
        return process.poll() is not None

    await eventually(look, "the process has ended")
    assert process.returncode == code


async def test_a_song_on_a_device_that_hangs_is_separated_by_another_worker(
    program, queue, asking, wheel_song, tmp_path, hang
):
    program.environment |= {"STEMBOT_LEASE_S": "30", "STEMBOT_BEAT_S": "0.5"}
    process = program.start("hangs", "-c", HANGS, "window", str(hang))
    order = await asking.send(long_song(wheel_song, tmp_path), "vocals")

    async def separating() -> bool:
        status = await queue.orders.order_status(order.id)
        return status.progress.stage == "separate" and status.progress.done > 1

    await eventually(separating, "the separation is under way")
    hang.touch()
    await _ended(process, ExitCode.HUNG)
    assert "device_hung" in program.log("hangs")
    program.worker("second")

    async def done() -> bool:
        return (await queue.orders.order_status(order.id)).state is JobState.DONE

    await eventually(done, "the song's person has it")
    histories = [await queue.admin.history(number) for number in (1, 2)]
    separation = next(each for each in histories if each.job.key.startswith("separate"))
    assert "lapsed" in [event.what for event in separation.events], "it counts: the song may be the cause"


async def test_a_model_that_never_finishes_loading_ends_the_worker(program, hang):
    hang.touch()
    process = program.start("hangs", "-c", HANGS, "load", str(hang))
    await _ended(process, ExitCode.HUNG)
    assert "device_hung" in program.log("hangs")
