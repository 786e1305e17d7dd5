"""The job table: the line in front of the separator. SQLite, or PostgreSQL by its address."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from separator.core.errors import ConfigError
from separator.queue.admin import SqlQueueAdmin
from separator.queue.db.migrate import migrate
from separator.queue.db.sqlite import open_sqlite
from separator.queue.sql import SqlQueue

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from separator.core.settings import SeparatorSettings
    from separator.queue.db.driver import Driver

__all__ = ["SqlQueue", "SqlQueueAdmin", "open_queue", "open_queue_admin"]

Q = TypeVar("Q", bound=SqlQueue)
FILE = "line.sqlite"  #: in the data folder


@asynccontextmanager
async def open_queue(settings: SeparatorSettings) -> AsyncIterator[SqlQueue]:
    """The line that the settings name, brought to this version, and closed after.

    Raises:
        ConfigError: The address names no database that is known here.
        StorageError: The database does not answer.
    """
    async with _open(settings, SqlQueue) as queue:
        yield queue


@asynccontextmanager
async def open_queue_admin(settings: SeparatorSettings) -> AsyncIterator[SqlQueueAdmin]:
    """The same line, for whoever looks after it; raises the same."""
    async with _open(settings, SqlQueueAdmin) as keeper:
        yield keeper


@asynccontextmanager
async def _open(settings: SeparatorSettings, kind: type[Q]) -> AsyncIterator[Q]:
    driver = await _driver(settings)
    queue = kind(driver, settings.jobs_in_hand, settings.songs_at_once)
    try:
        await migrate(driver)
        yield queue
    finally:
        await queue.close()


async def _driver(settings: SeparatorSettings) -> Driver:
    """The driver for the configured database."""
    url = settings.database_url.get_secret_value()
    if not url:
        return await open_sqlite(settings.data_dir / FILE)
    if url.startswith(("postgresql://", "postgres://")):
        from separator.queue.db.postgres import open_postgres  # noqa: PLC0415 - psycopg only where it is used

        return await open_postgres(url)
    raise ConfigError(setting="STEMBOT_DATABASE_URL", needs="postgresql://… or nothing")
