"""The page on security promises only what a test of that name proves."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
TESTS = {
    name: path
    for path in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^(?:async )?def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)
}


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(test_\w+)`", PAGE))))
def test_what_the_page_calls_a_proof_is_there(name):
    assert name in TESTS


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(tests/[\w/]+\.py)`", PAGE))))
def test_files_that_the_page_names_are_there(path):
    assert (ROOT / path).is_file()


def test_each_line_of_the_table_names_its_proof():
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| ---")]
    assert len(rows) > 10
    assert [row for row in rows[1:] if "`test" not in row.split("|")[-2]] == []
