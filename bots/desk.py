"""The conversation, no platform in it: a `Request` in, a stream of `Reply` out.

    song + words ──► serve ──► "Got it" ──► "In line: 2 before you" ─┐ (courier edits this one message:
    song alone   ──► serve ──► "What would you like?" + buttons      │  progress, then the result)
    button       ──► press ──► as above, or a private answer        ─┘

Each reply is in the person's language and replaces the one before it in the same status message.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from bots.result import Answer
from bots.talk import Action, Reply, SongLost
from bots.wishes import read_wish
from bots.words import say, sentence
from separator import FileTooBig, NewOrder, OrderState, UnknownWish, Wish
from storage import StembotError, TooManyBytes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bots.settings import BotSettings
    from bots.talk import Person, Press, Request, Song
    from separator import Line, Order, Standing
    from storage import Links, StoredSong

log = structlog.get_logger()


class Desk:
    """Answers people. One a process; knows the line, never a platform."""

    def __init__(self, line: Line, links: Links, settings: BotSettings) -> None:
        """Take the line to put orders into, and what makes links to results."""
        self.line = line
        self.answer = Answer(line.store, links, settings)
        self.news = asyncio.Event()  #: set when an order was written, so that the courier looks at once
        self.taken_back: set[int] = set()  #: orders cancelled by command, whose messages still say otherwise
        self._settings = settings

    async def serve(self, request: Request) -> AsyncIterator[Reply]:
        """Answer a message with a song. The same message again, after a crash, changes nothing."""
        language = request.person.language
        try:
            if known := await self.line.orders.find_order(request.id):
                yield await self.reply(known)
                return
            limit = self._byte_limit(request)
            self._refuse_big(request.song, limit)
            yield Reply(say("received", language))
            song = await self._keep(request.song, limit)
            wish = read_wish(request.words, language)
            order = self._order(request, song, wish)
            yield await self.reply(await self._write(order))
        except StembotError as error:
            yield Reply(sentence(error, language), final=True)
        except SongLost:
            yield Reply(say("error.SongLost", language), final=True)

    async def known(self, request_id: str) -> str:
        """The address at which a message that came before is answered; empty when it is new."""
        order = await self.line.orders.find_order(request_id)
        return order.reply_to if order else ""

    async def press(self, press: Press) -> AsyncIterator[Reply]:
        """Answer a button. Always yields at least one reply."""
        language = press.person.language
        action, _, rest = press.code.partition(":")
        number, _, wish = rest.partition(":")
        order = await self._find(number)
        if order is None:
            yield Reply(say("gone", language), private=True)
        elif order.owner != press.person.id and not press.person.moderator:
            yield Reply(say("not_yours", language), private=True)
        elif action == Action.CANCEL:
            yield await self._cancel(order)
        else:
            async for reply in self._wish(press, order, wish):
                yield reply

    async def reply(self, order: Order) -> Reply:
        """What the status message of an order says now."""
        standing = await self.line.orders.standing(order.id)
        return self.answer.status(standing) if standing else Reply(say("gone", order.language), final=True)

    def greet(self, person: Person) -> Reply:
        """`/start` and `/help`."""
        return Reply(say("help", person.language))

    def privacy(self, person: Person) -> Reply:
        """`/privacy`: what is kept."""
        return Reply(say("privacy", person.language), private=True)

    def no_song(self, person: Person) -> Reply:
        """A command or mention came without a song."""
        return Reply(say("no_song", person.language), private=True)

    def missing_permission(self, person: Person, names: list[str]) -> Reply:
        """The platform does not let us answer here; `names` are ends of `permission.…` keys."""
        missing = ", ".join(say(f"permission.{name}", person.language) for name in names)
        return Reply(say("missing_permission", person.language, missing=missing), private=True)

    def trouble(self, person: Person, error: StembotError | None = None) -> Reply:
        """Something broke that nobody foresaw; the log has the trace, the person a sentence."""
        return Reply(sentence(error or StembotError(), person.language), private=True)

    async def queue(self, person: Person) -> Reply:
        """`/queue`: where this person's orders are."""
        lines = [self.answer.status(each).text for each in await self._open(person)]
        return Reply("\n\n".join(lines) or say("queue_empty", person.language), private=True)

    async def cancel_all(self, person: Person) -> Reply:
        """`/cancel`: take back all that this person has in line; the courier edits the status messages."""
        standings = await self._open(person)
        for standing in standings:
            await self.line.orders.cancel(standing.order.id)
            self.taken_back.add(standing.order.id)
        self.news.set()
        return Reply(say("cancelled" if standings else "queue_empty", person.language), private=True)

    async def _open(self, person: Person) -> list[Standing]:
        standings = await self.line.orders.standings(person.id.partition(":")[0])
        return [each for each in standings if each.order.owner == person.id]

    async def _find(self, number: str) -> Order | None:
        return await self.line.orders.order(int(number)) if number.isdecimal() else None

    async def _cancel(self, order: Order) -> Reply:
        if await self.line.orders.cancel(order.id):
            log.info("order_cancelled", order=order.id)
            return Reply(say("cancelled", order.language), final=True)
        return Reply(say("too_late", order.language), private=True)

    async def _wish(self, press: Press, order: Order, wish: str) -> AsyncIterator[Reply]:
        """A button with a wish: a new order for the song of the order that the button stands under."""
        try:
            wanted = Wish.from_code(wish)
            self.line.check(wanted)
            new = NewOrder(
                request_id=press.id,
                owner=press.person.id,
                platform=press.platform,
                reply_to="",
                song=order.song,
                song_name=order.song_name,
                wish=wanted.code,
                language=press.person.language,
                limit_bytes=press.limit_bytes,
            )
            fresh = order.state is not OrderState.DRAFT  # a question turns into the answer, a result stays
            yield Reply(say("starting", press.person.language), fresh=fresh)
            yield await self.reply(await self._write(replace(new, reply_to=press.reply_to())))
        except UnknownWish as error:
            yield Reply(sentence(error, press.person.language), private=True)
        except StembotError as error:
            yield Reply(sentence(error, press.person.language), final=True)

    def _byte_limit(self, request: Request) -> int:
        limits = [request.takes_bytes, self._settings.upload_limit_bytes]
        return min(limit for limit in limits if limit)

    @staticmethod
    def _refuse_big(song: Song, limit_bytes: int) -> None:
        if song.size_bytes is not None and song.size_bytes > limit_bytes:
            raise FileTooBig(size_bytes=song.size_bytes, limit_bytes=limit_bytes)

    async def _keep(self, song: Song, limit_bytes: int) -> StoredSong:
        """Stream the song into storage under its hash."""
        try:
            return await self.line.store.put_song(song.fetch(), limit_bytes)
        except TooManyBytes as error:
            raise FileTooBig(**error.facts) from None

    @staticmethod
    def _order(request: Request, song: StoredSong, wish: Wish | None) -> NewOrder:
        return NewOrder(
            request_id=request.id,
            owner=request.person.id,
            platform=request.platform,
            reply_to=request.reply_to(),
            song=song.sha256,
            song_name=request.song.name,
            wish=wish.code if wish else "",
            language=request.person.language,
            limit_bytes=request.limit_bytes,
        )

    async def _write(self, new: NewOrder) -> Order:
        """Put the order into the line; without a wish it is a draft."""
        order = await (self.line.submit(new) if new.wish else self.line.orders.draft(new))
        log.info("order_written", order=order.id, job=order.job, platform=order.platform, wish=order.wish)
        if order.state is not OrderState.DRAFT:
            self.news.set()
        return order
