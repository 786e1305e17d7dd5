"""The front ends' side of the queue: from an order to the jobs that answer it.

It runs in the bots, without torch: it chooses the model, looks whether the work is already done, and writes
the order with its plan.
"""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import structlog

from separator.audio.thumbnail import thumbnail
from separator.core.errors import Blocked, Busy, ModelNotHere, UnknownWish
from separator.core.jobs import JobKind, JobSpec, OrderState
from separator.core.limits import Quotas
from separator.core.naming import title_of
from separator.core.outputs import Format, OutputSpec
from separator.inference.catalog.registry import EMBEDDED, choose_model
from separator.queue import open_queue
from separator.queue.songs import song_folder
from storage import Manifest, NotStored, StorageError, open_store, revoke

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from separator.core.jobs import Delivery, Forgotten, Job, Json, NewOrder, Order
    from separator.core.limits import QuotaUsage
    from separator.core.settings import SeparatorSettings
    from separator.inference.catalog.registry import ModelCard, Weights
    from separator.queue import Queue
    from storage import ObjectStore, StoredSong

log = structlog.get_logger()

_USED = "used"  # written again beside the files of a mix that is used again
THUMBNAIL = "thumbnail.jpg"
QUICK = "quick"  #: an order's `effort`: sooner rather than better
_LEAST_SHARE = 10  # of a small disk only a tenth is kept free: a bot beside a bucket may have no larger one
_DELETION_POLL_S = 0.2  # while a song that is sent is being deleted for somebody else
_ALL = 10_000  # orders of one person that are looked through when they are forgotten


def separation_key(song: str, card: ModelCard) -> str:
    """Names the separation of a song (SHA-256, hex) by a model: same key, same stems."""
    return f"separate:{song}:{card.name}@{card.version}"


def plan(order: NewOrder, card: ModelCard, manifest: str | None = None) -> list[JobSpec]:
    """The jobs that answer an order, in the order of work.

    Args:
        order: Whose song and outputs they are.
        card: The model that separates it.
        manifest: Key of a separation that is already stored; then only the mix is left to do.
    """
    separate = JobSpec(
        kind=JobKind.SEPARATE,
        key=separation_key(order.song, card),
        args={
            "song": order.song,
            "source": f"songs/{order.song}/source",
            "name": order.song_name,
            "model": card.name,
            "version": card.version,
        },
    )
    title = title_of(order.song_name)
    title_hash = hashlib.sha256(title.encode()).hexdigest()[:8]
    mix = JobSpec(
        kind=JobKind.MIX,
        key=f"mix:{separate.key}:{order.outputs}:{order.limit_bytes}:{title_hash}",
        args={
            "song": order.song,
            "wish": order.outputs,  # the key of earlier versions, whose jobs may be in flight
            "limit_bytes": order.limit_bytes,
            "title": title,
            **({"manifest": manifest} if manifest else {"separation": separate.key}),
        },
    )
    return [mix] if manifest else [separate, mix]


def rests_on(job: Job, before: Job | None) -> str:
    """Key of the object without which a job cannot be done: the song, or the manifest of its stems.

    Args:
        job: The one to be done.
        before: The one that it comes after, if there is one.
    """
    if before is None:
        return str(job.args["source"] if job.kind is JobKind.SEPARATE else job.args["manifest"])
    return str(before.result["manifest"]) if before.result else rests_on(before, None)


def _mix_folder(key: str) -> str:
    """What is deleted with a file of a mix: the folder of the job that made it."""
    folder = key.rpartition("/")[0]
    return folder if folder.count("/") > 1 else key


def link_id(order: Order) -> str:
    """By which all links to an order's stems can be taken back."""
    return f"{order.id}-{order.song[:8]}"  # the song too: a new table counts from one again


