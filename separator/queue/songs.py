"""Which stored objects the queue still needs, and which must not be stored any more.

upload      a song that is being stored for a request without an order: stays, also when somebody else
forgets it
forgotten   a prefix of keys that was forgotten: deleted again for a day
upkeep      when retention ran last: one worker does it for all

A worker that is told to stop may be uploading, so what it stores arrives after the deletion: retention
deletes forgotten prefixes again. A song is unneeded where no order and no upload names it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from separator.core.jobs import JobKind
from separator.queue.database import lookup, read, write
from separator.queue.rows import from_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from typing import Any

    from separator.core.jobs import Job, Json
    from separator.queue.database import Database
    from separator.queue.db.driver import Row, Tx

UPLOAD_S = 600.0  #: an upload whose order was not written for so long has ended without one
DELETING_S = 120.0  #: a deletion that takes longer has lost its process
FORGOTTEN_S = 86_400.0  #: longer than any upload takes
LOCK = "songs"  #: those who forget songs and those who store them take turns

_WAITING_SONGS = """
SELECT DISTINCT song FROM orders
WHERE song <> '' AND (state = 'open' OR (state = 'draft' AND created > :now - :draft_s))
"""
# Work that is not done, what it comes after, and what was done for answers that are not sent yet.
_NEEDED_JOBS = """
SELECT args, result FROM job WHERE state IN ('waiting', 'queued', 'running')
    OR id IN (SELECT after_job FROM job WHERE state IN ('waiting', 'queued', 'running'))
    OR id IN (SELECT job FROM orders WHERE state IN ('ready', 'sending'))
"""
_CLAIM = """
INSERT INTO upload (id, song, at) VALUES (:id, :song, :now)
ON CONFLICT (id) DO UPDATE SET song = excluded.song, at = excluded.at
"""
_RELEASE = "DELETE FROM upload WHERE id = :id"
_IS_DELETING = """
SELECT 1 FROM forgotten WHERE prefix = :prefix AND deleting = 1 AND at > :now - :deleting_s
"""
_IS_NEEDED = """
SELECT 1 WHERE EXISTS (SELECT 1 FROM orders WHERE song = :song)
    OR EXISTS (SELECT 1 FROM upload WHERE song = :song AND at > :now - :upload_s)
"""
_FORGET = """
INSERT INTO forgotten (prefix, job, deleting, at) VALUES (:prefix, :job, :deleting, :now)
ON CONFLICT (prefix) DO UPDATE SET deleting = excluded.deleting, at = excluded.at
"""
_DELETED = "UPDATE forgotten SET deleting = 0 WHERE prefix = :prefix"
_FORGOTTEN = "SELECT prefix, job FROM forgotten ORDER BY job DESC, prefix"
_FORGOTTEN_OF = "SELECT prefix FROM forgotten WHERE job = :job"
_JOB = "SELECT 1 FROM job WHERE id = :id"
_PRUNE = (
    "DELETE FROM upload WHERE at < :now - :upload_s",
    "DELETE FROM forgotten WHERE at < :now - :forgotten_s",
)
#: Work that has ended and that no order and no other work points at.
DELETE_JOB = """
DELETE FROM job WHERE id = :id AND state NOT IN ('waiting', 'queued', 'running')
    AND NOT EXISTS (SELECT 1 FROM orders WHERE orders.job = job.id)
    AND NOT EXISTS (SELECT 1 FROM job AS child WHERE child.after_job = job.id)
