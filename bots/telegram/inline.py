"""Inline mode: `@bot drumless` in any chat lists one's own results, which go there with one tap.

Only what Telegram has already can be offered (Bot API, InlineQueryResultCachedAudio), so nothing is uploaded
and the list is there at once.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import structlog
from telegram import (
    InlineQueryResultCachedAudio,
    InlineQueryResultCachedDocument,
    InlineQueryResultsButton,
)
from telegram.error import TelegramError

from bots.chat.messages import Person
from bots.telegram.render import is_music
from storage import StembotError

if TYPE_CHECKING:
    from telegram import InlineQuery, Update, User
    from telegram.ext import ContextTypes

    from bots.chat.file_ids import FileIdCache
    from bots.chat.messages import SharableFile
    from bots.chat.service import ChatService

log = structlog.get_logger()

A_PAGE = 50  #: Bot API, answerInlineQuery
CACHE_S = 5  #: a new result shall be found soon
START = "inline"  #: what the button that leads to the bot says there

Found = InlineQueryResultCachedAudio | InlineQueryResultCachedDocument


class Inline:
    """Answers what people type after our name."""

    def __init__(self, service: ChatService, ids: FileIdCache) -> None:
        self._service = service
        self._ids = ids

    async def on_query(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Somebody typed our name and perhaps some words; always answered."""
        query = update.inline_query
        if query is None:
            return
        results, button = await self._answer(query)
        with contextlib.suppress(TelegramError):  # typed on meanwhile: this answer is too late for anybody
            await query.answer(results, cache_time=CACHE_S, is_personal=True, button=button)

    async def _answer(self, query: InlineQuery) -> tuple[list[Found], InlineQueryResultsButton | None]:
        try:
            results = await self._results(query.from_user, query.query)
            return results, None if results else await self._way_in(query.from_user)
        except Exception as trouble:  # whatever it is, an empty list is an answer
            log.warning("inline_unanswered", trouble=type(trouble).__name__, exc_info=_unforeseen(trouble))
            return [], None

    async def _results(self, user: User, words: str) -> list[Found]:
        """Files that Telegram has, newest first."""
        found = await self._service.commands.find_files(_person(user), words)
        ids = await self._ids.get([each.file.key for each in found])
        return [_entry(each, ids[each.file.key]) for each in found if each.file.key in ids][:A_PAGE]

    async def _way_in(self, user: User) -> InlineQueryResultsButton:
        text = await self._service.commands.start_label(_person(user))
        return InlineQueryResultsButton(text, start_parameter=START)


def _unforeseen(trouble: Exception) -> bool:
    """Whether the log should tell more: the table being away is known elsewhere."""
    return not isinstance(trouble, StembotError)


def _person(user: User) -> Person:
    return Person(id=f"telegram:{user.id}", language=user.language_code or "en")


def _entry(each: SharableFile, file_id: str) -> Found:
    name = f"{each.order}.{each.number}"
    if is_music(each.file):
        return InlineQueryResultCachedAudio(name, file_id)
    return InlineQueryResultCachedDocument(name, each.file.title, file_id)
