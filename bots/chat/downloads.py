"""From a message with a song to the song in storage, whatever happens on the way.

    request noted ──► "Got it" ──► bytes stream into storage ──► order written, note gone
        │                             │
        │                             └ "Cancel" or /cancel: called off at the next chunk
        └ the bot is killed here: the note says where the answer stands, so the next bot goes on or says sorry

A song that the platform does not let a bot fetch comes by another way: a link to the web room that takes one
file for this request, and answers in the chat that it was asked in.
"""

from __future__ import annotations

import time
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from bots.chat.messages import Action, Button, Reply
from bots.i18n.translate import translate
from separator import FileTooBig, NewOrder
from storage import LinkClaims, LinkEnded, LinkRefused, TooManyBytes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bots.chat.messages import Request, Song
    from bots.settings import BotSettings
    from separator import QueueClient
    from storage import Links, StoredSong

log = structlog.get_logger()

INVITED_S = 86_400.0  #: an upload link lives for a day
_UPLOAD = "upload/"  #: what the grant of an upload link begins with; no manifest's key does


class DownloadCancelled(Exception):
    """Its person took the song back while it was being fetched."""


class SongDownloads:
    """Takes songs in, for one desk."""

    def __init__(self, queue: QueueClient, links: Links, settings: BotSettings) -> None:
        """Take where songs and notes are kept, and what makes links."""
        self._queue = queue
        self._links = links
        self._settings = settings
        self._fetching: dict[str, str] = {}  #: request → owner, of the songs on their way in
        self._called_off: set[str] = set()

    def limit_bytes(self, request: Request) -> int:
        """The largest file that this platform lets us fetch here."""
        limits = [request.takes_bytes, self._settings.upload_limit_bytes]
        return min(limit for limit in limits if limit)

    async def fetch(self, request: Request) -> StoredSong:
        """Stream a song into storage under its hash.

        Raises:
            FileTooBig: It is larger than was said, or than is taken.
            SongLost: The platform did not hand it over.
            CalledOff: Its person took it back.
        """
        self._fetching[request.id] = request.person.id
        try:
            return await self._queue.store.put_song(
                self._until_called_off(request), self.limit_bytes(request)
            )
        except TooManyBytes as error:
            raise FileTooBig(**error.facts) from None
        finally:
            self._fetching.pop(request.id, None)
            self._called_off.discard(request.id)

    async def _until_called_off(self, request: Request) -> AsyncIterator[bytes]:
        async for chunk in request.song.fetch():
            if request.id in self._called_off:
                raise DownloadCancelled
            yield chunk

    def refuse_big(self, song: Song, limit_bytes: int) -> None:
        """Refuse by what the platform says, before a byte is fetched.

        Raises:
            FileTooBig: It is larger than is taken.
        """
        if song.size_bytes is not None and song.size_bytes > limit_bytes:
            raise FileTooBig(size_bytes=song.size_bytes, limit_bytes=limit_bytes)

    def owner_of(self, request_id: str) -> str:
        """Whose song is being fetched under this request; empty where none is."""
        return self._fetching.get(request_id, "")

    def call_off(self, owner: str, request_id: str = "") -> int:
        """Stop fetching one song, or all of somebody; returns how many."""
        mine = [each for each, who in self._fetching.items() if who == owner and request_id in {"", each}]
        self._called_off.update(mine)
        return len(mine)

    def got_it(self, request: Request) -> Reply:
        """The first answer; it can be taken back at once."""
        language = request.person.language
        button = Button(translate("button.cancel", language), f"{Action.STOP}:{request.id}")
        return Reply(translate("received", language), buttons=((button,),))

    @asynccontextmanager
    async def noted(self, request: Request) -> AsyncIterator[None]:
        """Remember where the answer stands until the block ends, in case this process ends before."""
        if not request.invited:
            await self._queue.people.add_pending(blank_order(request))
        try:
            yield
        except Exception:
            if not request.invited:  # who was invited may try again
                await self._queue.people.remove_pending(request.id)
            raise
        await self._queue.people.remove_pending(request.id)

    def reaches(self, request: Request) -> bool:
        """Whether the web room can take what is too large for this platform."""
        allowed = self._settings.upload_limit_bytes
        return bool(self._links.public_url) and (request.song.size_bytes or 0) <= allowed

    async def invite(self, request: Request, outputs: str) -> str:
        """An address of the web room under which this request's song can be sent once."""
        await self._queue.people.add_pending(replace(blank_order(request), outputs=outputs), invited=True)
        grant = LinkClaims(_UPLOAD + request.id, "", time.time() + INVITED_S)
        return f"{self._links.public_url}/?send={self._links.sign(grant)}"

    async def invited(self, token: str) -> NewOrder:
        """The request that an upload link was made for.

        Raises:
            LinkRefused: It is no such link.
            LinkEnded: Its time is up, or a song came already.
        """
        grant = self._links.read(token)
        if not grant.manifest.startswith(_UPLOAD):
            raise LinkRefused
        asked = await self._queue.people.find_pending(grant.manifest.removeprefix(_UPLOAD))
        if asked is None:
            raise LinkEnded
        return asked


def blank_order(request: Request) -> NewOrder:
    """The order of a request as far as it is known before its song has come."""
    return NewOrder(
        request_id=request.id,
        owner=request.person.id,
        platform=request.platform,
        reply_to=request.reply_to(),
        song="",
        song_name=request.song.name,
        outputs=request.outputs,
        language=request.person.language,
        limit_bytes=request.limit_bytes,
        place=request.place,
        effort=request.effort,
    )
