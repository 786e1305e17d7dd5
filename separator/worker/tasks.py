"""What each kind of job does, from its arguments to its result.

SEPARATE  fetch the song, take it apart, keep the stems under the claim's token, the manifest last
MIX       fetch the stems that the wish needs, sum and encode them, keep the files

The store may be away for a while: each of its steps is tried again before the job goes back into the line.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

import structlog

from separator.audio.decode import DecodeLimits
from separator.audio.tags import SongTags, cover_from
from separator.core.errors import ModelNotHere, SeparationFailed, Stopped
from separator.core.jobs import JobKind, Progress
from separator.core.outputs import Format, OutputSpec, Stem
from separator.inference.catalog.registry import EMBEDDED, card_of
from separator.pipeline.mixing import MixFile, Source, make_mixes
from separator.pipeline.separate import Separation, separate_song
from separator.worker.live_publisher import LivePublisher
from storage import Manifest, NotStored, StemFile, StorageError, TooManyBytes, temp_dir
from storage.seek_table import build_seek_table

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from separator.core.jobs import Json
    from separator.core.settings import SeparatorSettings
    from separator.inference.catalog.card import ModelCard
    from separator.inference.model_cache import ModelCache
    from separator.queue.base import JobQueue
    from separator.worker.lease import RunningJob
    from storage import ObjectStore

log = structlog.get_logger()
T = TypeVar("T")

TRIES = 5  #: of one step of storage; the pauses between them double from 1 s, 15 s in all
_ENDING = re.compile(r"\.[a-z0-9]{1,5}$")  # of a file name, as a hint for who reads the tags
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
    """What a worker works with."""

    queue: JobQueue
    store: ObjectStore
    engines: ModelCache
    settings: SeparatorSettings


async def work(bench: WorkerContext, held: RunningJob) -> Json:
    """Do a job; returns its result.

    Raises:
        SongRefused: The song cannot be separated, or not into what is wished.
        Stopped: The work should stop.
        StorageError: The store did not do its part, several times.
    """
    does = {JobKind.SEPARATE: _separate, JobKind.MIX: _mix}[held.job.kind]
    with temp_dir() as name:
        return await does(bench, held, Path(name))


async def _separate(bench: WorkerContext, held: RunningJob, folder: Path) -> Json:
    """SEPARATE: from a stored song to stored stems."""
    began, args = monotonic(), held.job.args
    ending = _ENDING.search(str(args.get("name", "")).lower())
    source = folder / f"source{ending[0] if ending else ''}"
    await with_retry(held, lambda: bench.store.get_file(args["source"], source))
    base = f"songs/{args['song']}/{args['model']}@{args['version']}/{held.job.id}-{held.job.token}"
    live = LivePublisher(bench.store, held, base)
    async with live.following():
        by, parts = await asyncio.to_thread(_take_apart, bench, held, source, folder / "stems", live)
    manifest = await _keep_separation(bench.store, held, parts, base, by)
    await live.end(manifest)
    return {"manifest": manifest, "song_s": parts.song_s, "took_s": monotonic() - began}


def _take_apart(
    bench: WorkerContext, held: RunningJob, source: Path, folder: Path, live: LivePublisher
) -> tuple[ModelCard, Separation]:
    """The part that takes long, in a thread of its own.

    Where the model's weights turn out to be spoiled the embedded model stands in, if it has the same stems.
    """
    card = card_of(held.job.args["model"])
    try:
        return card, _take_apart_by(card, bench, held, source, folder, live)
    except ModelNotHere as missing:
        if card is EMBEDDED or not set(card.stems) <= set(EMBEDDED.stems):
            raise
        log.warning("model_stood_in", by=EMBEDDED.name, **missing.facts)
        return EMBEDDED, _take_apart_by(EMBEDDED, bench, held, source, folder, live)


def _take_apart_by(
    card: ModelCard, bench: WorkerContext, held: RunningJob, source: Path, folder: Path, live: LivePublisher
) -> Separation:
    held.tell(Progress("load"))
    limits = DecodeLimits(bench.settings.song_limit_s, bench.settings.song_least_s)
    with bench.engines.acquire(card.name, held.should_stop) as seat:
        return separate_song(
            source,
            folder,
            seat,
            limits=limits,
            on_progress=held.tell,
            should_stop=held.should_stop,
            follower=live,
        )


async def _keep_separation(
    store: ObjectStore, held: RunningJob, parts: Separation, base: str, by: ModelCard
) -> str:
    """Keep stems, peaks and cover below `base`, then the manifest; returns its key.

    Job and token are in `base`: what a worker without a lease uploads is an orphan, never an overwrite.
    """
    args = held.job.args
    drawn = {name: f"{base}/{path.name}" for name, path in parts.pictures.items()}
    stems = tuple(
        StemFile(
            each.name,
            f"{base}/{each.path.name}",
            each.path.stat().st_size,
            each.estimated,
            drawn.get(each.name, ""),
        )
        for each in parts.stems
    )
    files = {stem.key: each.path for stem, each in zip(stems, parts.stems, strict=True)}
    files |= {drawn[name]: path for name, path in parts.pictures.items()}
    files[f"{base}/peaks.json"] = parts.peaks
    cover_key = f"{base}/{parts.cover.name}" if parts.cover else ""
    if parts.cover:
        files[cover_key] = parts.cover
    await _keep(store, held, files)
    table = await asyncio.to_thread(build_seek_table, {each.name: each.path for each in parts.stems})
    await with_retry(held, lambda: store.put(f"{base}/cuts.json", table))
    manifest = Manifest(
        song=args["song"],
        model=by.name,
        model_version=args["version"] if by.name == args["model"] else by.version,
        rate_hz=parts.rate_hz,
        samples=parts.samples,
        stems=stems,
        peaks_key=f"{base}/peaks.json",
        gain=parts.gain,
        tags=parts.tags,
        cover_key=cover_key,
        took_s=parts.took_s,
        spectrogram_key=drawn.get("song", ""),
        cuts_key=f"{base}/cuts.json",
        highlight_s=parts.highlight_s,
    )
    await with_retry(held, lambda: store.put(f"{base}/manifest.json", manifest.to_json()))
    return f"{base}/manifest.json"


async def _keep(store: ObjectStore, held: RunningJob, files: dict[str, Path]) -> None:
    """Upload files, side by side."""
    await asyncio.gather(*(with_retry(held, _putting(store, key, path)) for key, path in files.items()))


def _putting(store: ObjectStore, key: str, path: Path) -> Callable[[], Awaitable[None]]:
    return lambda: store.put_file(key, path)


async def _mix(bench: WorkerContext, held: RunningJob, folder: Path) -> Json:
    """MIX: from stored stems to the files of a wish."""
    store, args, outputs = bench.store, held.job.args, OutputSpec.from_code(held.job.args["wish"])
    held.tell(Progress("mix"))
    key = args.get("manifest") or await _manifest_of(bench.queue, args["separation"])
    manifest = Manifest.from_json(await with_retry(held, lambda: store.get(key)))
    source = await _fetch_stems(store, held, manifest, folder, args["title"])
    made = await asyncio.to_thread(make_mixes, outputs, source, folder / "mixes", args["limit_bytes"])
    base = f"mixes/{hashlib.sha256(held.job.key.encode()).hexdigest()[:32]}/{held.job.id}-{held.job.token}"
    files = {f"{base}/{_stored_name(file)}": file for file in made}
    await _keep(store, held, {name: file.path for name, file in files.items()})
    told = [_file(name, file) for name, file in files.items()]
    return {
        "manifest": key,
        "model": manifest.model,
        "song_s": manifest.song_s,
        "title": source.title,
        "artist": manifest.tags.artist,
        "estimated": any(each["estimated"] for each in told),
        "files": told,
    }


async def _manifest_of(queue: JobQueue, separation: str) -> str:
    """The manifest that the job before this one wrote.

    Raises:
        SeparationFailed: It is not known any more.
    """
    done = await queue.find_done(separation)
    if done is None or done.result is None:
        raise SeparationFailed
    return str(done.result["manifest"])


async def _fetch_stems(
    store: ObjectStore, held: RunningJob, manifest: Manifest, folder: Path, title: str
) -> Source:
    """The stems that the wish needs, as files; the others are named but not fetched."""
    paths = {Stem(stem.name): folder / f"{stem.name}.flac" for stem in manifest.stems}
    needed = OutputSpec.from_code(held.job.args["wish"]).needs(tuple(paths))
    for stem in manifest.stems:
        if Stem(stem.name) in needed:
            await with_retry(held, _getting(store, stem.key, paths[Stem(stem.name)]))
    cover = None
    if manifest.cover_key:
        cover = cover_from(await with_retry(held, lambda: store.get(manifest.cover_key)))
    estimated = frozenset(Stem(stem.name) for stem in manifest.stems if stem.estimated)
    return Source(paths, manifest.tags.title or title, SongTags(manifest.tags, cover), estimated)


def _getting(store: ObjectStore, key: str, path: Path) -> Callable[[], Awaitable[None]]:
    return lambda: store.get_file(key, path)


def _stored_name(file: MixFile) -> str:
    """`drumless-320.mp3`, `drumless.flac`."""
    rate = f"-{file.kbit}" if file.kbit else ""
    return f"{file.name}{rate}.{file.format.value}"


def _file(key: str, file: MixFile) -> dict[str, Any]:
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


async def with_retry(held: RunningJob, step: Callable[[], Awaitable[T]]) -> T:
    """Take a step of storage, again where it fails; what is not there will not come by waiting.

    Raises:
        Stopped: The work should stop.
        StorageError: It failed `TRIES` times.
    """
    pause_s = 1.0
    for left in reversed(range(TRIES)):
        if held.should_stop():
            raise Stopped
        try:
            return await step()
        except (NotStored, TooManyBytes):
            raise
        except StorageError as trouble:
            if not left:
                raise
            log.warning("storage_again", left=left, **trouble.facts)
        await asyncio.sleep(pause_s)
        pause_s *= 2
    raise StorageError
