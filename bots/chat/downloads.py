"""From a message with a song to the song in storage, whatever happens on the way.

    request stored ──► "Downloading…" ──► bytes stream into storage ──► order written, request removed
        │                             │
        │                             └ "Cancel" or /cancel: stopped at the next chunk
        └ the bot is killed here: the request says where its status message is, so the next bot answers there

A song that the platform does not let a bot download comes by an upload link: a page of the web app that takes
one file for this request; the answer goes to the chat.
"""

from __future__ import annotations

import time
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from bots.chat.button_code import Action, ButtonCode
from bots.chat.messages import Button, Reply
from bots.i18n.translate import translate
from separator import NewOrder
from separator.core.errors import FileTooBig
from storage import LinkClaims, LinkEnded, LinkRefused, TooManyBytes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bots.chat.messages import Request
    from bots.settings import BotSettings
    from separator import QueueClient
    from storage import Links, StoredSong

UPLOAD_LINK_S = 86_400.0
_UPLOAD = "upload/"  #: what the claims of an upload link begin with; no manifest's key does


class DownloadCancelled(Exception):
    """The sender cancelled while the song was being downloaded."""


class SongDownloads:
    """Downloads songs, and remembers which are under way."""

    def __init__(self, queue: QueueClient, links: Links, settings: BotSettings) -> None:
        self._queue = queue
        self._people = queue.people
        self._links = links
        self._settings = settings
        self._running: dict[str, str] = {}  #: request → owner, of the songs being downloaded
        self._cancelled: set[str] = set()

    async def fetch(self, request: Request) -> StoredSong:
        """Stream a song into storage under its hash.

        Raises:
            FileTooBig: It is larger than the platform said, or than is allowed.
            SongLost: The platform did not deliver it.
            DownloadCancelled: The sender cancelled it.
        """
        self._running[request.id] = request.person.id
        try:
            return await self._queue.store_song(request.id, self._chunks(request), self._limit_bytes(request))
        except TooManyBytes as error:
            raise FileTooBig(**error.facts) from None
        finally:
            self._running.pop(request.id, None)
            self._cancelled.discard(request.id)

    async def _chunks(self, request: Request) -> AsyncIterator[bytes]:
        async for chunk in request.song.fetch():
            if request.id in self._cancelled:
                raise DownloadCancelled
            yield chunk

    def refuse_too_big(self, request: Request) -> None:
        """Refuse by what the platform says, before a byte is downloaded.

        Raises:
            FileTooBig: It is larger than can be downloaded here.
        """
        size_bytes, limit_bytes = request.song.size_bytes, self._limit_bytes(request)
        if size_bytes is not None and size_bytes > limit_bytes:
            raise FileTooBig(size_bytes=size_bytes, limit_bytes=limit_bytes)

    def _limit_bytes(self, request: Request) -> int:
        limits = [request.download_limit_bytes, self._settings.upload_limit_bytes]
        return min(limit for limit in limits if limit)

    def owner_of(self, request_id: str) -> str:
        """Whose song is being downloaded for this request; empty where none is."""
        return self._running.get(request_id, "")

    def cancel(self, owner: str, request_id: str = "") -> int:
        """Stop one download, or all of a person; returns how many."""
        requests = [each for each, of in self._running.items() if of == owner and request_id in {"", each}]
        self._cancelled.update(requests)
        return len(requests)

    def received_reply(self, request: Request) -> Reply:
        """The first answer, with a button that cancels the download."""
        language = request.person.language
        code = str(ButtonCode(Action.STOP, request=request.id))
        return Reply(
            translate("received", language), buttons=((Button(translate("button.cancel", language), code),),)
        )

    @asynccontextmanager
    async def pending(self, request: Request) -> AsyncIterator[None]:
        """Store the request until the block ends, in case this process ends before."""
        if not request.by_upload_link:
            await self._people.add_pending(blank_order(request))
        try:
            yield
        except Exception:
            if not request.by_upload_link:  # an upload may be tried again
                await self._people.remove_pending(request.id)
            raise
        await self._people.remove_pending(request.id)

    async def take_interrupted(self, platform: str) -> list[NewOrder]:
        """Requests whose songs another process was downloading when it ended; each is returned once."""
        requests = await self._people.stale_pending(platform, 0.0)
        return [each for each in requests if await self._people.remove_pending(each.request_id)]

    async def give_up(self, request_id: str) -> NewOrder | None:
        """End a request whose song takes too long; returns it, or None where there is none."""
        pending = await self._people.find_pending(request_id)
        return pending if pending and await self._people.remove_pending(request_id) else None

    def interrupted_reply(self, request: NewOrder) -> Reply:
        """What the sender of such a song reads."""
        return Reply(translate("error.SongLost", request.language), final=True)

    def can_upload(self, request: Request) -> bool:
        """Whether the web app can take what is too big for this platform."""
        limit_bytes = self._settings.upload_limit_bytes
        return bool(self._links.public_url) and (request.song.size_bytes or 0) <= limit_bytes

    async def upload_url(self, request: Request, outputs: str) -> str:
        """A link under which this request's song can be uploaded once."""
        await self._people.add_pending(replace(blank_order(request), outputs=outputs), invited=True)
        claims = LinkClaims(_UPLOAD + request.id, "", time.time() + UPLOAD_LINK_S)
        return f"{self._links.public_url}/?send={self._links.sign(claims)}"

    async def read_upload_link(self, token: str) -> NewOrder:
        """The request that an upload link was made for.

        Raises:
            LinkRefused: It is no such link.
            LinkEnded: It has expired, or was used.
        """
        claims = self._links.read(token)
        if not claims.manifest.startswith(_UPLOAD):
            raise LinkRefused
        request = await self._people.find_pending(claims.manifest.removeprefix(_UPLOAD))
        if request is None:
            raise LinkEnded
        return request


def blank_order(request: Request) -> NewOrder:
    """The order of a request as far as it is known before its song is downloaded."""
    return NewOrder(
        request_id=request.id,
        owner=request.person.id,
        platform=request.platform,
        reply_to=request.reply_to(),
        song="",
        song_name=request.song.name,
        outputs=request.outputs,
        language=request.person.language,
        limit_bytes=request.upload_limit_bytes,
        place=request.chat,
        effort=request.effort,
    )
