"""`stembot models list | pull | verify | add`: the models and their weights. Imports no torch."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bots.cli.terminal import fail
from bots.i18n.translate import error_message, size, translate
from separator import ExitCode
from separator.core.errors import DownloadFailed, ModelNotHere
from separator.inference.catalog import CARDS, card_of, import_file, is_available, is_verified, pull

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from bots.settings import BotSettings
    from separator.inference.catalog import DownloadProgress, ModelCard


def add_models_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `models` to the command line."""
    models = commands.add_parser("models", help=translate("cli.models"))
    actions = models.add_subparsers(dest="action", required=True)
    actions.add_parser("list", help=translate("cli.models.list"))
    fetch = actions.add_parser("pull", help=translate("cli.models.pull"))
    fetch.add_argument("name")
    fetch.add_argument("--accept", action="store_true", help=translate("cli.models.accept"))
    verify = actions.add_parser("verify", help=translate("cli.models.verify"))
    verify.add_argument("name", nargs="?")
    add = actions.add_parser("add", help=translate("cli.models.add"))
    add.add_argument("name")
    add.add_argument("file", type=Path)
    add.add_argument("--accept", action="store_true", help=translate("cli.models.accept"))


def models(settings: BotSettings, args: argparse.Namespace) -> int:
    """Run the action; returns the exit code."""
    actions: dict[str, Callable[[Path, argparse.Namespace], int]] = {
        "list": _list,
        "pull": _pull,
        "verify": _verify,
        "add": _add,
    }
    return actions[args.action](settings.weights_dir, args)


def _list(folder: Path, _args: argparse.Namespace) -> int:
    for card in CARDS.values():
        state = _state(card, folder)
        print(f"{'✓' if state == 'here' else ' '} {card.name}: {', '.join(card.stems)}")
        weight = size(card.size_bytes) if card.files else translate("models.built_in")
        print(f"    {translate(f'models.{state}', package=card.package)} · {weight} · {card.licence}")
        for score in card.scores:
            facts: dict[str, float | str] = {"stem": score.stem, "sdr": score.sdr_db, "on": score.on}
            print(f"    {translate('models.score', **facts, source=score.source)}")
        if card.note:
            print(f"    {translate(card.note)}")
    return 0


def _state(card: ModelCard, folder: Path) -> str:
    """Whether a model can be used, or what it lacks: its weights or its package."""
    if is_available(card, folder):
        return "here"
    return "package" if all((folder / file.name).is_file() for file in card.files) else "not_here"


def _not_accepted(card: ModelCard, args: argparse.Namespace) -> bool:
    """Whether this model needs `--accept` after reading its note; then prints the note."""
    if not card.opt_in or args.accept:
        return False
    print(translate(card.note), translate("models.accept"), file=sys.stderr)
    return True


def _pull(folder: Path, args: argparse.Namespace) -> int:
    card = card_of(args.name)
    if not card.files:
        print(translate("models.nothing_to_pull", model=card.name))
        return 0
    if _not_accepted(card, args):
        return ExitCode.FAILED
    if card.note:
        print(translate(card.note))
    try:
        asyncio.run(_pull_with_bar(card, folder))
    except DownloadFailed as failure:
        print(error_message(failure), file=sys.stderr)
        return ExitCode.FAILED
    print(translate("models.pulled", model=card.name))
    if not is_available(card, folder):
        print(translate("models.package", package=card.package))
    return 0


async def _pull_with_bar(card: ModelCard, folder: Path) -> None:
    from rich.progress import (  # noqa: PLC0415 - services import this module and show no bar
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns) as bar:
        tasks = {file.name: bar.add_task(file.name, total=file.size_bytes) for file in card.files}

        def show(fetched: DownloadProgress) -> None:
            bar.update(tasks[fetched.file.name], completed=fetched.done_bytes)

        await pull(card, folder, show)


def _verify(folder: Path, args: argparse.Namespace) -> int:
    """Check the hash of every file that is stored, or of one model's."""
    cards = [card_of(args.name)] if args.name else list(CARDS.values())
    failed = False
    for file in (file for card in cards for file in card.files):
        path = folder / file.name
        valid = path.is_file() and is_verified(path, file)
        missing = not path.is_file()
        if missing and not args.name:
            continue  # that model was never downloaded
        verdict = "right" if valid else "missing" if missing else "wrong"
        print(f"{'✓' if valid else '✗'} {file.name}: {translate(f'models.file.{verdict}')}")
        failed = failed or not valid
    return ExitCode.FAILED if failed else 0


def _add(folder: Path, args: argparse.Namespace) -> int:
    card = card_of(args.name)
    if not args.file.is_file():
        return fail("cli.file_missing", file=str(args.file))
    if _not_accepted(card, args):
        return ExitCode.FAILED
    try:
        file = import_file(args.file, card, folder)
    except ModelNotHere:
        return fail("models.file_rejected", file=args.file.name, model=card.name)
    print(translate("models.added", file=file.name, model=card.name))
    return 0
