"""`stembot jobs list | show | cancel | retry | drain`: for whoever looks after the line, from any machine."""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bots.cli.tables import draw, new_table
from bots.i18n.translate import duration, translate
from separator import ExitCode, Filters, JobState, open_queue_admin, rests_on
from storage import open_store

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from rich.table import Table

    from bots.settings import BotSettings
    from separator import Job, JobHistory, QueueAdmin

LOOK_EVERY_S = 0.5  #: at what still runs, while a drain is waited for
_UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_ENDED = frozenset({JobState.DONE, JobState.REFUSED, JobState.FAILED, JobState.CANCELLED})


def add_jobs_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Give the command line its `jobs`."""
    jobs = commands.add_parser("jobs", help=translate("cli.jobs"))
    what = jobs.add_subparsers(dest="what", required=True)
    listing = what.add_parser("list", help=translate("cli.jobs.list"))
    listing.add_argument("--state", type=JobState, choices=list(JobState), help=translate("cli.jobs.state"))
    listing.add_argument("--person", default="", help=translate("cli.jobs.person"))
    listing.add_argument("--older", type=seconds, default=0.0, help=translate("cli.jobs.older"))
    listing.add_argument("--most", type=int, default=50, help=translate("cli.jobs.most"))
    show = what.add_parser("show", help=translate("cli.jobs.show"))
    show.add_argument("job", type=int)
    for name in ("cancel", "retry"):
        what.add_parser(name, help=translate(f"cli.jobs.{name}")).add_argument("job", type=int, nargs="+")
    drain = what.add_parser("drain", help=translate("cli.jobs.drain"))
    drain.add_argument("--off", action="store_true", help=translate("cli.jobs.off"))
    drain.add_argument("--wait", action="store_true", help=translate("cli.jobs.wait"))
    for each in (listing, show):
        each.add_argument("--json", action="store_true", help=translate("cli.jobs.json"))


def seconds(text: str) -> float:
    """`90s`, `15m`, `2h`, `3d`; a bare number is seconds."""
    found = re.fullmatch(r"(\d+)([smhd]?)", text)
    if found is None:
        raise argparse.ArgumentTypeError(text)
    return float(int(found[1]) * _UNITS_S[found[2] or "s"])


def jobs(settings: BotSettings, args: argparse.Namespace) -> int:
    """Do what was asked; returns the exit code."""
    todo: dict[str, Callable[[QueueAdmin, BotSettings, argparse.Namespace], Awaitable[int]]] = {
        "list": _list,
        "show": _show,
        "cancel": _cancel,
        "retry": _retry,
        "drain": _drain,
    }

    async def run() -> int:
        async with open_queue_admin(settings) as keeper:
            return await todo[args.what](keeper, settings, args)

    return asyncio.run(run())


def _tell(text: str) -> None:
    print(text)  # noqa: T201 - the command line speaks here


def _complain(key: str, **facts: float | str) -> int:
    print(translate(key, **facts), file=sys.stderr)  # noqa: T201
    return ExitCode.FAILED


def _table(*columns: str) -> Table:
    return new_table(translate(f"jobs.column.{name}") for name in columns)


async def _list(keeper: QueueAdmin, _settings: BotSettings, args: argparse.Namespace) -> int:
    found = await keeper.list_jobs(Filters(args.state, args.person, args.older, args.most))
    if args.json:
        _tell(_json({"now": found.now, "jobs": [asdict(job) for job in found.jobs]}))
        return 0
    if not found.jobs:
        _tell(translate("jobs.none"))
        return 0
    table = _table("job", "kind", "state", "person", "age", "attempts", "song", "worker", "error")
    for job in found.jobs:
        table.add_row(
            str(job.id), job.kind, job.state, job.owner, duration(found.now - job.created), *_of(job)
        )
    draw([table])
    return 0


def _of(job: Job) -> tuple[str, str, str, str]:
    """Attempts, song, worker and error of a job."""
    error = job.error["kind"] if job.error else ""
    song = job.args.get("name") or job.args.get("title") or ""
    return f"{job.attempts}/{job.max_attempts}", str(song), job.worker or "", error


def _json(facts: Any) -> str:  # noqa: ANN401 - JSON
    return json.dumps(facts, ensure_ascii=False)


async def _show(keeper: QueueAdmin, _settings: BotSettings, args: argparse.Namespace) -> int:
    story = await keeper.history(args.job)
    if story is None:
        return _complain("jobs.unknown", job=str(args.job))
    if args.json:
        _tell(_json(asdict(story)))
    else:
        draw([_facts(story), _orders(story), _events(story)])
    return 0


def _facts(story: JobHistory) -> Table:
    """Everything about the job itself, a line each; what is empty is left out."""
    job = story.job
    attempts, song, worker, _ = _of(job)
    facts = {
        "job": str(job.id),
        "kind": job.kind,
        "state": job.state,
        "person": job.owner,
        "age": duration(story.now - job.created),
        "attempts": attempts,
        "song": song,
        "worker": worker,
        "before": str(job.after_job or ""),
        "after": " ".join(map(str, story.after)),
        "error": _json(job.error) if job.error else "",
        "key": job.key,
    }
    table = new_table()
    for name, fact in facts.items():
        if fact:
            table.add_row(translate(f"jobs.column.{name}"), fact)
    return table


def _orders(story: JobHistory) -> Table:
    table = _table("order", "person", "state", "outputs", "age")
    for order in story.orders:
        age = duration(story.now - order.created)
        table.add_row(str(order.id), order.owner, order.state, order.outputs, age)
    return table


def _events(story: JobHistory) -> Table:
    table = _table("ago", "event", "worker", "error")
    for event in story.events:
        table.add_row(duration(story.now - event.at), event.what, event.who, event.why)
    return table


async def _cancel(keeper: QueueAdmin, _settings: BotSettings, args: argparse.Namespace) -> int:
    code = 0
    for number in args.job:
        was, name = await keeper.cancel_job(number), str(number)
        if was is None:
            code = _complain("jobs.unknown", job=name)
        elif was in _ENDED:
            code = _complain("jobs.ended", job=name, state=was.value)
        else:
            _tell(translate("jobs.stopping" if was is JobState.RUNNING else "jobs.cancelled", job=name))
    return code


async def _retry(keeper: QueueAdmin, settings: BotSettings, args: argparse.Namespace) -> int:
    code = 0
    for number in args.job:
        story, name = await keeper.history(number), str(number)
        if story is None:
            code = _complain("jobs.unknown", job=name)
        elif story.job.state is not JobState.FAILED:
            code = _complain("jobs.not_failed", job=name, state=story.job.state.value)
        elif not await _is_there(keeper, settings, story.job):
            code = _complain("jobs.song_deleted", job=name)
        elif many := await keeper.retry(number):
            _tell(translate("jobs.retried", job=name, count=many))
        else:
            code = _complain("jobs.no_orders", job=name)
    return code


async def _is_there(keeper: QueueAdmin, settings: BotSettings, job: Job) -> bool:
    """Whether the song or the stems that a job needs are still stored."""
    before = await keeper.history(job.after_job) if job.after_job else None
    return await open_store(settings).size(rests_on(job, before.job if before else None)) is not None


async def _drain(keeper: QueueAdmin, _settings: BotSettings, args: argparse.Namespace) -> int:
    await keeper.drain(on=not args.off)
    if args.off:
        _tell(translate("jobs.resumed"))
        return 0
    _tell(translate("jobs.drained", count=await _running(keeper)))
    if args.wait:
        while await _running(keeper):  # noqa: ASYNC110 - what ends is in other processes
            await asyncio.sleep(LOOK_EVERY_S)
        _tell(translate("jobs.idle"))
    return 0


async def _running(keeper: QueueAdmin) -> int:
    depth = (await keeper.stats()).depth
    return sum(many for (state, _), many in depth.items() if state == JobState.RUNNING)
