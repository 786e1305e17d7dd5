"""`stembot models list | pull | verify | add`: which models there are, and their weights. Loads no torch."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bots.i18n.translate import error_message, size, translate
from separator import (
    CARDS,
    DownloadFailed,
    ExitCode,
    ModelNotHere,
    card_of,
    import_file,
    is_available,
    is_right,
    pull,
)

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from bots.settings import BotSettings
    from separator import Fetched, ModelCard


def add_models_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Give the command line its `models`."""
    models = commands.add_parser("models", help=translate("cli.models"))
    what = models.add_subparsers(dest="what", required=True)
    what.add_parser("list", help=translate("cli.models.list"))
    fetch = what.add_parser("pull", help=translate("cli.models.pull"))
    fetch.add_argument("name")
    fetch.add_argument("--accept", action="store_true", help=translate("cli.models.accept"))
    verify = what.add_parser("verify", help=translate("cli.models.verify"))
    verify.add_argument("name", nargs="?")
    add = what.add_parser("add", help=translate("cli.models.add"))
    add.add_argument("name")
    add.add_argument("file", type=Path)
    add.add_argument("--accept", action="store_true", help=translate("cli.models.accept"))


def models(settings: BotSettings, args: argparse.Namespace) -> int:
    """Do what was asked; returns the exit code."""
    todo: dict[str, Callable[[Path, argparse.Namespace], int]] = {
        "list": _list,
        "pull": _pull,
        "verify": _verify,
        "add": _add,
    }
    return todo[args.what](settings.weights_dir, args)


def _tell(text: str) -> None:
    print(text)  # noqa: T201 - the command line speaks here


def _list(folder: Path, _args: argparse.Namespace) -> int:
    for card in CARDS.values():
        here = (
            "here"
            if is_available(card, folder)
            else "not_here"
            if _lie(card, folder) < len(card.files)
            else "package"
        )
        _tell(f"{'✓' if here == 'here' else ' '} {card.name}: {', '.join(card.stems)}")
        weight = size(card.size_bytes) if card.files else translate("models.built_in")
        _tell(f"    {translate(f'models.{here}', package=card.package)} · {weight} · {card.licence}")
        for score in card.scores:
            facts: dict[str, float | str] = {"stem": score.stem, "sdr": score.sdr_db, "on": score.on}
            _tell(f"    {translate('models.score', **facts, source=score.source)}")
        if card.note:
            _tell(f"    {translate(card.note)}")
    return 0


def _lie(card: ModelCard, folder: Path) -> int:
    """How many of a model's files lie in the folder."""
    return sum((folder / file.name).is_file() for file in card.files)


def _refuses(card: ModelCard, args: argparse.Namespace) -> bool:
    """Whether this model waits for somebody who has read its note; then it is told."""
    if not card.opt_in or args.accept:
        return False
    print(translate(card.note), translate("models.accept"), file=sys.stderr)  # noqa: T201
    return True


def _pull(folder: Path, args: argparse.Namespace) -> int:
    card = card_of(args.name)
    if not card.files:
        _tell(translate("models.nothing_to_pull", model=card.name))
        return 0
    if _refuses(card, args):
        return ExitCode.FAILED
    if card.note:
        _tell(translate(card.note))
    try:
        asyncio.run(_pull_with_bar(card, folder))
    except DownloadFailed as failure:
        print(error_message(failure), file=sys.stderr)  # noqa: T201
        return ExitCode.FAILED
    _tell(translate("models.pulled", model=card.name))
    if not is_available(card, folder):
        _tell(translate("models.package", package=card.package))
    return 0


async def _pull_with_bar(card: ModelCard, folder: Path) -> None:
    from rich.progress import (  # noqa: PLC0415 - rooms import this module and show no bar
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns) as bar:
        tasks = {file.name: bar.add_task(file.name, total=file.size_bytes) for file in card.files}

        def show(fetched: Fetched) -> None:
            bar.update(tasks[fetched.file.name], completed=fetched.done_bytes)

        await pull(card, folder, show)


def _verify(folder: Path, args: argparse.Namespace) -> int:
    """Hash every file that is there, or those of one model."""
    cards = [card_of(args.name)] if args.name else list(CARDS.values())
    ill = False
    for file in (file for card in cards for file in card.files):
        path = folder / file.name
        well = path.is_file() and is_right(path, file)
        missing = not path.is_file()
        if missing and not args.name:
            continue  # nobody wanted that model
        _tell(f"{'✓' if well else '✗'} {file.name}: {translate(f'models.file.{_state(well, missing)}')}")
        ill = ill or not well
    return ExitCode.FAILED if ill else 0


def _state(well: bool, missing: bool) -> str:
    return "right" if well else "missing" if missing else "wrong"


def _add(folder: Path, args: argparse.Namespace) -> int:
    card = card_of(args.name)
    if not args.file.is_file():
        print(translate("cli.file_missing", file=str(args.file)), file=sys.stderr)  # noqa: T201
        return ExitCode.FAILED
    if _refuses(card, args):
        return ExitCode.FAILED
    try:
        file = import_file(args.file, card, folder)
    except ModelNotHere:
        print(translate("models.file_rejected", file=args.file.name, model=card.name), file=sys.stderr)  # noqa: T201
        return ExitCode.FAILED
    _tell(translate("models.added", file=file.name, model=card.name))
    return 0
