"""The pages for people: what they point to is there, and they name nothing of the machine that made them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from separator.inference.catalog import CARDS

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted(
    (
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        ROOT / "benchmarks" / "README.md",
        ROOT / "tests" / "README.md",
    )
)
LINK = re.compile(r"\]\(([^)\s]+)\)")
#: A path in backticks, up to a pattern, a line number or a blank: `bots/chat/messages.py`, `docs/decisions/`.
PATH = re.compile(r"`((?:benchmarks|bots|deploy|docs|separator|storage|tests|training)/[\w./+-]*)")
PLACEHOLDER = re.compile(r"/(?:NAME|CODE)\b")  # names that the reader chooses
TELLS_HISTORY = "0029"  # decisions before this one, and the changelog, may name what is gone
MODULE = re.compile(r"`?python -m (benchmarks\.\w+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_points_to_is_there(page):
    text = page.read_text("utf-8")
    links = [link.partition("#")[0] for link in LINK.findall(text) if "://" not in link]
    gone = [link for link in links if link and not (page.parent / link).exists()]
    if page.name != "CHANGELOG.md" and not (page.parent.name == "decisions" and page.name < TELLS_HISTORY):
        paths = [path for path in PATH.findall(text) if not PLACEHOLDER.search(path)]
        gone += [path for path in paths if not (ROOT / path).exists()]
    gone += [
        name
        for name in MODULE.findall(text)
        if not (ROOT / name.replace(".", "/")).with_suffix(".py").exists()
    ]
    assert gone == []


def test_the_readme_names_every_model():
    text = (ROOT / "README.md").read_text("utf-8")
    assert [name for name in CARDS if f"`{name}`" not in text] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_names_no_folder_of_its_writers_machine(page):
    assert re.findall(r"(?<![\w.])/(?:work|tmp/\w|root|home/\w+)\b[^\s`]*", page.read_text("utf-8")) == []
