"""Telegram as a platform to deliver to: shows status messages, sends results."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from bots.chat.messages import RetryLater, Unreachable
from bots.telegram.address import Address
from bots.telegram.errors import NETWORK_PAUSE_S, Refused, ResponseLost, translate_errors
from bots.telegram.render import upload_batches
from bots.telegram.sent_files import Sent, SentFiles, names_of
from bots.telegram.uploads import Uploads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telegram import Message

    from bots.chat.file_ids import FileIdCache
    from bots.chat.messages import File, Reply, Result
    from bots.telegram.messenger import Messenger

log = structlog.get_logger()

#: Calls that a busy chat must have capacity for before the final status is shown: files go first.
FINAL_STATUS_CALLS = 3
REACT_TRIES = 20  #: of the reaction to a complete result; a private chat has capacity for it within seconds
ARRIVAL_S = 3.0  #: an upload without a response may arrive this much later


class TelegramPlatform:
    """Implements `bots.chat.messages.Platform`."""

    name = "telegram"

    def __init__(self, messenger: Messenger, file_ids: FileIdCache) -> None:
        self._messenger = messenger
        self._uploads = Uploads(messenger, file_ids)
        self._sent_files = SentFiles(file_ids)
        #: Uploads without a response: the last message id before them, by the result's key and first file.
        self._unconfirmed: dict[tuple[str, str], int] = {}

    async def show(self, address: str, reply: Reply) -> None:
        """Edit the status message at this address to show `reply`."""
        await self._messenger.edit(_read(address), reply, deferrable=not reply.final)

    async def deliver(self, result: Result) -> str:
        """Show the final status and send the files; returns ids as JSON.

        The edit goes first, because repeating it is harmless. In a busy chat the files go first: people wait
        for them, and the final status follows when there is capacity. What a group does not take goes to its
        owner in private, and the status says so.
        """
        address = _read(result.address)
        try:
            return await self._deliver(result, address)
        except Refused:
            private = _private(result.owner)
            if address.chat >= 0 or private is None:
                raise
            log.info("result_sent_in_private", order=result.order)
            return await self._deliver(result, private)

    async def _deliver(self, result: Result, address: Address) -> str:
        """Deliver to one chat.

        Raises:
            Refused: The chat exists, and does not even take the status message.
        """
        names = names_of(result.files)
        sent = await self._sent_files.of(result.order, names.values())
        parts = upload_batches([file for file in result.files if names[file.key] not in sent])
        calls = sum(len(part) for part in parts) if address.chat < 0 else len(parts)
        busy = not parts or self._messenger.wait_s(address, 1 + calls) > 0
        files_first = bool(result.files) and busy
        self._messenger.require_capacity(address, calls + (not files_first))
        if not files_first:
            address = await self._messenger.edit(address, result.reply)
        reply = await self._send_all(result, address, parts, status_follows=files_first)
        if files_first:
            self._messenger.require_capacity(address, FINAL_STATUS_CALLS, max_wait_s=0.0)
        if files_first or reply != result.reply:
            address = await self._messenger.edit(address, reply)
        self._sent_files.forget(result.order)
        if result.files:
            self._messenger.react(address, "👍", tries=REACT_TRIES)
        return _receipt(address, sent)

    async def _send_all(
        self, result: Result, address: Address, parts: Sequence[Sequence[File]], *, status_follows: bool
    ) -> Reply:
        """Send the batches to the first place that takes them; returns what the status is to say."""
        places, reply = _destinations(address, result.owner), result.reply
        for remaining, part in zip(reversed(range(len(parts))), parts, strict=True):
            last = not (remaining or status_follows)
            while places:
                try:
                    await self._send(result, places[0], part, last=last)
                    break
                except Refused as refused:
                    log.warning("files_refused", order=result.order, reason=str(refused))
                    places.pop(0)
                except Unreachable:  # who never wrote to the bot cannot be written to
                    if places[0].chat == address.chat:
                        raise
                    places.pop(0)
        if places and places[0].chat == address.chat:
            return reply
        return result.without_files(bool(places)) if result.without_files else reply

    async def _send(self, result: Result, address: Address, part: Sequence[File], *, last: bool) -> None:
        """Send a batch and record it; only the receipt follows the last one."""
        names = [names_of(part)[file.key] for file in part]
        messages = await self._send_once((result.key, names[0]), address, part)
        # Without messages its response was lost, but it is in the chat.
        sent = [Sent.of(message) for message in messages] or [Sent()] * len(part)
        await self._sent_files.record(result.order, dict(zip(names, sent, strict=True)), last=last)

    async def _send_once(self, key: tuple[str, str], address: Address, part: Sequence[File]) -> list[Message]:
        """Send a batch; one whose response was lost is looked for before it is sent again."""
        if key in self._unconfirmed and await self._arrived(key, address):
            return []
        last_message = max(self._messenger.delivery_check.last_message(address.chat), address.status)
        try:
            return await self._uploads.send(address, part)
        except ResponseLost:
            self._unconfirmed[key] = last_message
        if await self._arrived(key, address):
            return []
        raise RetryLater(NETWORK_PAUSE_S)

    async def _arrived(self, key: tuple[str, str], address: Address) -> bool:
        """Whether an upload without a response is in the chat."""
        await asyncio.sleep(ARRIVAL_S)
        check = self._messenger.delivery_check
        found = await translate_errors(check.unknown_files_after(address.chat, self._unconfirmed[key]))
        for message in found or ():
            check.record_message(address.chat, message)
        return bool(self._unconfirmed.pop(key) and found)


def _read(address: str) -> Address:
    try:
        return Address.read(address)
    except ValueError:
        log.exception("address_invalid")
        raise Unreachable from None


def _private(owner: str) -> Address | None:
    """The private chat of who asked; None where that is a group or channel."""
    number = owner.removeprefix("telegram:")
    return Address(chat=int(number)) if number.isdecimal() else None


def _destinations(address: Address, owner: str) -> list[Address]:
    """Where files may go, the best first: where they were asked, the forum's general topic, the owner."""
    general = [replace(address, thread=0, song=0)] if address.thread else []
    private = _private(owner) if address.chat < 0 else None
    return [address, *general, *([private] if private else [])]


def _receipt(address: Address, sent: dict[str, Sent]) -> str:
    """Message ids, and Telegram's file ids by name."""
    known = {name: each for name, each in sent.items() if each.message}
    ids = {name: each.file_id for name, each in known.items()}
    numbers = [each.message for each in known.values()]
    return json.dumps({"status": address.status, "messages": numbers, "files": ids})
