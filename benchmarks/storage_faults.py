"""What is left of the store after its users are killed: `python -m benchmarks.storage_faults --seed 1`.

    writers  ──publish separations, resend songs──►┐
    sweeper  ──forgets what is older than KEEP_S──►├─ proxy ─► S3 server (moto), or the disk
    readers  ──open every link, read every byte───►┘    ▲ cuts all connections now and then

Writers and the sweeper are processes that a seeded hand kills with `kill -9`, in the middle of whatever they
do; on S3 the store itself goes away, too, by a proxy that breaks its connections. Readers ask the real mixer
app over HTTP. Exits with 1 if ever

    a manifest was served of which a part was missing, short or altered       (half a separation)
    what was published less than KEEP_S ago was not there                     (a referenced object swept)
    something was left in the end that no manifest names and no sweep takes   (an orphan)
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from benchmarks.storage_parts import (
    KEEP_S,
    STEMS,
    Journal,
    Proxy,
    Published,
    bytes_of,
    child_settings,
    s3_server,
)
from bots.web.i18n import translations
from bots.web.mixer import mixer_app
from storage import LinkClaims, Links, StorageError, delete_expired, open_store
from storage.links import Key

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

OK, NOT_FOUND, GONE, BROKEN, AWAY = 200, 404, 410, 500, 503  # of HTTP
SLACK_S = 1.5  # by which clocks of store and reader may differ: S3 tells whole seconds
OUTAGES = 0.25  # share of blows that hit the store instead of a process
READERS = 3
WORK = 2  # lines of the journal between two blows
LATE_S = 30.0  # how long the last sweeps may take


@dataclass
class Report:
    """What was done and what was seen."""

    store: str
    seed: int
    blows: int
    kills: int = 0
    outages: int = 0
    published: int = 0
    killed_in_publish: int = 0
    opened: int = 0
    broken_off: int = 0  #: answers that ended early and said so
    swept: int = 0
    troubles: list[str] = field(default_factory=list)


class Child:
    """A process that is killed and started again."""

    def __init__(self, what: str, folder: Path, address: str) -> None:
        self._arguments = [sys.executable, "-m", "benchmarks.storage_parts", what, str(folder), address]
        self._process: asyncio.subprocess.Process | None = None
        self._turn = 0

    async def start(self) -> None:
        """Start; each life has a number of its own, so that what it writes can be told apart."""
        self._turn += 1
        self._process = await asyncio.create_subprocess_exec(*self._arguments, str(self._turn))

    async def kill(self) -> None:
        """`kill -9`, now."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


