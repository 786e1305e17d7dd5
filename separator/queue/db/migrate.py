"""Numbered migrations that run themselves: under a lock, each once, recorded beside what they made."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

import structlog

from separator.core.errors import ConfigError
from separator.core.jobs import TRANSITIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from separator.queue.db.driver import Driver, Tx

log = structlog.get_logger()


class Migration(NamedTuple):
    """One step from an older table to a newer one."""

    number: int
    name: str
    statements: tuple[str, ...]


def _statements(script: str) -> Iterator[str]:
    """The statements of a script; in ours a `;` ends a row of text and stands nowhere else."""
    lines = (line for line in script.splitlines() if not line.lstrip().startswith("--"))
    for statement in "\n".join(lines).split(";\n"):
        if statement.strip():
            yield statement.strip()


def migrations() -> list[Migration]:
    """All steps that this version knows, in order."""
    folder = files("separator.queue.db") / "migrations"
    scripts = sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda f: f.name)
    return [
        Migration(int(file.name[:4]), file.name, tuple(_statements(file.read_text(encoding="utf-8") + "\n")))
        for file in scripts
    ]


async def migrate(driver: Driver) -> None:
    """Bring the database to this version; others who try at the same time wait, then find it done.

    Raises:
        ConfigError: The database was made by a later version.
    """
    known = migrations()
    if await _is_current(driver, known):
        return
    async with driver.unlimited_transaction() as tx, driver.one_at_a_time(tx, "migrate"):
        await tx.all(
            "CREATE TABLE IF NOT EXISTS migration ("
            "number INTEGER PRIMARY KEY, name TEXT NOT NULL, at DOUBLE PRECISION NOT NULL)"
        )
        done = {row["number"] for row in await tx.all("SELECT number FROM migration")}
        for step in known:
            if step.number not in done:
                await _run(tx, step, driver.id_column)
        await _write_transitions(tx)


async def _is_current(driver: Driver, known: list[Migration]) -> bool:
    """Whether nothing is to be done; read without a lock, so that starting does not wait for writers."""
    async with driver.read_transaction() as tx:
        if not await driver.has_table(tx, "migration"):
            return False
        done = {row["number"] for row in await tx.all("SELECT number FROM migration")}
        written = {(row["was"], row["becomes"]) for row in await tx.all("SELECT was, becomes FROM move")}
    if unknown := done - {step.number for step in known}:
        raise ConfigError(setting="STEMBOT_DATABASE_URL", limit="later_version", value=str(max(unknown)))
    return done == {step.number for step in known} and _transitions() <= written


async def _run(tx: Tx, step: Migration, id_column: str) -> None:
    """Run one migration and record it."""
    for statement in step.statements:
        await tx.all(statement.replace("$ID", id_column))
    await tx.all(
        "INSERT INTO migration (number, name, at) VALUES (:number, :name, :now)",
        number=step.number,
        name=step.name,
    )
    log.info("database_migrated", number=step.number, name=step.name)


def _transitions() -> set[tuple[str, str]]:
    """`TRANSITIONS`, as rows."""
    return {(was.value, becomes.value) for was, to in TRANSITIONS.items() for becomes in to}


async def _write_transitions(tx: Tx) -> None:
    """Copy `TRANSITIONS` to where SQL can check it."""
    for was, becomes in sorted(_transitions()):
        await tx.all(
            "INSERT INTO move (was, becomes) VALUES (:was, :becomes) ON CONFLICT DO NOTHING",
            was=was,
            becomes=becomes,
        )
