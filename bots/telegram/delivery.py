"""Telegram as the courier sees it: status messages shown, results delivered."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import structlog

from bots.chat.messages import RetryLater, Unreachable
from bots.telegram.address import Address
from bots.telegram.errors import NETWORK_PAUSE_S, Unanswered, translate_errors
from bots.telegram.render import batches
from bots.telegram.sent_files import Sent, SentFiles, names_of
from bots.telegram.uploads import Uploads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telegram import Message

    from bots.chat.messages import File, FileIds, Reply, Result
    from bots.telegram.messenger import Messenger

log = structlog.get_logger()

#: Calls that a crowded chat must have room for before a status message gets its last word: files go first.
LAST_WORD_CALLS = 3
REACT_TRIES = 20  #: of the sign that all is there; a private chat has room for it within seconds
SETTLE_S = 3.0  #: an upload without an answer may still be on its way into the chat


class TelegramPlatform:
    """The platform; keeps the promise of `bots.chat.messages.Platform`."""

    name = "telegram"

    def __init__(self, messenger: Messenger, memory: FileIds) -> None:
        """Take what posts and edits, and where file ids outlive this process."""
        self._messenger = messenger
        self._uploads = Uploads(messenger, memory)
        self._ledger = SentFiles(memory)
        #: Uploads that were not answered: the last message id before them, by the result's key and first mix.
        self._doubts: dict[tuple[str, str], int] = {}

    async def show(self, address: str, reply: Reply) -> None:
        """Turn the status message at this address into `reply`."""
        await self._messenger.edit(_read(address), reply, spare=not reply.final)

    async def deliver(self, result: Result) -> str:
        """Show the last status message and send the files; returns ids as JSON.

        The edit goes first, because a repeat of it is harmless. In a crowded chat the files do: people wait
        for them, and the last word comes when there is room. Where no file fits, that word is all there is.
        """
        address, names = _read(result.address), names_of(result.files)
        sent = await self._ledger.of(result.order, names.values())
        parts = list(batches([file for file in result.files if names[file.key] not in sent]))
        crowded = not parts or self._messenger.wait_s(address, 1 + len(parts)) > 0
        files_first = bool(result.files) and crowded
        self._messenger.make_room(address, len(parts) + (not files_first))
        if not files_first:
            address = await self._messenger.edit(address, result.reply)
        for left, part in zip(reversed(range(len(parts))), parts, strict=True):
            await self._send(result, address, part, last=not (left or files_first))
        if files_first:
            self._messenger.make_room(address, LAST_WORD_CALLS, patient_s=0.0)
            address = await self._messenger.edit(address, result.reply)
        self._ledger.close(result.order)
        if result.files:
            self._messenger.react(address, "👍", tries=REACT_TRIES)
        return _receipt(address, sent)

    async def _send(self, result: Result, address: Address, part: Sequence[File], *, last: bool) -> None:
        """Send a part and note that it is there; nothing follows the last one but the receipt."""
        names = [names_of(part)[file.key] for file in part]
        messages = await self._once((result.key, names[0]), address, part)
        # Without messages its answer got lost, and it lies in the chat all the same.
        found = [Sent.of(message) for message in messages] or [Sent()] * len(part)
        await self._ledger.note(result.order, dict(zip(names, found, strict=True)), last=last)

    async def _once(self, key: tuple[str, str], address: Address, part: Sequence[File]) -> list[Message]:
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
        raise RetryLater(NETWORK_PAUSE_S)

    async def _arrived(self, key: tuple[str, str], address: Address) -> bool:
        """Whether an unanswered upload lies in the chat all the same."""
        await asyncio.sleep(SETTLE_S)
        found = await translate_errors(self._messenger.probe.files_after(address.chat, self._doubts[key]))
        for message in found or ():
            self._messenger.probe.saw(address.chat, message)
        return bool(self._doubts.pop(key) and found)


def _read(address: str) -> Address:
    try:
        return Address.read(address)
    except ValueError:
        log.exception("address_unreadable")
        raise Unreachable from None


def _receipt(address: Address, sent: dict[str, Sent]) -> str:
    """Message ids, and Telegram's id of every file by its mix."""
    known = {name: each for name, each in sent.items() if each.message}
    ids = {name: each.file_id for name, each in known.items()}
    numbers = [each.message for each in known.values()]
    return json.dumps({"status": address.status, "messages": numbers, "files": ids})
