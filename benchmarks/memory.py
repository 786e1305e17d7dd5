"""How much memory a worker takes for a long song, against a short one.

    python -m benchmarks.memory [--model NAME] [--minutes 3 60] [--json OUT]

Each figure is the peak resident size (VmHWM) of a fresh, real worker process that has done one order: fetch,
decode, separate, stream out, preview, keep, mix. `ffmpeg`, a process of its own, is not in it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.worker_process import MODELS, WorkerInstallation, song

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST = 1.3  # times the peak of the shortest song


async def measure(model: str, minutes: float) -> dict[str, float]:
    """Peak and time of one song."""
    with TemporaryDirectory(prefix="stembot-memory-") as name:
        async with WorkerInstallation(Path(name), model).open() as installation:
            times = await installation.wait_until_ready(
                await installation.submit(song(installation.folder, 60 * minutes, 1))
            )
            return {"peak_bytes": installation.peak_bytes(), "took_s": times.answered_s}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, write; returns 1 where the longest song takes more than it may."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__)
    parser.add_argument("--model", choices=MODELS, action="append")
    parser.add_argument("--minutes", type=float, nargs="+", default=[3.0, 60.0])
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    results: dict[str, dict[str, dict[str, float]]] = {}
    kept = True
    print(f"{'model':<16}{'song':>8}{'peak':>12}{'ratio':>8}{'took':>10}")
    for model in options.model or ["default", "htdemucs-small"]:
        results[model] = {}
        for minutes in options.minutes:
            found = results[model][f"{minutes:g}"] = asyncio.run(measure(model, minutes))
            ratio = found["peak_bytes"] / results[model][f"{options.minutes[0]:g}"]["peak_bytes"]
            kept = kept and ratio <= MOST
            print(
                f"{model:<16}{minutes:>4g} min{found['peak_bytes'] / 1e6:>9.0f} MB"
                f"{ratio:>8.2f}{found['took_s']:>8.0f} s",
                flush=True,
            )
    if options.json:
        options.json.write_text(json.dumps(results, indent=2))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