"""
_TAKE_TURN = """
INSERT INTO upkeep (name, at) VALUES (:name, :now)
ON CONFLICT (name) DO UPDATE SET at = excluded.at WHERE upkeep.at <= excluded.at - :every_s RETURNING name
"""


class SongRecords:
    """What the queue knows of stored objects; every method is one transaction."""

    def __init__(self, database: Database) -> None:
        """Work on an opened database."""
        self.database = database

    @read
    async def keys_in_use(self, tx: Tx, draft_s: float) -> frozenset[str]:
        """Keys of the songs, manifests and files that orders wait for.

        Args:
            tx: The transaction.
            draft_s: For so long a song waits for its outputs to be chosen.
        """
        songs = await tx.all(_WAITING_SONGS, draft_s=draft_s)
        keys = {f"songs/{row['song']}/source" for row in songs}
        for row in await tx.all(_NEEDED_JOBS):
            keys.update(_keys_of(row))
        return frozenset(keys)

    @write
    async def claim_upload(self, tx: Tx, request_id: str, song: str) -> bool:
        """Keep a song from being deleted until its order is written; False while its deletion is under way.

        Then it must be stored after that, and not before.
        """
        async with self.database.driver.one_at_a_time(tx, LOCK):
            await tx.all(_CLAIM, id=request_id, song=song)
            deleting = await tx.one(_IS_DELETING, prefix=song_folder(song), deleting_s=DELETING_S)
            return deleting is None

    @write
    async def release_upload(self, tx: Tx, request_id: str) -> None:
        """Its order is not going to be written."""
        await release_upload(tx, request_id)

    @write
    async def discard(self, tx: Tx, request_id: str, song: str) -> bool:
        """The order of an upload was refused; returns whether its song is unneeded, so that it is deleted.

        The caller who deletes it says so by `deleted`.
        """
        async with self.database.driver.one_at_a_time(tx, LOCK):
            await release_upload(tx, request_id)
            return await forget_song(tx, song)

    @write
    async def deleted(self, tx: Tx, prefixes: Collection[str]) -> None:
        """The first deletion of what was forgotten has ended."""
        for prefix in sorted(prefixes):
            await tx.all(_DELETED, prefix=prefix)

    @lookup
    async def is_forgotten(self, tx: Tx, job_id: int) -> bool:
        """Whether the files of a job were forgotten while it ran."""
        return await tx.one("SELECT 1 FROM forgotten WHERE job = :job LIMIT 1", job=job_id) is not None

    @write
    async def forgotten_of(self, tx: Tx, job_id: int) -> frozenset[str]:
        """Prefixes to be deleted, now that this job has ended; none where somebody else wants it."""
        await tx.all(DELETE_JOB, id=job_id)
        if await tx.one(_JOB, id=job_id):
            return frozenset()
        return frozenset([row["prefix"] for row in await tx.all(_FORGOTTEN_OF, job=job_id)])

    @write
    async def forgotten(self, tx: Tx) -> frozenset[str]:
        """Prefixes to be deleted (again), and the end of what is known of the jobs that made them.

        Neither a song that was sent again since is among them, nor a job that runs or is wanted again.
        """
        prefixes: set[str] = set()
        async with self.database.driver.one_at_a_time(tx, LOCK):
            for row in await tx.all(_FORGOTTEN):
                prefix = row["prefix"]
                if row["job"] is not None:
                    await tx.all(DELETE_JOB, id=row["job"])
                    if await tx.one(_JOB, id=row["job"]):
                        continue
                elif await _is_needed(tx, prefix.rpartition("/")[2]):
                    continue
                prefixes.add(prefix)
            for sql in _PRUNE:
                await tx.all(sql, upload_s=UPLOAD_S, forgotten_s=FORGOTTEN_S)
        return frozenset(prefixes)

    @write
    async def take_turn(self, tx: Tx, name: str, every_s: float) -> bool:
        """Whether it is this process that does a kind of upkeep now; once in `every_s` it is somebody."""
        return await tx.one(_TAKE_TURN, name=name, every_s=every_s) is not None


async def release_upload(tx: Tx, request_id: str) -> None:
    """The order of an upload is written, or never will be."""
    await tx.all(_RELEASE, id=request_id)


async def forget_song(tx: Tx, song: str) -> bool:
    """Remember that a song is to be deleted; returns whether at once: else somebody is storing it now."""
    needed = await _is_needed(tx, song)
    await tx.all(_FORGET, prefix=song_folder(song), job=None, deleting=int(not needed))
    return not needed


async def forget_job(tx: Tx, job: Row) -> None:
    """Remember that what a running job stores is to be deleted."""
    folder = _folder(job["kind"], job["id"], job["token"], job["key"], from_text(job["args"]))
    for prefix in (folder, link_folder(folder)):
        await tx.all(_FORGET, prefix=prefix, job=job["id"], deleting=0)


def song_folder(song: str) -> str:
    """Where a song and its separations are stored."""
    return f"songs/{song}"


def result_folder(job: Job) -> str:
    """Where a claimed job stores what it makes.

    Its id and token are in it: what a worker without a lease uploads is an orphan, never an overwrite.
    """
    return _folder(job.kind, job.id, job.token, job.key, job.args)


def link_folder(folder: str) -> str:
    """What links to a separation in progress name: the folder that all claims of its job share."""
    return folder.rpartition("-")[0]


def _folder(kind: str, job_id: int, token: int, key: str, args: Mapping[str, Any]) -> str:
    if kind == JobKind.SEPARATE:
        return f"{song_folder(args['song'])}/{args.get('model')}@{args.get('version')}/{job_id}-{token}"
    return f"mixes/{hashlib.sha256(key.encode()).hexdigest()[:32]}/{job_id}-{token}"


async def _is_needed(tx: Tx, song: str) -> bool:
    return await tx.one(_IS_NEEDED, song=song, upload_s=UPLOAD_S) is not None


def _keys_of(row: Row) -> Iterator[str]:
    """The objects that a job reads and those that it has made."""
    args: Json = from_text(row["args"]) or {}
    result: Json = from_text(row["result"]) or {}
    for key in (args.get("source"), args.get("manifest"), result.get("manifest")):
        if key:
            yield str(key)
    for file in result.get("files", []):
        yield str(file["key"])
