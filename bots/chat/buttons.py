"""What buttons and menus do.

Their codes are defined in `bots.chat.messages.Action`; platforms only carry them.

Who may press: an order's buttons its owner or a moderator; a setting's whom its code names, a group's
settings a moderator there. Everybody else is answered privately, and nothing happens.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from bots.chat import views
from bots.chat.messages import Action, Reply
from bots.chat.preferences import OPTIONS
from bots.i18n.translate import error_message, translate
from separator import Blocked, Busy, Format, NewOrder, OrderState, OutputSpec, UnknownWish
from storage import StembotError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bots.chat.messages import ButtonClick
    from bots.chat.preferences import Preferences
    from bots.chat.service import ChatService
    from separator import Order

log = structlog.get_logger()


class Buttons:
    """Answers buttons, for one desk."""

    def __init__(self, desk: ChatService) -> None:
        """Take the desk that they stand on."""
        self._desk = desk

    async def answer(self, press: ButtonClick) -> AsyncIterator[Reply]:
        """Do what a button says. Always yields at least one reply."""
        person, taste = await self._desk.preferences.heard(press.person, press.place)
        press = replace(press, person=person)
        action, _, rest = press.code.partition(":")
        try:
            if action in {Action.OPEN, Action.SET}:
                yield await self._settings(press, action, rest)
            elif action == Action.FORGET:
                yield await self._forget(press, rest)
            elif action == Action.STOP:
                yield await self._stop(press, rest)
            elif action == Action.DELETE and not rest:
                shelf = await self._desk.made(person, press.place)
                yield views.delete_card(shelf, person.language)
            else:
                async for reply in self._of_an_order(press, action, rest, taste):
                    yield reply
        except (Blocked, Busy, UnknownWish) as error:
            yield Reply(error_message(error, person.language), private=True)
        except StembotError as error:
            yield Reply(error_message(error, person.language), final=True)

    async def _settings(self, press: ButtonClick, action: str, rest: str) -> Reply:
        """`open:language:WHO` shows the options of one setting, `set:language:de:WHO` chooses."""
        language = press.person.language
        what, _, rest = rest.partition(":")
        value, _, who = rest.partition(":") if action == Action.SET else ("", "", rest)
        if value not in OPTIONS.get(what, ()):
            return Reply(translate("order_expired", language), private=True)
        place = who == press.place
        if who != press.person.id and not (place and press.person.moderator):
            return Reply(translate("not_yours", language), private=True)
        if action == Action.OPEN:
            return views.opened(who, what, await self._desk.preferences.of(who), language)
        await self._desk.preferences.choose(who, what, value)
        log.info("setting_chosen", what=what, value=value, place=place)
        person, _ = await self._desk.preferences.heard(press.person, press.place)
        return views.settings_card(who, await self._desk.preferences.of(who), person.language, place=place)

    async def _forget(self, press: ButtonClick, rest: str) -> Reply:
        """`forget:ask:WHO` asks whether that is meant, `forget:yes:WHO` does it."""
        language = press.person.language
        step, _, who = rest.partition(":")
        if who != press.person.id:
            return Reply(translate("not_yours", language), private=True)
        if step != "yes":
            return views.forget_card(who, language)
        self._desk.intake.call_off(who)
        gone = await self._desk.queue.forget(who)
        log.info("person_forgotten", orders=gone.orders, songs=len(gone.songs))
        return Reply(translate("delete_all_done", language, orders=gone.orders), final=True)

    async def _stop(self, press: ButtonClick, request_id: str) -> Reply:
        """A song on its way in, whose handler tells that it was called off; or the order it is by now."""
        fetching, language = self._desk.intake.owner_of(request_id), press.person.language
        order = None if fetching else await self._desk.queue.orders.find_order(request_id)
        owner = order.owner if order else fetching
        if not owner:
            return Reply(translate("stop_too_late", language), private=True)
        if not _may(press, owner):
            return Reply(translate("not_yours", language), private=True)
        if order:
            return await self._cancel(order)
        self._desk.intake.call_off(owner, request_id)
        return Reply(translate("stopping", language), private=True)

    async def _of_an_order(
        self, press: ButtonClick, action: str, rest: str, taste: Preferences
    ) -> AsyncIterator[Reply]:
        number, _, rest = rest.partition(":")
        order = await self._find(number)
        language = press.person.language
        if order is None:
            yield Reply(translate("order_expired", language), private=True)
        elif not _may(press, order.owner):
            yield Reply(translate("not_yours", language), private=True)
        elif action == Action.CANCEL:
            yield await self._cancel(order)
        elif action == Action.DELETE:
            yield await self._delete(order, rest, language)
        elif action == Action.SHARE:
            yield Reply(translate("share_help", language), private=True)
        elif action == Action.FORMAT:
            known = rest in [each.value for each in Format]
            yield self._desk.answer.choose(order, rest) if known else self._desk.answer.formats(order)
        else:
            await self._desk.refuse_a_full_day(press.place, taste)
            async for reply in self._wish(press, order, order.outputs if action == Action.AGAIN else rest):
                yield reply

    async def _delete(self, order: Order, step: str, language: str) -> Reply:
        """A song with all that was made of it; asks once more, since nothing brings it back."""
        if step != "yes":
            return views.delete_sure(order, language)
        await self._desk.queue.forget(order.owner, order.song)
        log.info("song_deleted", order=order.id)
        return Reply(translate("delete_song_done", language, song=order.song_name), final=True)

    async def _find(self, number: str) -> Order | None:
        return await self._desk.queue.orders.order(int(number)) if number.isdecimal() else None

    async def _cancel(self, order: Order) -> Reply:
        if await self._desk.queue.orders.cancel(order.id):
            log.info("order_cancelled", order=order.id)
            return Reply(translate("cancelled", order.language), final=True)
        return Reply(translate("cancel_too_late", order.language), private=True)

    async def _wish(self, press: ButtonClick, order: Order, outputs: str) -> AsyncIterator[Reply]:
        """A button with a wish: a new order for the song of the order that the button stands under."""
        wanted = OutputSpec.from_code(outputs)
        await self._desk.queue.admit(press.person.id, press.place)
        await self._desk.queue.check(wanted, order.effort)
        fresh = order.state is not OrderState.DRAFT  # a question turns into the answer, a result stays
        yield Reply(translate("starting", press.person.language), fresh=fresh)
        new = NewOrder(
            request_id=press.id,
            owner=press.person.id,
            platform=press.platform,
            reply_to=press.reply_to(),
            song=order.song,
            song_name=order.song_name,
            outputs=wanted.code,
            language=press.person.language,
            limit_bytes=press.limit_bytes,
            place=press.place,
            effort=order.effort,
        )
        yield await self._desk.reply(await self._desk.write(new))


def _may(press: ButtonClick, owner: str) -> bool:
    """Whether this is the owner, or somebody who looks after the place."""
    return press.person.id == owner or press.person.moderator
