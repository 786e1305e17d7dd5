"""The conversation, no platform in it: a `Request` in, a stream of `Reply` out.

    song + words ──► serve ──► "Got it" ──► "In line: 2 before you" ─┐ (courier edits this one message:
    song alone   ──► serve ──► "What would you like?" + buttons      │  progress, then the result)
    button       ──► press ──► as above, or a private answer        ─┘

Each reply is in the person's language and replaces the one before it in the same status message. What a song
goes through on its way in is told in `bots.chat.downloads`, what commands say in `bots.chat.commands`, what
buttons do in `bots.chat.buttons`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from bots.chat.buttons import Presses
from bots.chat.commands import Commands
from bots.chat.downloads import CalledOff, blank_order
from bots.chat.messages import Action, Button, Reply, SongLost
from bots.i18n.translate import say, sentence
from bots.intents.read import read_wish
from separator import Busy, FileTooBig, Format, NewOrder, OrderState, Wish
from storage import StembotError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bots.chat.messages import Press, Request
    from bots.chat.preferences import Taste
    from bots.settings import BotSettings
    from separator import Delivery, Line, Order
    from storage import Links

log = structlog.get_logger()

DAY_S = 86_400.0


class Desk(Commands):
    """Answers people. One a process; knows the line, never a platform."""

    def __init__(self, line: Line, links: Links, settings: BotSettings) -> None:
        """Take the line to put orders into, and what makes links to results."""
        super().__init__(line, links, settings)
        self._presses = Presses(self)

    async def serve(self, request: Request) -> AsyncIterator[Reply]:
        """Answer a message with a song. The same message again, after a crash, changes nothing."""
        try:
            if known := await self.line.orders.find_order(request.id):
                yield await self.reply(known)
                return
            await self.line.admit(request.person.id, request.place)
            person, taste = await self.tastes.heard(request.person, request.place)
            request = replace(request, person=person, effort=request.effort or taste.effort)
            async for reply in self._take(request, taste):
                yield reply
        except CalledOff:
            yield Reply(say("cancelled", request.person.language), final=True)
        except StembotError as error:
            yield Reply(sentence(error, request.person.language), final=True)
        except SongLost:
            yield Reply(say("error.SongLost", request.person.language), final=True)

    async def _take(self, request: Request, taste: Taste) -> AsyncIterator[Reply]:
        """Take a new song in: it is fetched, then its order is written, or its person asked."""
        await self.refuse_a_full_day(request.place, taste)
        usual = Format(request.format or taste.format or Format.MP3)
        wish = self._wish(request, taste, usual)
        limit = self.intake.limit_bytes(request)
        try:
            self.intake.refuse_big(request.song, limit)
        except FileTooBig as error:
            async for reply in self._another_way(request, wish, error):
                yield reply
            return
        yield self.intake.got_it(request)
        async with self.intake.noted(request):
            song = await self.intake.fetch(request)
            code = wish.code if wish else f":{usual}"  # a draft keeps the format for its buttons
            order = replace(blank_order(request), song=song.sha256, wish=code)
            reply = await self._answered_here(request, order) or await self.reply(await self.write(order))
        yield reply

    @staticmethod
    def _wish(request: Request, taste: Taste, usual: Format) -> Wish | None:
        """What is wished: chosen, said, or (where nothing was said) as this person always has it."""
        if request.wish:
            return Wish.from_code(request.wish)
        if taste.wish and not request.words.strip():
            return read_wish(taste.wish, usual=usual)
        return read_wish(request.words, request.person.language, usual=usual)

    async def refuse_a_full_day(self, place: str, taste: Taste) -> None:
        """Refuse what is over the songs a day that a group's moderators chose.

        Raises:
            Busy: The group has had them.
        """
        if place and (daily := int(taste.daily or 0)):
            many, ends_s = await self.line.people.busy(place, DAY_S)
            if many >= daily:
                raise Busy(limit="place_day", most=daily, ends_s=ends_s)

    async def _another_way(
        self, request: Request, wish: Wish | None, error: FileTooBig
    ) -> AsyncIterator[Reply]:
        """A song that cannot be fetched from here: its person gets a link to send it by."""
        language = request.person.language
        if not self.intake.reaches(request):
            raise error
        yield Reply(sentence(error, language))
        url = await self.intake.invite(request, wish.code if wish else "")
        text = say("too_big_here", language, limit_bytes=error.facts["limit_bytes"])
        yield Reply(text, buttons=((Button(say("button.upload", language), url=url),),))

    async def _answered_here(self, request: Request, order: NewOrder) -> Reply | None:
        """A group that had the same song with the same wish is shown where; it can have it again."""
        if not request.place or _is_open(order):
            return None
        first = await self.line.people.answered_in(request.place, order.song, order.wish)
        url = request.shown_at(first.reply_to) if first else ""
        if not url:
            return None
        language = order.language
        draft = await self.line.orders.draft(order)
        again = Button(say("button.again", language), f"{Action.AGAIN}:{draft.id}")
        text = say("answered_before", language, song=order.song_name)
        return Reply(text, buttons=((Button(say("button.show", language), url=url), again),))

    async def known(self, request_id: str) -> str:
        """The address at which a message that came before is answered; empty when it is new."""
        found = await self.line.orders.find_order(request_id) or await self.line.people.asked(request_id)
        return found.reply_to if found else ""

    async def left_behind(self, platform: str) -> list[NewOrder]:
        """Requests whose songs another process was fetching when it ended; each is told once."""
        requests = await self.line.people.left_behind(platform, 0.0)
        return [each for each in requests if await self.line.people.unask(each.request_id)]

    def lost(self, request: NewOrder) -> Reply:
        """What somebody reads whose song was lost on its way in."""
        return Reply(say("error.SongLost", request.language), final=True)

    async def press(self, press: Press) -> AsyncIterator[Reply]:
        """Answer a button or a menu. Always yields at least one reply."""
        async for reply in self._presses.answer(press):
            yield reply

    async def reply(self, order: Order) -> Reply:
        """What the status message of an order says now."""
        standing = await self.line.orders.standing(order.id)
        return self.answer.status(standing) if standing else Reply(say("gone", order.language), final=True)

    async def write(self, new: NewOrder) -> Order:
        """Put the order into the line; without a wish it is a draft."""
        order = await (self.line.orders.draft(new) if _is_open(new) else self.line.submit(new))
        log.info("order_written", order=order.id, job=order.job, platform=order.platform, wish=order.wish)
        if order.state is not OrderState.DRAFT:
            self.news.set()
        return order

    async def smaller(self, delivery: Delivery, than_bytes: int) -> None:
        """A chat did not take a file of this size: have it made smaller, or left to the link."""
        await self.line.smaller(delivery, than_bytes)
        self.news.set()


def _is_open(order: NewOrder) -> bool:
    """Whether what is wished is still to be said."""
    return not order.wish.partition(":")[0]
