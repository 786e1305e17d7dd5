"""The separator as a program: `python -m separator worker`, and `file` for one file without a queue.

`file` prints JSON, one object a line: `{"progress": {...}}` while it works, then `{"result": {...}}` or
`{"error": {...}}`. Exit codes: `separator.core.exit_codes`.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, NoReturn

import structlog

from separator.core.errors import ConfigError, ModelNotHere, SeparationFailed, SongRefused, to_record
from separator.core.exit_codes import ExitCode
from separator.core.folders import check_room, folder_errors, temp_folder
from separator.core.logs import set_up_logs
from separator.core.naming import title_of
from separator.core.outputs import OutputSpec
from separator.core.settings import SeparatorSettings
from separator.inference.catalog.registry import choose_model
from separator.inference.malloc import tune_for_inference
from separator.inference.omp import set_omp_wait
from storage import StembotError, remove_stale_temp_dirs, temp_dir

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

    from separator.core.jobs import Progress
    from separator.inference.catalog.card import ModelCard
    from separator.inference.engine import Engine

NO_LIMIT_S, DECODING_S = 7 * 86_400.0, 86_400.0  # on one's own machine: what the disk has room for
STEM_BYTES_S = 40_000  # of a second of a stem as FLAC, at the least that music takes

log = structlog.get_logger()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m separator", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("worker", help="claim jobs from the queue and run them")
    file = commands.add_parser("file", help="separate one file")
    file.add_argument("source", type=Path)
    file.add_argument("--outputs", required=True, help="code of the outputs, such as `-drums:mp3`")
    file.add_argument("--format", help="file format; the outputs' own where not given")
    file.add_argument("--model")
    file.add_argument("--device")
    file.add_argument("-o", "--out", type=Path, required=True, help="folder for the files")
    file.add_argument("--name", default="", help="what the song is called, where its tags do not say")
    file.add_argument("--overwrite", action="store_true", help="replace files of the same names")
    file.add_argument("--keep", type=Path, action="append", default=[], help="a file never to be replaced")
    file.add_argument("--no-limit", action="store_true", help="take a song of any length")
    options = parser.parse_args(arguments)
    tune_for_inference()
    set_omp_wait()
    if options.command == "worker":
        from separator.worker.main import main as run_worker  # noqa: PLC0415 - torch only where it is needed

        run_worker()
        return 0
    return _file(options)


def _file(options: argparse.Namespace) -> int:
    _exit_on_signals()
    settings = SeparatorSettings()
    set_up_logs(settings.log_format, quiet=True)  # to stderr: stdout belongs to the JSON lines
    try:
        _print("result", separate_file(options, settings))
    except (SongRefused, ConfigError) as refusal:
        _print("error", to_record(refusal))
        return ExitCode.REFUSED
    except StembotError as failure:
        _print("error", to_record(failure))
        return ExitCode.FAILED
    except BrokenPipeError:  # the reader is gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.FAILED
    except Exception as failure:
        log.exception("file_failed")
        _print("error", to_record(SeparationFailed(reason=type(failure).__name__)))
        return ExitCode.FAILED
    return 0


def _exit_on_signals() -> None:
    """Unwind at the first signal, so that temporary files are deleted and ffmpeg ends."""
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    heeded = [
        number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN
    ]  # as under nohup

    def leave(number: int, _: FrameType | None) -> NoReturn:
        for each in heeded:
            signal.signal(each, signal.SIG_IGN)
        sys.exit(128 + number)

    for number in heeded:
        signal.signal(number, leave)


def separate_file(options: argparse.Namespace, settings: SeparatorSettings) -> dict[str, Any]:
    """Separate one file and make its mixes.

    Raises:
        StembotError: As `separate_song` and `make_mixes`.
        FolderUnusable: A folder does not take what is written.
    """
    from separator.audio.decode import DecodeLimits  # noqa: PLC0415 - torch, only once the outputs are parsed
    from separator.pipeline.mixing import Source, make_mixes  # noqa: PLC0415
    from separator.pipeline.separate import separate_song  # noqa: PLC0415

    outputs = OutputSpec.from_code(
        f"{options.outputs.partition(':')[0]}:{options.format}" if options.format else options.outputs
    )
    card, engine, replaced = _open_engine(options, settings, outputs)
    began = perf_counter()
    limits = DecodeLimits(settings.song_limit_s, settings.song_least_s)
    if options.no_limit:
        limits = DecodeLimits(NO_LIMIT_S, settings.song_least_s, DECODING_S)
    temporary = Path(temp_folder())
    remove_stale_temp_dirs()
    with folder_errors(temporary), temp_dir() as folder:
        separation = separate_song(
            options.source,
            Path(folder),
            engine,
            limits=limits,
            on_progress=_Reporter(temporary, len(card.stems)),
        )
        title = separation.tags.title or title_of(options.name or options.source.name)
        source = Source(separation.paths(), title, separation.song_tags(), card.estimated)
        keep = [options.source, *options.keep]
        with folder_errors(options.out):
            files = make_mixes(outputs, source, options.out, overwrite=options.overwrite, keep=keep)
    return {
        "model": card.name,
        "replaced": replaced,
        "song_s": round(separation.song_s, 3),
        "said_s": separation.said_s,
        "took_s": round(perf_counter() - began, 3),
        "estimated": [file.name for file in files if file.estimated],
        "folded": [stem.value for file in files for stem in file.folded],
        "gain": round(separation.gain * files[0].gain, 6),
        "files": {file.name: str(file.path) for file in files},
    }


def _open_engine(
    options: argparse.Namespace, settings: SeparatorSettings, outputs: OutputSpec
) -> tuple[ModelCard, Engine, str]:
    """The model for the outputs, loaded; where `auto` chose one whose weights are spoiled, the embedded one.

    Returns:
        The model, its engine, and the name of the model that it stands in for.

    Raises:
        ModelNotHere: The weights of the model that was named are spoiled.
    """
    from separator.inference.engine import open_engine  # noqa: PLC0415 - torch

    model, device = options.model or settings.model, options.device or settings.device
    card = choose_model(model, outputs, settings.weights_dir)
    try:
        return card, open_engine(card, device, settings.weights_dir), ""
    except ModelNotHere:
        if model != "auto":
            raise
    embedded = choose_model(model, outputs)
    return embedded, open_engine(embedded, device, settings.weights_dir), card.name


class _Reporter:
    """Prints the progress, and looks for room once it is known how long the song is."""

    def __init__(self, folder: Path, stems: int) -> None:
        self._folder, self._stems, self._checked = folder, stems, False

    def __call__(self, progress: Progress) -> None:
        if progress.song_s and not self._checked:
            check_room(self._folder, int(progress.song_s * self._stems * STEM_BYTES_S))
            self._checked = True
        _print("progress", asdict(progress))


def _print(kind: str, facts: Any) -> None:  # noqa: ANN401 - JSON
    # ASCII, whatever the encoding of a pipe is here and whatever bytes a file's name has
    sys.stdout.write(json.dumps({kind: facts}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
