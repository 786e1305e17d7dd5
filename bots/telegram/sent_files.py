"""What of an order's result lies in the chat already, so that another try goes on where one ended.

It is kept by the mix of each file and not by its bytes: a file that was made smaller meanwhile is the same to
its person. Written down as soon as anything else has to be waited for, it is known to the next bot, too.
"""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Self

from bots.telegram.uploads import file_id_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from telegram import Message

    from bots.chat.messages import File, FileIds

UNFINISHED = 1000  #: answers of which it is known what went out already


@dataclass(frozen=True)
class Sent:
    """One file in a chat; without a number it lies there, but the answer that named it was lost."""

    message: int = 0
    file_id: str = ""

    @classmethod
    def of(cls, message: Message) -> Self:
        """What is kept of a message with a file."""
        return cls(message.message_id, file_id_of(message))


class SentFiles:
    """Remembers for one bot."""

    def __init__(self, memory: FileIds) -> None:
        """Take where it outlives this process."""
        self._memory = memory
        self._orders: dict[int, dict[str, Sent]] = {}

    async def of(self, order: int, names: Iterable[str]) -> dict[str, Sent]:
        """What was sent of an order's files, by their names."""
        if order not in self._orders:
            keys = {_key(order, name): name for name in names}
            kept = await self._memory.recall(list(keys)) if keys else {}
            self._orders[order] = {keys[key]: Sent(*json.loads(told)) for key, told in kept.items()}
            if len(self._orders) > UNFINISHED:  # answers that were never finished: their chats are gone
                del self._orders[next(iter(self._orders))]
        return self._orders[order]

    async def note(self, order: int, sent: dict[str, Sent], *, last: bool) -> None:
        """Remember what is in the chat, beyond this process unless it was the last of its order."""
        self._orders.setdefault(order, {}).update(sent)
        if last:
            return
        await self._memory.remember(
            {_key(order, name): json.dumps(astuple(each)) for name, each in sent.items()}
        )

    def close(self, order: int) -> None:
        """All of it is sent; what was written down is swept with the files' ids."""
        self._orders.pop(order, None)


def _key(order: int, name: str) -> str:
    return f"sent:{order}:{name}"


def names_of(files: Sequence[File]) -> dict[str, str]:
    """What each file is called over all tries, by its key: its mix, even when it was made anew."""
    return {file.key: file.mix or file.name for file in files}
