"""The project's source as data for `test_architecture`: modules, their imports, the names they define.

`python -m tests.unit.source` lists every retired name that is still defined.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("bots", "separator", "storage", "benchmarks", "training")

#: Modules that were renamed by the field's terms.
RETIRED_MODULES = frozenset(
    "alive blocks cards_cli charges courier crew desk ear finding forecast guess guesses heartbeat hits hush"  # noqa: SIM905
    " intake keeping lag lifeline line light made moves notices outside painting places presses qualities"
    " reading result sentence setback shelf shell sketch standings stemfiles talk tallies tastes telling told"
    " trouble upkeep who wishes words yard".split()
)
#: Classes, functions, arguments and attributes that were renamed so, with or without leading underscores.
RETIRED_NAMES = frozenset(
    "Line open_line Hand Heart Pulse Held Why Crew is_suspect Bench patiently insist Engines keep_memory"  # noqa: SIM905
    " tidy_memory wait_asleep Ride Turn Seat Sewing Place reads lies Level SPARE SHALLOW DEEP FULL paints"
    " cell to_picture to_sound laid Sketch Looking Look Outline Memory Norm settled lower_for Lower take_in"
    " settle SPOILED is_here Standing JobStory NEXT LIVE prio Kind State Share Rules bearing Allowance unask"
    " left_behind SqlKeeper Keeper call_off Figures Board bury often told looking writing Desk Press Presses"
    " Taste Tastes Answer Reading Sense Meaning Claim mend courier intake finding say sentence told_apart"
    " verdict Answering Exchange Face Inbox Ids Ledger Pace Bucket Room Rate Gate invited made Shelf Shown"
    " Maker Making Made Light shell ages revoked scratch lifeline lanes habits giving places held kept said"
    " hush yard telling wish wishes whoever anew hits hand heart crew press desk shelf setback tally".split()
)
#: Where such a name is right: `module.name`, and why.
ALLOWED = {"separator.queue.people.invited": "a column of the table `request`"}


@dataclass(frozen=True)
class Name:
    """A name that a module defines."""

    module: str
    line: int
    kind: str  #: module, class, function, argument or attribute
    name: str


def _modules() -> Iterator[tuple[str, Path]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


MODULES = dict(_modules())


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text())


def imports(module: str) -> set[str]:
    """The project's modules that a module imports when it is loaded: no typing, nothing inside functions."""
    found: set[str] = set()
    for statement in _loaded(_tree(module).body):
        if isinstance(statement, ast.Import):
            found |= {alias.name for alias in statement.names}
        elif isinstance(statement, ast.ImportFrom) and statement.module:
            members = {f"{statement.module}.{alias.name}" for alias in statement.names}
            found |= {each if each in MODULES else statement.module for each in members}
    return found & MODULES.keys() - {module}


def _loaded(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that run on import."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.If):
            if "TYPE_CHECKING" not in ast.unparse(statement.test):
                yield from _loaded(statement.body)
            yield from _loaded(statement.orelse)
        elif isinstance(statement, ast.Try):
            handlers = [each for handler in statement.handlers for each in handler.body]
            yield from _loaded([*statement.body, *handlers, *statement.orelse])
        elif isinstance(statement, ast.With | ast.ClassDef):
            yield from _loaded(statement.body)


def circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """One circle for each edge that leads back to where a walk along edges came from."""
    found: list[list[str]] = []
    done: set[str] = set()

    def walk(node: str, path: list[str]) -> None:
        if node in path:
            found.append([*path[path.index(node) :], node])
        elif node not in done:
            for following in sorted(graph.get(node, ())):
                walk(following, [*path, node])
            done.add(node)

    for node in sorted(graph):
        walk(node, [])
    return found


def defined_names(module: str) -> Iterator[Name]:
    """Every module, class, function, argument and attribute name of a module; local names are left out."""
    yield Name(module, 1, "module", module.rpartition(".")[2])
    tree = _tree(module)
    yield from (Name(module, line, "attribute", name) for line, name in _assigned(tree.body))
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield Name(module, node.lineno, "class", node.name)
            yield from (Name(module, line, "attribute", name) for line, name in _assigned(node.body))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Name(module, node.lineno, "function", node.name)
        elif isinstance(node, ast.arg):
            yield Name(module, node.lineno, "argument", node.arg)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield Name(module, node.lineno, "attribute", node.attr)


def _assigned(body: list[ast.stmt]) -> Iterator[tuple[int, str]]:
    """Lines and names of the assignments of a module or class."""
    for statement in body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        targets = [statement.target] if isinstance(statement, ast.AnnAssign) else targets
        yield from ((statement.lineno, each.id) for each in targets if isinstance(each, ast.Name))


def retired_names() -> list[Name]:
    """What is still defined under a retired name."""
    return [
        each
        for module in MODULES
        for each in defined_names(module)
        if each.name.strip("_") in (RETIRED_MODULES if each.kind == "module" else RETIRED_NAMES)
        and f"{each.module}.{each.name}" not in ALLOWED
    ]


if __name__ == "__main__":
    for name in retired_names():
        print(f"{name.module}:{name.line} {name.kind} {name.name}")  # noqa: T201 - a command
