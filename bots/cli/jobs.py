"""`stembot jobs list | show | cancel | retry | drain`: for the operator, from any machine."""

from __future__ import annotations

import argparse
import asyncio
import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bots.cli.terminal import draw, fail, new_table
from bots.i18n.translate import duration, translate
from separator import Filters, JobState, open_queue_admin, rests_on
from storage import open_store

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from rich.table import Table

    from bots.settings import BotSettings
    from separator import Job, JobHistory, QueueAdmin

POLL_S = 0.5  #: between two looks at what still runs, for `drain --wait`
_UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_ENDED = frozenset({JobState.DONE, JobState.REFUSED, JobState.FAILED, JobState.CANCELLED})


def add_jobs_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `jobs` to the command line."""
    jobs = commands.add_parser("jobs", help=translate("cli.jobs"))
    actions = jobs.add_subparsers(dest="action", required=True)
    listing = actions.add_parser("list", help=translate("cli.jobs.list"))
    listing.add_argument("--state", type=JobState, choices=list(JobState), help=translate("cli.jobs.state"))
    listing.add_argument("--person", default="", help=translate("cli.jobs.person"))
    listing.add_argument("--older", type=seconds, default=0.0, help=translate("cli.jobs.older"))
    listing.add_argument("--most", type=int, default=50, help=translate("cli.jobs.most"))
    show = actions.add_parser("show", help=translate("cli.jobs.show"))
    show.add_argument("job", type=int)
    for name in ("cancel", "retry"):
        actions.add_parser(name, help=translate(f"cli.jobs.{name}")).add_argument("job", type=int, nargs="+")
    drain = actions.add_parser("drain", help=translate("cli.jobs.drain"))
    drain.add_argument("--off", action="store_true", help=translate("cli.jobs.off"))
    drain.add_argument("--wait", action="store_true", help=translate("cli.jobs.wait"))
    for each in (listing, show):
        each.add_argument("--json", action="store_true", help=translate("cli.jobs.json"))


def seconds(text: str) -> float:
    """`90s`, `15m`, `2h`, `3d`; a bare number is seconds."""
    match = re.fullmatch(r"(\d+)([smhd]?)", text)
    if match is None:
        raise argparse.ArgumentTypeError(text)
    return float(int(match[1]) * _UNITS_S[match[2] or "s"])


def jobs(settings: BotSettings, args: argparse.Namespace) -> int:
    """Run the action; returns the exit code."""
    actions: dict[str, Callable[[QueueAdmin, BotSettings, argparse.Namespace], Awaitable[int]]] = {
        "list": _list,
        "show": _show,
        "cancel": _cancel,
        "retry": _retry,
        "drain": _drain,
    }

    async def run() -> int:
        async with open_queue_admin(settings) as admin:
            return await actions[args.action](admin, settings, args)

    return asyncio.run(run())


def _table(*columns: str) -> Table:
    return new_table(translate(f"jobs.column.{name}") for name in columns)


async def _list(admin: QueueAdmin, _settings: BotSettings, args: argparse.Namespace) -> int:
    listing = await admin.list_jobs(Filters(args.state, args.person, args.older, args.most))
    if args.json:
        print(_json({"now": listing.now, "jobs": [asdict(job) for job in listing.jobs]}))
        return 0
    if not listing.jobs:
        print(translate("jobs.none"))
        return 0
    table = _table("job", "kind", "state", "person", "age", "attempts", "song", "worker", "error")
    for job in listing.jobs:
        table.add_row(
            str(job.id), job.kind, job.state, job.owner, duration(listing.now - job.created), *_details(job)
        )
    draw([table])
    return 0


def _details(job: Job) -> tuple[str, str, str, str]:
    """Attempts, song, worker and error of a job."""
    error = job.error["kind"] if job.error else ""
    song = job.args.get("name") or job.args.get("title") or ""
    return f"{job.attempts}/{job.max_attempts}", str(song), job.worker or "", error


def _json(facts: Any) -> str:  # noqa: ANN401 - JSON
    return json.dumps(facts, ensure_ascii=False)


async def _show(admin: QueueAdmin, _settings: BotSettings, args: argparse.Namespace) -> int:
    history = await admin.history(args.job)
    if history is None:
        return fail("jobs.unknown", job=str(args.job))
    if args.json:
        print(_json(asdict(history)))
    else:
        draw([_job_table(history), _order_table(history), _event_table(history)])
    return 0


def _job_table(history: JobHistory) -> Table:
    """The job itself, one row for each field that is not empty."""
    job = history.job
    attempts, song, worker, _ = _details(job)
    fields = {
        "job": str(job.id),
        "kind": job.kind,
        "state": job.state,
        "person": job.owner,
        "age": duration(history.now - job.created),
        "attempts": attempts,
        "song": song,
        "worker": worker,
        "before": str(job.after_job or ""),
        "after": " ".join(map(str, history.after)),
        "error": _json(job.error) if job.error else "",
        "key": job.key,
    }
    table = new_table()
    for name, value in fields.items():
        if value:
            table.add_row(translate(f"jobs.column.{name}"), value)
    return table


def _order_table(history: JobHistory) -> Table:
    table = _table("order", "person", "state", "outputs", "age")
    for order in history.orders:
        age = duration(history.now - order.created)
        table.add_row(str(order.id), order.owner, order.state, order.outputs, age)
    return table


def _event_table(history: JobHistory) -> Table:
    table = _table("ago", "event", "worker", "error")
    for event in history.events:
        table.add_row(duration(history.now - event.at), event.what, event.who, event.why)
    return table


async def _cancel(admin: QueueAdmin, _settings: BotSettings, args: argparse.Namespace) -> int:
    code = 0
    for number in args.job:
        state, name = await admin.cancel_job(number), str(number)
        if state is None:
            code = fail("jobs.unknown", job=name)
        elif state in _ENDED:
            code = fail("jobs.ended", job=name, state=state.value)
        else:
            print(translate("jobs.stopping" if state is JobState.RUNNING else "jobs.cancelled", job=name))
    return code


async def _retry(admin: QueueAdmin, settings: BotSettings, args: argparse.Namespace) -> int:
    code = 0
    for number in args.job:
        history, name = await admin.history(number), str(number)
        if history is None:
            code = fail("jobs.unknown", job=name)
        elif history.job.state is not JobState.FAILED:
            code = fail("jobs.not_failed", job=name, state=history.job.state.value)
        elif not await _has_input(admin, settings, history.job):
            code = fail("jobs.song_deleted", job=name)
        elif count := await admin.retry(number):
            print(translate("jobs.retried", job=name, count=count))
        else:
            code = fail("jobs.no_orders", job=name)
    return code


async def _has_input(admin: QueueAdmin, settings: BotSettings, job: Job) -> bool:
    """Whether the song or the stems that the job needs are still stored."""
    before = await admin.history(job.after_job) if job.after_job else None
    async with open_store(settings) as store:
        return await store.size(rests_on(job, before.job if before else None)) is not None


async def _drain(admin: QueueAdmin, _settings: BotSettings, args: argparse.Namespace) -> int:
    await admin.drain(on=not args.off)
    if args.off:
        print(translate("jobs.resumed"))
        return 0
    print(translate("jobs.drained", count=await _running(admin)))
    if args.wait:
        while await _running(admin):  # noqa: ASYNC110 - what ends is in other processes
            await asyncio.sleep(POLL_S)
        print(translate("jobs.idle"))
    return 0


async def _running(admin: QueueAdmin) -> int:
    return (await admin.stats()).depth.get(JobState.RUNNING, 0)
