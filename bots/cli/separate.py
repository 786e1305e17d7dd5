"""`stembot separate`: files on this machine, without the queue.

A child process does the work (`python -m separator file`) and writes JSON lines; here they become a progress
bar and sentences, so this process never loads torch. Everything that can be seen before the work is looked at
before it: files, wishes, models, folders.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from bots.cli.separate_arguments import Request, check_files, read_request
from bots.cli.song_source import as_file
from bots.cli.terminal import printable
from bots.i18n.translate import error_message, translate
from separator import ExitCode, check_folder, temp_folder
from separator.core.errors import (
    ConfigError,
    ModelNotHere,
    SeparationFailed,
    SongRefused,
    SongTooLong,
    from_record,
)
from separator.inference.catalog import choose_model

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from types import FrameType

    from bots.settings import BotSettings
    from storage import StembotError

TEMP_BYTES = (
    8 << 20
)  #: free in the folder for temporary files before anything begins: 3 s of music take so much
STOP_S = 20.0  #: for the child to delete its files after a signal


def separate(settings: BotSettings, args: argparse.Namespace) -> int:
    """Separate files into `args.out`; returns the exit code (2: a song, or the request, was refused)."""
    _exit_on_signals()
    try:
        request = read_request(args)
        _check_model(settings, args, request)
        check_files(request.files)
        check_folder(Path(args.out))
        check_folder(Path(temp_folder()), TEMP_BYTES)
    except ConfigError as error:
        _tell_error(error, args)
        return ExitCode.CONFIG if "folder" not in error.facts else ExitCode.REFUSED
    except SongRefused as refusal:
        _tell_error(refusal, args)
        return ExitCode.REFUSED
    return _Run(settings, args, request).all_files()


class _Run:
    """Separates the files of one command line, one after the other."""

    def __init__(self, settings: BotSettings, args: argparse.Namespace, request: Request) -> None:
        self._args, self._request = args, request
        self._model: str = args.model or settings.model
        self._limited = (
            "song_limit_s" in settings.model_fields_set
        )  # one's own command line has none by itself
        self._results: list[str] = []  #: paths

    def all_files(self) -> int:
        """All of them, also after one that was refused; returns the highest exit code."""
        return max(self._one_file(file) for file in self._request.files)

    def _one_file(self, file: str) -> int:
        try:
            with as_file(file) as (path, name):
                outcome = _run_child(self._command(path, name), bar=not self._args.json)
        except SongRefused as refusal:
            return self._fail(refusal, file)
        except OSError as error:
            return self._fail(
                SongRefused(file=printable(file), limit="unreadable", why=error.strerror or ""), file
            )
        if "error" in outcome:
            return self._fail(from_record(outcome["error"]), file)
        self._results += outcome["result"]["files"].values()
        _report({"source": file, **outcome["result"]}, as_json=self._args.json)
        return 0

    def _command(self, path: str, name: str) -> list[str]:
        # `=` keeps a value that starts with a dash from being read as an option
        options = [
            f"--outputs={self._request.outputs.code}",
            f"--model={self._model}",
            f"--out={self._args.out}",
        ]
        options += [f"--name={name}", *(["--overwrite"] if self._args.overwrite else [])]
        options += [] if self._limited else ["--no-limit"]
        options += (
            [f"--keep={each}" for each in (*self._request.files, *self._results)]
            if self._args.overwrite
            else []
        )
        return [sys.executable, "-m", "separator", "file", *options, "--", path]

    def _fail(self, error: StembotError, file: str) -> int:
        _tell_error(error, self._args, file if len(self._request.files) > 1 else "")
        return ExitCode.REFUSED if isinstance(error, (SongRefused, ConfigError)) else ExitCode.FAILED


def _check_model(settings: BotSettings, args: argparse.Namespace, request: Request) -> None:
    """Make sure that there is a model for the outputs.

    Raises:
        UnknownWish, ConfigError: There is none.
    """
    try:
        choose_model(args.model or settings.model, request.outputs, settings.weights_dir)
    except ModelNotHere:
        raise
    except ConfigError as error:
        if args.model and error.facts.get("setting") == "STEMBOT_MODEL":
            raise ConfigError(setting="--model", value=args.model) from error
        raise


def _tell_error(error: StembotError, args: argparse.Namespace, file: str = "") -> None:
    """Say what went wrong: a sentence on stderr, and with `--json` an object on stdout."""
    sentence = error_message(error)
    if isinstance(error, SongTooLong):
        sentence += " " + translate("cli.song_limit")
    print(f"{printable(file)}: {sentence}" if file else sentence, file=sys.stderr)
    if args.json:
        facts = {"kind": type(error).__name__, "facts": error.facts, "message": sentence}
        print(json.dumps({**({"source": file} if file else {}), "error": facts}))


def _exit_on_signals() -> None:
    """End by an exception, so that the child is stopped and temporary files are deleted."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
            signal.signal(number, _leave)


def _leave(number: int, _: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


@contextmanager
def _child(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    """A running child; where the block fails, it is told to clean up and end.

    It has a session of its own: Ctrl-C reaches this process alone, and the child is stopped once.
    """
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, text=True, start_new_session=True) as child:  # noqa: S603
        try:
            yield child
        except BaseException:
            child.terminate()
            with suppress(subprocess.TimeoutExpired):
                child.wait(STOP_S)
            child.kill()
            raise


def _run_child(command: list[str], *, bar: bool) -> dict[str, Any]:
    """Run the child with a progress bar; returns its result or error."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not (bar and console.is_terminal)) as progress:
        task = progress.add_task("", total=1.0)
        with _child(command) as child:
            for line in child.stdout or ():
                message: dict[str, Any] = json.loads(line)
                if "progress" not in message:
                    return message
                step = message["progress"]
                progress.update(
                    task,
                    description=translate(f"cli.stage.{step['stage']}"),
                    completed=step["done"] / step["total"] if step["total"] else 0.0,
                )
    return {"error": {"kind": SeparationFailed.__name__, "facts": {}}}


def _report(result: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        text = json.dumps(result, ensure_ascii=False)
        print(text if _can_show(text) else json.dumps(result), flush=True)
    else:
        for path in result["files"].values():
            print(printable(path), flush=True)
        took = translate(
            "cli.duration", song_s=result["song_s"], took_s=result["took_s"], model=result["model"]
        )
        print(took, file=sys.stderr)
    for sentence in _notes(result):
        print(sentence, file=sys.stderr)


def _notes(result: dict[str, Any]) -> Iterator[str]:
    """What a person should know of a result."""
    if result.get("replaced"):
        yield translate("cli.model_replaced", model=result["replaced"], by=result["model"])
    if result.get("said_s"):
        yield translate("partial", said_s=result["said_s"], song_s=result["song_s"])
    for note in ("estimated", "folded"):
        if result.get(note):
            yield translate(note)


def _can_show(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True
