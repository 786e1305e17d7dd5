"""What the desk says to commands, and to whatever comes without a song."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from bots.chat import views
from bots.chat.downloads import SongDownloads
from bots.chat.messages import Button, Reply, SharableFile
from bots.chat.preferences import PreferenceStore
from bots.chat.results import ResultViews
from bots.i18n.translate import error_message, translate
from storage import StembotError

if TYPE_CHECKING:
    from bots.chat.messages import Person
    from bots.settings import BotSettings
    from separator import FinishedOrder, OrderStatus, QueueClient
    from storage import Links

FOUND = 50  #: results that a person can choose from; as many as Telegram's inline mode takes


class Commands:
    """The desk's answers to commands; what only their person should read is private."""

    def __init__(self, queue: QueueClient, links: Links, settings: BotSettings) -> None:
        """Take the line to read, and what makes links to results."""
        self.queue = queue
        self.answer = ResultViews(queue, links, settings)
        self.intake = SongDownloads(queue, links, settings)
        self.preferences = PreferenceStore(queue.people)
        self.news = asyncio.Event()  #: set when an order was written, so that the courier looks at once
        self.taken_back: set[int] = set()  #: orders cancelled by command, whose messages still say otherwise

    async def greet(self, person: Person, place: str = "") -> Reply:
        """`/start` and `/help`."""
        person, _ = await self.preferences.heard(person, place)
        return Reply(translate("help", person.language))

    async def privacy(self, person: Person, place: str = "") -> Reply:
        """`/privacy`: what is kept, and how to have it deleted."""
        person, _ = await self.preferences.heard(person, place)
        return replace(views.privacy_card(person.id, person.language), private=True)

    async def settings(self, person: Person, place: str = "") -> Reply:
        """`/settings`: one's own; in a group its moderators' for the group, where `place` is given."""
        person, taste = await self.preferences.heard(person, place)
        left = await self.queue.quota_usage(person.id, place)
        if not place:
            return replace(views.settings_card(person.id, taste, person.language, left=left), private=True)
        if not person.moderator:
            return Reply(translate("settings.moderators", person.language), private=True)
        there = await self.preferences.of(place)
        card = views.settings_card(place, there, person.language, place=True, left=left)
        return replace(card, private=True)

    async def shelf(self, person: Person, place: str = "") -> Reply:
        """`/stems`: recent results, to be had here again."""
        person, _ = await self.preferences.heard(person, place)
        return views.shelf_card(await self.made(person, place), person.language)

    async def mixer(self, person: Person, place: str = "") -> Reply:
        """`/mixer`: the live mixer of recent songs."""
        person, _ = await self.preferences.heard(person, place)
        return views.mixer_card(await self.made(person, place), self.answer, person.language)

    async def made(self, person: Person, place: str = "") -> list[FinishedOrder]:
        """A person's recent results; where a whole group reads the list, only those of the group."""
        found = await self.queue.people.finished_orders(person.id, FOUND)
        return [each for each in found if place in {"", each.order.place}][: views.SHOWN]

    async def suggest(self, person: Person, typed: str) -> list[Button]:
        """Recent results whose name has what was typed; a button's code brings one here."""
        person, _ = await self.preferences.heard(person)
        found = [
            Button(views.label_of(each, person.language), views.code_of(each))
            for each in await self.queue.people.finished_orders(person.id, FOUND)
        ]
        return [each for each in found if typed.casefold().strip() in each.label.casefold()]

    async def found(self, person: Person, words: str) -> list[SharableFile]:
        """Files of recent results whose titles have all of these words, newest first."""
        wanted = words.casefold().split()
        return [
            SharableFile(made.order.id, number, file)
            for made in await self.queue.people.finished_orders(person.id, FOUND)
            for number, file in enumerate(self.answer.files(made.order, made.result))
            if all(word in f"{file.title} {file.performer}".casefold() for word in wanted)
        ]

    async def nothing_found(self, person: Person) -> str:
        """What leads from an empty list to the bot, on a button."""
        person, _ = await self.preferences.heard(person)
        return translate("button.start", person.language)

    async def recall(self, platform: str, keys: list[str]) -> dict[str, str]:
        """A platform's own ids of our files, as far as it has told them."""
        return await self.queue.people.file_ids(platform, keys)

    async def remember(self, platform: str, ids: dict[str, str]) -> None:
        """Keep a platform's own ids of our files; trouble is left to the next upload."""
        await self.queue.people.add_file_ids(platform, ids)

    async def no_song(self, person: Person, place: str = "") -> Reply:
        """A command or mention came without a song."""
        person, _ = await self.preferences.heard(person, place)
        return Reply(translate("no_song", person.language), private=True)

    def missing_permission(self, person: Person, names: list[str]) -> Reply:
        """The platform does not let us answer here; `names` are ends of `permission.…` keys."""
        missing = ", ".join(translate(f"permission.{name}", person.language) for name in names)
        return Reply(translate("missing_permission", person.language, missing=missing), private=True)

    def trouble(self, person: Person, error: StembotError | None = None) -> Reply:
        """Something broke that nobody foresaw; the log has the trace, the person a sentence."""
        return Reply(error_message(error or StembotError(), person.language), private=True)

    async def show_queue(self, person: Person, place: str = "") -> Reply:
        """`/queue`: where this person's orders are."""
        person, _ = await self.preferences.heard(person, place)
        lines = [self.answer.status(each).text for each in await self._open(person)]
        return Reply("\n\n".join(lines) or translate("queue_empty", person.language), private=True)

    async def cancel_all(self, person: Person, place: str = "") -> Reply:
        """`/cancel`: take back all of this person, in line and on its way in; status messages follow."""
        person, _ = await self.preferences.heard(person, place)
        fetching = self.intake.call_off(person.id)
        standings = await self._open(person)
        for standing in standings:
            await self.queue.orders.cancel(standing.order.id)
            self.taken_back.add(standing.order.id)
        self.news.set()
        key = "cancelled" if standings or fetching else "queue_empty"
        return Reply(translate(key, person.language), private=True)

    async def _open(self, person: Person) -> list[OrderStatus]:
        standings = await self.queue.orders.open_orders(person.id.partition(":")[0])
        return [each for each in standings if each.order.owner == person.id]
