"""Songs sent as an album: each comes as a message of its own, and only one of them has the caption.

song 1  "drumless please" ─► ready ─┐
song 2                       waits ─┴► the same words
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bots.telegram.update_parser import ParsedMessage, sound_of

if TYPE_CHECKING:
    from telegram import Message

WAIT_S = 0.6  #: for another message's words; they come in one poll or a moment apart
MAX_ALBUMS = 500


@dataclass
class _Album:
    words: str = ""
    ready: asyncio.Event = field(default_factory=asyncio.Event)


class Albums:
    """Remembers the words of recent albums."""

    def __init__(self) -> None:
        self._albums: OrderedDict[str, _Album] = OrderedDict()

    async def with_album_words(self, message: Message, parsed: ParsedMessage | None) -> ParsedMessage | None:
        """The parsed message, with the words of its album if it has none."""
        if message.media_group_id is None or sound_of(message) is None:
            return parsed
        album = self._albums.setdefault(message.media_group_id, _Album())
        while len(self._albums) > MAX_ALBUMS:
            self._albums.popitem(last=False)
        if parsed is not None and parsed.words:
            album.words = parsed.words
            album.ready.set()
            return parsed
        try:
            async with asyncio.timeout(WAIT_S):
                await album.ready.wait()
        except TimeoutError:
            return parsed
        return ParsedMessage(words=album.words, song=message)