class QueueClient:
    """What a front end needs of the separator: submit an order, then read its status."""

    def __init__(self, queue: Queue, store: ObjectStore, settings: SeparatorSettings) -> None:
        """Use the parts that `open_queue_client` opened."""
        self.orders = queue.orders
        self.outbox = queue.outbox
        self.people = queue.people
        self.songs = queue.songs
        self.inbox = queue.inbox
        self.store = store
        self._settings = settings
        self._limits = Quotas.of(settings)
        self._worker_weights: Weights | None = None  #: as workers reported them last

    async def submit(self, order: NewOrder) -> Order:
        """Put an order into the queue, or answer it from what is stored.

        Raises:
            UnknownWish: No model here can make its outputs.
            Busy: The person, the place, or everybody together, has enough in the queue or for a day.
        """
        card = await self._choose(OutputSpec.from_code(order.outputs), order.effort)
        if known := await self.orders.find_order(order.request_id):
            return known
        jobs = plan(order, card)
        if mixed := await self._find_stored(jobs[-1].key, card):
            await self._renew(mixed.result or {})
            return await self.orders.answer_from(order, mixed.id)
        separated = await self._find_stored(jobs[0].key, card)
        if separated and separated.result:
            await self._renew(separated.result)
            jobs = plan(order, card, separated.result["manifest"])
        return await self.orders.submit(order, jobs, self._limits)

    async def admit(self, *whos: str) -> None:
        """Refuse people and places that are blocked, before any byte is fetched.

        Raises:
            Blocked: One of these is on the list; `ends_s` says how long, where it ends by itself.
        """
        if block := await self.people.find_block(whos):
            log.info("blocked_refused", who=block.who)
            raise Blocked if block.ends_s is None else Blocked(limit="until", ends_s=block.ends_s)

    async def admit_song(self, order: NewOrder, *, is_draft: bool = False) -> None:
        """Refuse an order before any byte of its song is fetched.

        Args:
            order: The order; its song is not known yet.
            is_draft: Its outputs are still to be chosen.

        Raises:
            Busy: Too much waits already, or this machine's disk is all but full.
        """
        disk = await asyncio.to_thread(shutil.disk_usage, self._settings.data_dir)
        reserve_bytes = min(self._settings.free_bytes, disk.total // _LEAST_SHARE)
        if disk.free < reserve_bytes:
            log.warning("disk_low", free_bytes=disk.free, reserve_bytes=reserve_bytes)
            raise Busy(limit="space")
        await self.orders.check_room(order, self._limits, is_draft=is_draft)

    async def discard_song(self, request_id: str, song: str) -> None:
        """Delete the song of an order that was refused, unless somebody needs it."""
        try:
            if await self.songs.discard(request_id, song):
                await self.store.delete(song_folder(song))
                await self.songs.deleted({song_folder(song)})
        except StorageError:  # retention deletes it
            log.warning("refused_song_not_deleted")

    async def quota_usage(self, person: str, place: str = "") -> QuotaUsage:
        """What a place, or else a person, has used of their quota."""
        quota = self._limits.group if place else self._limits.person
        return await self.people.quota_usage(place or person, quota)

    async def remake_smaller(self, delivery: Delivery, than_bytes: int) -> None:
        """Have an answer made again, since its chat did not take a file of `than_bytes`.

        Mp3 steps down to the next bit rate; everything else goes out as it is where it fits, and by the link.

        Raises:
            LeaseLost: Another sender has it.
        """
        order = replace(delivery.status.order, limit_bytes=than_bytes - 1)
        outputs = OutputSpec.from_code(order.outputs)
        manifest = (delivery.status.result or {}).get("manifest")
        jobs = []
        if outputs.format is Format.MP3:
            jobs = plan(order, await self._choose(outputs, order.effort), manifest)
        await self.outbox.replan(delivery, order.limit_bytes, jobs)

    async def forget(self, owner: str, song: str = "") -> Forgotten:
        """Forget all of somebody, or one song of theirs: orders, and what nobody else asked for.

        Links to those orders open nothing any more, also where the stems stay for somebody else.

        Args:
            owner: Whose orders.
            song: SHA-256 of the song; without one all songs, and the person's choices too.

        Raises:
            StorageError: The table or the store did not answer; asking again goes on from there.
        """
        for order in await self.orders.recent(owner, _ALL):
            if song in ("", order.song):
                await revoke(self.store, link_id(order), self._settings.link_s)
                if order.state is OrderState.OPEN:
                    await self.orders.cancel(order.id)
        forgotten = await self.people.forget(owner, song)
        folders = {song_folder(song) for song in forgotten.songs}
        for prefix in [*folders, *map(_mix_folder, forgotten.files)]:
            await self.store.delete(prefix)
        await self.songs.deleted(folders)
        return forgotten

    async def store_song(self, request_id: str, chunks: AsyncIterator[bytes], limit_bytes: int) -> StoredSong:
        """Store the song of a request. Until its order is written nobody deletes it.

        Raises:
            TooManyBytes: The stream went past `limit_bytes`; nothing is stored.
        """
        try:
            return await self.store.put_song(chunks, limit_bytes, partial(self._claim_upload, request_id))
        except BaseException:
            with suppress(StorageError):
                await self.songs.release_upload(request_id)
            raise

    async def _claim_upload(self, request_id: str, song: str) -> None:
        """Claim a song; waits while it is being deleted for somebody who forgot it (`DELETING_S` at most)."""
        while True:
            if await self.songs.claim_upload(request_id, song):
                return
            await asyncio.sleep(_DELETION_POLL_S)

    async def cover(self, manifest_key: str) -> bytes:
        """The song's cover as a small JPEG; empty where it has none. Made once, then stored beside it."""
        small = f"{manifest_key.rpartition('/')[0]}/{THUMBNAIL}"
        with suppress(NotStored):
            return await self.store.get(small)
        manifest = Manifest.from_json(await self.store.get(manifest_key))
        if not manifest.cover_key:
            return b""
        cover = await self.store.get(manifest.cover_key)
        jpeg = await asyncio.to_thread(thumbnail, cover, manifest.cover_key.rpartition(".")[2])
        await self.store.put(small, jpeg)
        return jpeg

    async def check(self, outputs: OutputSpec, effort: str = "") -> None:
        """Refuse what no model here can make, before anybody is told that it begins.

        Raises:
            UnknownWish: No model here can make it.
        """
        await self._choose(outputs, effort)

    async def _choose(self, outputs: OutputSpec, effort: str = "") -> ModelCard:
        """The model that is set; while its weights are still on their way, the best that is here.

        What is wanted quickly is made by the embedded model, where that can make it.
        """
        name, available = self._settings.model, await self._available_weights()
        if effort == QUICK:
            with suppress(UnknownWish):
                return choose_model(EMBEDDED.name, outputs, available)
        try:
            return choose_model(name, outputs, available)
        except ModelNotHere:
            return choose_model("auto", outputs, available)

    async def _available_weights(self) -> Weights | Path:
        """What every worker can load, as they reported last; before any report, what is on this machine."""
        common = await self.orders.common_weights()
        self._worker_weights = self._worker_weights if common is None else common
        return self._settings.weights_dir if self._worker_weights is None else self._worker_weights

    async def _renew(self, result: Json) -> None:
        """Let the time of stored stems and files start again: a link to them is promised for all of it."""
        await self.store.renew(result["manifest"])
        keys = [file["key"] for file in result.get("files", [])]
        for folder in {_mix_folder(key) for key in keys}.difference(keys):
            await self.store.put(f"{folder}/{_USED}", b"")

    async def _find_stored(self, key: str, card: ModelCard) -> Job | None:
        """A finished job whose result is still stored: objects are deleted earlier than rows.

        A manifest that cannot be read counts for nothing, nor does what another model made as a stand-in:
        that song is separated again.
        """
        job = await self.orders.find_done(key)
        if job is None or job.result is None:
            return None
        try:
            manifest = Manifest.from_json(await self.store.get(job.result["manifest"]))
        except (NotStored, ValueError):
            return None
        for file in job.result.get("files", []):
            if await self.store.size(file["key"]) is None:
                return None
        return job if manifest.model == card.name else None


@asynccontextmanager
async def open_queue_client(settings: SeparatorSettings) -> AsyncIterator[QueueClient]:
    """Open the table and the store, and close them after."""
    async with open_queue(settings) as queue, open_store(settings) as store:
        yield QueueClient(queue, store, settings)
