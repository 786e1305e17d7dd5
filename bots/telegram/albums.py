"""Songs sent together: Telegram hands each over by itself, and only one of them carries the words.

song 1  "drumless please" ─► said ─┐
song 2                     waits ──┴► the same words
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bots.telegram.update_parser import ParsedMessage, sound_of

if TYPE_CHECKING:
    from telegram import Message

WAIT_S = 0.6  #: for the words of a sibling; they come in one poll, or a moment apart, and a second is noticed
REMEMBERED = 500


@dataclass
class _Album:
    words: str = ""
    said: asyncio.Event = field(default_factory=asyncio.Event)


class Albums:
    """Keeps the words of the albums that came lately."""

    def __init__(self) -> None:
        self._albums: OrderedDict[str, _Album] = OrderedDict()

    async def join(self, message: Message, asked: ParsedMessage | None) -> ParsedMessage | None:
        """What a message asks for, with the words of its album where it has none."""
        if message.media_group_id is None or sound_of(message) is None:
            return asked
        album = self._albums.setdefault(message.media_group_id, _Album())
        while len(self._albums) > REMEMBERED:
            self._albums.popitem(last=False)
        if asked is not None and asked.words:
            album.words = asked.words
            album.said.set()
            return asked
        try:
            async with asyncio.timeout(WAIT_S):
                await album.said.wait()
        except TimeoutError:
            return asked
        return ParsedMessage(words=album.words, song=message)
