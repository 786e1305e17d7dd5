"""What happens when somebody clicks a button or chooses from a menu.

Who may: an order's buttons its owner or a moderator; a setting's the person whom its code names, a group's
settings a moderator there. Everybody else is answered privately, and nothing happens.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from bots.chat import views
from bots.chat.button_code import YES, Action, ButtonCode
from bots.chat.messages import Reply
from bots.chat.preferences import OPTIONS
from bots.i18n.translate import error_message, translate
from separator import NewOrder, OrderState
from separator.core.outputs import Format, OutputSpec
from storage import StembotError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bots.chat.downloads import SongDownloads
    from bots.chat.messages import ButtonClick
    from bots.chat.orders import OrderService
    from bots.chat.preferences import Preferences, PreferenceStore
    from separator import Order

log = structlog.get_logger()

#: What takes nothing away from an order: it makes a new one, of the one who clicks.
HARMLESS = frozenset({Action.OUTPUTS, Action.AGAIN, Action.FORMAT, Action.SHARE})


class Buttons:
    """Answers clicks."""

    def __init__(self, orders: OrderService, preferences: PreferenceStore, downloads: SongDownloads) -> None:
        self._orders = orders
        self._queue = orders.queue
        self._preferences = preferences
        self._downloads = downloads

    async def click(self, click: ButtonClick) -> AsyncIterator[Reply]:
        """Do what a button says. Always yields at least one reply.

        A failure is told privately, so that the message with the button stays as it is; only a message that
        the click itself started ends with the failure.
        """
        language, started = click.person.language, False
        try:
            person, preferences = await self._preferences.apply(click.person, click.chat)
            click, language = replace(click, person=person), person.language
            code = ButtonCode.decode(click.code)
            if code.action in {Action.OPEN, Action.SET}:
                yield await self._settings(click, code)
            elif code.action is Action.FORGET:
                yield await self._forget(click, code)
            elif code.action is Action.STOP:
                yield await self._stop(click, code.request)
            elif code.action is Action.DELETE and not code.order:
                yield views.delete_view(await self._orders.recent(person, click.chat), language)
            else:
                async for reply in self._order(click, code, preferences):
                    started = started or reply.new_message
                    yield reply
        except ValueError:  # a code of no button
            yield Reply(translate("order_expired", language), private=True)
        except StembotError as error:
            yield Reply(error_message(error, language), final=started, private=not started)

    async def _settings(self, click: ButtonClick, code: ButtonCode) -> Reply:
        """Show the options of one setting, or choose one."""
        language, setting, owner = click.person.language, code.setting, code.owner
        if setting is None or code.value not in OPTIONS[setting]:
            return Reply(translate("order_expired", language), private=True)
        group = owner == click.chat
        if owner != click.person.id and not (group and click.person.moderator):
            return Reply(translate("not_yours", language), private=True)
        if code.action is Action.OPEN:
            return views.setting_view(owner, setting, await self._preferences.get(owner), language)
        await self._preferences.set(owner, setting, code.value)
        log.info("setting_chosen", setting=setting.field, value=code.value, group=group)
        person = await self._preferences.localize(click.person, click.chat)
        preferences = await self._preferences.get(owner)
        return views.settings_view(owner, preferences, person.language, group=group)

    async def _forget(self, click: ButtonClick, code: ButtonCode) -> Reply:
        """Delete everything of a person, after a question."""
        language, owner = click.person.language, code.owner
        if owner != click.person.id:
            return Reply(translate("not_yours", language), private=True)
        if code.value != YES:
            return views.confirm_forget_view(owner, language)
        self._downloads.cancel(owner)
        forgotten = await self._queue.forget(owner)
        log.info("person_forgotten", orders=forgotten.orders, songs=len(forgotten.songs))
        return Reply(translate("delete_all_done", language, orders=forgotten.orders), final=True)

    async def _stop(self, click: ButtonClick, request_id: str) -> Reply:
        """Stop a download, whose handler then says that it was cancelled; or cancel the order it became."""
        owner, language = self._downloads.owner_of(request_id), click.person.language
        order = None if owner else await self._queue.orders.find_order(request_id)
        if not owner and not order:
            return Reply(translate("stop_too_late", language), private=True)
        if not _may(click, order.owner if order else owner):
            return Reply(translate("not_yours", language), private=True)
        if order:
            return await self._cancel(order)
        self._downloads.cancel(owner, request_id)
        return Reply(translate("stopping", language), private=True)

    async def _cancel(self, order: Order) -> Reply:
        if await self._queue.orders.cancel(order.id):
            log.info("order_cancelled", order=order.id)
            return Reply(translate("cancelled", order.language), final=True)
        return Reply(translate("cancel_too_late", order.language), private=True)

    async def _order(
        self, click: ButtonClick, code: ButtonCode, preferences: Preferences
    ) -> AsyncIterator[Reply]:
        """A button of an order."""
        order = await self._queue.orders.order(code.order)
        language = click.person.language
        if order is None:
            yield Reply(translate("order_expired", language), private=True)
        elif not _may(click, order.owner) and not (code.action in HARMLESS and click.may_be(order.owner)):
            yield Reply(translate("not_yours", language), private=True)
        elif code.action is Action.CANCEL:
            yield await self._cancel(order)
        elif code.action is Action.DELETE:
            yield await self._delete(order, code.value, language)
        elif code.action is Action.SHARE:
            yield Reply(translate("share_help", language), private=True)
        elif code.action is Action.FORMAT:
            results, known = self._orders.results, code.value in [each.value for each in Format]
            yield results.outputs_menu(order, code.value) if known else results.format_menu(order)
        else:
            await self._orders.refuse_over_daily_limit(click.chat, preferences)
            outputs = OutputSpec.from_code(order.outputs if code.action is Action.AGAIN else code.value)
            async for reply in self.order_again(click, order, outputs):
                yield reply

    async def _delete(self, order: Order, step: str, language: str) -> Reply:
        """Delete a song with all its results, after a question."""
        if step != YES:
            return views.confirm_delete_view(order, language)
        await self._queue.forget(order.owner, order.song)
        log.info("song_deleted_by_owner", order=order.id)
        return Reply(translate("delete_song_done", language, song=order.song_name), final=True)

    async def order_again(
        self, click: ButtonClick, order: Order, outputs: OutputSpec
    ) -> AsyncIterator[Reply]:
        """A new order for the song of the order under which the button is."""
        await self._queue.admit(click.person.id, click.chat)
        await self._queue.check(outputs, order.effort)
        # The status message of a draft becomes that of the new order, once there is one; a result stays.
        if order.state is OrderState.DRAFT:
            yield await self._orders.reply(order)
        else:
            yield Reply(translate("starting", click.person.language), new_message=True)
        new = NewOrder(
            request_id=click.id,
            owner=click.person.id,
            platform=click.platform,
            reply_to=click.reply_to(),
            song=order.song,
            song_name=order.song_name,
            outputs=outputs.code,
            language=click.person.language,
            limit_bytes=click.upload_limit_bytes,
            place=click.chat,
            effort=order.effort,
        )
        yield await self._orders.reply(await self._orders.submit(new))


def _may(click: ButtonClick, owner: str) -> bool:
    """Whether this is the owner, or a moderator of the chat."""
    return click.person.id == owner or click.person.moderator
