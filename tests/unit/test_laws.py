"""The table of laws names tests that are there: a law whose test was renamed away would be nobody's."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parent.parent


def test_every_law_has_the_tests_that_the_table_names():
    rows = [line for line in (TESTS / "README.md").read_text("utf-8").splitlines() if "`test_" in line]
    named = {name for row in rows for name in re.findall(r"`(test_\w+)`", row)}
    written = {
        name
        for path in TESTS.rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)", path.read_text("utf-8"))
    }
    assert len(rows) >= 19
    assert named - written == set()
