"""`stembot serve | bot | worker | web | fleet | separate | models | jobs | block | doctor`.

Heavy modules are imported only by the command that needs them: `--help` is quick, and `stembot doctor` runs
on a broken install.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from typing import TYPE_CHECKING

from pydantic import ValidationError

from bots.cli.block import add_block_command, block
from bots.cli.jobs import add_jobs_command, jobs
from bots.cli.models import add_models_command, models
from bots.cli.separate_arguments import add_separate_command
from bots.i18n.translate import error_message, translate
from bots.settings import BotSettings
from separator import ExitCode, exit_with_parent, set_up_logs, tune_for_low_memory
from separator.core.errors import ConfigError
from storage import StembotError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SERVICES = frozenset({"bot", "web"})  #: processes that run for weeks and should stay small
CHECKED = SERVICES | {"serve", "fleet"}  #: commands that begin with a look at folders and addresses
QUIET = frozenset({"separate", "doctor", "models", "jobs", "block"})  #: commands that log only warnings


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="stembot", description=translate("cli.stembot"))
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help=translate("cli.serve"))
    bot = commands.add_parser("bot", help=translate("cli.bot"))
    bot.add_argument("platform", choices=("discord", "telegram"))
    commands.add_parser("worker", help=translate("cli.worker"))
    commands.add_parser("web", help=translate("cli.web"))
    commands.add_parser("fleet", help=translate("cli.fleet"))
    commands.add_parser("doctor", help=translate("cli.doctor"))
    add_models_command(commands)
    add_jobs_command(commands)
    add_block_command(commands)
    add_separate_command(commands)
    return parser


def _serve(settings: BotSettings, _args: argparse.Namespace) -> int:
    from bots.operations.supervisor import serve  # noqa: PLC0415 - see the module's docstring

    return asyncio.run(serve(settings))


def _bot(settings: BotSettings, args: argparse.Namespace) -> int:
    if args.platform == "discord":
        from bots.discord.app import run_discord as run_bot  # noqa: PLC0415
    else:
        from bots.telegram.app import run_telegram as run_bot  # noqa: PLC0415
    _require_token(args.platform, settings)
    asyncio.run(run_bot(settings))
    return 0


def _require_token(platform: str, settings: BotSettings) -> None:
    """Refuse to start a bot that has no token."""
    token = settings.discord_token if platform == "discord" else settings.telegram_token
    if not token.get_secret_value():
        raise ConfigError(setting=f"STEMBOT_{platform.upper()}_TOKEN", value=translate("cli.not_set"))


def _worker(_settings: BotSettings, _args: argparse.Namespace) -> int:
    """Become the worker: torch is loaded there, never here."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "separator", "worker"])  # noqa: S606 - our own program


def _web(settings: BotSettings, _args: argparse.Namespace) -> int:
    from bots.web.app import run_web  # noqa: PLC0415

    asyncio.run(run_web(settings))
    return 0


def _fleet(settings: BotSettings, _args: argparse.Namespace) -> int:
    try:
        from bots.operations.autoscaler import run_autoscaler  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        raise ConfigError(setting="pip install 'stembot[fleet]'", value=missing.name or "") from missing
    asyncio.run(run_autoscaler(settings))
    return 0


def _separate(settings: BotSettings, args: argparse.Namespace) -> int:
    from bots.cli.separate import separate  # noqa: PLC0415

    return separate(settings, args)


def _doctor(settings: BotSettings, _args: argparse.Namespace) -> int:
    from bots.cli.doctor import examine  # noqa: PLC0415

    return asyncio.run(examine(settings))


COMMANDS: dict[str, Callable[[BotSettings, argparse.Namespace], int]] = {
    "serve": _serve,
    "bot": _bot,
    "worker": _worker,
    "web": _web,
    "fleet": _fleet,
    "separate": _separate,
    "doctor": _doctor,
    "models": models,
    "jobs": jobs,
    "block": block,
}


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    """Parse a command line; files and wishes of `separate` may stand before and after its options."""
    parser = _parser()
    args, rest = parser.parse_known_args(argv)
    if rest and (args.command != "separate" or any(word.startswith("-") and word != "-" for word in rest)):
        parser.error(translate("cli.unknown_words", words=" ".join(rest)))
    if args.command == "separate":
        args.words = [*args.words, *rest]
    return args


def run(argv: Sequence[str]) -> int:
    """Parse, build the settings once, and run one command; returns the exit code."""
    args = _parse(argv)
    try:
        settings = BotSettings()
        exit_with_parent()
        if args.command in CHECKED:
            settings.check()
        if args.command in SERVICES:
            tune_for_low_memory()
        set_up_logs(settings.log_format, quiet=args.command in QUIET)
        return COMMANDS[args.command](settings, args)
    except ValidationError as invalid:
        for error in invalid.errors():
            name = f"STEMBOT_{'_'.join(str(part) for part in error['loc']).upper()}"
            print(error_message(ConfigError(setting=name, value=error["msg"])), file=sys.stderr)
        return ExitCode.CONFIG
    except ConfigError as error:
        print(error_message(error), file=sys.stderr)
        return ExitCode.CONFIG
    except StembotError as error:
        print(error_message(error), file=sys.stderr)
        return ExitCode.FAILED
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
