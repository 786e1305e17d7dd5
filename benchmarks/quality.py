"""How well a model separates: SDR for each stem of every song in a folder, by the program's own way.

    python -m benchmarks.quality FOLDER [--model NAME] [--weights FOLDER] [--json OUT]

Each song is written to a WAV, handed to `separate_song` as a stranger's file would be, and its FLAC stems are
compared with the true ones. Where a figure is published beside the songs, the difference to it follows.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections import defaultdict
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import soundfile
from rich.console import Console
from rich.table import Table

from benchmarks.scores import PUBLISHED, Song, estimate_of, level, read_song, sdr
from separator.core.settings import SeparatorSettings
from separator.inference.catalog.registry import card_of
from separator.inference.engine import open_engine
from separator.pipeline.separate import separate_song

if TYPE_CHECKING:
    from collections.abc import Sequence

    from separator.inference.engine import Engine

COLUMNS = ("vocals", "accompaniment", "drums", "bass", "other", "drumless", "bassdrums", "bassother")


def main(arguments: Sequence[str] | None = None) -> int:
    """Score a folder; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    parser.add_argument("folder", type=Path, help="a folder of songs, each a folder of stems")
    parser.add_argument("--model", default="auto")
    parser.add_argument("--device", default="auto")
    parser.add_argument(
        "--weights", type=Path, help="folder of weight files; by default where Stembot has them"
    )
    parser.add_argument("--json", type=Path, help="write the figures here")
    options = parser.parse_args(arguments)
    card = card_of(options.model)
    engine = open_engine(card, options.device, options.weights or SeparatorSettings().weights_dir)
    songs = (read_song(folder) for folder in sorted(options.folder.iterdir()) if folder.is_dir())
    results = [score_song(song, engine) for song in songs if song]
    if not results:
        sys.stderr.write("no song with stems in that folder\n")
        return 2
    Console(width=140).print(_table(card.name, results))
    if options.json:
        facts = {
            "model": card.name,
            "version": card.version,
            "machine": platform.processor() or platform.machine(),
        }
        options.json.write_text(json.dumps({**facts, "songs": results, "median": medians(results)}, indent=2))
    return 0


def score_song(song: Song, engine: Engine) -> dict[str, Any]:
    """Separate one song and score it: `{"song", "sdr": {stem: dB}, "delta": {…}, "false": {…}, "speed"}`."""
    with TemporaryDirectory(prefix="quality-") as spare:
        source = Path(spare) / "song.wav"
        soundfile.write(source, song.mixture, song.rate_hz, subtype="FLOAT")
        parts = separate_song(source, Path(spare), engine)
        # The gain is in the manifest, so a listener can undo it; a score of the separation does.
        stems = {
            each.name: soundfile.read(each.path, dtype="float32")[0] / parts.gain for each in parts.stems
        }
    found = {name: estimate_of(name, stems, song.mixture) for name in song.truth}
    scores = {name: round(sdr(song.truth[name], got), 2) for name, got in found.items() if got is not None}
    published = dict(zip(("vocals", "accompaniment"), PUBLISHED.get(song.name, ()), strict=False))
    return {
        "song": song.name,
        "sdr": scores,
        "delta": {
            name: round(scores[name] - figure, 2) for name, figure in published.items() if name in scores
        },
        "false": {name: round(level(stems[name], song.mixture), 1) for name in song.absent if name in stems},
        "speed": round(parts.song_s / parts.took_s, 1),
    }


def medians(results: Sequence[dict[str, Any]]) -> dict[str, float]:
    """The median of each stem over the songs, in dB."""
    columns = defaultdict(list)
    for result in results:
        for name, figure in result["sdr"].items():
            columns[name].append(figure)
    return {name: round(median(figures), 2) for name, figures in columns.items()}


def _table(model: str, results: Sequence[dict[str, Any]]) -> Table:
    """SDR in dB, in brackets the difference to the published figure; `× rt` is seconds of song a second."""
    table = Table(title=f"{model}: SDR in dB (difference to the published figure)")
    for name in ("song", *COLUMNS, "false vocals", "× rt"):
        table.add_column(name, justify="left" if name == "song" else "right")
    for result in results:
        wrong = result["false"].get("vocals")
        cells = [_format(result, name) for name in COLUMNS]
        table.add_row(
            result["song"], *cells, "" if wrong is None else f"{wrong:.1f}", f"{result['speed']:.1f}"
        )
    middle = medians(results)
    table.add_section()
    table.add_row("median", *(f"{middle[name]:.2f}" if name in middle else "" for name in COLUMNS), "", "")
    return table


def _format(result: dict[str, Any], name: str) -> str:
    if name not in result["sdr"]:
        return ""
    delta = result["delta"].get(name)
    return f"{result['sdr'][name]:.2f}" + ("" if delta is None else f" ({delta:+.2f})")


if __name__ == "__main__":
    sys.exit(main())
