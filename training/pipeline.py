"""`python -m training all`: songs, two seeds in parallel, the better one's weights, the learning curve.

Two processes of one thread each: on two cores they train on more music in an hour than one process with
two threads. The seed that scores better on held-out synthetic songs is packed; averaging both would cost
twice the time and gained nothing on real songs. Killed at any moment, the same command resumes.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from separator.inference.networks.rhythm_net import PACKAGED
from training import plot, sources
from training.trainer import validate
from training.weights import assemble, pack

# Without these, glibc returns the big arrays of each step to the system: 1.5 times slower.
ALLOCATOR = {"MALLOC_MMAP_THRESHOLD_": str(1 << 30), "MALLOC_TRIM_THRESHOLD_": str(1 << 33)}


@dataclass(frozen=True)
class Schedule:
    """How many songs, steps and seeds."""

    songs: int = 1600  # of 6 s: about a quarter of an hour on two cores
    steps: int = 1500  # 27 minutes on a core of 2025; fewer and more: docs/models/rhythm.md
    seeds: tuple[int, ...] = (1, 2)
    samples: Path | None = None  # a folder of recorded instruments for half of the songs


def run(folder: Path, schedule: Schedule) -> None:
    """Train the weights and write them into the package.

    Raises:
        FileNotFoundError: A package of sounds is not installed; the message names it.
        subprocess.CalledProcessError: A command failed; its output is in its log.
    """
    missing = sources.missing()
    if missing:
        raise FileNotFoundError(
            f"apt-get install {' '.join(sources.PACKAGES)}  (missing: {' '.join(missing)})"
        )
    folder.mkdir(parents=True, exist_ok=True)
    indices = range(len(schedule.seeds))
    samples = ("--samples", str(schedule.samples)) if schedule.samples else ()
    songs = ("prepare", *samples, "--songs", str(schedule.songs), "--every", str(len(indices)), "--first")
    _run_parallel(folder, [(*songs, str(i)) for i in indices])
    steps = ("train", "--steps", str(schedule.steps), "--seed")
    _run_parallel(folder, [(*steps, str(seed)) for seed in schedule.seeds])
    runs = [folder / f"seed{seed}" for seed in schedule.seeds]
    pack([best([run / "state.pt" for run in runs], folder / "songs")], PACKAGED)
    plot.curve([run / "log.jsonl" for run in runs], folder / "curve.svg")


def best(states: list[Path], songs: Path) -> Path:
    """The state whose averaged weights have the least loss on the songs that are never trained on."""

    def validation_loss(state: Path) -> float:
        return validate(assemble([state]).members[0], songs)["val_loss"]

    return min(states, key=validation_loss)


def _run_parallel(folder: Path, commands: list[tuple[str, ...]]) -> None:
    """Run commands of this program in parallel, each on one thread, and wait for all."""
    environment = os.environ | ALLOCATOR | {"OMP_NUM_THREADS": "1"}
    children = []
    for i, command in enumerate(commands):
        log = (folder / f"{command[0]}{i}.log").open("a")
        argv = [sys.executable, "-m", "training", "--folder", str(folder), *command]
        children.append(subprocess.Popen(argv, env=environment, stdout=log, stderr=log))  # noqa: S603 - our own program
    for child in children:
        if child.wait():
            raise subprocess.CalledProcessError(child.returncode, child.args)
