"""Whether an upload arrived whose answer got lost. A bot cannot read a chat, but it can ask about a number.

Message ids rise by one, in a supergroup by itself and everywhere else over all of the bot's chats. So the
message can only have an id after the last one seen. Asking to set a caption that a message has already
changes nothing, and Telegram's refusal says what lies there:

    message to edit not found                  nothing
    message can't be edited                    somebody else's
    there is no caption in the message         our own text
    message is not modified                    our own file: that is it, unless we know of it
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

import structlog
from telegram.error import BadRequest

if TYPE_CHECKING:
    from telegram import Bot

log = structlog.get_logger()

AHEAD = 20  #: ids after the last one seen that are asked about; other chats' messages may lie between
REMEMBERED = 5000
_SUPERGROUPS = -1_000_000_000_000  #: their ids and those of channels are below this; Bot API, Chat


def _counter(chat: int) -> int:
    """Which count of message ids a chat is part of: its own, or the bot's."""
    return chat if chat < _SUPERGROUPS else 0


class DeliveryCheck:
    """Knows the messages that were seen, and asks about those that were not."""

    def __init__(self, bot: Bot) -> None:
        """Take the bot; nothing is known yet."""
        self._bot = bot
        self._last: dict[int, int] = {}
        self._known: OrderedDict[tuple[int, int], None] = OrderedDict()

    def saw(self, chat: int, message: int) -> None:
        """A message came in or went out."""
        counter = _counter(chat)
        self._last[counter] = max(self._last.get(counter, 0), message)
        self._known[counter, message] = None
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def last(self, chat: int) -> int:
        """The highest message id seen where this chat is counted."""
        return self._last.get(_counter(chat), 0)

    async def files_after(self, chat: int, message: int) -> list[int]:
        """Ids of our own files in this chat that came after a message and that we do not know of.

        Raises:
            TelegramError: Telegram does not answer.
        """
        end = self.last(chat) + AHEAD
        asked = [each for each in range(message + 1, end + 1) if (_counter(chat), each) not in self._known]
        found = [each for each in asked if await self._is_our_file(chat, each)]
        log.info("upload_looked_for", found=len(found), asked=len(asked))
        return found

    async def _is_our_file(self, chat: int, message: int) -> bool:
        try:
            await self._bot.edit_message_caption(chat, message, caption="")
        except BadRequest as refused:
            return "not modified" in refused.message.lower()
        return True  # it had a caption, which none of our files has; all the same a file of ours
