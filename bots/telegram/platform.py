"""Telegram as the courier sees it: status messages shown, results delivered."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import structlog

from bots.talk import ComeBack, Unreachable
from bots.telegram.address import Address
from bots.telegram.render import batches
from bots.telegram.trouble import NETWORK_PAUSE_S, Unanswered, told_apart
from bots.telegram.uploads import Uploads, file_id_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telegram import Message

    from bots.talk import File, Reply, Result
    from bots.telegram.messenger import Messenger

log = structlog.get_logger()

SETTLE_S = 3.0  #: an upload without an answer may still be on its way into the chat


class Telegram:
    """The platform; keeps the promise of `bots.talk.Platform`."""

    name = "telegram"

    def __init__(self, messenger: Messenger) -> None:
        """Take what posts and edits."""
        self._messenger = messenger
        self._uploads = Uploads(messenger)
        #: Parts of a result that are sent, by its key: a second try goes on where the first broke off.
        self._sent: dict[str, list[list[Message]]] = {}
        #: Uploads that were not answered: the last message id before them, by the result's key and part.
        self._doubts: dict[tuple[str, int], int] = {}

    async def show(self, address: str, reply: Reply) -> None:
        """Turn the status message at this address into `reply`."""
        await self._messenger.edit(_read(address), reply, spare=not reply.final)

    async def deliver(self, result: Result) -> str:
        """Show the last status message, then send the files; returns ids as JSON.

        The edit goes first because a repeat of it is harmless; after the upload nothing can fail any more.
        """
        address = await self._messenger.edit(_read(result.address), result.reply)
        sent = self._sent.setdefault(result.key, [])
        parts = list(batches(result.files))
        for number in range(len(sent), len(parts)):
            sent.append(await self._once((result.key, number), address, parts[number]))
        del self._sent[result.key]
        if result.files:
            self._messenger.react(address, "👍")
        return _receipt(address, parts, sent)

    async def _once(self, key: tuple[str, int], address: Address, part: Sequence[File]) -> list[Message]:
        """Send a part; one whose answer got lost is looked for before it is sent again."""
        if key in self._doubts and await self._arrived(key, address):
            return []
        last = max(self._messenger.probe.last(address.chat), address.status)
        try:
            return await self._uploads.send(address, part)
        except Unanswered:
            self._doubts[key] = last
        if await self._arrived(key, address):
            return []
        raise ComeBack(NETWORK_PAUSE_S)

    async def _arrived(self, key: tuple[str, int], address: Address) -> bool:
        """Whether an unanswered upload lies in the chat all the same."""
        await asyncio.sleep(SETTLE_S)
        found = await told_apart(self._messenger.probe.files_after(address.chat, self._doubts[key]))
        for message in found or ():
            self._messenger.probe.saw(address.chat, message)
        return bool(self._doubts.pop(key) and found)


def _read(address: str) -> Address:
    try:
        return Address.read(address)
    except ValueError:
        log.exception("address_unreadable")
        raise Unreachable from None


def _receipt(address: Address, parts: Sequence[Sequence[File]], sent: Sequence[Sequence[Message]]) -> str:
    """Message ids, and Telegram's id of every file by its mix."""
    ids = {
        file.mix or file.name: file_id_of(message)
        for part, messages in zip(parts, sent, strict=True)
        for file, message in zip(part, messages, strict=False)  # no messages: the answer got lost
    }
    numbers = [message.message_id for messages in sent for message in messages]
    return json.dumps({"status": address.status, "messages": numbers, "files": ids})
