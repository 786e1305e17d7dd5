"""A message with a song: a `Request` in, a stream of `Reply` out.

    song + text ──► "Downloading…" ──► status in the queue ──► (`DeliveryService` edits the message from here)
    song alone  ──► "Downloading…" ──► "What would you like?" + buttons

Each reply is in the sender's language and replaces the one before it in the same status message.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bots.chat.button_code import Action, ButtonCode
from bots.chat.downloads import DownloadCancelled, blank_order
from bots.chat.messages import Button, Reply, SongLost
from bots.chat.orders import is_draft
from bots.i18n.translate import error_message, translate
from bots.intents.read import read_intent
from separator import OrderState
from separator.core.errors import FileTooBig
from separator.core.outputs import Format, OutputSpec
from storage import StembotError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bots.chat.downloads import SongDownloads
    from bots.chat.messages import Person, Request
    from bots.chat.orders import OrderService
    from bots.chat.preferences import Preferences, PreferenceStore
    from separator import NewOrder, Order


class Songs:
    """Answers messages with a song."""

    def __init__(self, orders: OrderService, preferences: PreferenceStore, downloads: SongDownloads) -> None:
        self._orders = orders
        self._queue = orders.queue
        self._preferences = preferences
        self._downloads = downloads

    async def serve(self, request: Request) -> AsyncIterator[Reply]:
        """Answer a message with a song. The same message again, after a crash, changes nothing."""
        try:
            if known := await self._queue.orders.find_order(request.id):
                yield await self._orders.reply(known)
                return
            await self._queue.admit(request.person.id, request.chat)
            person, preferences = await self._preferences.apply(request.person, request.chat)
            request = replace(request, person=person, effort=request.effort or preferences.effort)
            async for reply in self._serve_new(request, preferences):
                yield reply
        except DownloadCancelled:
            yield Reply(translate("cancelled", request.person.language), final=True)
        except StembotError as error:
            yield Reply(error_message(error, request.person.language), final=True)
        except SongLost:
            yield Reply(translate("error.SongLost", request.person.language), final=True)

    async def _serve_new(self, request: Request, preferences: Preferences) -> AsyncIterator[Reply]:
        """Download a new song, then write its order, or ask for the outputs."""
        await self._orders.refuse_over_daily_limit(request.chat, preferences)
        default = Format(request.format or preferences.format or Format.MP3)
        outputs = _outputs(request, preferences, default)
        try:
            self._downloads.refuse_too_big(request)
        except FileTooBig as error:
            async for reply in self._offer_upload(request, outputs, error):
                yield reply
            return
        unanswered = replace(request, reply_to=str)  # nothing was shown, so there is no address yet
        await self._queue.admit_song(blank_order(unanswered), is_draft=outputs is None)
        yield self._downloads.received_reply(request)
        async with self._downloads.pending(request):
            song = await self._downloads.fetch(request)
            code = outputs.code if outputs else f":{default}"  # a draft stores the format for its buttons
            order = replace(blank_order(request), song=song.sha256, outputs=code)
            try:
                reply = await self._earlier_answer(request, order) or await self._orders.reply(
                    await self._orders.submit(order)
                )
            except StembotError:
                await self._queue.discard_song(request.id, song.sha256)
                raise
        yield reply

    async def _offer_upload(
        self, request: Request, outputs: OutputSpec | None, error: FileTooBig
    ) -> AsyncIterator[Reply]:
        """A song that the platform does not let us download: its sender gets an upload link."""
        language = request.person.language
        if not self._downloads.can_upload(request):
            raise error
        yield Reply(error_message(error, language))
        url = await self._downloads.upload_url(request, outputs.code if outputs else "")
        text = translate("too_big_here", language, limit_bytes=error.facts["limit_bytes"])
        yield Reply(text, buttons=((Button(translate("button.upload", language), url=url),),))

    async def _earlier_answer(self, request: Request, order: NewOrder) -> Reply | None:
        """Where the group had the same song with the same outputs: a link to them, and a button for more."""
        if not request.chat or is_draft(order):
            return None
        first = await self._queue.people.find_answered(request.chat, order.song, order.outputs)
        url = request.answer_url(first.reply_to) if first else ""
        if not url:
            return None
        language = order.language
        draft = await self._queue.orders.save_draft(order)
        again = Button(translate("button.again", language), str(ButtonCode(Action.AGAIN, draft.id)))
        text = translate("already_answered", language, song=order.song_name)
        return Reply(text, buttons=((Button(translate("button.show", language), url=url), again),))

    def is_wish(self, person: Person, text: str) -> bool:
        """Whether a text says what to make of a song; "thanks!" does not."""
        return read_intent(text, person.language, default=Format.MP3) is not None

    async def find_draft(self, request_id: str) -> Order | None:
        """The song that a message brought whose outputs are still to be chosen."""
        known = await self._queue.orders.find_order(request_id)
        return known if known and known.state is OrderState.DRAFT else None

    async def address_of(self, request_id: str) -> str:
        """The address at which a message that came before is answered; empty when it is new."""
        known = await self._queue.orders.find_order(request_id) or await self._queue.people.find_pending(
            request_id
        )
        return known.reply_to if known else ""


def _outputs(request: Request, preferences: Preferences, default: Format) -> OutputSpec | None:
    """What to make: what was chosen, or what the text says, or (without text) what the sender prefers."""
    if request.outputs:
        return OutputSpec.from_code(request.outputs)
    if preferences.outputs and not request.text.strip():
        return read_intent(preferences.outputs, default=default)
    return read_intent(request.text, request.person.language, default=default)
