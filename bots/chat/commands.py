"""The answers to commands, and to messages without a song."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bots.chat import views
from bots.chat.messages import Reply, SharableFile
from bots.i18n.translate import error_message, translate
from storage import StembotError

if TYPE_CHECKING:
    from bots.chat.downloads import SongDownloads
    from bots.chat.messages import Button, Person
    from bots.chat.orders import OrderService
    from bots.chat.preferences import PreferenceStore


class Commands:
    """Answers commands; what only the sender should read is private."""

    def __init__(self, orders: OrderService, preferences: PreferenceStore, downloads: SongDownloads) -> None:
        self._orders = orders
        self._preferences = preferences
        self._downloads = downloads

    async def help(self, person: Person, chat: str = "") -> Reply:
        """`/start` and `/help`."""
        person = await self._preferences.localize(person, chat)
        return Reply(translate("help", person.language))

    async def privacy(self, person: Person, chat: str = "") -> Reply:
        """`/privacy`: what is stored, and how to have it deleted."""
        person = await self._preferences.localize(person, chat)
        return replace(views.privacy_view(person.id, person.language), private=True)

    async def settings(self, person: Person, chat: str = "") -> Reply:
        """`/settings`: the sender's own; with `chat` the group's, for its moderators."""
        person, preferences = await self._preferences.apply(person, chat)
        usage = await self._orders.queue.quota_usage(person.id, chat)
        owner = person.id
        if chat:
            if not person.moderator:
                return Reply(translate("settings.moderators", person.language), private=True)
            owner, preferences = chat, await self._preferences.get(chat)
        view = views.settings_view(owner, preferences, person.language, group=bool(chat), usage=usage)
        return replace(view, private=True)

    async def stems(self, person: Person, chat: str = "") -> Reply:
        """`/stems`: recent results, to be sent here again."""
        person = await self._preferences.localize(person, chat)
        return views.recent_view(await self._orders.recent(person, chat), person.language)

    async def mixer(self, person: Person, chat: str = "") -> Reply:
        """`/mixer`: the live mixer of recent songs."""
        person = await self._preferences.localize(person, chat)
        recent = await self._orders.recent(person, chat)
        return views.mixer_view(recent, self._orders.results, person.language)

    async def suggest(self, person: Person, typed: str) -> list[Button]:
        """Recent results whose name has what was typed; a button's code sends one here."""
        person = await self._preferences.localize(person)
        finished = await self._orders.finished(person)
        buttons = [views.result_button(each, person.language) for each in finished]
        return [each for each in buttons if typed.casefold().strip() in each.label.casefold()]

    async def find_files(self, person: Person, text: str) -> list[SharableFile]:
        """Files of recent results whose titles have all words of the text, newest first."""
        words = text.casefold().split()
        return [
            SharableFile(each.order.id, number, file)
            for each in await self._orders.finished(person)
            for number, file in enumerate(self._orders.results.files(each.order, each.result))
            if all(word in f"{file.title} {file.performer}".casefold() for word in words)
        ]

    async def start_label(self, person: Person) -> str:
        """The label of a button that leads from an empty list to the bot."""
        person = await self._preferences.localize(person)
        return translate("button.start", person.language)

    async def no_song(self, person: Person, chat: str = "") -> Reply:
        """A command or mention came without a song."""
        person = await self._preferences.localize(person, chat)
        return Reply(translate("no_song", person.language), private=True)

    def missing_permission(self, person: Person, names: list[str]) -> Reply:
        """The platform does not let the bot answer here; `names` are ends of `permission.…` keys."""
        missing = ", ".join(translate(f"permission.{name}", person.language) for name in names)
        return Reply(translate("missing_permission", person.language, missing=missing), private=True)

    def failed(self, person: Person, error: BaseException | None = None) -> Reply:
        """Something broke; an error of ours has its own sentence, any other a general one."""
        known = error if isinstance(error, StembotError) else StembotError()
        return Reply(error_message(known, person.language), private=True)

    async def queue(self, person: Person, chat: str = "") -> Reply:
        """`/queue`: where the sender's orders are; in a group, where everybody reads it, only the group's."""
        person = await self._preferences.localize(person, chat)
        orders = await self._orders.open_orders(person)
        shown = [each for each in orders if chat in {"", each.order.place}]
        texts = [self._orders.results.status(each).text for each in shown]
        if elsewhere := len(orders) - len(shown):
            texts.append(translate("queue_elsewhere", person.language, count=elsewhere))
        return Reply("\n\n".join(texts) or translate("queue_empty", person.language), private=True)

    async def cancel(self, person: Person, chat: str = "") -> Reply:
        """`/cancel`: cancel the sender's orders and downloads; their status messages follow."""
        person = await self._preferences.localize(person, chat)
        cancelled = self._downloads.cancel(person.id) + await self._orders.cancel_all(person)
        return Reply(translate("cancelled" if cancelled else "queue_empty", person.language), private=True)
