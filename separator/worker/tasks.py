"""What each kind of job does, from its arguments to its result.

SEPARATE  fetch the song, separate it, store the stems under the claim's token, the manifest last
MIX       fetch the stems that the outputs need, sum and encode them, store the files

The store may be away for a while: each of its steps is retried before the job goes back to the queue. Whether
it takes anything at all is tried before a song is separated; stems that it does not take are kept for the
job's next try (`separator.worker.unstored`).
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import monotonic, time
from typing import TYPE_CHECKING, Any, TypeVar

import structlog

from separator.audio.decode import DecodeLimits
from separator.audio.tags import SongTags, cover_from
from separator.core.errors import ModelNotHere, SeparationFailed, SongGone, Stopped
from separator.core.jobs import JobKind, Progress
from separator.core.outputs import Format, OutputSpec, Stem
from separator.inference.catalog.registry import EMBEDDED, card_of
from separator.pipeline.mixing import MixFile, Source, make_mixes
from separator.pipeline.separate import separate_song
from separator.queue.songs import link_folder, result_folder
from separator.worker.live_publisher import LivePublisher
from separator.worker.unstored import Separated, UnstoredSeparations
from storage import Manifest, NotStored, StemFile, StorageError, TooManyBytes, temp_dir
from storage.seek_table import build_seek_table

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from separator.core.jobs import Json
    from separator.core.settings import SeparatorSettings
    from separator.inference.catalog.card import ModelCard
    from separator.inference.model_cache import ModelCache
    from separator.pipeline.stem_writer import Separation
    from separator.queue import WorkerQueue
    from separator.worker.lease import RunningJob
    from storage import ObjectStore

log = structlog.get_logger()
T = TypeVar("T")

PROBE_BYTES = 1 << 18  #: written before a song is separated; a full disk has no room for so many
ATTEMPTS = 5  #: of one step of storage; the pauses between them double from 1 s, 15 s in all
_SUFFIX = re.compile(r"\.[a-z0-9]{1,5}$")  # of a file name, as a hint for the tag reader
MIME = {
    Format.MP3: "audio/mpeg",
    Format.FLAC: "audio/flac",
    Format.WAV: "audio/wav",
    Format.OGG: "audio/ogg",
    Format.M4A: "audio/mp4",
    Format.STEM_MP4: "audio/mp4",
}


@dataclass(frozen=True)
class WorkerContext:
    """What jobs are run with."""

    queue: WorkerQueue
    store: ObjectStore
    models: ModelCache
    settings: SeparatorSettings
    unstored: UnstoredSeparations = field(default_factory=UnstoredSeparations)


async def run_job(context: WorkerContext, running: RunningJob) -> Json:
    """Run a job; returns its result.

    Raises:
        SongRefused: The song cannot be separated, or not into the outputs.
        Stopped: The work should stop.
        StorageError: The store failed several times.
    """
    context.unstored.purge()
    task = {JobKind.SEPARATE: _separate, JobKind.MIX: _mix}[running.job.kind]
    with temp_dir() as name:
        return await task(context, running, Path(name))


async def _separate(context: WorkerContext, running: RunningJob, folder: Path) -> Json:
    """SEPARATE: from a stored song to stored stems."""
    began, store = monotonic(), context.store
    base = result_folder(running.job)
    live = LivePublisher(store, running, base, link_folder(base))
    separated = context.unstored.take(running.job.id)
    if separated is None:
        separated = await _separate_source(context, running, folder, live, f"{base}/probe")
    try:
        manifest = await _store_separation(store, running, separated.separation, base, separated.card)
    except StorageError:
        context.unstored.keep(running.job.id, separated)
        raise
    except BaseException:
        separated.folder.cleanup()
        raise
    await live.finish(manifest)
    await asyncio.to_thread(separated.folder.cleanup)
    return {"manifest": manifest, "song_s": separated.separation.song_s, "took_s": monotonic() - began}


async def _separate_source(
    context: WorkerContext, running: RunningJob, folder: Path, live: LivePublisher, probe: str
) -> Separated:
    """Fetch the song and separate it into a folder of its own, heard while it is made."""
    args, store = running.job.args, context.store
    suffix = _SUFFIX.search(str(args.get("name", "")).lower())
    source = folder / f"source{suffix[0] if suffix else ''}"
    await _fetch(running, partial(store.get_file, args["source"], source))
    await with_retry(running, partial(_probe, store, probe))
    stems = temp_dir()
    try:
        async with live.publishing():
            card, separation = await asyncio.to_thread(
                _separate_with_fallback, context, running, source, Path(stems.name), live
            )
    except BaseException:
        stems.cleanup()
        raise
    return Separated(stems, card, separation)


async def _probe(store: ObjectStore, key: str) -> None:
    """Write and delete something: whether the store takes it is to be known before minutes of work."""
    await store.put(key, bytes(PROBE_BYTES))
    with suppress(StorageError):
        await store.delete(key)


def _separate_with_fallback(
    context: WorkerContext, running: RunningJob, source: Path, folder: Path, live: LivePublisher
) -> tuple[ModelCard, Separation]:
    """Separate, in a thread; returns the model that did it.

    Where the model's weights are corrupt the embedded model replaces it, if it has the same stems.
    """

    def separate(card: ModelCard) -> tuple[ModelCard, Separation]:
        running.set_progress(Progress("load"))
        with context.models.acquire(card.name, running.should_stop) as device:
            return card, separate_song(
                source,
                folder,
                device,
                limits=DecodeLimits(context.settings.song_limit_s, context.settings.song_least_s),
                on_progress=running.set_progress,
                should_stop=running.should_stop,
                observer=live,
            )

    card = card_of(running.job.args["model"])
    try:
        return separate(card)
    except ModelNotHere as missing:
        if card is EMBEDDED or not set(card.stems) <= set(EMBEDDED.stems):
            raise
        log.warning("model_replaced", by=EMBEDDED.name, **missing.facts)
        return separate(EMBEDDED)


async def _store_separation(
    store: ObjectStore, running: RunningJob, separation: Separation, base: str, card: ModelCard
) -> str:
    """Store stems, images, peaks and cover below `base`, then the manifest; returns its key.

    A copy of the manifest lies where links that were given out before lead.
    """
    args = running.job.args
    images = {name: f"{base}/{path.name}" for name, path in separation.images.items()}
    stems = tuple(
        StemFile(
            name=each.name,
            key=f"{base}/{each.path.name}",
            size_bytes=each.path.stat().st_size,
            estimated=each.estimated,
            mask_key=images.get(each.name, ""),
        )
        for each in separation.stems
    )
    others = [
        separation.peaks,
        *separation.images.values(),
        *([separation.cover] if separation.cover else []),
    ]
    files = {f"{base}/{path.name}": path for path in [*(each.path for each in separation.stems), *others]}
    await _upload(store, running, files)
    table = await asyncio.to_thread(build_seek_table, {each.name: each.path for each in separation.stems})
    await with_retry(running, partial(store.put, f"{base}/cuts.json", table))
    manifest = Manifest(
        song=args["song"],
        model=card.name,
        model_version=args["version"] if card.name == args["model"] else card.version,
        rate_hz=separation.rate_hz,
        samples=separation.samples,
        stems=stems,
        peaks_key=f"{base}/{separation.peaks.name}",
        gain=separation.gain,
        tags=separation.tags,
        cover_key=f"{base}/{separation.cover.name}" if separation.cover else "",
        took_s=separation.took_s,
        spectrogram_key=images.get("song", ""),
        cuts_key=f"{base}/cuts.json",
        highlight_s=separation.highlight_s,
        said_s=separation.said_s,
    )
    for folder in (base, link_folder(base)):
        await with_retry(running, partial(store.put, f"{folder}/manifest.json", manifest.to_json()))
    return f"{base}/manifest.json"


async def _upload(store: ObjectStore, running: RunningJob, files: dict[str, Path]) -> None:
    """Upload files concurrently; none is under way any more when this returns or raises."""
    uploads = (with_retry(running, partial(store.put_file, key, path)) for key, path in files.items())
    for ended in await asyncio.gather(*uploads, return_exceptions=True):
        if ended is not None:
            raise ended


async def _mix(context: WorkerContext, running: RunningJob, folder: Path) -> Json:
    """MIX: from stored stems to the files of an output spec."""
    store, args = context.store, running.job.args
    outputs = OutputSpec.from_code(args["wish"])
    running.set_progress(Progress("mix"))
    key = args.get("manifest") or await _manifest_of(context.queue, args["separation"])
    manifest = Manifest.from_json(await _fetch(running, partial(store.get, key)))
    source = await _fetch_stems(store, running, manifest, outputs, folder)
    files = await asyncio.to_thread(make_mixes, outputs, source, folder / "mixes", args["limit_bytes"])
    keys = {f"{result_folder(running.job)}/{_object_name(file)}": file for file in files}
    await _upload(store, running, {key: file.path for key, file in keys.items()})
    await with_retry(running, partial(store.renew, key))  # links to the stems are promised from now on
    return {
        "manifest": key,
        "stored_at": time(),
        "model": manifest.model,
        "song_s": manifest.song_s,
        "said_s": manifest.said_s,
        "title": source.title,
        "artist": manifest.tags.artist,
        "estimated": any(file.estimated for file in files),
        "files": [_file_facts(key, file) for key, file in keys.items()],
    }


async def _manifest_of(queue: WorkerQueue, separation: str) -> str:
    """The manifest that the job before this one wrote.

    Raises:
        SeparationFailed: It is not known any more.
    """
    done = await queue.find_done(separation)
    if done is None or done.result is None:
        raise SeparationFailed
    return str(done.result["manifest"])


async def _fetch_stems(
    store: ObjectStore, running: RunningJob, manifest: Manifest, outputs: OutputSpec, folder: Path
) -> Source:
    """The stems that the outputs need, as files; the others are named but not fetched."""
    paths = {Stem(stem.name): folder / f"{stem.name}.flac" for stem in manifest.stems}
    needed = outputs.needs(tuple(paths))
    for stem in manifest.stems:
        if Stem(stem.name) in needed:
            await _fetch(running, partial(store.get_file, stem.key, paths[Stem(stem.name)]))
    cover = None
    if manifest.cover_key:
        cover = cover_from(await _fetch(running, partial(store.get, manifest.cover_key)))
    title = manifest.tags.title or running.job.args["title"]
    estimated = frozenset(Stem(stem.name) for stem in manifest.stems if stem.estimated)
    return Source(paths, title, SongTags(manifest.tags, cover), estimated)


def _object_name(file: MixFile) -> str:
    """`drumless-320.mp3`, `drumless.flac`."""
    rate = f"-{file.kbit}" if file.kbit else ""
    return f"{file.name}{rate}.{file.format.value}"


def _file_facts(key: str, file: MixFile) -> dict[str, Any]:
    """What a bot needs to know of a file."""
    return {
        "mix": file.name,
        "code": file.code,
        "key": key,
        "size_bytes": file.size_bytes,
        "name": file.path.name,
        "title": file.title,
        "mime": MIME[file.format],
        "estimated": file.estimated,
        "folded": [stem.value for stem in file.folded],
    }


async def _fetch(running: RunningJob, step: Callable[[], Awaitable[T]]) -> T:
    """Read from the store, as `with_retry`.

    Raises:
        SongGone: It was deleted while the job waited; trying again would find no more.
    """
    try:
        return await with_retry(running, step)
    except NotStored as missing:
        raise SongGone from missing


async def with_retry(running: RunningJob, step: Callable[[], Awaitable[T]]) -> T:
    """Run a step of storage, again where it fails; an object that is missing is not waited for.

    Raises:
        Stopped: The work should stop.
        StorageError: It failed `ATTEMPTS` times.
    """
    pause_s = 1.0
    for left in reversed(range(ATTEMPTS)):
        if running.should_stop():
            raise Stopped
        try:
            return await step()
        except (NotStored, TooManyBytes):
            raise
        except StorageError as error:
            if not left:
                raise
            log.warning("storage_retried", left=left, **error.facts)
        await asyncio.sleep(pause_s)
        pause_s *= 2
    raise StorageError
