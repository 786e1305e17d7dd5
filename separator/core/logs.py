"""Sets up logging: every line on stderr is one event, as JSON or as console text, without secrets."""

from __future__ import annotations

import logging
import sys
from typing import Literal

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.tracebacks import ExceptionDictTransformer

LogFormat = Literal["auto", "console", "json"]

#: These libraries log addresses with tokens in them at INFO.
_VERBOSE = ("httpx", "httpcore", "telegram", "discord", "aiohttp.access")


class _StderrHandler(logging.StreamHandler):  # type: ignore[type-arg] # not subscriptable at run time
    """Writes to `sys.stderr` as it is when a line is logged: it may have been replaced."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        self.stream = sys.stderr
        super().emit(record)


def set_up_logs(log_format: LogFormat = "auto", *, quiet: bool = False) -> None:
    """Send structlog's events and the standard library's records to stderr, in one format.

    Tracebacks come without local variables: those hold tokens and addresses.

    Args:
        log_format: `auto` is `console` on a terminal and `json` elsewhere.
        quiet: Only warnings and worse, for commands that talk to a person on a terminal.
    """
    level = logging.WARNING if quiet else logging.INFO
    context: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler = _StderrHandler()
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[*context, structlog.stdlib.add_logger_name],
            processors=[ProcessorFormatter.remove_processors_meta, *_renderers(log_format)],
        )
    )
    root = logging.getLogger()
    for earlier in [each for each in root.handlers if isinstance(each, _StderrHandler)]:
        root.removeHandler(earlier)
    root.addHandler(handler)
    root.setLevel(level)
    for name in _VERBOSE:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # its warnings come again as our own errors
    structlog.configure(
        processors=[*context, ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def _renderers(log_format: LogFormat) -> list[structlog.typing.Processor]:
    """The last processors of every line."""
    if log_format == "console" or (log_format == "auto" and sys.stderr.isatty()):
        has_rich = sys.modules.get("rich") is not None  # services without a terminal do not load it
        plain = structlog.dev.plain_traceback
        tracebacks = structlog.dev.RichTracebackFormatter(show_locals=False) if has_rich else plain
        return [structlog.dev.ConsoleRenderer(exception_formatter=tracebacks)]
    exceptions = structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False))
    return [exceptions, structlog.processors.JSONRenderer()]
