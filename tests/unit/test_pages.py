"""The pages for people: what they point to is there, and they name nothing of the machine that made them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted((*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "benchmarks" / "README.md"))
LINK = re.compile(r"\]\(([^)\s]+)\)")
TEST = re.compile(r"`(tests/[\w/]+\.py)`")
MODULE = re.compile(r"`?python -m (benchmarks\.\w+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_points_to_is_there(page):
    text = page.read_text("utf-8")
    links = [link.partition("#")[0] for link in LINK.findall(text) if "://" not in link]
    gone = [link for link in links if link and not (page.parent / link).exists()]
    gone += [name for name in TEST.findall(text) if not (ROOT / name).exists()]
    gone += [
        name
        for name in MODULE.findall(text)
        if not (ROOT / name.replace(".", "/")).with_suffix(".py").exists()
    ]
    assert gone == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_names_no_folder_of_its_writers_machine(page):
    assert re.findall(r"(?<![\w.])/(?:work|tmp/\w|root|home/\w+)\b[^\s`]*", page.read_text("utf-8")) == []
