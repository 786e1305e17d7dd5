"""Whether an upload arrived whose response was lost. A bot cannot read a chat, but it can probe a message id.

Message ids rise by one, within a supergroup and otherwise over all of the bot's chats. So the message can
only have an id after the last one seen. Setting a caption that a message has already changes nothing, and
Telegram's refusal says what kind of message it is:

    message to edit not found                  none
    message can't be edited                    another sender's
    there is no caption in the message         a text of ours
    message is not modified                    a file of ours: the upload, unless it is known already
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

import structlog
from telegram.error import BadRequest

if TYPE_CHECKING:
    from telegram import Bot

log = structlog.get_logger()

LOOK_AHEAD = 20  #: ids after the last one seen that are probed; other chats' messages may lie between
MAX_MESSAGES = 5000
_SUPERGROUPS = -1_000_000_000_000  #: their ids and those of channels are below this; Bot API, Chat


def _id_sequence(chat: int) -> int:
    """Which sequence of message ids a chat uses: its own, or the bot's."""
    return chat if chat < _SUPERGROUPS else 0


class DeliveryCheck:
    """Remembers the messages seen, and probes for those that were not."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._last: dict[int, int] = {}
        self._known: OrderedDict[tuple[int, int], None] = OrderedDict()

    def record_message(self, chat: int, message: int) -> None:
        """Remember that a message was received or sent."""
        sequence = _id_sequence(chat)
        self._last[sequence] = max(self._last.get(sequence, 0), message)
        self._known[sequence, message] = None
        while len(self._known) > MAX_MESSAGES:
            self._known.popitem(last=False)

    def last_message(self, chat: int) -> int:
        """The highest message id seen in this chat's sequence."""
        return self._last.get(_id_sequence(chat), 0)

    async def unknown_files_after(self, chat: int, message: int) -> list[int]:
        """Ids of our files in this chat after a message that have not been seen.

        Raises:
            TelegramError: Telegram does not respond.
        """
        sequence, end = _id_sequence(chat), self.last_message(chat) + LOOK_AHEAD
        probed = [each for each in range(message + 1, end + 1) if (sequence, each) not in self._known]
        found = [each for each in probed if await self._is_our_file(chat, each)]
        log.info("upload_checked", found=len(found), probed=len(probed))
        return found

    async def _is_our_file(self, chat: int, message: int) -> bool:
        try:
            await self._bot.edit_message_caption(chat, message, caption="")
        except BadRequest as refused:
            return "not modified" in refused.message.lower()
        return True  # it had a caption, which our files never have; still a file of ours
