"""What the logs keep to themselves."""

from __future__ import annotations

import subprocess
import sys

_RAISES = """
import structlog
from separator.core.logs import set_up_logs
set_up_logs()
def call(url):
    raise ValueError("it broke")
try:
    call("https://host/bot4242:SECRET/getMe")
except ValueError:
    structlog.get_logger().exception("it_failed", job=17)
"""


def test_a_trace_in_the_log_shows_no_local_variables():
    """A library's frames hold addresses with the bot's token in them."""
    run = subprocess.run([sys.executable, "-c", _RAISES], capture_output=True, text=True, check=True)
    assert "it broke" in run.stderr
    assert "SECRET" not in run.stderr
