"""Workers as actors of a Ray cluster. The only module that knows Ray.

An actor reserves the resources that a worker needs. The worker is its child process and sees the devices that
Ray has given to the actor; when the actor's node dies, so does the worker (`separator.worker.parent_watch`).
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

from separator import SERVE_PID, ExitCode
from separator.core.errors import ConfigError

if TYPE_CHECKING:
    from bots.settings import BotSettings

RESPONSE_S = 10.0  #: for an actor's response; what takes longer is asked again at the next step
STOP_S = 60.0  #: a stopped worker returns its jobs well within this

log = structlog.get_logger()


class WorkerActor:
    """Starts one worker and watches it; runs on the cluster's node."""

    def __init__(self, environment: dict[str, str]) -> None:
        """Start a worker with these settings added to the node's environment."""
        self._worker = subprocess.Popen(
            [sys.executable, "-m", "separator", "worker"],
            env={**os.environ, **environment, SERVE_PID: str(os.getpid())},
            stdin=subprocess.DEVNULL,
        )

    def poll(self) -> tuple[str, int | None]:
        """The worker's `host:pid`, and its exit code once it has ended."""
        return f"{socket.gethostname()}:{self._worker.pid}", self._worker.poll()

    def stop(self, grace_s: float) -> int:
        """Let it return its jobs and end; returns its exit code."""
        self._worker.send_signal(signal.SIGTERM)
        try:
            return self._worker.wait(grace_s)
        except subprocess.TimeoutExpired:
            self._worker.kill()
            return self._worker.wait()


@dataclass
class WorkerSlot:
    """One worker of the cluster."""

    actor: Any  #: handle of a `WorkerActor`; Ray creates its type at run time
    name: str | None = None  #: `host:pid`; none until Ray has placed the actor and the worker runs


class RayCluster:
    """The Ray cluster as a pool of workers."""

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
        self._actor_class = ray.remote(WorkerActor).options(
            num_gpus=settings.fleet_gpus, num_cpus=settings.fleet_cpus, scheduling_strategy="SPREAD"
        )

    def start(self) -> WorkerSlot:
        """Ask for a worker; Ray may have to wait for resources, or to start a node."""
        return WorkerSlot(self._actor_class.remote(self._environment))

    async def is_running(self, slot: WorkerSlot) -> bool:
        """Whether the worker runs or starts; learns its name as soon as there is one.

        Raises:
            ConfigError: The worker refuses its settings, as every other worker would.
        """
        try:
            name, code = await asyncio.to_thread(ray.get, slot.actor.poll.remote(), timeout=RESPONSE_S)
        except GetTimeoutError:
            return True  # not placed yet, or its node is busy; a dead one raises RayError
        except RayError as failure:
            log.warning("worker_lost", worker=slot.name, error=type(failure).__name__)
            return False
        slot.name = name
        if code is not None:
            log.warning("worker_died", worker=name, code=code)
            ray.kill(slot.actor)
        if code == ExitCode.CONFIG:
            raise ConfigError(setting="stembot worker", value=f"exit {code}")
        return code is None

    async def stop(self, slot: WorkerSlot) -> None:
        """Stop a worker gracefully and free its resources."""
        try:
            if slot.name is not None:
                await asyncio.to_thread(ray.get, slot.actor.stop.remote(STOP_S / 2), timeout=STOP_S)
        except RayError as failure:
            log.warning("worker_lost", worker=slot.name, error=type(failure).__name__)
        ray.kill(slot.actor)

    def close(self) -> None:
        """Leave the cluster."""
        ray.shutdown()


def _shared_settings(settings: BotSettings) -> dict[str, str]:
    """Settings that every worker shares with this process; the others are each node's own."""
    names = ("database_url", "storage_url", "s3_key_id", "s3_secret", "model", "lease_s", "beat_s")
    given = {name: getattr(settings, name) for name in names if name in settings.model_fields_set}
    plain = {name: getattr(value, "get_secret_value", lambda v=value: v)() for name, value in given.items()}
    environment = {f"STEMBOT_{name.upper()}": str(value) for name, value in plain.items()}
    return environment | {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
