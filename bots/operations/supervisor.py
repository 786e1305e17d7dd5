"""`stembot serve`: every service in a child process of its own, restarted when it dies.

    serve ─┬─ web app           (always)
           ├─ worker            (always; loads torch, so a crash there takes no bot with it)
           ├─ telegram bot      (with a token)
           └─ discord bot       (with a token)

SIGTERM and Ctrl-C are passed on; the worker returns its jobs to the queue before it ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from bots.i18n.translate import translate
from bots.operations.lifecycle import run_until_first, stop_event
from bots.operations.ports import check_port
from separator import SERVE_PID, ExitCode, open_queue_admin
from separator.core.errors import DownloadFailed
from separator.inference.catalog import card_of, is_available, pull

if TYPE_CHECKING:
    from bots.settings import BotSettings
    from separator.inference.catalog import DownloadProgress

log = structlog.get_logger()

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0  #: between a process's death and its restart; doubles
STABLE_S = 60.0  #: a process that ran this long starts from the first pause again
FETCH_RETRY_S = 600.0  #: after weights could not be downloaded from any source
STOP_S = 15.0  #: for processes to stop by themselves


@dataclass
class ServiceProcess:
    """A service, run as a child process."""

    name: str
    arguments: tuple[str, ...]
    process: asyncio.subprocess.Process | None = field(default=None, init=False)

    async def run(self, stopping: asyncio.Event) -> int:
        """Run it, restarting it until `stopping` is set; returns its last exit code."""
        pause_s = FIRST_PAUSE_S
        while True:
            started = time.monotonic()
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, *self.arguments, env={**os.environ, SERVE_PID: str(os.getpid())}
            )
            log.info("process_started", process=self.name, pid=self.process.pid)
            if stopping.is_set():
                self.stop()
            code = await self.process.wait()
            if stopping.is_set() or code == ExitCode.CONFIG:
                return code
            pause_s = FIRST_PAUSE_S if time.monotonic() - started > STABLE_S else pause_s
            log.warning("process_died", process=self.name, code=code, retry_in_s=pause_s)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), pause_s)
                return code
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    def stop(self) -> None:
        """Ask it to stop."""
        if self.process is not None and self.process.returncode is None:
            self.process.terminate()

    def kill(self) -> None:
        """Kill it."""
        if self.process is not None and self.process.returncode is None:
            log.warning("process_killed", process=self.name)
            self.process.kill()


def processes_for(settings: BotSettings) -> list[ServiceProcess]:
    """The services that these settings ask for."""
    processes = [
        ServiceProcess("web", ("-m", "bots", "web")),
        ServiceProcess("worker", ("-m", "separator", "worker")),
    ]
    for name, token in (("telegram", settings.telegram_token), ("discord", settings.discord_token)):
        if token.get_secret_value():
            processes.append(ServiceProcess(name, ("-m", "bots", "bot", name)))
    return processes


async def serve(settings: BotSettings) -> int:
    """Run all services until SIGTERM or SIGINT; returns the exit code.

    Raises:
        ConfigError: A setting is wrong; nothing is started.
    """
    card_of(settings.model)
    check_port(settings)
    async with open_queue_admin(settings):  # brings the table to this version, or says what is wrong with it
        pass
    stopping = stop_event()
    processes = processes_for(settings)
    runs = [asyncio.create_task(process.run(stopping)) for process in processes]
    url = settings.public_url or f"http://{settings.web_host}:{settings.web_port}"
    print(translate("cli.serving", url=url), flush=True)  # noqa: T201 - what a newcomer looks for
    fetching = asyncio.create_task(fetch_model(settings))
    await run_until_first(stopping.wait(), asyncio.wait(runs, return_when=asyncio.FIRST_COMPLETED))
    # A process that is not restarted has refused its settings.
    code = next((run.result() for run in runs if run.done()), 0)
    stopping.set()
    fetching.cancel()
    await _stop(processes, runs)
    await asyncio.gather(fetching, return_exceptions=True)
    return code


async def fetch_model(settings: BotSettings) -> None:
    """Download the weights of the configured model; until they are here the embedded model is used.

    A model whose note has to be accepted first is only named.
    """
    card = card_of(settings.model)
    if not card.files or is_available(card, settings.weights_dir):
        return
    if card.opt_in:
        print(translate(card.note), translate("models.pull_by_hand", model=card.name), flush=True)  # noqa: T201
        return
    shown_tenth = -1

    def show(fetched: DownloadProgress) -> None:
        nonlocal shown_tenth
        tenth = 10 * fetched.done_bytes // fetched.file.size_bytes
        if tenth != shown_tenth:
            shown_tenth = tenth
            text = translate("models.fetching", file=fetched.file.name, percent=10 * tenth)
            print(text, flush=True)  # noqa: T201 - the progress line

    while True:
        try:
            await pull(card, settings.weights_dir, show)
        except (DownloadFailed, OSError) as failure:
            log.warning("model_fetch_failed", model=card.name, error=type(failure).__name__)
            await asyncio.sleep(FETCH_RETRY_S)  # offline is a normal state
        else:
            print(translate("models.pulled", model=card.name), flush=True)  # noqa: T201
            return


async def _stop(processes: list[ServiceProcess], runs: list[asyncio.Task[int]]) -> None:
    for process in processes:
        process.stop()
    _, late = await asyncio.wait(runs, timeout=STOP_S)
    if late:
        for process in processes:
            process.kill()
        await asyncio.wait(late)
