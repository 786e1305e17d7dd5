"""Chat platforms translate and decide nothing: what they may import, and how short their handlers are."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

BOTS = Path(__file__).parents[3] / "bots"
#: Subpackages of `bots` that are no chat platform; every other one is, so a new platform is checked too.
OTHERS = {"chat", "cli", "i18n", "intents", "operations", "web"}
FILES = sorted(file for file in BOTS.glob("*/*.py") if file.parent.name not in OTHERS)
HANDLERS = {"handlers", "slash", "interactions", "buttons", "inline", "commands", "client"}
LONGEST = 25  # lines of a handler, docstring and signature included

#: What a platform may import from the packages below: formats for a menu, and errors to catch.
ALLOWED = {
    "separator": {"QUICK", "Incoming", "MessageInbox", "Order", "is_media", "open_queue_client"},
    "separator.core.errors": {"ConfigError"},
    "separator.core.outputs": {"Format"},
    "storage": {"StembotError", "open_links", "remove_stale_temp_dirs", "temp_dir"},
}
FORBIDDEN = ("bots.intents", "bots.chat.preferences", "bots.chat.downloads")
#: These classify the texts of another program; nobody reads theirs.
FOREIGN = {"errors"}


def trees():
    return [pytest.param(file, id=f"{file.parent.name}/{file.stem}") for file in FILES]


def parsed(file):
    return ast.parse(file.read_text("utf-8"))


@pytest.mark.parametrize("file", [file for file in FILES if file.stem in HANDLERS], ids=str)
def test_no_handler_is_longer_than_25_lines(file):
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1}"
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > LONGEST
    ]
    assert long == []


@pytest.mark.parametrize("file", trees())
def test_a_platform_imports_no_intents_no_quotas_and_no_storage(file):
    """It carries what a person typed; what that means, and who may have how much, is decided elsewhere."""
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = {each.name for each in node.names}
            if node.module.partition(".")[0] in {"separator", "storage"}:
                assert names <= ALLOWED.get(node.module, set()), f"{node.module}: {names}"
            assert not node.module.startswith(FORBIDDEN)


@pytest.mark.parametrize("file", [file for file in FILES if file.stem not in FOREIGN], ids=str)
def test_no_sentence_stands_outside_the_locales(file):
    """A text of three words or more, in a call or an assignment, is one that somebody would read."""
    tree = parsed(file)
    silent = {id(each) for node in ast.walk(tree) for each in _unread(node)}
    found = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in silent
        and len([word for word in node.value.split() if word.isalpha()]) >= 3
    ]
    assert found == []


def _unread(node):
    """Strings that nobody in a chat reads: docstrings, what errors say to programmers, word lists."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node.value
    if isinstance(node, ast.Raise):
        yield from ast.walk(node)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "ConfigError":
        yield from ast.walk(node)  # refuses to start; the operator reads it on a terminal
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "split":
        yield from ast.walk(node.func.value)
