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

from bots.chat.buttons import Buttons
from bots.chat.commands import Commands
from bots.chat.downloads import DownloadCancelled, blank_order
from bots.chat.messages import Action, Button, Reply, SongLost
from bots.i18n.translate import error_message, translate
from bots.intents.read import read_intent
from separator import Busy, FileTooBig, Format, NewOrder, OrderState, OutputSpec
from storage import StembotError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bots.chat.messages import ButtonClick, Request
    from bots.chat.preferences import Preferences
    from bots.settings import BotSettings
    from separator import Delivery, Order, QueueClient
    from storage import Links

log = structlog.get_logger()

DAY_S = 86_400.0


class ChatService(Commands):
    """Answers people. One a process; knows the line, never a platform."""

    def __init__(self, queue: QueueClient, links: Links, settings: BotSettings) -> None:
        """Take the line to put orders into, and what makes links to results."""
        super().__init__(queue, links, settings)
        self._presses = Buttons(self)

    async def serve(self, request: Request) -> AsyncIterator[Reply]:
        """Answer a message with a song. The same message again, after a crash, changes nothing."""
        try:
            if known := await self.queue.orders.find_order(request.id):
                yield await self.reply(known)
                return
            await self.queue.admit(request.person.id, request.place)
            person, taste = await self.preferences.heard(request.person, request.place)
            request = replace(request, person=person, effort=request.effort or taste.effort)
            async for reply in self._take(request, taste):
                yield reply
        except DownloadCancelled:
            yield Reply(translate("cancelled", request.person.language), final=True)
        except StembotError as error:
            yield Reply(error_message(error, request.person.language), final=True)
        except SongLost:
            yield Reply(translate("error.SongLost", request.person.language), final=True)

    async def _take(self, request: Request, taste: Preferences) -> AsyncIterator[Reply]:
        """Take a new song in: it is fetched, then its order is written, or its person asked."""
        await self.refuse_a_full_day(request.place, taste)
        usual = Format(request.format or taste.format or Format.MP3)
        outputs = self._wish(request, taste, usual)
        limit = self.intake.limit_bytes(request)
        try:
            self.intake.refuse_big(request.song, limit)
        except FileTooBig as error:
            async for reply in self._another_way(request, outputs, error):
                yield reply
            return
        yield self.intake.got_it(request)
        async with self.intake.noted(request):
            song = await self.intake.fetch(request)
            code = outputs.code if outputs else f":{usual}"  # a draft keeps the format for its buttons
            order = replace(blank_order(request), song=song.sha256, outputs=code)
            reply = await self._answered_here(request, order) or await self.reply(await self.write(order))
        yield reply

    @staticmethod
    def _wish(request: Request, taste: Preferences, usual: Format) -> OutputSpec | None:
        """What is wished: chosen, said, or (where nothing was said) as this person always has it."""
        if request.outputs:
            return OutputSpec.from_code(request.outputs)
        if taste.wish and not request.words.strip():
            return read_intent(taste.wish, default=usual)
        return read_intent(request.words, request.person.language, default=usual)

    async def refuse_a_full_day(self, place: str, taste: Preferences) -> None:
        """Refuse what is over the songs a day that a group's moderators chose.

        Raises:
            Busy: The group has had them.
        """
        if place and (daily := int(taste.daily or 0)):
            many, ends_s = await self.queue.people.orders_within(place, DAY_S)
            if many >= daily:
                raise Busy(limit="place_day", most=daily, ends_s=ends_s)

    async def _another_way(
        self, request: Request, outputs: OutputSpec | None, error: FileTooBig
    ) -> AsyncIterator[Reply]:
        """A song that cannot be fetched from here: its person gets a link to send it by."""
        language = request.person.language
        if not self.intake.reaches(request):
            raise error
        yield Reply(error_message(error, language))
        url = await self.intake.invite(request, outputs.code if outputs else "")
        text = translate("too_big_here", language, limit_bytes=error.facts["limit_bytes"])
        yield Reply(text, buttons=((Button(translate("button.upload", language), url=url),),))

    async def _answered_here(self, request: Request, order: NewOrder) -> Reply | None:
        """A group that had the same song with the same wish is shown where; it can have it again."""
        if not request.place or _is_open(order):
            return None
        first = await self.queue.people.find_answered(request.place, order.song, order.outputs)
        url = request.shown_at(first.reply_to) if first else ""
        if not url:
            return None
        language = order.language
        draft = await self.queue.orders.save_draft(order)
        again = Button(translate("button.again", language), f"{Action.AGAIN}:{draft.id}")
        text = translate("already_answered", language, song=order.song_name)
        return Reply(text, buttons=((Button(translate("button.show", language), url=url), again),))

    async def known(self, request_id: str) -> str:
        """The address at which a message that came before is answered; empty when it is new."""
        found = await self.queue.orders.find_order(request_id) or await self.queue.people.find_pending(
            request_id
        )
        return found.reply_to if found else ""

    async def left_behind(self, platform: str) -> list[NewOrder]:
        """Requests whose songs another process was fetching when it ended; each is told once."""
        requests = await self.queue.people.stale_pending(platform, 0.0)
        return [each for each in requests if await self.queue.people.remove_pending(each.request_id)]

    def lost(self, request: NewOrder) -> Reply:
        """What somebody reads whose song was lost on its way in."""
        return Reply(translate("error.SongLost", request.language), final=True)

    async def press(self, press: ButtonClick) -> AsyncIterator[Reply]:
        """Answer a button or a menu. Always yields at least one reply."""
        async for reply in self._presses.answer(press):
            yield reply

    async def reply(self, order: Order) -> Reply:
        """What the status message of an order says now."""
        standing = await self.queue.orders.order_status(order.id)
        return (
            self.answer.status(standing)
            if standing
            else Reply(translate("order_expired", order.language), final=True)
        )

    async def write(self, new: NewOrder) -> Order:
        """Put the order into the line; without a wish it is a draft."""
        order = await (self.queue.orders.save_draft(new) if _is_open(new) else self.queue.submit(new))
        log.info(
            "order_written", order=order.id, job=order.job, platform=order.platform, outputs=order.outputs
        )
        if order.state is not OrderState.DRAFT:
            self.news.set()
        return order

    async def smaller(self, delivery: Delivery, than_bytes: int) -> None:
        """A chat did not take a file of this size: have it made smaller, or left to the link."""
        await self.queue.remake_smaller(delivery, than_bytes)
        self.news.set()


def _is_open(order: NewOrder) -> bool:
    """Whether what is wished is still to be said."""
    return not order.outputs.partition(":")[0]
