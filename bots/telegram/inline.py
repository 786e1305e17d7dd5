"""Inline mode: `@bot drumless` in any chat lists the user's own results, to send with one tap.

Only files with a Telegram file id are offered (InlineQueryResultCachedAudio), so nothing is uploaded.
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

MAX_RESULTS = 50  #: Bot API, answerInlineQuery
CACHE_S = 5  #: short, so that a new result is listed soon
START = "inline"  #: parameter of /start behind the button that opens the bot

CachedFile = InlineQueryResultCachedAudio | InlineQueryResultCachedDocument


class InlineSearch:
    """Answers inline queries."""

    def __init__(self, service: ChatService, file_ids: FileIdCache) -> None:
        self._service = service
        self._file_ids = file_ids

    async def on_query(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer a query; a failure gives an empty list."""
        query = update.inline_query
        if query is None:
            return
        results, button = await self._answer(query)
        with contextlib.suppress(TelegramError):  # the user typed on meanwhile: this answer is too late
            await query.answer(results, cache_time=CACHE_S, is_personal=True, button=button)

    async def _answer(self, query: InlineQuery) -> tuple[list[CachedFile], InlineQueryResultsButton | None]:
        try:
            results = await self._results(query.from_user, query.query)
            return results, None if results else await self._start_button(query.from_user)
        except Exception as error:  # an empty list is an answer, too
            unexpected = not isinstance(error, StembotError)  # an unavailable database is logged elsewhere
            log.warning("inline_query_failed", error=type(error).__name__, exc_info=unexpected)
            return [], None

    async def _results(self, user: User, words: str) -> list[CachedFile]:
        """The user's files that have a file id, newest first."""
        found = await self._service.commands.find_files(_person(user), words)
        ids = await self._file_ids.get([each.file.key for each in found])
        return [_entry(each, ids[each.file.key]) for each in found if each.file.key in ids][:MAX_RESULTS]

    async def _start_button(self, user: User) -> InlineQueryResultsButton:
        text = await self._service.commands.start_label(_person(user))
        return InlineQueryResultsButton(text, start_parameter=START)


def _person(user: User) -> Person:
    return Person(id=f"telegram:{user.id}", language=user.language_code or "en")


def _entry(each: SharableFile, file_id: str) -> CachedFile:
    name = f"{each.order}.{each.number}"
    if is_music(each.file):
        return InlineQueryResultCachedAudio(name, file_id)
    return InlineQueryResultCachedDocument(name, each.file.title, file_id)
