"""The job queue in front of the workers: in SQLite, or in PostgreSQL by its address.

client        for front ends: submit an order, read its status
orders        OrderBook: orders and the jobs that answer them       outbox    answers to be delivered
claims        WorkerQueue: leases on jobs and how they ended        people    what is stored about people
admin         QueueAdmin: list, cancel, retry, drain, block         stats     the queue in numbers
inbox         messages that bots are handling

job_chain     jobs made, shared and cancelled                       transitions   how jobs end or go back
status, eta   where an order stands, and when it will be done       quotas    limits in SQL
events        histories, counters, flags                            database, db  transactions and drivers
"""

from __future__ import annotations

import sqlite3
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from separator.core.errors import ConfigError
from separator.queue.admin import QueueAdmin
from separator.queue.claims import WorkerQueue
from separator.queue.database import Database
from separator.queue.db.migrate import migrate
from separator.queue.db.sqlite import open_sqlite
from separator.queue.inbox import MessageInbox
from separator.queue.orders import OrderBook
from separator.queue.outbox import Outbox
from separator.queue.people import People
from separator.queue.songs import SongRecords
from separator.queue.status import StatusReader

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from separator.core.settings import SeparatorSettings
    from separator.queue.db.driver import Driver

__all__ = ["Queue", "WorkerQueue", "open_queue", "open_queue_admin", "open_worker_queue"]

SCHEME_CHARS = 20  #: of an address that may be shown; a password may follow
FILE = "line.sqlite"  #: in the data folder


@dataclass(frozen=True)
class Queue:
    """Every side of the queue, over one database."""

    orders: OrderBook
    outbox: Outbox
    people: People
    songs: SongRecords
    inbox: MessageInbox
    workers: WorkerQueue
    admin: QueueAdmin

    @classmethod
    def of(cls, driver: Driver, per_owner: int, per_worker: int = 1) -> Queue:
        """Over an opened driver.

        Args:
            driver: The database.
            per_owner: How many separations of one owner run at a time.
            per_worker: How many separations one worker runs at a time, as far as estimates go.
        """
        database, statuses = Database(driver), StatusReader(per_owner, per_worker)
        return cls(
            orders=OrderBook(database, statuses),
            outbox=Outbox(database, statuses),
            people=People(database),
            songs=SongRecords(database),
            inbox=MessageInbox(database),
            workers=WorkerQueue(database, per_owner),
            admin=QueueAdmin(database),
        )


@asynccontextmanager
async def open_queue(settings: SeparatorSettings) -> AsyncIterator[Queue]:
    """The queue that the settings name, brought to this version, and closed after.

    Raises:
        ConfigError: The address names no database that is known here, or the file is damaged or newer.
        StorageError: The database does not answer.
    """
    driver = await _open_driver(settings)
    try:
        with _damage_told():
            await migrate(driver)
        yield Queue.of(driver, settings.jobs_in_hand, settings.songs_at_once)
    finally:
        await driver.close()


@asynccontextmanager
async def open_worker_queue(settings: SeparatorSettings) -> AsyncIterator[WorkerQueue]:
    """The workers' side of it; raises the same."""
    async with open_queue(settings) as queue:
        yield queue.workers


@asynccontextmanager
async def open_queue_admin(settings: SeparatorSettings) -> AsyncIterator[QueueAdmin]:
    """The operators' side of it; raises the same."""
    async with open_queue(settings) as queue:
        yield queue.admin


async def _open_driver(settings: SeparatorSettings) -> Driver:
    url = settings.database_url.get_secret_value()
    if not url:
        with _damage_told():
            return await open_sqlite(settings.data_dir / FILE)
    if url.startswith(("postgresql://", "postgres://")):
        from separator.queue.db.postgres import open_postgres  # noqa: PLC0415 - psycopg only where it is used

        return await open_postgres(url)
    scheme = url.partition(":")[0][:SCHEME_CHARS]
    raise ConfigError(setting="STEMBOT_DATABASE_URL", value=scheme, limit="scheme", known="postgresql://")


@contextmanager
def _damage_told() -> Iterator[None]:
    """Tell a damaged file from one that is locked or cannot be reached, which may be well again soon."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        raise ConfigError(setting="STEMBOT_DATA_DIR", value=FILE, limit="damaged") from error
