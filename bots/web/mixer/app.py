"""The mixer's web app: what a link shows, and nothing else.

    GET /<token>                     the page
    GET /<token>/manifest.json       title, stems, where each can be cut
    GET /<token>/peaks.json          the waveforms
    GET /<token>/cover               the song's cover
    GET /<token>/pictures/song.png   its spectrogram; `pictures/<stem>.png` the mask of a stem over it
    GET /<token>/preview.mp3         half a minute of it, for chats that play beside a link
    GET /<token>/card.png            the image that a chat shows beside the link
    GET /<token>/stems/<stem>.flac   a stem; with `?bytes=0-99` a part of it (the end is exclusive), with
                                     `?download` as a file to save
    GET /<token>/stems/<stem>.aac?part=3   some seconds of it, lossy (`bots.web.mixer.aac_parts`)
    GET /<token>/stems.zip           all of them
    POST /<token>/files/<outputs>    have a file made of them, or its status (`bots.web.mixer.mix_files`)
    GET /<token>/files/<outputs>     that file
    GET /static/<file>               scripts, styles, icons

Mounted under `/m`. Every address but the last holds the token, and every answer is made of keys that stand
in the manifest that the token names, so there is nothing to list and nothing to guess.
"""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from bots.web.mixer.aac_parts import AacParts
from bots.web.mixer.files import StaticFiles
from bots.web.mixer.mix_files import OUTPUTS
from bots.web.mixer.pages import (
    MINI_APP,
    MINI_APP_HEADERS,
    SECURITY_HEADERS,
    STATIC,
    pick_language,
    render_page,
)
from bots.web.mixer.preview import Previews
from bots.web.mixer.responses import cache_headers, send_object, send_part, send_stream
from bots.web.mixer.separations import SeparationReader
from bots.web.mixer.serializers import image_type, manifest_json, stem_file_name
from bots.web.mixer.share_image import share_image
from bots.web.mixer.task_cache import TaskCache
from bots.web.mixer.zip_stream import zip_stream
from storage.base import LinkEnded, LinkError, NotStored, StorageError
from storage.images import waveform_image

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bots.web.mixer.mix_files import MixFiles
    from bots.web.mixer.separations import LinkTarget
    from storage.links import LinkClaims, Links
    from storage.objects import ObjectStore

    Charge = Callable[[web.Request, str], None]

log = structlog.get_logger()

_BYTES = re.compile(r"([0-9]{1,12})-([0-9]{1,12})")
_NUMBER = re.compile(r"[0-9]{1,6}")
_MAX_IMAGES = 64  # in memory, some 300 kB each
_NO_STORE = {"Cache-Control": "no-store"}  # for a separation in progress, which changes


