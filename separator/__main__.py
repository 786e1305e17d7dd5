"""The separator as a program: `python -m separator worker`, and `file` for one file without a queue.

`file` prints JSON, one object a line: `{"progress": {...}}` while it works, then `{"result": {...}}` or
`{"error": {...}}`. Exit codes: `separator.core.exit_codes`.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, NoReturn

import structlog

from separator.core.errors import ConfigError, SeparationFailed, SongRefused, to_record
from separator.core.exit_codes import ExitCode
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
    options = parser.parse_args(arguments)
    tune_for_inference()
    set_omp_wait()
    if options.command == "worker":
        from separator.worker.main import main as run_worker  # noqa: PLC0415 - torch only where it is needed

        run_worker()
        return 0
    return _file(options)


def _file(options: argparse.Namespace) -> int:
    signal.signal(signal.SIGTERM, _exit_on_sigterm)
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
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except Exception as failure:
        log.exception("file_failed")
        _print("error", to_record(SeparationFailed(reason=type(failure).__name__)))
        return ExitCode.FAILED
    return 0


def _exit_on_sigterm(number: int, _: FrameType | None) -> NoReturn:
    """Unwind, so that temporary files are deleted and ffmpeg ends."""
    sys.exit(128 + number)


def separate_file(options: argparse.Namespace, settings: SeparatorSettings) -> dict[str, Any]:
    """Separate one file and make its mixes.

    Raises:
        StembotError: As `separate_song` and `make_mixes`.
    """
    from separator.audio.decode import DecodeLimits  # noqa: PLC0415 - torch, only once the outputs are parsed
    from separator.inference.engine import open_engine  # noqa: PLC0415
    from separator.pipeline.mixing import Source, make_mixes  # noqa: PLC0415
    from separator.pipeline.separate import separate_song  # noqa: PLC0415

    outputs = OutputSpec.from_code(
        f"{options.outputs.partition(':')[0]}:{options.format}" if options.format else options.outputs
    )
    card = choose_model(options.model or settings.model, outputs, settings.weights_dir)
    engine = open_engine(card, options.device or settings.device, settings.weights_dir)
    began = perf_counter()
    limits = DecodeLimits(settings.song_limit_s, settings.song_least_s)
    remove_stale_temp_dirs()
    with temp_dir() as folder:
        separation = separate_song(
            options.source, Path(folder), engine, limits=limits, on_progress=_print_progress
        )
        title = separation.tags.title or title_of(options.source.name)
        files = make_mixes(
            outputs, Source(separation.paths(), title, separation.song_tags(), card.estimated), options.out
        )
    return {
        "model": card.name,
        "song_s": round(separation.song_s, 3),
        "took_s": round(perf_counter() - began, 3),
        "estimated": [file.name for file in files if file.estimated],
        "folded": [stem.value for file in files for stem in file.folded],
        "gain": round(separation.gain * files[0].gain, 6),
        "files": {file.name: str(file.path) for file in files},
    }


def _print_progress(progress: Progress) -> None:
    _print("progress", asdict(progress))


def _print(kind: str, facts: Any) -> None:  # noqa: ANN401 - JSON
    sys.stdout.write(json.dumps({kind: facts}, ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
