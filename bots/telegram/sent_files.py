"""Which files of an order are in the chat already, so that another try sends only the others.

Files are named by their mix, not by their bytes: a file that was re-encoded smaller counts as sent. They are
stored in the database, so a restarted bot knows them, too.
"""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Self

from bots.telegram.uploads import file_id_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from telegram import Message

    from bots.chat.file_ids import FileIdCache
    from bots.chat.messages import File

MAX_ORDERS = 1000  #: orders in memory


@dataclass(frozen=True)
class Sent:
    """A file in a chat; without a message id it is there, but the response that named it was lost."""

    message: int = 0
    file_id: str = ""

    @classmethod
    def of(cls, message: Message) -> Self:
        """From a message with a file."""
        return cls(message.message_id, file_id_of(message))


class SentFiles:
    """The sent files of one bot."""

    def __init__(self, file_ids: FileIdCache) -> None:
        self._file_ids = file_ids
        self._orders: dict[int, dict[str, Sent]] = {}

    async def of(self, order: int, names: Iterable[str]) -> dict[str, Sent]:
        """The sent files of an order, by name."""
        if order not in self._orders:
            keys = {_key(order, name): name for name in names}
            stored = await self._file_ids.get(list(keys)) if keys else {}
            self._orders[order] = {keys[key]: Sent(*json.loads(text)) for key, text in stored.items()}
            if len(self._orders) > MAX_ORDERS:  # orders that never finished: their chats are gone
                del self._orders[next(iter(self._orders))]
        return self._orders[order]

    async def record(self, order: int, sent: dict[str, Sent], *, last: bool) -> None:
        """Record files as sent, in the database unless they are the last of their order."""
        self._orders.setdefault(order, {}).update(sent)
        if last:
            return
        await self._file_ids.add(
            {_key(order, name): json.dumps(astuple(each)) for name, each in sent.items()}
        )

    def forget(self, order: int) -> None:
        """Forget a finished order; what is stored expires with the file ids."""
        self._orders.pop(order, None)


def _key(order: int, name: str) -> str:
    return f"sent:{order}:{name}"


def names_of(files: Sequence[File]) -> dict[str, str]:
    """Each file's name by its key: the mix, which stays the same when the file is made again."""
    return {file.key: file.mix or file.name for file in files}
