"""`stembot serve`: every room in a child process of its own, started again when it dies.

    serve ─┬─ web room          (always)
           ├─ worker            (always; loads torch, so a crash there takes no bot with it)
           ├─ telegram bot      (with a token)
           └─ discord bot       (with a token)

SIGTERM or Ctrl-C is passed on; the worker hands its job back to the line before it goes.
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
from separator import SERVE_PID, DownloadFailed, ExitCode, card_of, is_available, pull

if TYPE_CHECKING:
    from bots.settings import BotSettings
    from separator import Fetched

log = structlog.get_logger()

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0  #: between a child's death and its next start; doubles
STEADY_S = 60.0  #: a child that ran this long starts from the first pause again
FETCH_AGAIN_S = 600.0  #: before weights are asked for again that no source gave
STOP_S = 15.0  #: children get this long to stop by themselves


@dataclass
class Child:
    """One room, run as a process."""

    name: str
    arguments: tuple[str, ...]
    process: asyncio.subprocess.Process | None = field(default=None, init=False)

    async def run(self, stopping: asyncio.Event) -> int:
        """Run it, again and again, until `stopping`; returns its last exit code."""
        pause_s = FIRST_PAUSE_S
        while True:
            began = time.monotonic()
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, *self.arguments, env={**os.environ, SERVE_PID: str(os.getpid())}
            )
            log.info("child_started", child=self.name, pid=self.process.pid)
            if stopping.is_set():
                self.stop()
            code = await self.process.wait()
            if stopping.is_set() or code == ExitCode.CONFIG:
                return code
            pause_s = FIRST_PAUSE_S if time.monotonic() - began > STEADY_S else pause_s
            log.warning("child_died", child=self.name, code=code, again_in_s=pause_s)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), pause_s)
                return code
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    def stop(self) -> None:
        """Ask it to stop."""
        if self.process is not None and self.process.returncode is None:
            self.process.terminate()

    def kill(self) -> None:
        """Make it stop."""
        if self.process is not None and self.process.returncode is None:
            log.warning("child_killed", child=self.name)
            self.process.kill()


def children_of(settings: BotSettings) -> list[Child]:
    """The rooms that these settings ask for."""
    children = [
        Child("web", ("-m", "bots", "web")),
        Child("worker", ("-m", "separator", "worker")),
    ]
    for name, token in (("telegram", settings.telegram_token), ("discord", settings.discord_token)):
        if token.get_secret_value():
            children.append(Child(name, ("-m", "bots", "bot", name)))
    return children


async def serve(settings: BotSettings) -> int:
    """Run all rooms until SIGTERM or SIGINT; returns the exit code.

    Raises:
        ConfigError: A setting is wrong; nothing is started.
    """
    card_of(settings.model)
    stopping = stop_event()
    children = children_of(settings)
    runs = [asyncio.create_task(child.run(stopping)) for child in children]
    url = settings.public_url or f"http://{settings.web_host}:{settings.web_port}"
    print(translate("cli.serving", url=url), flush=True)  # noqa: T201 - what a newcomer looks for
    fetching = asyncio.create_task(fetch_model(settings))
    await run_until_first(stopping.wait(), asyncio.wait(runs, return_when=asyncio.FIRST_COMPLETED))
    # A child that ends by itself has refused its settings.
    code = next((run.result() for run in runs if run.done()), 0)
    stopping.set()
    fetching.cancel()
    await _stop(children, runs)
    await asyncio.gather(fetching, return_exceptions=True)
    return code


async def fetch_model(settings: BotSettings) -> None:
    """Fetch the weights of the model that is set, beside everything else; until then the embedded one serves.

    A model that waits for somebody to read its note is not fetched, only named.
    """
    card = card_of(settings.model)
    if not card.files or is_available(card, settings.weights_dir):
        return
    if card.opt_in:
        print(translate(card.note), translate("models.pull_by_hand", model=card.name), flush=True)  # noqa: T201
        return
    told = -1

    def show(fetched: Fetched) -> None:
        nonlocal told
        tenth = 10 * fetched.done_bytes // fetched.file.size_bytes
        if tenth != told:
            told = tenth
            line = translate("models.fetching", file=fetched.file.name, percent=10 * tenth)
            print(line, flush=True)  # noqa: T201 - the progress line

    while True:
        try:
            await pull(card, settings.weights_dir, show)
        except (DownloadFailed, OSError) as failure:
            log.warning("model_not_fetched", model=card.name, kind=type(failure).__name__)
            await asyncio.sleep(FETCH_AGAIN_S)  # offline is a normal state
        else:
            print(translate("models.pulled", model=card.name), flush=True)  # noqa: T201
            return


async def _stop(children: list[Child], runs: list[asyncio.Task[int]]) -> None:
    for child in children:
        child.stop()
    _, late = await asyncio.wait(runs, timeout=STOP_S)
    if late:
        for child in children:
            child.kill()
        await asyncio.wait(late)
