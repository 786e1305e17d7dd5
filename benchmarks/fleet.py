"""A fleet on a Ray cluster of several nodes on this machine, of which one is killed in mid-work.

    python -m benchmarks.fleet [AUDIO] [--songs N] [--seconds S] [--most N] [--patience S] [--json OUT]

PostgreSQL and an S3 server stand between `stembot fleet` and this command, which hands in the songs and takes
the answers. Exits with 1 if an order was lost or doubled, or if the fleet did not grow and shrink again.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import numpy as np
import soundfile
from moto.server import ThreadedMotoServer
from ray.cluster_utils import Cluster

from separator import Filters, JobState, NewOrder, SeparatorSettings, open_queue_admin, open_queue_client
from separator.core.jobs import JobKind
from tests.servers.postgres import PostgresServer, find_programs

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from separator import QueueAdmin, QueueClient

PLATFORM, WISH = "benchmark", "-drums:mp3"
RATE_HZ = 44_100
PATIENCE_S = 540.0  # for the whole run on two cores


@dataclass
class Outcome:
    """What the run came to."""

    songs: int
    answered: int = 0
    doubled: int = 0
    most_workers: int = 0
    last_workers: int = 0
    separations: int = 0
    taken_over: int = 0  #: jobs that needed more than one attempt
    took_s: float = 0.0
    curve: list[tuple[float, int, int]] = field(default_factory=list)  #: seconds, workers alive, jobs in line

    def good(self, most: int, least: int) -> bool:
        """Whether nothing was lost or doubled, and the fleet grew and shrank."""
        books = self.answered == self.songs and not self.doubled and self.separations == self.songs
        # For a while the killed one counts among the living, beside its successor.
        return books and self.most_workers >= most and self.last_workers == least


@contextlib.contextmanager
def servers(folder: Path) -> Iterator[SeparatorSettings]:
    """A database and a store, and settings that name them."""
    programs = find_programs()
    if programs is None:
        sys.exit("PostgreSQL's programs are not here.")
    database, store = (
        PostgresServer(programs),
        ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False),
    )
    database.start()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    store.start()
    address = "http://{}:{}".format(*store.get_host_and_port())
    os.environ |= {"AWS_ENDPOINT_URL": address, "AWS_REGION": "us-east-1"}
    os.environ |= {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    client = boto3.client("s3", endpoint_url=address, region_name="us-east-1")
    client.create_bucket(Bucket="stems")
    client.close()
    given = {"database_url": database.url, "storage_url": "s3://stems/fleet", "data_dir": folder / "data"}
    try:
        yield SeparatorSettings(**given, jobs_waiting=10_000, _env_file=None)
    finally:
        store.stop()
        database.close()


@contextlib.contextmanager
def ray_nodes(workers: int) -> Iterator[tuple[Cluster, list[object]]]:
    """A Ray cluster of real raylets: a head that takes no worker, and nodes with room for one each."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    try:
        yield cluster, [cluster.add_node(num_cpus=1) for _ in range(workers)]
    finally:
        cluster.shutdown()


@contextlib.contextmanager
def fleet(settings: SeparatorSettings, address: str, most: int, folder: Path) -> Iterator[None]:
    """`stembot fleet` as a process of its own."""
    given = {
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "STORAGE_URL": settings.storage_url,
        "DATA_DIR": str(folder / "fleet"),
        "FLEET_ADDRESS": address,
        "FLEET_GPUS": "0",
        "FLEET_LEAST": "1",
        "FLEET_MOST": str(most),
        "FLEET_IDLE_S": "3",
        "FLEET_LOOK_S": "1",
        "LEASE_S": "10",
        "BEAT_S": "2",
    }
    environment = os.environ | {f"STEMBOT_{name}": value for name, value in given.items()}
    with (folder / "fleet.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bots", "fleet"], env=environment, stdout=log, stderr=log
        )
    try:
        yield
    except BaseException:
        print((folder / "fleet.log").read_text(errors="replace")[-4000:], file=sys.stderr)
        raise
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(90)


def clips(audio: Path | None, songs: int, seconds: float) -> Iterator[np.ndarray]:
    """(samples, 2) each, at 44.1 kHz: pieces of the songs in a folder, else noise and tones; no two alike."""
    files = sorted(audio.glob("*/*.flac")) if audio else []
    rng, samples = np.random.default_rng(0), int(seconds * RATE_HZ)
    for number in range(songs):
        if files:
            turn, file = divmod(number, len(files))
            sound, _ = soundfile.read(files[file], samples, start=turn * samples, always_2d=True)
            yield sound + 1e-4 * rng.standard_normal(sound.shape)
        else:
            tone = np.sin(np.arange(samples) * (0.01 + 0.001 * number))
            yield 0.2 * tone[:, None] + 0.05 * rng.standard_normal((samples, 2))


