"""The mixer's web app: what a link shows, and nothing else.

    GET /<token>                     the page
    GET /<token>/manifest.json       title, stems, where each can be cut
    GET /<token>/peaks.json          the waveforms
    GET /<token>/cover               the song's picture
    GET /<token>/pictures/song.png   its spectrogram; `pictures/<stem>.png` the mask of a stem over it
    GET /<token>/preview.mp3         half a minute of it, for chats that play beside a link
    GET /<token>/card.png            what the link unfurls to in a chat
    GET /<token>/stems/<stem>.flac   the sound; with `?bytes=0-99` a part of it (the end is not in it),
                                     with `?download` under a name to keep it by
    GET /<token>/stems/<stem>.aac?part=3   the same for slow lines: some seconds of it
    (`bots.web.mixer.aac_parts`)
    GET /<token>/stems.zip           all of them
    POST /<token>/files/<wish>       have a file made of them, or see how far it is
    (`bots.web.mixer.mix_files`)
    GET /<token>/files/<wish>        that file
    GET /static/<file>               the page's scripts and looks

Mounted under `/m`. Every address but the last carries the token, and every answer is made of keys that stand
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
from bots.web.mixer.files import Files
from bots.web.mixer.mix_files import WISH
from bots.web.mixer.pages import SECURITY_HEADERS, STATIC, page, pick_language
from bots.web.mixer.preview import Previews
from bots.web.mixer.responses import kept, send_object, send_part, send_stream
from bots.web.mixer.separations import SeparationReader
from bots.web.mixer.serializers import cover_type, describe, stem_file_name
from bots.web.mixer.share_image import share_image
from bots.web.mixer.zip_stream import zip_stream
from storage.base import LinkEnded, LinkError, NotStored, StorageError
from storage.images import waveform_image

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bots.web.mixer.mix_files import MixFiles
    from bots.web.mixer.separations import LinkTarget
    from storage.links import LinkClaims, Links
    from storage.objects import ObjectStore

log = structlog.get_logger()

_PART = re.compile(r"([0-9]{1,12})-([0-9]{1,12})")
_NUMBER = re.compile(r"[0-9]{1,6}")
_NOW: dict[str, str] = {"Cache-Control": "no-store"}  #: what is told of a separation that is being made


class MixerHandlers:
    """Answers the requests of `mixer_app`."""

    def __init__(
        self, store: ObjectStore, links: Links, words: Mapping[str, Mapping[str, str]], maker: MixFiles | None
    ) -> None:
        """Take the store that is read, the keys of the links, sentences by language, and who makes files."""
        self._store = store
        self._links = links
        self._words = words
        self._maker = maker
        self._shelf = SeparationReader(store)
        self._light = AacParts(store)
        self._previews = Previews(store)

    async def page(self, request: web.Request) -> web.Response:
        """The mixer itself."""
        shown = await self._open(request)
        language = pick_language(request, self._words)
        # The host that a browser names is believed only where no public address is set.
        root = self._links.public_url or str(request.url.origin())
        here = f"{root}{request.path}"
        artist = shown.whole.tags.artist if shown.whole else ""
        return page(
            "mixer.html",
            self._words,
            language,
            title=shown.title,
            artist=artist,
            here=here,
            # Known before the script runs, so that nothing moves when it does.
            stems_many=str(len(shown.stems)),
            standing="live" if shown.live else "",
        )

    async def manifest(self, request: web.Request) -> web.Response:
        """What the page plays."""
        shown = await self._open(request)
        facts = describe(shown, await self._shelf.indexes(shown))
        facts["makes"] = self._maker is not None and self._grant(request).name != ""
        answer = web.json_response(facts, headers=_NOW if shown.live else kept())
        answer.enable_compression()
        return answer

    async def peaks(self, request: web.Request) -> web.Response:
        """The waveforms, as they were stored."""
        shown = await self._open(request)
        body = await self._store.get(shown.peaks_key)
        headers = _NOW if shown.live else kept()
        answer = web.Response(body=body, content_type="application/json", headers=headers)
        answer.enable_compression()
        return answer

    async def cover(self, request: web.Request) -> web.Response:
        """The picture out of the song's tags."""
        manifest = (await self._open(request)).manifest
        if not manifest.cover_key:
            raise NotStored
        body = await self._store.get(manifest.cover_key)
        return web.Response(body=body, content_type=cover_type(body), headers=kept())

    async def picture(self, request: web.Request) -> web.Response:
        """The spectrogram, or a stem's mask over it."""
        manifest = (await self._open(request)).manifest
        keys = {"song": manifest.spectrogram_key} | {stem.name: stem.mask_key for stem in manifest.stems}
        key = keys.get(request.match_info["name"])
        if not key:
            raise NotStored
        return web.Response(body=await self._store.get(key), content_type="image/png", headers=kept())

    async def preview(self, request: web.Request) -> web.Response:
        """What a chat plays beside the link."""
        shown = await self._open(request)
        body = await self._previews.get(shown, await self._shelf.indexes(shown))
        return web.Response(body=body, content_type="audio/mpeg", headers=kept())

    async def card(self, request: web.Request) -> web.Response:
        """The picture that the link unfurls to."""
        shown = await self._open(request)
        if shown.whole and shown.whole.spectrogram_key:
            song = await self._store.get(shown.whole.spectrogram_key)
            masks = {s.name: await self._store.get(s.mask_key) for s in shown.whole.stems if s.mask_key}
            try:
                body = await asyncio.to_thread(share_image, song, masks)
            except ValueError as broken:
                raise StorageError(doing="card") from broken
        else:
            peaks = json.loads(await self._store.get(shown.peaks_key))["stems"]
            body = await asyncio.to_thread(waveform_image, peaks)
        return web.Response(body=body, content_type="image/png", headers=kept())

    async def stem(self, request: web.Request) -> web.StreamResponse:
        """One stem's file or a range of it."""
        shown, name = await self._open(request), request.match_info["stem"]
        if part := _PART.fullmatch(request.query.get("bytes", "")):
            return await send_part(self._store, *shown.find(name, int(part[1]), int(part[2])))
        for stem in shown.manifest.stems:
            if stem.name == name:
                save_as = stem_file_name(shown.title, name) if "download" in request.query else ""
                return await send_object(request, self._store, stem.key, "audio/flac", save_as)
        raise NotStored

    async def light(self, request: web.Request) -> web.Response:
        """Some seconds of a stem, for slow lines."""
        shown, name = await self._open(request), request.match_info["stem"]
        number = request.query.get("part", "")
        for stem, index in zip(shown.stems, await self._shelf.indexes(shown), strict=True):
            if stem.name == name and _NUMBER.fullmatch(number):
                body = await self._light.part(shown, name, index, int(number))
                return web.Response(body=body, content_type="audio/aac", headers=kept())
        raise NotStored

    async def zip(self, request: web.Request) -> web.StreamResponse:
        """All stems in one file."""
        shown = await self._open(request)
        files = [(stem_file_name(shown.title, stem.name), stem.key) for stem in shown.manifest.stems]
        name = f"{stem_file_name(shown.title, 'stems').removesuffix('.flac')}.zip"
        return await send_stream(request, zip_stream(self._store, files), "application/zip", name)

    async def make(self, request: web.Request) -> web.Response:
        """Have a file made, or say how far it is."""
        made = None
        if outputs := await self._wish(request):
            language = pick_language(request, self._words)
            made = await self._maker.begin(self._grant(request), outputs, language) if self._maker else None
        if made is None:
            raise NotStored
        facts = {"text": made.text, "final": made.final, "url": request.path if made.key else ""}
        return web.json_response(facts, headers=_NOW)

    async def made(self, request: web.Request) -> web.StreamResponse:
        """A file that was made."""
        made = None
        if outputs := await self._wish(request):
            made = await self._maker.look(self._grant(request), outputs) if self._maker else None
        if made is None or not made.key:
            raise NotStored
        return await send_object(request, self._store, made.key, made.mime, made.name)

    async def _wish(self, request: web.Request) -> str:
        """What file is asked for, of a whole separation; empty where it is none that can be had.

        Raises:
            LinkError: As `_open`.
        """
        shown, outputs = await self._open(request), request.match_info["wish"]
        return outputs if shown.whole and WISH.fullmatch(outputs) else ""

    def _grant(self, request: web.Request) -> LinkClaims:
        return self._links.read(request.match_info["token"])

    async def _open(self, request: web.Request) -> LinkTarget:
        """What the token in the address grants.

        Raises:
            LinkRefused: It is no link of ours.
            LinkEnded: Its time is up, or what it showed is gone.
        """
        return await self._shelf.open(self._grant(request))

    @web.middleware
    async def guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Security headers on every answer; a kind page for a link that opens nothing."""
        try:
            answer = await handler(request)
        except LinkError as error:
            answer = self._refusal(request, 410 if isinstance(error, LinkEnded) else 403)
        except NotStored:
            answer = self._refusal(request, 404)
        except StorageError as error:
            log.warning("mixer_storage", **error.facts)
            answer = self._refusal(request, 503)
        except web.HTTPException as error:
            if error.status not in (404, 405):
                raise
            answer = self._refusal(request, error.status)
        if not answer.prepared:
            for name, value in SECURITY_HEADERS.items():
                answer.headers.setdefault(name, value)
        return answer

    def _refusal(self, request: web.Request, status: int) -> web.Response:
        language = pick_language(request, self._words)
        words = {**self._words["en"], **self._words.get(language, {})}
        head, text = words[f"refused.{status}.head"], words[f"refused.{status}.text"]
        return page("refused.html", self._words, language, status=status, head=head, text=text)


def mixer_app(
    store: ObjectStore, links: Links, words: Mapping[str, Mapping[str, str]], maker: MixFiles | None = None
) -> web.Application:
    """The mixer, to be mounted under `/m`.

    Args:
        store: Where stems and manifests are.
        links: Reads the tokens.
        words: By language, the sentences that the pages name; English must have them all.
        maker: Makes files of what a link shows, where somebody can.
    """
    mixer = MixerHandlers(store, links, words, maker)
    app = web.Application(middlewares=[mixer.guard])
    app.router.add_get("/static/{name}", Files(STATIC).get)
    place = r"/{token:[A-Za-z0-9_.-]+}"
    app.router.add_get(place, mixer.page)
    app.router.add_get(place + "/manifest.json", mixer.manifest)
    app.router.add_get(place + "/peaks.json", mixer.peaks)
    app.router.add_get(place + "/cover", mixer.cover)
    app.router.add_get(place + "/card.png", mixer.card)
    app.router.add_get(place + "/preview.mp3", mixer.preview)
    app.router.add_get(place + "/pictures/{name:[a-z]+}.png", mixer.picture)
    app.router.add_get(place + "/stems.zip", mixer.zip)
    app.router.add_get(place + "/stems/{stem:[a-z]+}.flac", mixer.stem)
    app.router.add_get(place + "/stems/{stem:[a-z]+}.aac", mixer.light)
    app.router.add_post(place + "/files/{wish}", mixer.make)
    app.router.add_get(place + "/files/{wish}", mixer.made)
    return app
