"""What the logs keep to themselves, and how every line of them looks."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

_RAISES = """
import logging, sys
import structlog
from separator.core.logs import set_up_logs
set_up_logs(sys.argv[1])
def call(url):
    raise ValueError("it broke")
structlog.get_logger().info("started", job=16)
logging.getLogger("some.library").warning("slow %s", "server")
try:
    call("https://host/bot4242:SECRET/getMe")
except ValueError:
    structlog.get_logger().exception("it_failed", job=17)
    logging.getLogger("some.library").exception("it failed there, too")
logging.getLogger("httpx").info("GET https://host/bot4242:SECRET/getMe")
"""


def logged(log_format: str, before: str = "") -> str:
    command = [sys.executable, "-c", before + _RAISES, log_format]
    return subprocess.run(command, capture_output=True, text=True, check=True).stderr


@pytest.mark.parametrize("log_format", ["auto", "console", "json"])
def test_a_trace_in_the_log_shows_no_local_variables(log_format):
    """A library's frames hold addresses with the bot's token in them."""
    text = logged(log_format)
    assert "it broke" in text
    assert "SECRET" not in text


@pytest.mark.parametrize("log_format", ["auto", "json"])
def test_every_line_is_json_where_nobody_sits_at_a_terminal(log_format):
    """Collectors read line by line; a library's plain text or trace would break them."""
    lines = [json.loads(line) for line in logged(log_format).splitlines()]
    assert [line["event"] for line in lines] == [
        "started",
        "slow server",
        "it_failed",
        "it failed there, too",
    ]
    assert [line["level"] for line in lines] == ["info", "warning", "error", "error"]
    assert all("timestamp" in line for line in lines)
    assert lines[0]["job"] == 16
    assert lines[1]["logger"] == "some.library"
    assert lines[2]["exception"][0]["exc_value"] == lines[3]["exception"][0]["exc_value"] == "it broke"


def test_a_service_without_rich_writes_to_the_console_too():
    """Services without a terminal do not load it, and may be told to write text."""
    text = logged("console", "import sys; sys.modules['rich'] = None\n")
    assert "it broke" in text
    assert "Logging error" not in text
    assert "SECRET" not in text


def test_no_line_is_json_on_the_console():
    """Its readers are people."""
    text = logged("console")
    assert "slow server" in text
    assert not [line for line in text.splitlines() if line.startswith("{")]