async def hand_in(queue: QueueClient, sounds: Iterator[np.ndarray]) -> None:
    """Hand in songs, from ten people."""
    for number, sound in enumerate(sounds):
        stored = await queue.store.put_song(_wav(sound), 10**9)
        name, owner = f"song {number}.wav", f"person-{number % 10}"
        await queue.submit(NewOrder(f"request-{number}", owner, PLATFORM, "", stored.sha256, name, WISH))


async def _wav(sound: np.ndarray) -> AsyncIterator[bytes]:
    with tempfile.SpooledTemporaryFile() as file:
        soundfile.write(file, sound, RATE_HZ, format="WAV")
        file.seek(0)
        yield file.read()


async def take_answers(queue: QueueClient, outcome: Outcome) -> None:
    """Be the bot: claim each answer, and count it."""
    seen: set[int] = set()
    while outcome.answered < outcome.songs:
        claimed = await queue.outbox.claim_delivery(PLATFORM, 60)
        if claimed is None:
            await queue.outbox.wait(1.0)
            continue
        order = claimed.status.order.id
        outcome.doubled += order in seen
        seen.add(order)
        outcome.answered += claimed.status.state is JobState.DONE
        await queue.outbox.delivered(order, claimed.token, "")


async def watch(keeper: QueueAdmin, outcome: Outcome, began: float) -> None:
    """Note each second how many workers live and how long the line is."""
    while True:
        now = await keeper.stats()
        alive = len(now.alive)
        outcome.most_workers, outcome.last_workers = max(outcome.most_workers, alive), alive
        outcome.curve.append((round(time.monotonic() - began, 1), alive, sum(now.depth.values())))
        await asyncio.sleep(1.0)


async def kill_a_node(cluster: Cluster, nodes: list[object], outcome: Outcome, most: int) -> None:
    """As soon as the fleet is at its largest and work is under way: one node, without a word."""
    # What is waited for happens in other processes.
    while outcome.most_workers < most or outcome.answered < outcome.songs // 10:  # noqa: ASYNC110
        await asyncio.sleep(0.2)
    await asyncio.to_thread(cluster.remove_node, nodes[0], allow_graceful=False)
    cluster.add_node(num_cpus=1)  # as an autoscaler would; Ray sets signals, so here, in the main thread


async def run(sounds: Iterator[np.ndarray], songs: int, most: int, patience_s: float) -> Outcome:
    """The whole run."""
    outcome, began = Outcome(songs), time.monotonic()
    with (
        tempfile.TemporaryDirectory() as name,
        servers(Path(name)) as settings,
        ray_nodes(most) as (cluster, nodes),
        fleet(settings, cluster.address, most, Path(name)),
    ):
        async with (
            open_queue_client(settings) as queue,
            open_queue_admin(settings) as keeper,
            asyncio.timeout(patience_s),
        ):
            await hand_in(queue, sounds)
            watching = asyncio.create_task(watch(keeper, outcome, began))
            await asyncio.gather(take_answers(queue, outcome), kill_a_node(cluster, nodes, outcome, most))
            while outcome.last_workers > 1:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.2)
            watching.cancel()
            done = (await keeper.list_jobs(Filters(most=10 * songs))).jobs
    separations = [job for job in done if job.kind is JobKind.SEPARATE and job.state is JobState.DONE]
    outcome.separations = len(separations)
    outcome.taken_over = sum(job.attempts > 1 for job in done)
    outcome.took_s = time.monotonic() - began
    return outcome


def main() -> int:
    """Run, print, and say by the exit code whether it held."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("audio", type=Path, nargs="?", help="a folder of songs, each a folder of FLAC files")
    parser.add_argument("--songs", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=8.0, help="length of a song")
    parser.add_argument("--most", type=int, default=3)
    parser.add_argument("--patience", type=float, default=PATIENCE_S, help="seconds that all may take")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    sounds = clips(args.audio, args.songs, args.seconds)
    outcome = asyncio.run(run(sounds, args.songs, args.most, args.patience))
    for name, value in asdict(outcome).items():
        if name != "curve":
            print(f"{name:14} {value if isinstance(value, int) else f'{value:.1f}'}")
    print("workers        " + " ".join(str(workers) for _, workers, _ in outcome.curve))
    if args.json:
        args.json.write_text(json.dumps(asdict(outcome), indent=1))
    return 0 if outcome.good(args.most, least=1) else 1


if __name__ == "__main__":
    sys.exit(main())