class MixerHandlers:
    """Answers the requests of `mixer_app`, whose arguments it takes."""

    def __init__(
        self,
        store: ObjectStore,
        links: Links,
        translations: Mapping[str, Mapping[str, str]],
        mix_files: MixFiles | None,
        charge: Charge,
    ) -> None:
        self._store = store
        self._links = links
        self._translations = translations
        self._mix_files = mix_files
        self._charge = charge
        self._images = TaskCache[bytes](_MAX_IMAGES)
        self._separations = SeparationReader(store)
        self._aac = AacParts(store)
        self._previews = Previews(store)

    async def page(self, request: web.Request) -> web.Response:
        """The mixer itself."""
        target = await self._open(request)
        language = pick_language(request, self._translations)
        # The host that a browser names is used only where no public address is set.
        origin = self._links.public_url or str(request.url.origin())
        page = render_page(
            "mixer.html",
            self._translations,
            language,
            title=target.title,
            artist=target.finished.tags.artist if target.finished else "",
            page_url=f"{origin}{request.path}",
            # Set before the script runs, so that nothing moves when it does.
            stem_count=str(len(target.stems)),
            state="live" if target.live else "",
        )
        name, value = MINI_APP
        if request.query.get(name) == value:
            page.headers.update(MINI_APP_HEADERS)
        return page

    async def manifest(self, request: web.Request) -> web.Response:
        """What the page plays."""
        target = await self._open(request)
        offers_files = self._mix_files is not None and self._claims(request).link_id != ""
        payload = manifest_json(target, await self._separations.indexes(target), offers_files=offers_files)
        response = web.json_response(payload, headers=_NO_STORE if target.live else cache_headers())
        response.enable_compression()
        return response

    async def peaks(self, request: web.Request) -> web.Response:
        """The waveforms, as they are stored."""
        target = await self._open(request)
        body = await self._store.get(target.separation.peaks_key)
        headers = _NO_STORE if target.live else cache_headers()
        response = web.Response(body=body, content_type="application/json", headers=headers)
        response.enable_compression()
        return response

    async def cover(self, request: web.Request) -> web.Response:
        """The cover out of the song's tags."""
        manifest = (await self._open(request)).manifest
        if not manifest.cover_key:
            raise NotStored
        body = await self._store.get(manifest.cover_key)
        return web.Response(body=body, content_type=image_type(body), headers=cache_headers())

    async def spectrogram(self, request: web.Request) -> web.Response:
        """The song's spectrogram, or a stem's mask over it."""
        manifest = (await self._open(request)).manifest
        keys = {"song": manifest.spectrogram_key} | {stem.name: stem.mask_key for stem in manifest.stems}
        key = keys.get(request.match_info["name"])
        if not key:
            raise NotStored
        body = await self._store.get(key)
        return web.Response(body=body, content_type="image/png", headers=cache_headers())

    async def preview(self, request: web.Request) -> web.Response:
        """What a chat plays beside the link."""
        target = await self._open(request)
        if not self._previews.has(target):
            self._charge(request, "preview")
        body = await self._previews.get(target, await self._separations.indexes(target))
        return web.Response(body=body, content_type="audio/mpeg", headers=cache_headers())

    async def share_image(self, request: web.Request) -> web.Response:
        """The image that a chat shows beside the link."""
        target = await self._open(request)
        key = (target.key, target.live.ready_samples if target.live else None)
        if not self._images.has(key):
            self._charge(request, "image")
        body = await self._images.get(key, lambda: self._paint(target))
        return web.Response(body=body, content_type="image/png", headers=cache_headers())

    async def _paint(self, target: LinkTarget) -> bytes:
        if not target.finished or not target.finished.spectrogram_key:
            peaks = json.loads(await self._store.get(target.separation.peaks_key))["stems"]
            return await asyncio.to_thread(waveform_image, peaks)
        spectrogram = await self._store.get(target.finished.spectrogram_key)
        masks = {s.name: await self._store.get(s.mask_key) for s in target.finished.stems if s.mask_key}
        try:
            return await asyncio.to_thread(share_image, spectrogram, masks)
        except ValueError as broken:
            raise StorageError(doing="share_image") from broken

    async def stem(self, request: web.Request) -> web.StreamResponse:
        """One stem's file or a part of it."""
        target, name = await self._open(request), request.match_info["stem"]
        if part := _BYTES.fullmatch(request.query.get("bytes", "")):
            return await send_part(self._store, *target.locate(name, int(part[1]), int(part[2])))
        for stem in target.manifest.stems:
            if stem.name == name:
                save_as = stem_file_name(target.title, name) if "download" in request.query else ""
                return await send_object(request, self._store, stem.key, "audio/flac", save_as)
        raise NotStored

    async def aac_part(self, request: web.Request) -> web.Response:
        """Some seconds of a stem, for slow connections."""
        target, name = await self._open(request), request.match_info["stem"]
        number = request.query.get("part", "")
        for stem, index in zip(target.stems, await self._separations.indexes(target), strict=True):
            if stem.name == name and _NUMBER.fullmatch(number):
                if not self._aac.has(target, name, int(number)):
                    self._charge(request, "part")
                body = await self._aac.part(target, name, index, int(number))
                return web.Response(body=body, content_type="audio/aac", headers=cache_headers())
        raise NotStored

    async def zip(self, request: web.Request) -> web.StreamResponse:
        """All stems in one file."""
        target = await self._open(request)
        files = [(stem_file_name(target.title, stem.name), stem.key) for stem in target.manifest.stems]
        name = stem_file_name(target.title, "stems", "zip")
        return await send_stream(request, zip_stream(self._store, files), "application/zip", name)

    async def request_file(self, request: web.Request) -> web.Response:
        """Request a file, or return its status."""
        outputs, status = await self._outputs(request), None
        if outputs and self._mix_files:
            language = pick_language(request, self._translations)
            status = await self._mix_files.request(self._claims(request), outputs, language)
        if status is None:
            raise NotStored
        payload = {"text": status.text, "final": status.final, "url": request.path if status.key else ""}
        return web.json_response(payload, headers=_NO_STORE)

    async def file(self, request: web.Request) -> web.StreamResponse:
        """A file that was made."""
        outputs, status = await self._outputs(request), None
        if outputs and self._mix_files:
            status = await self._mix_files.status(self._claims(request), outputs)
        if status is None or not status.key:
            raise NotStored
        return await send_object(request, self._store, status.key, status.mime, status.name)

    async def _outputs(self, request: web.Request) -> str:
        """The requested file, of a finished separation; empty where there can be none.

        Raises:
            LinkError: As `_open`.
        """
        target, outputs = await self._open(request), request.match_info["outputs"]
        return outputs if target.finished and OUTPUTS.fullmatch(outputs) else ""

    def _claims(self, request: web.Request) -> LinkClaims:
        return self._links.read(request.match_info["token"])

    async def _open(self, request: web.Request) -> LinkTarget:
        """What the link in the address shows.

        Raises:
            LinkRefused: It is no link of ours.
            LinkEnded: It has expired or was revoked, or what it showed was deleted.
        """
        return await self._separations.open(self._claims(request))

    @web.middleware
    async def guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Security headers on every answer; a page with an explanation for a link that does not open."""
        try:
            response = await handler(request)
        except LinkError as error:
            response = self._error_page(request, 410 if isinstance(error, LinkEnded) else 403)
        except NotStored:
            response = self._error_page(request, 404)
        except StorageError as error:
            log.warning("mixer_storage_failed", **error.facts)
            response = self._error_page(request, 503)
        except web.HTTPException as error:
            if error.status not in (404, 405):
                raise
            response = self._error_page(request, error.status)
        if not response.prepared:
            for name, value in SECURITY_HEADERS.items():
                response.headers.setdefault(name, value)
        return response

    def _error_page(self, request: web.Request, status: int) -> web.Response:
        language = pick_language(request, self._translations)
        sentences = {**self._translations["en"], **self._translations.get(language, {})}
        head, text = sentences[f"refused.{status}.head"], sentences[f"refused.{status}.text"]
        return render_page("refused.html", self._translations, language, status=status, head=head, text=text)


def mixer_app(
    store: ObjectStore,
    links: Links,
    translations: Mapping[str, Mapping[str, str]],
    mix_files: MixFiles | None = None,
    charge: Charge = lambda _request, _kind: None,
) -> web.Application:
    """The mixer, to be mounted under `/m`.

    Args:
        store: Where stems and manifests are.
        links: Reads the tokens.
        translations: By language, the sentences that the pages name; English must have them all.
        mix_files: Makes files of what a link shows; None where there is no queue of jobs.
        charge: Called before an `image`, `preview` or `part` is made; raises an HTTP error to refuse.
    """
    mixer = MixerHandlers(store, links, translations, mix_files, charge)
    app = web.Application(middlewares=[mixer.guard])
    app.router.add_get("/static/{name}", StaticFiles(STATIC).get)
    link = r"/{token:[A-Za-z0-9_.-]+}"
    app.router.add_get(link, mixer.page)
    app.router.add_get(link + "/manifest.json", mixer.manifest)
    app.router.add_get(link + "/peaks.json", mixer.peaks)
    app.router.add_get(link + "/cover", mixer.cover)
    app.router.add_get(link + "/card.png", mixer.share_image)
    app.router.add_get(link + "/preview.mp3", mixer.preview)
    app.router.add_get(link + "/pictures/{name:[a-z]+}.png", mixer.spectrogram)
    app.router.add_get(link + "/stems.zip", mixer.zip)
    app.router.add_get(link + "/stems/{stem:[a-z]+}.flac", mixer.stem)
    app.router.add_get(link + "/stems/{stem:[a-z]+}.aac", mixer.aac_part)
    app.router.add_post(link + "/files/{outputs}", mixer.request_file)
    app.router.add_get(link + "/files/{outputs}", mixer.file)
    return app
