"""`stembot block add | remove | list`: from whom no songs are taken, by the operator's word.

    stembot block add telegram:123 --for 7d --why "floods"     a person
    stembot block add discord:guild:456                        a group or server, for all in it
    stembot block add 203.0.113.7                              an address, in the web room

It holds in every process within a request, and over restarts: the list is in the line's database.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
from typing import TYPE_CHECKING

from bots.cli.jobs import seconds
from bots.cli.tables import draw, new_table
from bots.i18n.translate import duration, translate
from separator import ADDRESS, ExitCode, open_queue_admin, same_network

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bots.settings import BotSettings
    from separator import QueueAdmin

#: Persons and places as orders name them.
_NAME = re.compile(r"(telegram:(chat:-)?|discord:(guild:)?)[0-9]+|web:[0-9a-f]{24}")


def add_block_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Give the command line its `block`."""
    what = commands.add_parser("block", help=translate("cli.block")).add_subparsers(
        dest="what", required=True
    )
    add = what.add_parser("add", help=translate("cli.block.add"))
    add.add_argument("--for", type=seconds, default=0.0, dest="for_s", help=translate("cli.block.for"))
    add.add_argument("--why", default="", help=translate("cli.block.why"))
    for each in (add, what.add_parser("remove", help=translate("cli.block.remove"))):
        each.add_argument("who", type=_who, help=translate("cli.block.who"))
    what.add_parser("list", help=translate("cli.block.list"))


def _who(text: str) -> str:
    """Whom the operator means, as the list names them."""
    if _NAME.fullmatch(text):
        return text
    try:
        return ADDRESS + same_network(text.removeprefix(ADDRESS))
    except ValueError:
        raise argparse.ArgumentTypeError(translate("block.invalid", who=text)) from None


def block(settings: BotSettings, args: argparse.Namespace) -> int:
    """Do what was asked; returns the exit code."""
    todo: dict[str, Callable[[QueueAdmin, argparse.Namespace], Awaitable[int]]] = {
        "add": _add,
        "remove": _remove,
        "list": _list,
    }

    async def run() -> int:
        async with open_queue_admin(settings) as keeper:
            return await todo[args.what](keeper, args)

    return asyncio.run(run())


async def _add(keeper: QueueAdmin, args: argparse.Namespace) -> int:
    await keeper.block(args.who, args.for_s, args.why)
    if args.for_s:
        _tell(translate("block.added_until", who=args.who, ends_s=args.for_s))
    else:
        _tell(translate("block.added", who=args.who))
    return 0


async def _remove(keeper: QueueAdmin, args: argparse.Namespace) -> int:
    if await keeper.unblock(args.who):
        _tell(translate("block.removed", who=args.who))
        return 0
    print(translate("block.unknown", who=args.who), file=sys.stderr)  # noqa: T201 - the command line speaks here
    return ExitCode.FAILED


async def _list(keeper: QueueAdmin, _args: argparse.Namespace) -> int:
    blocks = await keeper.blocks()
    if not blocks:
        _tell(translate("block.empty"))
        return 0
    table = new_table(translate(f"block.column.{name}") for name in ("who", "until", "why"))
    for each in blocks:
        table.add_row(each.who, "" if each.ends_s is None else duration(each.ends_s), each.why)
    draw([table])
    return 0


def _tell(text: str) -> None:
    print(text)  # noqa: T201 - the command line speaks here
