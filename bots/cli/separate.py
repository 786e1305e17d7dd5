"""`stembot separate`: one file on this machine, without the queue.

A child process does the work (`python -m separator file`) and writes JSON lines; here they become a progress
bar and sentences, so this process never loads torch.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from bots.i18n.translate import error_message, translate
from bots.intents.read import read_intent
from separator import ExitCode
from separator.core.errors import SeparationFailed, SongRefused, UnknownWish, from_record
from separator.core.outputs import Format, OutputSpec, Quality
from separator.inference.catalog import choose_model

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from bots.settings import BotSettings
    from storage import StembotError


def separate(settings: BotSettings, args: argparse.Namespace) -> int:
    """Separate one file into `args.out`; returns the exit code (2: the song was refused)."""
    try:
        outputs = _parse_outputs(args)
        model = args.model or settings.model
        choose_model(model, outputs, settings.weights_dir)
        if not Path(args.file).is_file():
            print(translate("cli.file_missing", file=args.file), file=sys.stderr)
            return ExitCode.REFUSED
        outcome = _run(_command(args, outputs, model), bar=not args.json)
    except SongRefused as refusal:
        print(error_message(refusal), file=sys.stderr)
        return ExitCode.REFUSED
    if "error" in outcome:
        return _fail(from_record(outcome["error"]))
    _report(outcome["result"], as_json=args.json)
    return 0


def _parse_outputs(args: argparse.Namespace) -> OutputSpec:
    words = " ".join(args.outputs)
    outputs = read_intent(words or "all stems")
    if outputs is None:
        raise UnknownWish(outputs=words)
    kind = Format(args.format) if args.format else outputs.format
    quality = args.quality or (outputs.quality if kind is outputs.format else "")
    if quality not in {"", *kind.qualities}:
        raise UnknownWish(outputs=f"{kind} {quality}")
    return OutputSpec(outputs.mixes, outputs.every_stem, kind, Quality(quality))


def _command(args: argparse.Namespace, outputs: OutputSpec, model: str) -> list[str]:
    # `=` keeps a code that starts with a dash from being read as an option
    options = (f"--outputs={outputs.code}", f"--model={model}", f"--out={args.out}")
    return [sys.executable, "-m", "separator", "file", *options, "--", args.file]


def _messages(command: list[str]) -> Iterator[dict[str, Any]]:
    """The child's messages, until it ends."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:  # noqa: S603 - no shell
        if child.stdout is None:  # Popen(stdout=PIPE) always has one; mypy cannot know
            return
        for line in child.stdout:
            yield json.loads(line)


def _run(command: list[str], *, bar: bool) -> dict[str, Any]:
    """Run the child with a progress bar; returns its result or error."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not (bar and console.is_terminal)) as progress:
        task = progress.add_task("", total=1.0)
        for message in _messages(command):
            if "progress" not in message:
                return message
            step = message["progress"]
            progress.update(
                task,
                description=translate(f"cli.stage.{step['stage']}"),
                completed=step["done"] / step["total"] if step["total"] else 0.0,
            )
    return {"error": {"kind": SeparationFailed.__name__, "facts": {}}}


def _fail(error: StembotError) -> int:
    print(error_message(error), file=sys.stderr)
    return ExitCode.REFUSED if isinstance(error, SongRefused) else ExitCode.FAILED


def _report(result: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(result, ensure_ascii=False))
        return
    for path in result["files"].values():
        print(path)
    took = translate("cli.duration", song_s=result["song_s"], took_s=result["took_s"], model=result["model"])
    print(took, file=sys.stderr)
    if result.get("estimated"):
        print(translate("estimated"), file=sys.stderr)
    if result.get("folded"):
        print(translate("folded"), file=sys.stderr)
