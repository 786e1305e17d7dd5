"""Places of a Ray cluster, each with one worker in it. The only module that knows Ray.

A place is a Ray actor with the resources that a worker needs. The worker is its child process and sees the
devices that Ray has given to the actor; when the actor's node dies, so does it
(`separator.worker.parent_watch`).
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ray
import structlog
from ray.exceptions import GetTimeoutError, RayError

from separator import SERVE_PID, ConfigError, ExitCode

if TYPE_CHECKING:
    from bots.settings import BotSettings

ANSWER_S = 10.0  #: for a word from a place; what takes longer is asked again the next time
STOP_S = 60.0  #: a worker told to stop hands its jobs back well within this

log = structlog.get_logger()


class WorkerActor:
    """What runs in a place: starts the worker and minds it."""

    def __init__(self, environment: dict[str, str]) -> None:
        """Start a worker with these settings on top of the node's own environment."""
        self._worker = subprocess.Popen(
            [sys.executable, "-m", "separator", "worker"],
            env={**os.environ, **environment, SERVE_PID: str(os.getpid())},
            stdin=subprocess.DEVNULL,
        )

    def look(self) -> tuple[str, int | None]:
        """The worker's `host:pid`, and its exit code once it has ended."""
        return f"{socket.gethostname()}:{self._worker.pid}", self._worker.poll()

    def stop(self, grace_s: float) -> int:
        """Have it hand its jobs back and end; returns its exit code."""
        self._worker.send_signal(signal.SIGTERM)
        try:
            return self._worker.wait(grace_s)
        except subprocess.TimeoutExpired:
            self._worker.kill()
            return self._worker.wait()


@dataclass
class WorkerSlot:
    """One worker, somewhere in the cluster."""

    actor: Any  #: handle of a `WorkerActor`; Ray makes its type while the program runs
    name: str | None = None  #: `host:pid`; none until Ray has found a place and the worker runs


class Cluster:
    """The Ray cluster, as the fleet uses it."""

    def __init__(self, settings: BotSettings) -> None:
        """Join the cluster.

        Raises:
            ConfigError: There is no such cluster.
        """
        try:
            ray.init(address=settings.fleet_address, log_to_driver=False, logging_level=logging.WARNING)
        except (ConnectionError, ValueError) as failure:
            raise ConfigError(setting="STEMBOT_FLEET_ADDRESS", value=settings.fleet_address) from failure
        self._environment = _shared_settings(settings)
        self._keeper = ray.remote(WorkerActor).options(
            num_gpus=settings.fleet_gpus, num_cpus=settings.fleet_cpus, scheduling_strategy="SPREAD"
        )

    def start(self) -> WorkerSlot:
        """Ask for a place with a worker; Ray may have to wait for one, or to start a node for it."""
        return WorkerSlot(self._keeper.remote(self._environment))

    async def look(self, place: WorkerSlot) -> bool:
        """Whether the place still stands; learns its worker's name as soon as there is one.

        Raises:
            ConfigError: The worker refuses its settings, as every other would.
        """
        try:
            name, code = await asyncio.to_thread(ray.get, place.actor.look.remote(), timeout=ANSWER_S)
        except GetTimeoutError:
            return True  # not placed yet, or its node is busy; a dead one is told apart by Ray
        except RayError as failure:
            log.warning("place_lost", worker=place.name, why=type(failure).__name__)
            return False
        place.name = name
        if code is not None:
            log.warning("worker_died", worker=name, code=code)
            ray.kill(place.actor)
        if code == ExitCode.CONFIG:
            raise ConfigError(setting="stembot worker", value=f"exit {code}")
        return code is None

    async def stop(self, place: WorkerSlot) -> None:
        """Stop a worker gracefully and give its place back."""
        try:
            if place.name is not None:
                await asyncio.to_thread(ray.get, place.actor.stop.remote(STOP_S / 2), timeout=STOP_S)
        except RayError as failure:
            log.warning("place_lost", worker=place.name, why=type(failure).__name__)
        ray.kill(place.actor)

    def close(self) -> None:
        """Leave the cluster."""
        ray.shutdown()


def _shared_settings(settings: BotSettings) -> dict[str, str]:
    """What every worker must agree on with this process; the rest is each node's own."""
    names = ("database_url", "storage_url", "s3_key_id", "s3_secret", "model", "lease_s", "beat_s")
    given = {name: getattr(settings, name) for name in names if name in settings.model_fields_set}
    plain = {name: getattr(value, "get_secret_value", lambda v=value: v)() for name, value in given.items()}
    environment = {f"STEMBOT_{name.upper()}": str(value) for name, value in plain.items()}
    return environment | {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