async def run(store: str, seed: int, blows: int) -> Report:
    """One fault run on an empty store; `store` is `disk` or `s3`."""
    report = Report(store, seed, blows)
    with tempfile.TemporaryDirectory(prefix="stembot-faults-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        async with contextlib.AsyncExitStack() as stack:
            proxy = await stack.enter_async_context(s3_server()) if store == "s3" else None
            address = proxy.address if proxy else ""
            children = [Child(what, folder, address) for what in ("writer-a", "writer-b", "sweeper")]
            ask = await stack.enter_async_context(_mixer(folder, address))
            journal = Journal(folder)
            reading = [asyncio.create_task(_read(ask, journal, Random(n), report)) for n in range(READERS)]  # noqa: S311 - as above
            for child in children:
                stack.push_async_callback(child.kill)
                await child.start()
            await _strike(children, proxy, journal, Random(seed), report)  # noqa: S311 - seeded, so that it can be repeated
            for child in children:
                await child.kill()
            for each in reading:
                each.cancel()
            await asyncio.gather(*reading, return_exceptions=True)
            await _account(folder, address, report)
    return report


async def _strike(
    children: list[Child], proxy: Proxy | None, journal: Journal, chance: Random, report: Report
) -> None:
    """Kill one or another, each time after something was begun."""
    seen = 0
    for _ in range(report.blows):
        async with asyncio.timeout(LATE_S):
            while (told := journal.lines()) < seen + WORK:  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(0.01)
        seen = told
        await asyncio.sleep(chance.uniform(0, 0.3))  # the moment of the blow; nothing waits for it
        if proxy is not None and chance.random() < OUTAGES:
            report.outages += 1
            await proxy.outage(chance.uniform(0.05, 0.6))
            continue
        child = chance.choice(children)
        await child.kill()
        await child.start()
        report.kills += 1


@contextlib.asynccontextmanager
async def _mixer(folder: Path, address: str) -> AsyncIterator[_Ask]:
    """The real app over the same store, and a way to ask it."""
    links = Links((Key("k", bytes(32)),))
    app = web.Application()
    app.add_subapp("/m", mixer_app(open_store(child_settings(folder, address)), links, translations()))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    root = "http://{}:{}".format(*runner.addresses[0][:2])
    try:
        async with ClientSession(timeout=ClientTimeout(total=20)) as session:
            yield _Ask(session, root, links)
    finally:
        await runner.cleanup()


@dataclass(frozen=True)
class _Ask:
    """A reader of links."""

    session: ClientSession
    root: str
    links: Links

    async def get(self, one: Published, name: str) -> tuple[int, bytes]:
        """Status and body; (0, b"") where the answer was broken off."""
        token = self.links.sign(LinkClaims(f"{one.base}/manifest.json", "t", time.time() + 60))
        try:
            async with self.session.get(f"{self.root}/m/{token}/{name}") as answer:
                return answer.status, await answer.read()
        except (ClientError, TimeoutError):
            return 0, b""


async def _read(ask: _Ask, journal: Journal, chance: Random, report: Report) -> None:
    """Open what was published, what is only begun and what may be swept just now, again and again."""
    while True:
        told = journal.read()
        for one in chance.sample(told[-30:], min(8, len(told[-30:]))):
            await _look(ask, one, report)
        await asyncio.sleep(0.02)


async def _look(ask: _Ask, one: Published, report: Report) -> None:
    """What a link to it shows must be all of it, or a plain no."""
    fresh = one.done is not None and time.time() < one.done + KEEP_S - SLACK_S
    status, body = await ask.get(one, "manifest.json")
    if status >= BROKEN and (status != AWAY or report.store == "disk"):
        report.troubles.append(f"{one.base}: status {status}")
    if status == GONE and fresh and time.time() < (one.done or 0) + KEEP_S - SLACK_S:
        report.troubles.append(f"{one.base}: published and gone")
    if status != OK:
        report.broken_off += status == 0
        return
    report.opened += 1
    names = [stem["name"] for stem in json.loads(body)["stems"]]
    if names != list(STEMS):
        report.troubles.append(f"{one.base}: stems {names}")
    for name in names:
        status, body = await ask.get(one, f"stems/{name}.flac")
        if status == 0:
            report.broken_off += 1
        elif status == OK and body != bytes_of(one.base, name):
            report.troubles.append(f"{one.base}: {name} is not what was put")
        elif status in (NOT_FOUND, GONE) and (await ask.get(one, "manifest.json"))[0] == OK:
            report.troubles.append(f"{one.base}: {name} is missing, and its manifest is not")


async def _account(folder: Path, address: str, report: Report) -> None:
    """After the last blow sweeps must take all that was ever begun, and nothing may be left."""
    store, settings = open_store(child_settings(folder, address)), child_settings(folder, address)
    told = Journal(folder).read()
    report.published = sum(one.done is not None for one in told)
    report.killed_in_publish = len(told) - report.published
    end = time.monotonic() + LATE_S
    while time.monotonic() < end:
        with contextlib.suppress(StorageError):
            report.swept += sum(await delete_expired(store, settings))
            if not await store.list_ages("songs"):
                break
        await asyncio.sleep(0.5)
    left = await store.list_ages("songs")
    report.troubles += [f"left behind: {key}" for key in left]


def main() -> int:
    """Run as the module's docstring says."""
    parser = argparse.ArgumentParser(description="What is left of the store after its users are killed.")
    parser.add_argument("--store", choices=("disk", "s3"), action="append")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--blows", type=int, default=80)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    reports = [asyncio.run(run(store, asked.seed, asked.blows)) for store in asked.store or ("disk", "s3")]
    for report in reports:
        facts = asdict(report)
        troubles = facts.pop("troubles")
        print("  ".join(f"{name} {value}" for name, value in facts.items()), f" troubles {len(troubles)}")
        print("\n".join(troubles[:20]))
    if asked.json:
        asked.json.write_text(json.dumps([asdict(report) for report in reports], indent=1))
    return int(any(report.troubles for report in reports))


if __name__ == "__main__":
    sys.exit(main())
