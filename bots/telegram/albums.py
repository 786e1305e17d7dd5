"""Albums: each song or picture comes as a message of its own, and only one of them has the caption.

song 1  "drumless please" ─► ready ─┐        picture 1 ─► "I couldn't find a song…"
song 2                       waits ─┴► the same words        2 ─► nothing more
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from telegram.constants import ChatType

from bots.telegram.update_parser import ParsedMessage, sound_of

if TYPE_CHECKING:
    from telegram import Message

WAIT_S = 0.6  #: for another message's words; they come in one poll or a moment apart
MAX_ALBUMS = 500


@dataclass
class _Album:
    words: str = ""
    answered: bool = False  #: it was said that one of it is no song
    ready: asyncio.Event = field(default_factory=asyncio.Event)


class Albums:
    """Remembers the words of recent albums."""

    def __init__(self) -> None:
        self._albums: OrderedDict[str, _Album] = OrderedDict()

    async def with_album_words(self, message: Message, parsed: ParsedMessage | None) -> ParsedMessage | None:
        """The parsed message, with the words of its album if it has none; None: nothing is to be said."""
        if message.media_group_id is None:
            return parsed
        album = self._albums.setdefault(message.media_group_id, _Album())
        while len(self._albums) > MAX_ALBUMS:
            self._albums.popitem(last=False)
        if sound_of(message) is None:
            first, album.answered = not album.answered, True
            return parsed if first else None
        # In a group a mention alone asks for all songs; in private each is asked for, and words may follow.
        if parsed is not None and (parsed.words or message.chat.type != ChatType.PRIVATE):
            album.words = parsed.words
            album.ready.set()
            return parsed
        try:
            async with asyncio.timeout(WAIT_S):
                await album.ready.wait()
        except TimeoutError:
            return parsed
        return ParsedMessage(words=album.words, song=message)
