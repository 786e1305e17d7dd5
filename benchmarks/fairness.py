"""Whether a short song waits for a concert, what sharing the device costs, and how soon a preview is there.

    python -m benchmarks.fairness [--model NAME] [--long-s 600] [--json OUT]

A real worker, a real line, real files. The short song is handed in when a tenth of the long one is separated;
its time is as a person sees it, from handing it in until its file is ready. `throughput` is the time of both
one after the other, each alone, over the time of both together.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import TYPE_CHECKING

from benchmarks.worker_process import MODELS, WorkerInstallation, song

if TYPE_CHECKING:
    from collections.abc import Sequence

SHORT_S, PREVIEWED_S = 10.0, 240.0
BEGUN = 0.1  # of the long song, when the short one comes
LIMITS = {"short_ratio": 3.0, "throughput": 0.95, "preview_share": 0.15}


async def measure(installation: WorkerInstallation, long_s: float) -> dict[str, float]:
    """All figures of one model."""
    numbers = iter(range(1, 100))

    def new(seconds: float) -> Path:
        return song(installation.folder, seconds, next(numbers))

    async def alone(path: Path) -> tuple[float, float, float]:
        times = await installation.wait_until_ready(await installation.submit(path))
        return times.preview_s or 0.0, times.separated_s, times.answered_s

    await alone(new(SHORT_S))  # the model is loaded, kernels are chosen
    short_s = min([(await alone(new(SHORT_S)))[2] for _ in range(3)])
    preview_s, separated_s, _ = await alone(new(PREVIEWED_S))
    whole_s = (await alone(new(long_s)))[2]
    slow, quick = new(long_s), new(SHORT_S)  # beforehand: making them is in nobody's time
    long = await installation.submit(slow)
    began = monotonic()
    work = asyncio.create_task(installation.wait_until_ready(long))
    await installation.wait_for_progress(long, BEGUN)
    beside_s = (await alone(quick))[2]
    still_running = not work.done()
    await work
    both_s = monotonic() - began
    return {
        "short_alone_s": short_s,
        "short_beside_s": beside_s,
        "short_ratio": beside_s / short_s,
        "long_alone_s": whole_s,
        "both_s": both_s,
        "throughput": (whole_s + short_s) / both_s,
        "preview_s": preview_s,
        "separated_s": separated_s,
        "preview_share": preview_s / separated_s,
        "overlapped": float(still_running),
    }


async def run(model: str, long_s: float) -> dict[str, float]:
    """Measure one model in a folder of its own."""
    with TemporaryDirectory(prefix="stembot-fairness-") as name:
        async with WorkerInstallation(Path(name), model).open() as installation:
            return await measure(installation, long_s)


def show(model: str, long_s: float, figures: dict[str, float]) -> None:
    """Print a table."""
    rows = (
        (f"{SHORT_S:.0f} s song alone, until its file is ready", f"{figures['short_alone_s']:.2f} s"),
        (f"the same while a {long_s:.0f} s song runs", f"{figures['short_beside_s']:.2f} s"),
        ("  times its time alone (at most 3)", f"{figures['short_ratio']:.2f}"),
        (f"{long_s:.0f} s song alone", f"{figures['long_alone_s']:.1f} s"),
        ("both together", f"{figures['both_s']:.1f} s"),
        ("  throughput against one after the other (at least 0.95)", f"{figures['throughput']:.3f}"),
        (f"preview of a {PREVIEWED_S:.0f} s song", f"{figures['preview_s']:.2f} s"),
        ("  its whole separation", f"{figures['separated_s']:.2f} s"),
        ("  share (at most 15 %)", f"{100 * figures['preview_share']:.1f} %"),
    )
    print(model)
    for name, value in rows:
        print(f"  {name:<58}{value:>10}")


def is_met(figures: dict[str, float]) -> bool:
    """Whether every limit is kept."""
    return (
        figures["short_ratio"] <= LIMITS["short_ratio"]
        and figures["throughput"] >= LIMITS["throughput"]
        and figures["preview_share"] <= LIMITS["preview_share"]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, write; returns 1 where a limit is not kept."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fairness", description=__doc__)
    parser.add_argument("--model", choices=MODELS, action="append")
    parser.add_argument("--long-s", type=float, default=600.0)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    results = {}
    for model in options.model or ["default"]:
        results[model] = asyncio.run(run(model, options.long_s))
        show(model, options.long_s, results[model])
    if options.json:
        options.json.write_text(json.dumps(results, indent=2))
    return 0 if all(is_met(figures) for figures in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
