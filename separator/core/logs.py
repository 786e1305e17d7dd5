"""Logs are events with facts: JSON lines for a collector, colours on a terminal, secrets never."""

from __future__ import annotations

import logging
import sys

import structlog
from structlog.tracebacks import ExceptionDictTransformer

#: These libraries write addresses with tokens in them at INFO.
_TALKATIVE = ("httpx", "httpcore", "telegram", "discord", "aiohttp.access")


def set_up_logs(*, quiet: bool = False) -> None:
    """Send structlog and the standard library's logs to stderr.

    Traces come without local variables: those hold tokens and addresses.

    Args:
        quiet: Only warnings and worse, for commands that talk to a person on a terminal.
    """
    level = logging.WARNING if quiet else logging.INFO
    processors: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if sys.stderr.isatty():
        plain = structlog.dev.RichTracebackFormatter(show_locals=False)
        processors.append(structlog.dev.ConsoleRenderer(exception_formatter=plain))
    else:
        traces = structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False))
        processors += [traces, structlog.processors.JSONRenderer()]
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # as it is now: it may be replaced
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=level, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
