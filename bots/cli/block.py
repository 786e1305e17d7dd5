"""`stembot block add | remove | list`: from whom the operator takes no songs.

    stembot block add telegram:123 --for 7d --why "floods"     a person
    stembot block add telegram:-100123                         who writes in the name of this channel
    stembot block add discord:guild:456                        everyone in a group or server
    stembot block add 203.0.113.7                              an IP address, in the web app

The list is in the database, so it applies to every process at once and survives restarts.
"""

from __future__ import annotations

import argparse
import asyncio
import re
from typing import TYPE_CHECKING

from bots.cli.jobs import seconds
from bots.cli.terminal import draw, fail, new_table
from bots.i18n.translate import duration, translate
from separator import ADDRESS, open_queue_admin, same_network

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bots.settings import BotSettings
    from separator import QueueAdmin

#: People and chats as orders name them.
_NAME = re.compile(r"(telegram:(chat:-|-)?|discord:(guild:)?)[0-9]+|web:[0-9a-f]{24}")


def add_block_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `block` to the command line."""
    actions = commands.add_parser("block", help=translate("cli.block")).add_subparsers(
        dest="action", required=True
    )
    add = actions.add_parser("add", help=translate("cli.block.add"))
    add.add_argument("--for", type=seconds, default=0.0, dest="for_s", help=translate("cli.block.for"))
    add.add_argument("--why", default="", help=translate("cli.block.why"))
    for each in (add, actions.add_parser("remove", help=translate("cli.block.remove"))):
        each.add_argument("who", type=_parse_subject, help=translate("cli.block.who"))
    actions.add_parser("list", help=translate("cli.block.list"))


def _parse_subject(text: str) -> str:
    """Whom the operator means, in the form that the list stores."""
    if _NAME.fullmatch(text):
        return text
    try:
        return ADDRESS + same_network(text.removeprefix(ADDRESS))
    except ValueError:
        raise argparse.ArgumentTypeError(translate("block.invalid", who=text)) from None


def block(settings: BotSettings, args: argparse.Namespace) -> int:
    """Run the action; returns the exit code."""
    actions: dict[str, Callable[[QueueAdmin, argparse.Namespace], Awaitable[int]]] = {
        "add": _add,
        "remove": _remove,
        "list": _list,
    }

    async def run() -> int:
        async with open_queue_admin(settings) as admin:
            return await actions[args.action](admin, args)

    return asyncio.run(run())


async def _add(admin: QueueAdmin, args: argparse.Namespace) -> int:
    await admin.block(args.who, args.for_s, args.why)
    if args.for_s:
        print(translate("block.added_until", who=args.who, ends_s=args.for_s))
    else:
        print(translate("block.added", who=args.who))
    return 0


async def _remove(admin: QueueAdmin, args: argparse.Namespace) -> int:
    if await admin.unblock(args.who):
        print(translate("block.removed", who=args.who))
        return 0
    return fail("block.unknown", who=args.who)


async def _list(admin: QueueAdmin, _args: argparse.Namespace) -> int:
    blocks = await admin.blocks()
    if not blocks:
        print(translate("block.empty"))
        return 0
    table = new_table(translate(f"block.column.{name}") for name in ("who", "until", "why"))
    for each in blocks:
        table.add_row(each.who, "" if each.ends_s is None else duration(each.ends_s), each.why)
    draw([table])
    return 0
