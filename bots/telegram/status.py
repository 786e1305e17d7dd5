"""The status message that shows the replies to one message or click."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from bots.chat.messages import RetryLater

if TYPE_CHECKING:
    from bots.chat.messages import Reply
    from bots.telegram.address import Address
    from bots.telegram.messenger import Messenger


class StatusMessage:
    """The replies to one message or button, shown in one status message."""

    def __init__(self, messenger: Messenger, address: Address) -> None:
        """Without a status message at `address` the first reply sends one."""
        self._messenger = messenger
        self.address = address

    async def show(self, reply: Reply) -> None:
        """Show a reply, retrying until Telegram accepts it. A later state shown by delivery is kept.

        A skippable reply is dropped where the chat has no spare capacity: delivery will show its like.
        """
        if reply.new_message:
            self.address = replace(self.address, status=0)
        if reply.skippable and self.address.status:
            with contextlib.suppress(RetryLater):
                self.address = await self._messenger.edit(self.address, reply, deferrable=True)
        else:
            self.address = await self._messenger.post_with_retry(self.address, reply)

    def address_text(self) -> str:
        """The address in the form that orders store."""
        return self.address.write()
